"""Writing the sites of companies (P1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.errors import Invalid, NotFound
from prm.core.validation import validate
from prm.events.publishing import publish
from prm.partners.events import CompanyDetailsChanged
from prm.partners.models import Company, Site, SiteKind
from prm.partners.services.companies import source_of_person

#: What may be said of a site.
SITE_FIELDS = (
    "name", "kind", "country", "region", "city", "street", "postal_code", "latitude", "longitude", "employees",
)  # fmt: skip


@transaction.atomic
def site_create(*, actor: Actor, company_id: UUID, values: Mapping[str, Any]) -> Site:
    """Adds a site to a company, from the person, true of today. Publishes CompanyDetailsChanged (``sites``).

    Raises NotFound for the company, Denied, Invalid with the field.
    """
    authorize(actor, "partners.site:edit")
    company = Company.objects.visible_to(actor).filter(pk=company_id).first()
    if company is None:
        raise NotFound("not_found", _("This company does not exist, or is not yours to see."))
    return _written(actor, Site(company=company), values)


@transaction.atomic
def site_edit(*, actor: Actor, site_id: UUID, values: Mapping[str, Any]) -> Site:
    """Changes what ``values`` name; None makes it unknown. Publishes CompanyDetailsChanged. Raises NotFound, Denied, Invalid."""
    return _written(actor, _locked(actor, site_id), values)


@transaction.atomic
def site_delete(*, actor: Actor, site_id: UUID) -> None:
    """Removes a site. Publishes CompanyDetailsChanged. Raises NotFound, Denied."""
    site = _locked(actor, site_id)
    site.delete()
    publish(CompanyDetailsChanged(subject_id=site.company_id, part="sites"), actor=actor)


def _locked(actor: Actor, site_id: UUID) -> Site:
    authorize(actor, "partners.site:edit")
    site: Site | None = Site.objects.visible_to(actor, "edit").select_for_update().filter(pk=site_id).first()
    if site is None:
        raise NotFound("not_found", _("This site does not exist, or is not yours to see."))
    return site


def _written(actor: Actor, site: Site, values: Mapping[str, Any]) -> Site:
    for name, value in values.items():
        if name not in SITE_FIELDS:
            raise Invalid("unknown_field", _("Nothing of this name is kept of a site."), field=name)
        plain = value.strip() if isinstance(value, str) else value
        setattr(
            site,
            name,
            (plain or "") if name == "name" else SiteKind.OFFICE if name == "kind" and not plain else _or_none(plain),
        )
    if (site.latitude is None) != (site.longitude is None):
        raise Invalid("position_half", _("A position needs latitude and longitude."), field="latitude")
    if not any(getattr(site, name) for name in ("name", "country", "region", "city", "street", "postal_code")):
        raise Invalid("site_says_nothing", _("Say where the site is: a city at least."), field="city")
    site.source, site.as_of = source_of_person(actor=actor), timezone.localdate()
    validate(site, exclude=["company", "source", "address_key"])
    site.save()
    publish(CompanyDetailsChanged(subject_id=site.company_id, part="sites"), actor=actor)
    return site


def _or_none(value: Any) -> Any:
    return None if value == "" else value
