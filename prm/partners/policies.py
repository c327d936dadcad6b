"""Who sees and changes companies, partners, products and sales: the vendor's people. Partners reach none of it yet."""

from __future__ import annotations

from prm.access.policies import Policy, vendor_verbs
from prm.partners import models


class CompanyPolicy(Policy):
    """The universe of companies."""

    model = models.Company
    name = "partners.company"
    api = "companies"
    verbs = vendor_verbs(managers=["view", "create", "edit", "archive", "export", "import"], directors=["merge"])


class CompanyExternalIdPolicy(Policy):
    """Ids in other systems go with the company."""

    model = models.CompanyExternalId
    name = "partners.external_id"
    api = "companies"
    verbs = vendor_verbs(managers=["view", "edit"])


class CompanyWordPolicy(Policy):
    """The search index; only the database writes it."""

    model = models.CompanyWord
    name = "partners.company_word"
    api = "companies"
    verbs = vendor_verbs(managers=["view"])


class FactSourcePolicy(Policy):
    """Sources of facts."""

    model = models.FactSource
    name = "partners.fact_source"
    api = "companies sales"
    verbs = vendor_verbs(managers=["view", "create"])


class SourcePrecedencePolicy(Policy):
    """Which kind of source wins over which."""

    model = models.SourcePrecedence
    name = "partners.source_precedence"
    read_with = "companies"
    verbs = vendor_verbs(managers=["view"], directors=["edit"])


class CompanyFactPolicy(Policy):
    """Earlier and proposed values; added by services, never changed."""

    model = models.CompanyFact
    name = "partners.company_fact"
    api = "companies"
    verbs = vendor_verbs(managers=["view"])


class PositionPolicy(Policy):
    """People of companies."""

    model = models.Position
    name = "partners.position"
    api = "companies"
    verbs = vendor_verbs(managers=["view", "edit", "import"])


class SitePolicy(Policy):
    """Sites of companies."""

    model = models.Site
    name = "partners.site"
    api = "companies"
    verbs = vendor_verbs(managers=["view", "edit", "import"])


class CustomerMixPolicy(Policy):
    """Where a company's customers are."""

    model = models.CustomerMix
    name = "partners.customer_mix"
    api = "companies"
    verbs = vendor_verbs(managers=["view", "edit"])


class MarketSharePolicy(Policy):
    """Market shares."""

    model = models.MarketShare
    name = "partners.market_share"
    api = "companies"
    verbs = vendor_verbs(managers=["view", "edit"])


class MeasurePolicy(Policy):
    """What is measured of companies."""

    model = models.Measure
    name = "partners.measure"
    read_with = "companies"
    verbs = vendor_verbs(managers=["view"], directors=["edit"])


class CompanyMeasurePolicy(Policy):
    """The measured values."""

    model = models.CompanyMeasure
    name = "partners.company_measure"
    api = "companies"
    verbs = vendor_verbs(managers=["view", "edit"])


class VendorPolicy(Policy):
    """Vendors that companies carry. Whoever brings facts may name a vendor that nobody knew; what it is to us is decided above."""

    model = models.Vendor
    name = "partners.vendor"
    api = "vendors"
    read_with = "companies"
    verbs = vendor_verbs(managers=["view", "create"], directors=["edit", "archive"])


class VendorCarriedPolicy(Policy):
    """Who carries whom."""

    model = models.VendorCarried
    name = "partners.vendor_carried"
    api = "companies"
    verbs = vendor_verbs(managers=["view", "edit"])


class OfferCategoryPolicy(Policy):
    """Categories of offer."""

    model = models.OfferCategory
    name = "partners.offer_category"
    read_with = "companies"
    verbs = vendor_verbs(managers=["view"], directors=["create", "edit", "archive"])


class OfferCarriedPolicy(Policy):
    """Who offers what."""

    model = models.OfferCarried
    name = "partners.offer_carried"
    api = "companies"
    verbs = vendor_verbs(managers=["view", "edit"])


class IndustryPolicy(Policy):
    """Industries of end customers."""

    model = models.Industry
    name = "partners.industry"
    read_with = "companies"
    verbs = vendor_verbs(managers=["view"], directors=["create", "edit", "archive"])


class TerritoryPolicy(Policy):
    """The vendor's map."""

    model = models.Territory
    name = "partners.territory"
    read_with = "companies partners"
    verbs = vendor_verbs(managers=["view"], directors=["create", "edit", "archive"])


class TerritoryAreaPolicy(Policy):
    """What a territory covers."""

    model = models.TerritoryArea
    name = "partners.territory_area"
    read_with = "companies partners"
    verbs = vendor_verbs(managers=["view"], directors=["edit"])


class PartnerPolicy(Policy):
    """Relationships and where they stand."""

    model = models.Partner
    name = "partners.partner"
    api = "partners"
    verbs = vendor_verbs(managers=["view", "create", "advance", "edit", "import", "export"], directors=["assign"])


class PartnerTerritoryPolicy(Policy):
    """Territories that partners serve."""

    model = models.PartnerTerritory
    name = "partners.partner_territory"
    api = "partners"
    verbs = vendor_verbs(managers=["view", "edit"])


class PartnerMovePolicy(Policy):
    """Steps of the lifecycle and their reasons."""

    model = models.PartnerMove
    name = "partners.partner_move"
    api = "partners"
    verbs = vendor_verbs(managers=["view"])


class ExchangeRatePolicy(Policy):
    """Exchange rates."""

    model = models.ExchangeRate
    name = "partners.exchange_rate"
    read_with = "companies sales"
    verbs = vendor_verbs(managers=["view"], directors=["edit"])


class ProductFamilyPolicy(Policy):
    """Families of our products."""

    model = models.ProductFamily
    name = "partners.product_family"
    api = "products"
    verbs = vendor_verbs(managers=["view"], directors=["create", "edit", "archive"])


class ProductPolicy(Policy):
    """Our products."""

    model = models.Product
    name = "partners.product"
    api = "products"
    verbs = vendor_verbs(managers=["view", "import", "export"], directors=["create", "edit", "archive"])


class SalePolicy(Policy):
    """What partners bought."""

    model = models.Sale
    name = "partners.sale"
    api = "sales"
    verbs = vendor_verbs(managers=["view", "create", "import", "export"])
