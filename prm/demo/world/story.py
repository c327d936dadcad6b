"""Companies whose facts are written by hand: the ones that pages, docs and screenshots speak of.

They are ordinary members of the world: everything not told here is drawn like for the others.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Told:
    """One company with what is told of it. ``stage`` is a partner's lifecycle, or empty for a company not in the channel.

    ``sales_people`` / ``engineers`` −1 means that they exist but are not known to us. ``trend`` is the yearly change of its
    sales with us, ``yearly`` what it sold in the last twelve months (euro).
    """

    name: str
    city: str
    typology: str
    employees: int
    sales_people: int
    engineers: int
    vendors: dict[str, float] = field(default_factory=dict)
    stage: str = ""
    manager: str = ""
    revenue: float | None = None
    growth: float | None = None
    customers: int | None = None
    registration_id: str = ""
    industries: dict[str, float] = field(default_factory=dict)
    sites: tuple[tuple[str, int], ...] = ()
    languages: tuple[str, ...] = ()
    yearly: float | None = None
    trend: float | None = None
    families: dict[str, float] = field(default_factory=dict)


_HEALTH = {"healthcare": 0.36, "government": 0.26, "agrifood": 0.18, "education": 0.12, "services": 0.08}

TOLD = (
    Told(
        name="Kerlan Systèmes", city="Brest", typology="var", employees=46, sales_people=9, engineers=14,
        vendors={"tessel": 0.30, "nordwall": 0.22, "orvane": 0.18, "celadon": 0.16, "kestrel": 0.05},
        stage="active", manager="rousset", revenue=8_400_000, growth=0.061, customers=184, registration_id="812 404 117",
        industries={"healthcare": 0.38, "government": 0.24, "agrifood": 0.19, "education": 0.11, "services": 0.08},
        sites=(("Brest", 31), ("Rennes", 11), ("Lorient", 4)), languages=("fr", "en"), yearly=214_000, trend=0.31,
        families={"firewall": 0.44, "switching": 0.24, "soc": 0.14, "sdwan": 0.10, "backup": 0.08},
    ),
    Told(
        name="Breizh Réseaux", city="Rennes", typology="var", employees=52, sales_people=10, engineers=17,
        vendors={"tessel": 0.26, "orvane": 0.21, "celadon": 0.18, "nordwall": 0.09}, stage="active", manager="rousset",
        revenue=9_100_000, growth=0.054, customers=201, industries=_HEALTH, yearly=247_000, trend=0.12,
        families={"sdwan": 0.34, "firewall": 0.26, "switching": 0.24, "wifi": 0.16},
    ),
    Told(
        name="Sudelec Informatique", city="Pessac", typology="integrator", employees=64, sales_people=11, engineers=23,
        vendors={"tessel": 0.33, "orvane": 0.24, "celadon": 0.12}, stage="active", manager="rousset", revenue=10_800_000,
        growth=0.038, customers=167, industries={**_HEALTH, "manufacturing": 0.15}, yearly=308_000, trend=0.07,
        families={"firewall": 0.38, "switching": 0.30, "endpoint": 0.18, "backup": 0.14},
    ),
    Told(
        name="Atelier Numérique Ouest", city="Nantes", typology="var", employees=41, sales_people=8, engineers=12,
        vendors={"orvane": 0.19, "tessel": 0.28}, stage="active", manager="rousset", industries=_HEALTH, yearly=171_000,
        trend=0.04,
    ),
    Told(
        name="Cobalt Infogérance", city="Tours", typology="msp", employees=119, sales_people=14, engineers=58,
        vendors={"orvane": 0.11, "celadon": 0.34}, stage="active", manager="rousset", yearly=196_000, trend=-0.18,
    ),
    Told(
        name="Tramontane IT", city="Montpellier", typology="var", employees=58, sales_people=13, engineers=14,
        vendors={"orvane": 0.10, "nordwall": 0.31}, stage="active", manager="rousset", yearly=134_000, trend=-0.22,
    ),
    Told(
        name="Opaline IT", city="Bordeaux", typology="integrator", employees=88, sales_people=16, engineers=31,
        vendors={"orvane": 0.02, "celadon": 0.27, "tessel": 0.22}, stage="onboarding", manager="rousset", industries=_HEALTH,
    ),
    Told(
        name="Nexalis", city="Lille", typology="msp", employees=44, sales_people=6, engineers=21,
        vendors={"tessel": 0.29, "celadon": 0.21}, stage="contracted", manager="delattre", industries=_HEALTH,
    ),
    Told(
        name="Isère Cloud", city="Grenoble", typology="msp", employees=62, sales_people=11, engineers=24,
        vendors={"tessel": 0.31, "nordwall": 0.17, "celadon": 0.14}, stage="candidate", manager="marchal", revenue=9_700_000,
        growth=0.094, customers=142, industries={"healthcare": 0.34, "government": 0.22, "education": 0.20, "services": 0.24},
    ),
    Told(
        name="Solvane Télécom", city="Poitiers", typology="var", employees=45, sales_people=9, engineers=11,
        vendors={"nordwall": 0.33}, stage="candidate", manager="rousset",
    ),
    Told(
        name="Rheintal Datentechnik", city="Freiburg im Breisgau", typology="integrator", employees=71, sales_people=10,
        engineers=27, vendors={"tessel": 0.24, "kestrel": 0.18}, stage="candidate", manager="brandt",
    ),
    Told(
        name="Armor Systèmes", city="Lorient", typology="integrator", employees=73, sales_people=12, engineers=29,
        vendors={"nordwall": 0.27, "tessel": 0.30, "celadon": 0.11}, revenue=11_900_000, growth=0.047, industries=_HEALTH,
    ),
    Told(
        name="Ligérien Réseaux", city="Angers", typology="var", employees=54, sales_people=10, engineers=15,
        vendors={"nordwall": 0.31, "tessel": 0.19}, industries={**_HEALTH, "retail": 0.10},
    ),
    Told(
        name="Aubépine Informatique", city="Le Mans", typology="var", employees=33, sales_people=7, engineers=9,
        vendors={"kestrel": 0.24, "tessel": 0.21}, industries=_HEALTH,
    ),
    Told(
        name="Vendelis", city="La Roche-sur-Yon", typology="var", employees=27, sales_people=6, engineers=8,
        vendors={"tessel": 0.36},
    ),
    Told(
        name="Girondine de Réseaux", city="Mérignac", typology="integrator", employees=96, sales_people=-1, engineers=40,
        vendors={"nordwall": 0.26, "kestrel": 0.14},
    ),
    Told(
        name="Pertuis Services", city="La Rochelle", typology="msp", employees=38, sales_people=5, engineers=17,
        vendors={"kestrel": 0.22},
    ),
    Told(
        name="Quai Neuf Conseil", city="Nantes", typology="integrator", employees=82, sales_people=9, engineers=44,
        vendors={"celadon": 0.30}, industries={"healthcare": 0.27, "finance": 0.33, "services": 0.40},
    ),
    Told(
        name="Bocage Infogérance", city="Cholet", typology="msp", employees=51, sales_people=6, engineers=23,
        vendors={"nordwall": 0.22},
    ),
    Told(
        name="Océane Bureautique", city="Vannes", typology="reseller", employees=29, sales_people=11, engineers=-1,
        vendors={"brisquet": 0.40},
    ),
    Told(
        name="Marais Télécom", city="Niort", typology="var", employees=24, sales_people=6, engineers=7,
        vendors={"kestrel": 0.28},
    ),
    Told(
        name="Côte & Fils Réseaux", city="Saint-Nazaire", typology="var", employees=31, sales_people=7, engineers=9,
        vendors={"nordwall": 0.20, "tessel": 0.25},
    ),
    Told(name="Dordonia", city="Périgueux", typology="reseller", employees=22, sales_people=8, engineers=3),
)  # fmt: skip
