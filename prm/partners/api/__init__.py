"""The partner model by API: companies, their people and sites, partners, products, vendors, sales."""

from prm.api.router import router
from prm.partners.api.access import AccessInvitationViewSet, AccessViewSet
from prm.partners.api.companies import CompanyViewSet
from prm.partners.api.contacts import ContactViewSet
from prm.partners.api.details import (
    CarriedViewSet,
    CustomerMixViewSet,
    KnownAsViewSet,
    MarketShareViewSet,
    OfferedViewSet,
    PositionViewSet,
    SiteViewSet,
)
from prm.partners.api.liaisons import LiaisonViewSet
from prm.partners.api.market import IndustryViewSet, OfferCategoryViewSet, TerritoryViewSet
from prm.partners.api.partners import PartnerViewSet
from prm.partners.api.products import FamilyViewSet, ProductViewSet, VendorViewSet
from prm.partners.api.proposals import FactProposalViewSet
from prm.partners.api.rates import ExchangeRateViewSet
from prm.partners.api.sales import SaleViewSet

for viewset in (
    CompanyViewSet, ContactViewSet, LiaisonViewSet,
    PositionViewSet, SiteViewSet, CustomerMixViewSet, CarriedViewSet, OfferedViewSet, MarketShareViewSet, KnownAsViewSet,
    PartnerViewSet, ProductViewSet, FamilyViewSet, VendorViewSet, SaleViewSet, ExchangeRateViewSet, TerritoryViewSet,
    IndustryViewSet, OfferCategoryViewSet, FactProposalViewSet,
    AccessInvitationViewSet, AccessViewSet,
):  # fmt: skip
    router.register(viewset)
