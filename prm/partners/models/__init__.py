"""Tables of the shared partner model, one file per subject."""

from prm.partners.models.catalogue import ExchangeRate, Product, ProductFamily, Sale
from prm.partners.models.company import Company, CompanyExternalId, CompanyWord, Typology
from prm.partners.models.contacts import PartnerContact
from prm.partners.models.details import CompanyMeasure, CustomerMix, MarketShare, Measure, Site, SiteKind
from prm.partners.models.facts import CompanyFact, FactSource, FactStatus, SourceKind, SourcePrecedence
from prm.partners.models.market import Industry, SizeBand, Territory, TerritoryArea
from prm.partners.models.merge import CompanyMerge
from prm.partners.models.partner import Lifecycle, Partner, PartnerMove, PartnerTerritory
from prm.partners.models.people import Department, Level, Position
from prm.partners.models.proposals import FactProposal, ProposalState
from prm.partners.models.relations import Liaison, ManagerTerm
from prm.partners.models.vendors import (
    OfferCarried,
    OfferCategory,
    OfferRelation,
    Vendor,
    VendorCarried,
    VendorRelation,
)

__all__ = [
    "Company",
    "CompanyExternalId",
    "CompanyFact",
    "CompanyMeasure",
    "CompanyMerge",
    "CompanyWord",
    "CustomerMix",
    "Department",
    "ExchangeRate",
    "FactProposal",
    "FactSource",
    "FactStatus",
    "Industry",
    "Level",
    "Liaison",
    "Lifecycle",
    "ManagerTerm",
    "MarketShare",
    "Measure",
    "OfferCarried",
    "OfferCategory",
    "OfferRelation",
    "Partner",
    "PartnerContact",
    "PartnerMove",
    "PartnerTerritory",
    "Position",
    "Product",
    "ProductFamily",
    "ProposalState",
    "Sale",
    "Site",
    "SiteKind",
    "SizeBand",
    "SourceKind",
    "SourcePrecedence",
    "Territory",
    "TerritoryArea",
    "Typology",
    "Vendor",
    "VendorCarried",
    "VendorRelation",
]
