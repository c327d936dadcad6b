"""The fixed scenery: what Orvane sells, who else sells, to which industries, and where.

Every company named here is invented. Prices are list prices in euro.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pandas as pd

VENDOR = "Orvane"


class Family(NamedTuple):
    """A product family. ``services``: how much engineering it asks for; ``share``: of our sales, before and today."""

    code: str
    name: str
    name_fr: str
    services: float
    share_before: float
    share_now: float


FAMILIES = (
    Family("switching", "Switching", "Commutation", 0.2, 0.36, 0.17),
    Family("wifi", "Wi-Fi", "Wi-Fi", 0.3, 0.18, 0.16),
    Family("sdwan", "SD-WAN", "SD-WAN", 0.6, 0.07, 0.14),
    Family("firewall", "Firewall", "Pare-feu", 0.5, 0.14, 0.27),
    Family("endpoint", "Endpoint", "Protection des postes", 0.3, 0.07, 0.08),
    Family("backup", "Backup", "Sauvegarde", 0.4, 0.08, 0.06),
    Family("voice", "Voice", "Téléphonie", 0.4, 0.09, 0.05),
    Family("soc", "Managed SOC", "SOC managé", 0.9, 0.01, 0.07),
)
FAMILY_CODES = tuple(family.code for family in FAMILIES)

# family, code, name, list price, how usual it is in a basket
_PRODUCTS = """
switching|OS-1108|Corail 1108, 8 ports|189|9
switching|OS-1124|Corail 1124, 24 ports|489|10
switching|OS-1148P|Corail 1148P, 48 ports PoE|1290|8
switching|OS-2324X|Récif 2324X, aggregation|3480|5
switching|OS-4548X|Récif 4548X, core|11900|2
switching|OS-SFP10|Optic 10G, 300 m|129|9
switching|OS-CARE1|Switching care, 1 year|96|7
wifi|OW-210|Embrun 210, indoor|229|9
wifi|OW-310|Embrun 310, Wi-Fi 6E|389|10
wifi|OW-510|Embrun 510, Wi-Fi 7|640|6
wifi|OW-310E|Embrun 310E, outdoor|720|4
wifi|OW-CTL50|Wi-Fi controller, 50 points|1950|3
wifi|OW-CLD1|Cloud management, point and year|48|9
sdwan|OE-100|Estuaire 100, small site|590|8
sdwan|OE-300|Estuaire 300, branch|1490|8
sdwan|OE-900|Estuaire 900, head office|6900|3
sdwan|OE-ORC1|SD-WAN orchestration, site and year|240|9
sdwan|OE-LTE|4G/5G module|310|5
firewall|OF-40|Rempart 40, up to 25 people|690|9
firewall|OF-80|Rempart 80, up to 80 people|1480|9
firewall|OF-200|Rempart 200, up to 250 people|3950|6
firewall|OF-800|Rempart 800, data centre|16800|2
firewall|OF-SEC1|Security subscription, 1 year|540|9
firewall|OF-SEC3|Security subscription, 3 years|1390|6
firewall|OF-VPN50|Remote access, 50 people|420|5
endpoint|OP-STD|Vigie Standard, device and year|27|9
endpoint|OP-EDR|Vigie EDR, device and year|49|8
endpoint|OP-MOB|Vigie Mobile, device and year|19|5
endpoint|OP-SRV|Vigie Server, server and year|118|6
backup|OB-N4|Havre N4, 4 bays|1150|6
backup|OB-N12|Havre N12, 12 bays|4350|3
backup|OB-CLD|Cloud backup, TB and year|190|9
backup|OB-M365|Mailbox backup, person and year|31|8
backup|OB-DR|Restart plan, server and year|380|4
voice|OV-T20|Sillage T20, desk phone|89|9
voice|OV-T60|Sillage T60, reception|249|4
voice|OV-IPBX|Sillage exchange, 100 lines|2400|3
voice|OV-CLD|Cloud voice, line and year|108|9
voice|OV-TRK|Voice trunk, channel and year|84|6
soc|OM-S50|Managed SOC, 50 devices and year|4800|6
soc|OM-S250|Managed SOC, 250 devices and year|17500|4
soc|OM-IR|Incident response retainer|6500|4
soc|OM-AUD|Security review|3200|6
"""

_PRODUCTS_FR = {
    "OS-1108": "Corail 1108, 8 ports", "OS-1148P": "Corail 1148P, 48 ports PoE", "OS-2324X": "Récif 2324X, agrégation",
    "OS-4548X": "Récif 4548X, cœur de réseau", "OS-SFP10": "Optique 10G, 300 m", "OS-CARE1": "Maintenance commutation, 1 an",
    "OW-210": "Embrun 210, intérieur", "OW-310E": "Embrun 310E, extérieur", "OW-CTL50": "Contrôleur Wi-Fi, 50 bornes",
    "OW-CLD1": "Gestion cloud, borne et an", "OE-100": "Estuaire 100, petit site", "OE-300": "Estuaire 300, agence",
    "OE-900": "Estuaire 900, siège", "OE-ORC1": "Orchestration SD-WAN, site et an", "OE-LTE": "Module 4G/5G",
    "OF-40": "Rempart 40, jusqu’à 25 personnes", "OF-80": "Rempart 80, jusqu’à 80 personnes",
    "OF-200": "Rempart 200, jusqu’à 250 personnes", "OF-800": "Rempart 800, centre de données",
    "OF-SEC1": "Abonnement sécurité, 1 an", "OF-SEC3": "Abonnement sécurité, 3 ans", "OF-VPN50": "Accès distant, 50 personnes",
    "OP-STD": "Vigie Standard, poste et an", "OP-EDR": "Vigie EDR, poste et an", "OP-MOB": "Vigie Mobile, appareil et an",
    "OP-SRV": "Vigie Serveur, serveur et an", "OB-N4": "Havre N4, 4 baies", "OB-N12": "Havre N12, 12 baies",
    "OB-CLD": "Sauvegarde cloud, To et an", "OB-M365": "Sauvegarde de messagerie, personne et an",
    "OB-DR": "Plan de reprise, serveur et an", "OV-T20": "Sillage T20, poste de bureau", "OV-T60": "Sillage T60, accueil",
    "OV-IPBX": "Central Sillage, 100 lignes", "OV-CLD": "Téléphonie cloud, ligne et an", "OV-TRK": "Lien voix, canal et an",
    "OM-S50": "SOC managé, 50 postes et an", "OM-S250": "SOC managé, 250 postes et an",
    "OM-IR": "Réponse à incident, réserve d’heures", "OM-AUD": "Audit de sécurité",
}  # fmt: skip


class Vendor(NamedTuple):
    """Somebody whose products a company carries. ``reach`` is how usual it is, ``families`` where it stands against us."""

    code: str
    name: str
    relation: str  # ours, competing, complementary
    reach: float
    families: tuple[str, ...]


VENDORS = (
    Vendor("orvane", "Orvane", "ours", 0.05, FAMILY_CODES),
    Vendor("nordwall", "Nordwall", "competing", 0.062, ("firewall", "sdwan", "switching", "soc")),
    Vendor("kestrel", "Kestrel", "competing", 0.055, ("wifi", "switching", "voice")),
    Vendor("garnoth", "Garnoth", "competing", 0.024, ("endpoint", "soc")),
    Vendor("ostrelle", "Ostrelle", "competing", 0.024, ("backup",)),
    Vendor("veyrasec", "Veyrasec", "competing", 0.018, ("firewall", "endpoint")),
    Vendor("tessel", "Tessel", "complementary", 0.32, ()),
    Vendor("celadon", "Celadon", "complementary", 0.26, ()),
    Vendor("halvorn", "Halvorn", "complementary", 0.17, ()),
    Vendor("veltane", "Veltane", "complementary", 0.15, ()),
    Vendor("orbelin", "Orbelin", "complementary", 0.11, ()),
    Vendor("caldrix", "Caldrix", "complementary", 0.12, ()),
    Vendor("norevia", "Norevia", "complementary", 0.13, ()),
    Vendor("pelorme", "Pelorme", "complementary", 0.08, ()),
    Vendor("brisquet", "Brisquet", "complementary", 0.14, ()),
    Vendor("zephandre", "Zephandre", "complementary", 0.07, ()),
    Vendor("maticor", "Maticor", "complementary", 0.09, ()),
    Vendor("luminvar", "Luminvar", "complementary", 0.06, ()),
    Vendor("quillane", "Quillane", "complementary", 0.05, ()),
    Vendor("rostrevin", "Rostrevin", "complementary", 0.05, ()),
)
VENDOR_CODES = tuple(vendor.code for vendor in VENDORS)
COMPETING = tuple(column for column, vendor in enumerate(VENDORS) if vendor.relation == "competing")


class Industry(NamedTuple):
    """A market that companies sell to. ``need`` follows the order of FAMILIES: how much of each family it buys."""

    code: str
    name: str
    name_fr: str
    weight: float
    need: tuple[float, ...]


INDUSTRIES = (
    Industry("healthcare", "Healthcare", "Santé", 1.1, (1.0, 1.3, 0.9, 1.5, 1.2, 1.3, 0.9, 1.6)),
    Industry("government", "Local government", "Collectivités", 1.2, (1.2, 1.1, 1.1, 1.3, 0.9, 1.1, 1.2, 1.1)),
    Industry("manufacturing", "Manufacturing", "Industrie", 1.5, (1.4, 0.9, 1.0, 1.1, 0.9, 1.0, 0.8, 1.0)),
    Industry("education", "Education", "Enseignement", 0.9, (1.3, 1.8, 0.7, 0.9, 0.9, 0.6, 0.6, 0.3)),
    Industry("finance", "Finance, insurance", "Banque, assurance", 0.8, (0.9, 0.7, 1.4, 1.4, 1.3, 1.1, 1.1, 1.8)),
    Industry("agrifood", "Agri-food", "Agroalimentaire", 0.9, (1.2, 1.0, 1.0, 0.9, 0.8, 1.0, 0.8, 0.6)),
    Industry("retail", "Retail", "Commerce", 1.3, (0.8, 1.2, 1.7, 0.9, 0.9, 0.7, 0.9, 0.5)),
    Industry("logistics", "Logistics", "Logistique", 0.8, (1.1, 1.4, 1.3, 0.8, 0.8, 0.7, 0.8, 0.5)),
    Industry("hospitality", "Hospitality", "Hôtellerie", 0.7, (0.8, 1.9, 0.7, 0.6, 0.6, 0.5, 1.6, 0.2)),
    Industry("services", "Business services", "Services aux entreprises", 1.2, (0.8, 1.0, 0.8, 1.0, 1.2, 1.1, 1.3, 0.7)),
)
INDUSTRY_CODES = tuple(industry.code for industry in INDUSTRIES)
CUSTOMER_SIZES = ("micro", "small", "medium", "large", "enterprise")

# What a company sells besides our eight families: services and neighbouring trades.
SERVICE_CATEGORIES = (
    ("it-support", "IT support", "Assistance informatique"),
    ("managed-services", "Managed services", "Infogérance"),
    ("cabling", "Structured cabling", "Câblage"),
    ("cloud-hosting", "Cloud hosting", "Hébergement cloud"),
    ("servers", "Servers and storage", "Serveurs et stockage"),
    ("workplace", "Workplace devices", "Postes de travail"),
    ("security-audit", "Security audit", "Audit de sécurité"),
    ("training", "Training", "Formation"),
    ("business-software", "Business software", "Logiciels de gestion"),
    ("video", "Video surveillance", "Vidéosurveillance"),
    ("printing", "Printing", "Impression"),
    ("telecom", "Telecom lines", "Liens télécoms"),
)

SERVICE_CODES = tuple(code for code, _name, _french in SERVICE_CATEGORIES)

TERRITORY_GROUPS = (
    ("EU", "", "Europe", "Europe"),
    ("FR", "EU", "France", "France"),
    ("FR-WEST", "FR", "West", "Ouest"),
    ("FR-NORTH", "FR", "Paris and North", "Paris et Nord"),
    ("FR-EAST", "FR", "East", "Est"),
    ("FR-SOUTHEAST", "FR", "South-East", "Sud-Est"),
    ("FR-SOUTH", "FR", "South", "Sud"),
    ("FR-OVERSEAS", "FR", "Overseas", "Outre-mer"),
    ("BE", "EU", "Belgium", "Belgique"),
    ("LU", "EU", "Luxembourg", "Luxembourg"),
    ("CH", "EU", "Switzerland", "Suisse"),
    ("DE", "EU", "Germany", "Allemagne"),
    ("IT", "EU", "Italy", "Italie"),
    ("ES", "EU", "Spain", "Espagne"),
)
COUNTRY_LANGUAGE = {"FR": "fr", "LU": "fr", "BE": "fr", "CH": "fr", "DE": "de", "IT": "it", "ES": "es"}
REGION_LANGUAGE = {"BE-VLG": "nl", "CH-ALE": "de", "CH-TIC": "it"}


def products() -> pd.DataFrame:
    """Our products: code, family, name, name_fr, list_price (euro), popularity."""
    rows = [line.split("|") for line in _PRODUCTS.strip().splitlines()]
    frame = pd.DataFrame(rows, columns=["family", "code", "name", "list_price", "popularity"])
    frame["name_fr"] = frame["code"].map(_PRODUCTS_FR).fillna(frame["name"])
    return frame.astype({"list_price": float, "popularity": float})


@cache
def _table(name: str) -> tuple[dict[str, str], ...]:
    with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def regions() -> pd.DataFrame:
    """Regions: code, country, name, name_fr, local (as the region calls itself), group (territory above it), weight, near
    (names of places there, parted by spaces)."""
    return pd.DataFrame(_table("regions.csv")).astype({"weight": float})


def cities() -> pd.DataFrame:
    """Cities: region, city, postal, latitude, longitude, weight."""
    return pd.DataFrame(_table("cities.csv")).astype({"latitude": float, "longitude": float, "weight": float})


def territories() -> pd.DataFrame:
    """The tree of territories, parents first: code, parent, name, name_fr."""
    groups = pd.DataFrame(TERRITORY_GROUPS, columns=["code", "parent", "name", "name_fr"])
    leaves = regions()[["code", "group", "name", "name_fr"]].rename(columns={"group": "parent"})
    return pd.concat([groups, leaves], ignore_index=True)


def language_of(region: str) -> str:
    """The language in which a company of a region is named: fr, nl, de, it, es."""
    return REGION_LANGUAGE.get(region, COUNTRY_LANGUAGE[region[:2]])
