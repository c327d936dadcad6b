"""What happens to companies, partners, products and sales."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from prm.events.publishing import Event


@dataclass(frozen=True, kw_only=True)
class CompanyCreated(Event):
    """A company was added by hand or by API."""

    type = "partners.company_created"
    subject_type = "company"
    sentence = _("added the company")


@dataclass(frozen=True, kw_only=True)
class CompanyEdited(Event):
    """Facts of a company were changed. ``fields`` are their names, ``changes`` what each was and became (as ``CompanyFact`` keeps values).

    ``is_withdrawal``: a correction by hand was taken back.
    """

    type = "partners.company_edited"
    subject_type = "company"
    sentence = _("changed %(count)s facts")

    fields: list[str]
    count: int
    to_version: int
    changes: dict[str, list[Any]] = field(default_factory=dict)
    is_withdrawal: bool = False


@dataclass(frozen=True, kw_only=True)
class CompanyArchived(Event):
    """A company left the lists."""

    type = "partners.company_archived"
    subject_type = "company"
    sentence = _("archived the company")


@dataclass(frozen=True, kw_only=True)
class CompanyRestored(Event):
    """An archived company came back."""

    type = "partners.company_restored"
    subject_type = "company"
    sentence = _("brought the company back")


@dataclass(frozen=True, kw_only=True)
class CompanyDetailsChanged(Event):
    """Something that hangs on a company was added, changed or removed (``act``); ``part`` is its kind (``details.DETAILS``).

    ``before`` and ``after`` hold what differs, references as codes; a removed one is kept whole, so that it can be brought back.
    ``saved_at`` is the record's ``updated_at`` from then on: a form says which it was opened on.
    """

    type = "partners.company_details_changed"
    subject_type = "company"
    sentence = _("changed its %(part)s")

    part: str
    act: str = "changed"
    record_id: UUID | None = None
    saved_at: str = ""
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class PartnerCreated(Event):
    """A company became a candidate, or was brought in as a partner that sells already."""

    type = "partners.partner_created"
    subject_type = "partner"
    sentence = _("made it a partner (%(lifecycle)s)")

    company_id: UUID
    lifecycle: str


@dataclass(frozen=True, kw_only=True)
class PartnerAdvanced(Event):
    """A relationship moved along its life. The reason stands in ``PartnerMove``."""

    type = "partners.partner_advanced"
    subject_type = "partner"
    sentence = _("moved it from %(before)s to %(after)s")

    company_id: UUID
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class PartnerEdited(Event):
    """Account manager, territories, currency, language or dedicated share of a partner were changed."""

    type = "partners.partner_edited"
    subject_type = "partner"
    sentence = _("changed the partner’s %(what)s")

    company_id: UUID
    what: str


@dataclass(frozen=True, kw_only=True)
class SaleRecorded(Event):
    """One order line was recorded."""

    type = "partners.sale_recorded"
    subject_type = "sale"
    sentence = _("recorded a sale of %(amount)s %(currency)s")

    product_id: UUID
    amount: Any
    currency: str


@dataclass(frozen=True, kw_only=True)
class CatalogueChanged(Event):
    """A vendor, territory, product family, product, industry or category was created, changed or archived."""

    type = "partners.catalogue_changed"
    subject_type = "catalogue"
    sentence = _("%(act)s %(what)s %(code)s")

    what: str
    code: str
    act: str


@dataclass(frozen=True, kw_only=True)
class CompaniesImported(Event):
    """One chunk of an import of companies came in (DESIGN §4, Bulk); the subject is the import."""

    type = "partners.companies_imported"
    subject_type = "import"
    sentence = _("brought in companies: %(created)s new, %(updated)s updated")

    created: int
    updated: int


@dataclass(frozen=True, kw_only=True)
class SitesImported(Event):
    """One chunk of sites came in."""

    type = "partners.sites_imported"
    subject_type = "import"
    sentence = _("brought in sites: %(created)s new, %(updated)s updated")

    created: int
    updated: int


@dataclass(frozen=True, kw_only=True)
class ResellersImported(Event):
    """One chunk of resellers came in as partners."""

    type = "partners.resellers_imported"
    subject_type = "import"
    sentence = _("brought in resellers: %(created)s new, %(updated)s updated")

    created: int
    updated: int


@dataclass(frozen=True, kw_only=True)
class ProductsImported(Event):
    """One chunk of products came in."""

    type = "partners.products_imported"
    subject_type = "import"
    sentence = _("brought in products: %(created)s new, %(updated)s updated")

    created: int
    updated: int


@dataclass(frozen=True, kw_only=True)
class SalesImported(Event):
    """One chunk of sales came in."""

    type = "partners.sales_imported"
    subject_type = "import"
    sentence = _("brought in sales: %(created)s new, %(updated)s updated")

    created: int
    updated: int
