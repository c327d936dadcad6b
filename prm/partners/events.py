"""What happens to companies, partners, products and sales."""

from __future__ import annotations

from dataclasses import field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from prm.events.publishing import Event


class CompanyCreated(Event, subject="company", sentence=_("added the company")):
    """A company was added by hand or by API."""


class CompanyEdited(
    Event, subject="company", sentence=ngettext_lazy("changed %(count)s fact", "changed %(count)s facts", "count")
):
    """Facts of a company were changed. ``fields`` are their names, ``changes`` what each was and became (as ``CompanyFact`` keeps values).

    ``is_withdrawal``: a correction by hand was taken back.
    """

    fields: list[str]
    count: int
    to_version: int
    changes: dict[str, list[Any]] = field(default_factory=dict)
    is_withdrawal: bool = False


class CompanyArchived(Event, subject="company", sentence=_("archived the company")):
    """A company left the lists."""


class CompanyRestored(Event, subject="company", sentence=_("brought the company back")):
    """An archived company came back."""


class CompanyMerged(Event, subject="company", sentence=_("made another company part of it")):
    """Another company became part of this one. ``fields`` are the facts that it has from the other now."""

    merge_id: UUID
    gone_id: UUID
    count: int
    fields: list[str]
    to_version: int


class CompanyWentInto(Event, subject="company", sentence=_("made the company part of another")):
    """The company is part of another now; its address leads there."""

    merge_id: UUID
    kept_id: UUID


class CompanyMergeUndone(Event, subject="company", sentence=_("made two companies of one again")):
    """A merge was undone; told of both."""

    merge_id: UUID
    kept_id: UUID
    gone_id: UUID


class CompanyDetailsChanged(Event, subject="company", sentence=_("changed its %(part)s")):
    """Something that hangs on a company was added, changed or removed (``act``); ``part`` is its kind (``details.DETAILS``).

    ``before`` and ``after`` hold what differs, references as codes; a removed one is kept whole, so that it can be brought back.
    ``saved_at`` is the record's ``updated_at`` from then on: a form says which it was opened on.
    """

    part: str
    act: str = "changed"
    record_id: UUID | None = None
    saved_at: str = ""
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)


class FactsProposed(
    Event, subject="company", sentence=ngettext_lazy("proposed %(count)s fact", "proposed %(count)s facts", "count")
):
    """A partner told facts about itself, in a questionnaire or in its profile. ``fields`` are their names."""

    fields: list[str]
    count: int
    source: str


class FactProposalsAccepted(
    Event,
    subject="company",
    sentence=ngettext_lazy("accepted %(count)s proposed fact", "accepted %(count)s proposed facts", "count"),
):
    """Proposed facts became facts."""

    fields: list[str]
    count: int


class FactProposalsRefused(
    Event,
    subject="company",
    sentence=ngettext_lazy("refused %(count)s proposed fact", "refused %(count)s proposed facts", "count"),
):
    """Proposed facts were refused; the reason stands with each."""

    fields: list[str]
    count: int


class PartnerCreated(Event, subject="partner", sentence=_("made it a partner (%(lifecycle)s)")):
    """A company became a candidate, or was brought in as a partner that sells already. The reason stands in ``PartnerMove``."""

    company_id: UUID
    lifecycle: str
    move_id: UUID | None = None


class PartnerAdvanced(Event, subject="partner", sentence=_("moved it from %(before)s to %(after)s")):
    """A relationship moved along its life. The reason stands in ``PartnerMove``."""

    company_id: UUID
    before: str
    after: str
    move_id: UUID | None = None


class PartnerMoveTakenBack(Event, subject="partner", sentence=_("took back the step from %(before)s to %(after)s")):
    """A step was a mistake: the relationship stands where it stood before."""

    company_id: UUID
    before: str
    after: str


class PartnerEdited(Event, subject="partner", sentence=_("changed the partner’s %(what)s")):
    """Account manager, territories, currency, language or dedicated share of a partner were changed.

    ``changes``: what each was and became, people by id, territories by code. ``to_version`` is the partner's from then on.
    """

    company_id: UUID
    what: str
    to_version: int = 0
    changes: dict[str, list[Any]] = field(default_factory=dict)


class LiaisonChanged(Event, subject="company", sentence=_("%(act)s who talks to whom")):
    """Somebody of ours was made known to somebody at a company, spoke with them, or does no more; people by id."""

    liaison_id: UUID
    act: str
    ours: UUID
    theirs: UUID
    department: str


class ContactArchived(Event, subject="person", sentence=_("put the person away")):
    """Somebody at a company left the directory."""


class ContactRestored(Event, subject="person", sentence=_("brought the person back")):
    """Somebody at a company is back in the directory."""


class SaleRecorded(Event, subject="sale", sentence=_("recorded a sale of %(amount)s %(currency)s")):
    """One order line was recorded."""

    product_id: UUID
    amount: Any
    currency: str


class CatalogueChanged(Event, subject="catalogue", sentence=_("%(act)s %(what)s %(code)s")):
    """A vendor, territory, product family, product, industry or category was created, changed or archived."""

    what: str
    code: str
    act: str


class ExchangeRateSaid(Event, subject="rate", sentence=_("said that 1 %(currency)s is %(rate)s %(into)s from %(day)s on")):
    """A rate was said for a day, or another for the same day; amounts in that currency are reckoned anew."""

    currency: str
    into: str
    day: str
    rate: str


class ExchangeRateRemoved(Event, subject="rate", sentence=_("took the rate of %(currency)s from %(day)s away")):
    """A rate holds no more; amounts in that currency are reckoned anew."""

    currency: str
    into: str
    day: str


class _ChunkImported(Event):
    """One chunk of an import came in; the subject is the import."""

    created: int
    updated: int


class CompaniesImported(
    _ChunkImported, subject="import", sentence=_("brought in companies: %(created)s new, %(updated)s updated")
):
    """One chunk of an import of companies came in; the subject is the import."""


class SitesImported(_ChunkImported, subject="import", sentence=_("brought in sites: %(created)s new, %(updated)s updated")):
    """One chunk of sites came in."""


class PeopleImported(_ChunkImported, subject="import", sentence=_("brought in people: %(created)s new, %(updated)s updated")):
    """One chunk of people of companies came in."""


class ResellersImported(
    _ChunkImported, subject="import", sentence=_("brought in resellers: %(created)s new, %(updated)s updated")
):
    """One chunk of resellers came in as partners."""


class ProductsImported(
    _ChunkImported, subject="import", sentence=_("brought in products: %(created)s new, %(updated)s updated")
):
    """One chunk of products came in."""


class SalesImported(_ChunkImported, subject="import", sentence=_("brought in sales: %(created)s new, %(updated)s updated")):
    """One chunk of sales came in."""
