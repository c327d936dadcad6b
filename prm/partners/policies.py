"""Who sees and changes companies, partners, products and sales. A partner's people reach their own company and relationship, and what
they propose."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from prm.access.policies import Policy, portal_verbs, vendor_verbs, verbs_of_both
from prm.partners import models


class CompanyPolicy(Policy):
    """The universe of companies."""

    model = models.Company
    name = "partners.company"
    label = _("Companies")
    api = "companies"
    verbs = verbs_of_both(
        vendor_verbs(managers=["view", "create", "edit", "archive", "export", "import"], directors=["merge"]),
        portal_verbs(everybody=["view"], candidates=["view"]),
    )


class CompanyExternalIdPolicy(Policy):
    """Ids in other systems go with the company."""

    model = models.CompanyExternalId
    name = "partners.external_id"
    part_of = "partners.company"
    api = "companies"
    verbs = vendor_verbs(managers=["view", "edit"])


class CompanyWordPolicy(Policy):
    """The search index; only the database writes it."""

    model = models.CompanyWord
    name = "partners.company_word"
    part_of = "partners.company"
    api = "companies"
    verbs = vendor_verbs(managers=["view"])


class FactSourcePolicy(Policy):
    """Sources of facts."""

    model = models.FactSource
    name = "partners.fact_source"
    part_of = "partners.company"
    api = "companies sales"
    verbs = vendor_verbs(managers=["view", "create"])


class SourcePrecedencePolicy(Policy):
    """Which kind of source wins over which."""

    model = models.SourcePrecedence
    name = "partners.source_precedence"
    label = _("Which source holds")
    read_with = "companies"
    verbs = vendor_verbs(managers=["view"], directors=["edit"])


class CompanyFactPolicy(Policy):
    """Earlier and proposed values; added by services, never changed."""

    model = models.CompanyFact
    name = "partners.company_fact"
    part_of = "partners.company"
    api = "companies"
    verbs = vendor_verbs(managers=["view"])


class FactProposalPolicy(Policy):
    """What partners say of themselves: each sees its own, the vendor's people decide."""

    model = models.FactProposal
    name = "partners.fact_proposal"
    label = _("Facts proposed by partners")
    api = "companies"
    verbs = verbs_of_both(
        vendor_verbs(managers=["view", "create", "decide"]),
        portal_verbs(everybody=["view", "create"], candidates=["view", "create"]),
    )


class PositionPolicy(Policy):
    """People of companies."""

    model = models.Position
    name = "partners.position"
    label = _("People of companies")
    api = "companies"
    verbs = vendor_verbs(managers=["view", "edit", "import", "export"])


class SitePolicy(Policy):
    """Sites of companies."""

    model = models.Site
    name = "partners.site"
    part_of = "partners.company"
    api = "companies"
    verbs = vendor_verbs(managers=["view", "edit", "import"])


class CustomerMixPolicy(Policy):
    """Where a company's customers are."""

    model = models.CustomerMix
    name = "partners.customer_mix"
    part_of = "partners.company"
    api = "companies"
    verbs = vendor_verbs(managers=["view", "edit"])


class MarketSharePolicy(Policy):
    """Market shares."""

    model = models.MarketShare
    name = "partners.market_share"
    part_of = "partners.company"
    api = "companies"
    verbs = vendor_verbs(managers=["view", "edit"])


class MeasurePolicy(Policy):
    """What is measured of companies."""

    model = models.Measure
    name = "partners.measure"
    label = _("Measures")
    read_with = "companies"
    verbs = vendor_verbs(managers=["view"], directors=["edit"])


class CompanyMeasurePolicy(Policy):
    """The measured values."""

    model = models.CompanyMeasure
    name = "partners.company_measure"
    part_of = "partners.company"
    api = "companies"
    verbs = vendor_verbs(managers=["view", "edit"])


class VendorPolicy(Policy):
    """Vendors that companies carry. Whoever brings facts may name a vendor that nobody knew; what it is to us is decided above."""

    model = models.Vendor
    name = "partners.vendor"
    label = _("Vendors")
    api = "vendors"
    read_with = "companies"
    verbs = vendor_verbs(managers=["view", "create"], directors=["edit", "archive"])


class VendorCarriedPolicy(Policy):
    """Who carries whom."""

    model = models.VendorCarried
    name = "partners.vendor_carried"
    part_of = "partners.company"
    api = "companies"
    verbs = vendor_verbs(managers=["view", "edit"])


class OfferCategoryPolicy(Policy):
    """Categories of offer."""

    model = models.OfferCategory
    name = "partners.offer_category"
    label = _("Categories of offer")
    api = "market"
    read_with = "companies"
    verbs = vendor_verbs(managers=["view"], directors=["create", "edit", "archive"])


class OfferCarriedPolicy(Policy):
    """Who offers what."""

    model = models.OfferCarried
    name = "partners.offer_carried"
    part_of = "partners.company"
    api = "companies"
    verbs = vendor_verbs(managers=["view", "edit"])


class IndustryPolicy(Policy):
    """Industries of end customers."""

    model = models.Industry
    name = "partners.industry"
    label = _("Industries")
    api = "market"
    read_with = "companies"
    verbs = vendor_verbs(managers=["view"], directors=["create", "edit", "archive"])


class TerritoryPolicy(Policy):
    """The vendor's map."""

    model = models.Territory
    name = "partners.territory"
    label = _("Territories")
    api = "market"
    read_with = "companies partners"
    verbs = vendor_verbs(managers=["view"], directors=["create", "edit", "archive"])


class TerritoryAreaPolicy(Policy):
    """What a territory covers."""

    model = models.TerritoryArea
    name = "partners.territory_area"
    part_of = "partners.territory"
    api = "market"
    read_with = "companies partners"
    verbs = vendor_verbs(managers=["view"], directors=["edit"])


class PartnerPolicy(Policy):
    """Relationships and where they stand."""

    model = models.Partner
    name = "partners.partner"
    label = _("Partners")
    api = "partners"
    verbs = verbs_of_both(
        vendor_verbs(managers=["view", "create", "advance", "edit", "import", "export", "invite"], directors=["assign"]),
        portal_verbs(everybody=["view"], candidates=["view"]),
    )
    asks_again = frozenset({"invite"})
    api_of = {"invite": "persons"}  # whom a key lets in, to whichever place, is one scope


class PartnerTerritoryPolicy(Policy):
    """Territories that partners serve."""

    model = models.PartnerTerritory
    name = "partners.partner_territory"
    part_of = "partners.partner"
    api = "partners"
    verbs = vendor_verbs(managers=["view", "edit"])


class PartnerContactPolicy(Policy):
    """Whom of ours a partner may call."""

    model = models.PartnerContact
    name = "partners.partner_contact"
    part_of = "partners.partner"
    api = "partners"
    verbs = verbs_of_both(vendor_verbs(managers=["view"]), portal_verbs(everybody=["view"], candidates=["view"]))


class PartnerMovePolicy(Policy):
    """Steps of the lifecycle and their reasons."""

    model = models.PartnerMove
    name = "partners.partner_move"
    part_of = "partners.partner"
    api = "partners"
    verbs = vendor_verbs(managers=["view"])


class ManagerTermPolicy(Policy):
    """Who looked after a partner from when to when."""

    model = models.ManagerTerm
    name = "partners.manager_term"
    part_of = "partners.partner"
    api = "partners"
    verbs = vendor_verbs(managers=["view"])


class CompanyMergePolicy(Policy):
    """What merges did."""

    model = models.CompanyMerge
    name = "partners.company_merge"
    part_of = "partners.company"
    api = "companies"
    verbs = vendor_verbs(managers=["view"])


class LiaisonPolicy(Policy):
    """Who of ours talks to whom."""

    model = models.Liaison
    name = "partners.liaison"
    part_of = "partners.position"
    api = "companies"
    verbs = vendor_verbs(managers=["view", "edit"])


class ExchangeRatePolicy(Policy):
    """Exchange rates."""

    model = models.ExchangeRate
    name = "partners.exchange_rate"
    label = _("Exchange rates")
    api = "sales"
    read_with = "companies"
    verbs = vendor_verbs(managers=["view"], directors=["edit"])


class ProductFamilyPolicy(Policy):
    """Families of our products."""

    model = models.ProductFamily
    name = "partners.product_family"
    label = _("Product families")
    api = "products"
    read_with = "studies"
    verbs = vendor_verbs(managers=["view"], directors=["create", "edit", "archive"])


class ProductPolicy(Policy):
    """Our products."""

    model = models.Product
    name = "partners.product"
    label = _("Products")
    api = "products"
    verbs = vendor_verbs(managers=["view", "import", "export"], directors=["create", "edit", "archive"])


class SalePolicy(Policy):
    """What partners bought."""

    model = models.Sale
    name = "partners.sale"
    label = _("Sales")
    api = "sales"
    verbs = vendor_verbs(managers=["view", "create", "import", "export"])
