"""Companies brought by another system under its own id: made once, then kept in step (API: by-external-id)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.errors import Conflict, Invalid
from prm.partners.models import Company, CompanyExternalId, FactSource, SourceKind
from prm.partners.services.companies import company_create, company_edit
from prm.partners.services.facts import fact_source_ensure


@transaction.atomic
def company_create_external(*, actor: Actor, source: str, external_id: str, name: str, values: Mapping[str, Any]) -> Company:
    """Adds a company that ``source`` (called ``name`` by people) knows by ``external_id``; the source is noted on every fact.

    Publishes CompanyCreated. Raises Denied, Invalid; Conflict when the id was taken meanwhile.
    """
    authorize(actor, "partners.external_id:edit")
    _check_lengths(source, external_id)
    company = company_create(actor=actor, values=values, source=_source(actor, source, name))
    try:
        with transaction.atomic():
            CompanyExternalId.objects.create(company=company, source=source, external_id=external_id)
    except IntegrityError as error:
        raise Conflict("external_id_taken", _("Another request has just made the company with this id.")) from error
    return company


@transaction.atomic
def company_sync(*, actor: Actor, company_id: UUID, source: str, name: str, values: Mapping[str, Any]) -> Company:
    """Brings what ``source`` says of a company that it knows. A value that a more trusted source holds stays; the new one is
    kept beside it as proposed (``rules.trust.verdict``).

    Publishes CompanyEdited when anything changed. Raises NotFound, Denied, Invalid.
    """
    return company_edit(actor=actor, company_id=company_id, values=values, source=_source(actor, source, name))


def _source(actor: Actor, key: str, name: str) -> FactSource:
    return fact_source_ensure(actor=actor, kind=SourceKind.API, name=name, key=f"api:{key}")


def _check_lengths(source: str, external_id: str) -> None:
    for field, text in (("source", source), ("external_id", external_id)):
        most = CompanyExternalId._meta.get_field(field).max_length or 0  # type: ignore[union-attr]
        if len(text) > most:
            raise Invalid("too_long", _("At most %(most)s characters.") % {"most": most}, field=field)
