"""A small universe with real shapes: unknown facts, carried vendors, customers, measures, partners and their sales."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

from prm.partners.models import (
    Company,
    CompanyMeasure,
    CustomerMix,
    Industry,
    Measure,
    OfferCarried,
    OfferCategory,
    Partner,
    Product,
    ProductFamily,
    Sale,
    Site,
    Vendor,
    VendorCarried,
)

CITIES = [("FR", "Bretagne", "Brest", 48.4, -4.5), ("FR", "Auvergne-Rhône-Alpes", "Grenoble", 45.2, 5.7),
          ("FR", "Île-de-France", "Paris", 48.9, 2.3), ("BE", "Bruxelles", "Bruxelles", 50.8, 4.4)]  # fmt: skip
FAMILIES = ["firewall", "switching"]


def build(count: int = 120, partners: int = 24, seed: int = 7) -> list[Company]:
    """Companies, the first ``partners`` of them active and alike: integrators of the West that sell firewalls. Needs the system's role."""
    rng = random.Random(seed)
    vendors = [
        _named(Vendor, "tessel", relation="complementary"), _named(Vendor, "celadon", relation="complementary"),
        _named(Vendor, "nordwall", relation="competing"), _named(Vendor, "orvane", relation="ours"),
    ]  # fmt: skip
    offers = [_named(OfferCategory, code) for code in ("firewalls", "cloud", "training")]
    industries = [_named(Industry, code) for code in ("healthcare", "education", "industry")]
    measure = Measure.objects.create(key="certifications", name="Certifications")
    companies = [_company(rng, i, i < partners) for i in range(count)]
    Company.objects.bulk_create(companies)
    for i, company in enumerate(companies):
        good = i < partners
        if rng.random() < 0.8:
            chosen = offers[:1] if good or rng.random() < 0.2 else rng.sample(offers[1:], 1)
            OfferCarried.objects.bulk_create([OfferCarried(company=company, category=o) for o in chosen])
        carried = [vendors[0]] if good else rng.sample(vendors[:3], rng.randint(0, 2))
        VendorCarried.objects.bulk_create([VendorCarried(company=company, vendor=v) for v in carried])
        if rng.random() < 0.7:
            industry = industries[0] if good else rng.choice(industries)
            CustomerMix.objects.create(company=company, industry=industry, share=Decimal("0.6"))
        if rng.random() < 0.5:
            CompanyMeasure.objects.create(company=company, measure=measure, value=rng.randint(0, 40))
        if rng.random() < 0.3:
            Site.objects.create(
                company=company, country="FR", region="Bretagne", city="Rennes", latitude=48.1, longitude=-1.7
            )
    _sell(rng, companies[:partners])
    return companies


def _named(model, code: str, **fields):
    return model.objects.create(code=code, name=code.title(), name_key=code, **fields)


def _company(rng: random.Random, i: int, good: bool) -> Company:
    country, region, city, lat, lon = CITIES[0] if good else rng.choice(CITIES)
    unknown = rng.random() < 0.25
    return Company(
        name=f"Company {i:03d}", name_key=f"company {i:03d}", country=country, region=region, region_key=region.lower(), city=city,
        latitude=lat + rng.random() / 10, longitude=lon + rng.random() / 10,
        typology="integrator" if good else rng.choice(["integrator", "msp", "var", None]),
        employees=None if unknown else rng.randint(40, 80) if good else rng.randint(2, 400),
        sales_people=None if unknown else rng.randint(6, 12) if good else rng.randint(1, 40),
        engineers=rng.randint(10, 20) if good else rng.choice([None, 3, 60]),
        customers=rng.choice([None, 40, 200]), growth=Decimal(str(round(rng.gauss(0.05, 0.1), 3))),
        revenue_reporting=Decimal(rng.randint(200, 9000) * 1000) if rng.random() < 0.6 else None, languages=["fr"] if good else None,
    )  # fmt: skip


def _sell(rng: random.Random, companies: list[Company]) -> None:
    families = [_named(ProductFamily, code) for code in FAMILIES]
    products = [_named(Product, f"p-{family.code}", family=family) for family in families]
    sales = []
    for i, company in enumerate(companies):
        partner = Partner.objects.create(company=company, lifecycle="active")
        for n in range(rng.randint(1, 6)):
            amount = Decimal(rng.randint(1_000, 60_000))
            day = date(2026, 5, 1) - timedelta(days=rng.randint(0, 300))
            sales.append(
                Sale(partner=partner, product=rng.choice(products), sold_on=day, quantity=1, amount=amount, currency="EUR",
                     amount_reporting=amount, order_number=f"O{i:03d}{n}", order_line=1)
            )  # fmt: skip
    Sale.objects.bulk_create(sales)
