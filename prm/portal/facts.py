"""A company's facts as its own people read them: the value and its day, and what waits to be decided. Never where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from prm.partners.facts.values import FACT_COLUMNS, as_json
from prm.partners.facts.words import fact_label, fact_words, proposal_words
from prm.partners.models import Company, FactProposal, ProposalState

GROUPS = (
    (gettext_lazy("Who you are"), ("legal_name", "typology", "registration_number", "founded_year", "languages")),
    (gettext_lazy("Where to find you"), ("country", "region", "postal_code", "city", "website", "phone")),
    (gettext_lazy("Size"), ("employees", "sales_people", "engineers", "customers")),
    (gettext_lazy("Business"), ("revenue", "growth")),
)
#: The facts that a company tells of itself, in the order shown.
OWN_FACTS = tuple(fact for _label, facts in GROUPS for fact in facts)


@dataclass(frozen=True, kw_only=True)
class OwnFact:
    """One line: what, the value that stands (None: not known) and its day, and the value that waits."""

    field: str
    label: str
    value: str | None
    as_of: date | None
    waiting: str | None
    since: date | None


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One answer of the vendor: of what, which value, what became of it and why."""

    label: str
    value: str
    written: str | None
    accepted: bool
    reason: str
    on: date | None


def groups_of(company: Company, waiting: Mapping[str, FactProposal]) -> list[tuple[Any, list[OwnFact]]]:
    """The facts of ``company`` by group."""
    return [(label, [_line(company, fact, waiting.get(fact)) for fact in facts]) for label, facts in GROUPS]


def missing_facts(company: Company, waiting: Mapping[str, FactProposal]) -> list[str]:
    """Names of the facts that are not known and that nobody proposed."""
    return [fact_label(fact) for fact in OWN_FACTS if getattr(company, fact) in (None, "", []) and fact not in waiting]


def decision_of(proposal: FactProposal) -> Decision:
    """A decided proposal in words."""
    return Decision(
        label=words_of_field(proposal.field), value=proposal_words(proposal.field, proposal.value) or "",
        written=None if proposal.written is None else proposal_words(proposal.field, proposal.written),
        accepted=proposal.state == ProposalState.ACCEPTED, reason=proposal.reason,
        on=proposal.decided_at.date() if proposal.decided_at else None,
    )  # fmt: skip


def words_of_field(field: str) -> str:
    """What a proposal is about: a fact, the vendors carried, or who the customers are."""
    if field in FACT_COLUMNS:
        return fact_label(field)
    return _("Vendors that you carry") if field == "vendors" else _("Your customers")


def _line(company: Company, fact: str, proposal: FactProposal | None) -> OwnFact:
    return OwnFact(
        field=fact, label=fact_label(fact), value=fact_words(fact, as_json(company, fact)) or None, as_of=company.noted(fact).as_of,
        waiting=fact_words(fact, proposal.value) if proposal else None,
        since=proposal.created_at.date() if proposal else None,
    )  # fmt: skip
