"""The partner model by API: companies and their sites, partners, products, vendors, sales."""

from prm.api.router import router
from prm.partners.api.companies import CompanyViewSet
from prm.partners.api.partners import PartnerViewSet
from prm.partners.api.products import FamilyViewSet, ProductViewSet, VendorViewSet
from prm.partners.api.sales import SaleViewSet
from prm.partners.api.sites import SiteViewSet

for viewset in (CompanyViewSet, SiteViewSet, PartnerViewSet, ProductViewSet, FamilyViewSet, VendorViewSet, SaleViewSet):
    router.register(viewset)
