"""Writing relationships: who becomes a partner, and what is said of it. Where it stands in life is ``services.lifecycle``'s alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.accounts.models import Person
from prm.core.errors import Conflict, Denied, Faults, Invalid
from prm.core.validation import validate
from prm.events.publishing import publish, publish_all
from prm.partners.events import PartnerEdited
from prm.partners.models import Company, Lifecycle, Partner, PartnerTerritory, Territory
from prm.partners.rules.lifecycle import BIRTHS
from prm.partners.selectors.partners import Candidates, candidates_preview
from prm.partners.selectors.staleness import stale_partner_words
from prm.partners.services.lifecycle import partners_begin

#: What of a partner may be edited; its place in life only moves by ``services.lifecycle``.
PARTNER_FIELDS = ("account_manager_id", "territories", "currency", "language", "dedicated_share")
_COLUMNS = tuple(name for name in PARTNER_FIELDS if name != "territories")


@transaction.atomic
def partner_create(
    *, actor: Actor, company_id: UUID, lifecycle: str = Lifecycle.CANDIDATE, values: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Partner:  # fmt: skip
    """Makes a company a partner: a candidate, or *active* when it sells already. ``values`` as in ``partner_edit``.

    Publishes PartnerCreated. Raises Denied; Invalid (``company``: not seen, archived or merged; ``lifecycle``: not a beginning);
    Conflict (``partner_exists``).
    """
    authorize(actor, "partners.partner:create")
    company = _company(actor, company_id)
    if lifecycle not in BIRTHS:
        words = ", ".join(str(Lifecycle(stage).label) for stage in BIRTHS)
        raise Invalid("not_a_beginning", _("A partner begins as: %(words)s.") % {"words": words}, field="lifecycle")
    partner = Partner(company=company, lifecycle=lifecycle)
    faults = Faults()
    territories = _set(actor, partner, values or {}, faults)
    with faults.kept():
        validate(partner, exclude=["company", "account_manager"])
    faults.refuse()
    partners_begin(actor=actor, partners=[partner], reason=reason)
    _serve(actor, partner, territories)
    return partner


@transaction.atomic
def candidates_create(*, actor: Actor, company_ids: Sequence[UUID], reason: str = "") -> Candidates:
    """Makes candidates of the companies that are not partners yet. Publishes one PartnerCreated each. Raises Denied, Invalid."""
    authorize(actor, "partners.partner:create")
    # Kept as they are until the end: of two people who choose the same companies the second finds them partners already.
    chosen = Company.objects.visible_to(actor).filter(pk__in=company_ids).order_by("pk")
    list(chosen.select_for_update(of=("self",)).values("pk"))
    found = candidates_preview(actor=actor, company_ids=company_ids)
    begun = [Partner(company=company, lifecycle=Lifecycle.CANDIDATE) for company in found.new]
    partners_begin(actor=actor, partners=begun, reason=reason)
    return replace(found, made=[partner.pk for partner in begun])


@transaction.atomic
def partners_assign(*, actor: Actor, partner_ids: Sequence[UUID], person_id: UUID | None) -> int:
    """Gives many partners an account manager, or none; how many changed hands. Publishes one PartnerEdited each.

    Raises Denied; Invalid (``account_manager``).
    """
    authorize(actor, "partners.partner:assign")
    rows = Partner.objects.visible_to(actor, "edit").filter(pk__in=partner_ids).order_by("pk")  # as all who hold many
    changed = [partner for partner in rows.select_for_update(of=("self",)) if partner.account_manager_id != person_id]
    former = {partner.pk: partner.account_manager_id for partner in changed}
    for partner in changed:
        _assign(actor, partner, person_id)
        partner.updated_at = timezone.now()
        partner.version += 1
    Partner.objects.bulk_update(changed, ["account_manager", "version", "updated_at"])
    publish_all(
        (
            PartnerEdited(
                subject_id=p.pk, partner_id=p.pk, company_id=p.company_id, what="account_manager", to_version=p.version,
                changes={"account_manager": [_said(former[p.pk]), _said(person_id)]},
            )
            for p in changed
        ),
        actor=actor,
    )  # fmt: skip
    return len(changed)


@transaction.atomic
def partner_edit(*, actor: Actor, partner_id: UUID, values: Mapping[str, Any], version: int | None = None) -> Partner:
    """Changes what ``values`` name (``PARTNER_FIELDS``): ``territories`` are codes, ``dedicated_share`` 0 to 1, None is not known.

    Another account manager is for who may ``assign``. ``version`` is the one that was looked at. Publishes PartnerEdited when anything
    changed. Raises NotFound, Denied, Invalid with the field; Conflict (``stale_edit``) with who changed what.
    """
    partner = _locked(actor, partner_id, "edit")
    if version is not None and version != partner.version:
        words = stale_partner_words(actor=actor, partner=partner, version=version)
        raise Conflict("stale_edit", words, version=partner.version)
    before, faults = {name: getattr(partner, name) for name in _COLUMNS}, Faults()
    territories = _set(actor, partner, values, faults)
    with faults.kept():
        validate(partner, exclude=["company", "account_manager"])
    faults.refuse()
    changes = {
        name.removesuffix("_id"): [_said(before[name]), _said(getattr(partner, name))]
        for name in _COLUMNS if getattr(partner, name) != before[name]
    }  # fmt: skip
    if territories is not None:
        served = _served(actor, partner)
        if _serve(actor, partner, territories):
            changes["territories"] = [served, sorted(territory.code for territory in territories)]
    if changes:
        partner.version += 1
        partner.save()
        publish(
            PartnerEdited(
                subject_id=partner.pk, partner_id=partner.pk, company_id=partner.company_id, what=", ".join(changes),
                to_version=partner.version, changes=changes,
            ),
            actor=actor,
        )  # fmt: skip
    return partner


def _company(actor: Actor, company_id: UUID) -> Company:
    if not actor.may("partners.company:view"):
        raise Denied("not_allowed", _("To make a company a partner, companies must be seen (scope companies:read)."))
    company: Company | None = Company.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=company_id).first()
    if company is None:
        raise Invalid("unknown_company", _("There is no such company."), field="company")
    if company.archived_at is not None or company.merged_into_id is not None:
        raise Invalid("company_gone", _("This company is archived or was merged into another."), field="company")
    return company


def _locked(actor: Actor, partner_id: UUID, verb: str) -> Partner:
    partner: Partner = Partner.objects.visible_to(actor).select_for_update(of=("self",)).one(partner_id)
    authorize(actor, f"partners.partner:{verb}", partner)
    return partner


def _set(actor: Actor, partner: Partner, values: Mapping[str, Any], faults: Faults) -> list[Territory] | None:
    """Takes ``values`` over; the territories that they name, None when they name none."""
    territories = None
    for name, value in values.items():
        if name == "account_manager_id":
            with faults.kept():
                _assign(actor, partner, value)
        elif name == "territories":
            with faults.kept():
                territories = _territories(actor, value or ())
        elif name in PARTNER_FIELDS:
            setattr(partner, name, value.strip() or None if isinstance(value, str) else value)
        else:
            faults.add("unknown_field", _("Nothing of this name is kept of a partner."), field=name)
    return territories


def _assign(actor: Actor, partner: Partner, person_id: UUID | None) -> None:
    if person_id == partner.account_manager_id:
        return
    if not actor.may("partners.partner:assign"):
        raise Denied("not_allowed", _("Only a channel director decides who looks after a partner."), field="account_manager")
    people = Person.objects.visible_to(actor).filter(archived_at__isnull=True, user__isnull=False, partner__isnull=True)
    if person_id is not None and not people.filter(pk=person_id).exists():
        raise Invalid("unknown_person", _("There is no such person among your colleagues."), field="account_manager")
    partner.account_manager_id = person_id


def _territories(actor: Actor, codes: Collection[str]) -> list[Territory]:
    found = list(Territory.objects.visible_to(actor).filter(code__in=list(codes), archived_at__isnull=True))
    unknown = sorted(set(codes) - {territory.code for territory in found})
    if unknown:
        raise Invalid("unknown_territory", _("There is no territory %(code)s.") % {"code": unknown[0]}, field="territories")
    return found


def _served(actor: Actor, partner: Partner) -> list[str]:
    """The codes of the territories that it serves."""
    links = PartnerTerritory.objects.visible_to(actor).filter(partner=partner)
    return sorted(links.values_list("territory__code", flat=True))


def _said(value: Any) -> Any:
    """A value as an event keeps it: people by id, shares as text."""
    return value if value is None or isinstance(value, str) else str(value)


def _serve(actor: Actor, partner: Partner, territories: Collection[Territory] | None) -> bool:
    """Makes exactly these the partner's territories; whether that changed anything."""
    if territories is None:
        return False
    links = PartnerTerritory.objects.visible_to(actor).filter(partner=partner)
    wanted, before = {t.pk for t in territories}, set(links.values_list("territory_id", flat=True))
    links.exclude(territory_id__in=wanted).delete()
    PartnerTerritory.objects.bulk_create(PartnerTerritory(partner=partner, territory_id=key) for key in wanted - before)
    return wanted != before
