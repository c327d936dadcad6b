"""Writing companies: add, change facts with their source, archive, bring back (P1)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.accounts.services.organisations import organisation_rename
from prm.core.errors import Conflict, Faults, Invalid
from prm.core.text import typed_text
from prm.core.validation import validate
from prm.events.publishing import publish
from prm.partners.events import CompanyArchived, CompanyCreated, CompanyEdited, CompanyRestored
from prm.partners.facts.noted import Noted
from prm.partners.facts.values import FACT_COLUMNS, as_json, columns_of, stalest_of
from prm.partners.models import Company, CompanyFact, FactSource, FactStatus, SourceKind
from prm.partners.refusals import refuse_merged
from prm.partners.rules.trust import Told, Verdict, next_best, rank_of, verdict
from prm.partners.rules.websites import domain_of
from prm.partners.selectors.exchange_rates import reporting_amount
from prm.partners.selectors.facts import precedence, sources_of
from prm.partners.selectors.staleness import stale_edit_words
from prm.partners.services.facts import Learnt, learnt_source

_REPLACING = {Verdict.REPLACES: FactStatus.SUPERSEDED, Verdict.CORRECTS: FactStatus.CORRECTED}


@transaction.atomic
def company_create(
    *, actor: Actor, values: Mapping[str, Any], source: FactSource | None = None, as_of: date | None = None,
    learnt: Learnt | None = None, key: UUID | None = None,
) -> Company:  # fmt: skip
    """Adds a company with the facts in ``values`` (names of ``FACT_COLUMNS``; growth as a share, money with its currency).

    The source is the person unless given; ``learnt`` says where and when. ``key`` is the new company's own: sent twice, it is added
    once. Publishes CompanyCreated. Raises Denied; Invalid with the field.
    """
    authorize(actor, "partners.company:create")
    there = Company.objects.visible_to(actor).filter(pk=key).first() if key else None
    if there is not None:
        return there
    company = Company(pk=key) if key else Company()
    brought = _clean(values)
    source, day = (
        (source, as_of or timezone.localdate()) if source else learnt_source(actor=actor, learnt=learnt or Learnt("", as_of))
    )
    for fact in brought:
        _apply(company, fact, brought[fact])
        if _is_known(company, fact):
            company.note(fact, Noted(source.pk, day, actor.person_id))
    _settle(actor, company, day, revenue=True)
    _save(company)
    publish(CompanyCreated(subject_id=company.pk), actor=actor)
    return company


@transaction.atomic
def company_edit(
    *, actor: Actor, company_id: UUID, values: Mapping[str, Any], version: int | None = None, source: FactSource | None = None,
    as_of: date | None = None, learnt: Learnt | None = None, confirmed: bool = False,
) -> Company:  # fmt: skip
    """Changes the facts in ``values``; those not named stay. None makes a fact unknown.

    The person is the source and overrules others (``learnt`` says where and when); another ``source`` replaces only what is not more
    trusted and not of a later day (``trust.verdict``), and is kept as a proposal else, unless a person ``confirmed``
    it: then it replaces what stands, and the same value is of its later day. Replaced values stay as ``CompanyFact``.
    ``version`` is the one that was looked at.
    Publishes CompanyEdited when anything changed. Raises NotFound, Denied, Invalid; Conflict (``stale_edit``) with who changed what.
    """
    company = _locked(actor, company_id, "edit")
    if version is not None and version != company.version:
        raise Conflict("stale_edit", stale_edit_words(actor=actor, company=company, version=version), version=company.version)
    brought = _clean(values)
    by_hand = source is None
    source, day = (
        (source, as_of or timezone.localdate()) if source else learnt_source(actor=actor, learnt=learnt or Learnt("", as_of))
    )
    before = {fact: as_json(company, fact) for fact in brought}
    changed = _weigh(actor, company, brought, source, day, by_hand=by_hand, confirmed=confirmed)
    if changed:
        _finish(actor, company, changed, day, before=before)
    return company


@transaction.atomic
def fact_withdraw(*, actor: Actor, company_id: UUID, fact: str) -> Company:
    """Takes back what a person entered for a fact: the next best source's value holds again (``trust.next_best``), or it is not known.

    The value taken back stays in the fact's history and is not proposed again. Publishes CompanyEdited. Raises NotFound, Denied;
    Invalid for what is no fact; Conflict (``not_by_hand``; ``nothing_else_known`` for the name).
    """
    company = _locked(actor, company_id, "edit")
    if fact not in FACT_COLUMNS:
        raise Invalid("unknown_field", _("There is no fact of this name."), field="fact")
    noted = company.noted(fact)
    source = FactSource.objects.visible_to(actor).filter(pk=noted.source_id).first()
    if not _is_known(company, fact) or source is None or source.kind != SourceKind.MANUAL:
        raise Conflict("not_by_hand", _("This value was not entered by hand: there is nothing to take back."), field="fact")
    ranks, value = precedence(actor=actor), as_json(company, fact)
    rows = list(
        CompanyFact.objects.visible_to(actor).filter(company=company, field=fact).select_related("source").order_by("id")
    )
    gone = [(value, source.pk), *((row.value, row.source_id) for row in rows if row.status == FactStatus.WITHDRAWN)]
    others = [row for row in rows if row.value is not None and (row.value, row.source_id) not in gone]
    best = next_best(
        [Told(rank_of(ranks, row.source.kind if row.source else ""), row.as_of, place) for place, row in enumerate(others)]
    )
    if best is None and fact == "name":
        raise Conflict("nothing_else_known", _("No other source tells its name: change it instead."), field="fact")
    back = others[best.place] if best else None
    CompanyFact.of(company, fact, FactStatus.WITHDRAWN, value, noted).save()
    columns: dict[str, Any] = dict.fromkeys(FACT_COLUMNS[fact]) if back is None else columns_of(fact, back.value)
    _apply(company, fact, {name: company._meta.get_field(name).to_python(v) for name, v in columns.items()})  # type: ignore[union-attr]
    company.note(fact, back.noted if back else None)
    day = (back.as_of if back else None) or timezone.localdate()
    _finish(actor, company, [fact], day, before={fact: value}, is_withdrawal=True)
    return company


@transaction.atomic
def company_archive(*, actor: Actor, company_id: UUID) -> Company:
    """Takes a company out of the lists; everything about it stays. Publishes CompanyArchived. Raises NotFound, Denied."""
    company = _locked(actor, company_id, "archive")
    if company.archived_at is None:
        company.archived_at = timezone.now()
        company.version += 1
        company.save(update_fields=["archived_at", "version", "updated_at"])
        publish(CompanyArchived(subject_id=company.pk), actor=actor)
    return company


@transaction.atomic
def company_restore(*, actor: Actor, company_id: UUID) -> Company:
    """Brings an archived company back. Publishes CompanyRestored. Raises NotFound, Denied."""
    company = _locked(actor, company_id, "archive")
    if company.archived_at is not None:
        company.archived_at = None
        company.version += 1
        company.save(update_fields=["archived_at", "version", "updated_at"])
        publish(CompanyRestored(subject_id=company.pk), actor=actor)
    return company


def settle_and_save(*, actor: Actor, company: Company, facts: Collection[str]) -> None:
    """What follows from facts that were set otherwise than by an edit, and saves them: for a merge. The caller counts the version."""
    _settle(actor, company, timezone.localdate(), revenue="revenue" in facts)
    _save(company)
    if "name" in facts:
        organisation_rename(actor=actor, company_id=company.pk, name=company.name)


def _locked(actor: Actor, company_id: UUID, verb: str) -> Company:
    company: Company = Company.objects.visible_to(actor).select_for_update().one(company_id)
    authorize(actor, f"partners.company:{verb}", company)
    refuse_merged(company)
    return company


def _clean(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Values by fact: what belongs together is brought together. Raises Invalid for a name that is no fact."""
    brought: dict[str, dict[str, Any]] = {}
    faults = Faults()
    of_column = {column: fact for fact, columns in FACT_COLUMNS.items() for column in columns}
    for name, value in values.items():
        if name not in of_column:
            faults.add("unknown_field", _("There is no fact of this name."), field=name)
            continue
        plain = typed_text(value) if isinstance(value, str) else value
        brought.setdefault(of_column[name], {})[name] = None if plain in ("", []) else plain
    faults.refuse()
    return brought


def _apply(company: Company, fact: str, columns: Mapping[str, Any]) -> None:
    for column, value in columns.items():
        setattr(company, column, value)
    if fact == "revenue" and company.revenue is None:
        company.revenue_currency = company.revenue_year = None


def _finish(
    actor: Actor, company: Company, changed: list[str], day: date, *, before: Mapping[str, Any], is_withdrawal: bool = False
) -> None:
    """Saves what changed, and says so."""
    company.version += 1
    _settle(actor, company, day, revenue="revenue" in changed)
    _save(company)
    if "name" in changed:
        organisation_rename(actor=actor, company_id=company.pk, name=company.name)
    changes = {fact: [before[fact], as_json(company, fact)] for fact in changed}
    publish(
        CompanyEdited(
            subject_id=company.pk, fields=changed, count=len(changed), to_version=company.version, changes=changes,
            is_withdrawal=is_withdrawal,
        ),
        actor=actor,
    )  # fmt: skip


def _is_known(company: Company, fact: str) -> bool:
    return getattr(company, fact) is not None


def _weigh(
    actor: Actor, company: Company, brought: Mapping[str, Mapping[str, Any]], source: FactSource, day: date, *, by_hand: bool,
    confirmed: bool,
) -> list[str]:  # fmt: skip
    """Decides fact by fact what becomes of the new values; keeps the former and the proposed ones; answers what changed."""
    ranks = precedence(actor=actor)
    sources = sources_of(actor=actor, companies=[company])
    new = Noted(source.pk, day, actor.person_id)
    changed: list[str] = []
    kept: list[CompanyFact] = []
    for fact, columns in brought.items():
        noted = company.noted(fact)
        former = sources.get(noted.source_id)
        same = all(_same(company, column, value) for column, value in columns.items())
        judged = verdict(
            old_known=_is_known(company, fact), same=same, old_rank=rank_of(ranks, former.kind if former else ""),
            new_rank=ranks[source.kind], old_as_of=noted.as_of, new_as_of=day, by_hand=by_hand,
        )  # fmt: skip
        if confirmed:
            judged = Verdict.TAKEN if same or not _is_known(company, fact) else Verdict.REPLACES
        if judged is Verdict.UNCHANGED or (same and not _is_known(company, fact)):
            continue
        before = as_json(company, fact)
        if judged is Verdict.PROPOSED:
            kept.append(CompanyFact.of(company, fact, FactStatus.PROPOSED, as_json(_proposal(columns), fact), new))
            continue
        if judged in _REPLACING:
            kept.append(CompanyFact.of(company, fact, _REPLACING[judged], before, noted))
        _apply(company, fact, columns)
        company.note(fact, new if _is_known(company, fact) else None)
        changed.append(fact)
    CompanyFact.objects.bulk_create(kept)
    return changed


def _proposal(columns: Mapping[str, Any]) -> Company:
    proposal = Company()
    for column, value in columns.items():
        setattr(proposal, column, value)
    return proposal


def _same(company: Company, column: str, value: Any) -> bool:
    field = company._meta.get_field(column)
    try:
        return bool(getattr(company, column) == field.to_python(value))  # type: ignore[union-attr]
    except ValidationError:
        return False


def _settle(actor: Actor, company: Company, day: date, *, revenue: bool) -> None:
    """What follows from the facts: domain, oldest day, reporting amount; validated. Raises Invalid with every field at fault."""
    company.domain = domain_of(company.website)
    company.stalest_on = stalest_of(company)
    company.country = company.country.upper() if company.country else None
    company.revenue_currency = company.revenue_currency.upper() if company.revenue_currency else None
    faults = Faults()
    if (company.latitude is None) != (company.longitude is None):
        words = _("A position needs latitude and longitude.")
        faults.add("position_half", words, field="latitude", about=("latitude", "longitude"))
    if company.revenue is not None and not company.revenue_currency:
        faults.add("currency_missing", _("Say in which currency the revenue is."), field="revenue_currency")
    if company.website and not company.domain:
        faults.add("not_url", _("This is not an address on the web."), field="website")
    with faults.kept():
        validate(company, exclude=["name_key", "merged_into"], constraints=False)
    faults.refuse()
    if revenue:
        company.revenue_reporting = reporting_amount(
            actor=actor, amount=company.revenue, currency=company.revenue_currency, day=day
        )
        company.rate_day = None if company.revenue_reporting is None else day


def _save(company: Company) -> None:
    """Saves; the table's constraints speak as it is written. Asking for each beforehand is a query each: most of the time of a write."""
    try:
        company.save()
    except IntegrityError as error:
        named = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        broken = next((c for c in Company._meta.constraints if c.name == named), None)
        if broken is None:
            raise
        raise Invalid("invalid", broken.get_violation_error_message()) from error
