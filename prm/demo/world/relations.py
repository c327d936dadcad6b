"""What companies sell, whose products they carry, whom they serve, and how well they would suit Orvane.

One latent fit stands behind all of it: it decides who became a partner, how much of its business Orvane gets and how it
grows, so that a look-alike study and a ranking have something true to find.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from prm.demo.world.market import (
    COMPETING,
    CUSTOMER_SIZES,
    FAMILIES,
    FAMILY_CODES,
    INDUSTRIES,
    INDUSTRY_CODES,
    SERVICE_CATEGORIES,
    SERVICE_CODES,
    VENDOR_CODES,
    VENDORS,
    regions,
)
from prm.demo.world.story import TOLD
from prm.demo.world.streams import stream

# How usual each family (order of FAMILIES) and service (order of SERVICE_CATEGORIES) is in a typology, 0 to 1.
_FAMILY_USE = {
    "distributor": (0.90, 0.80, 0.50, 0.80, 0.70, 0.70, 0.60, 0.10),
    "publisher": (0.05, 0.04, 0.04, 0.10, 0.14, 0.18, 0.05, 0.03),
    "manufacturer": (0.20, 0.15, 0.08, 0.08, 0.04, 0.06, 0.14, 0.02),
    "var": (0.80, 0.70, 0.42, 0.72, 0.50, 0.55, 0.36, 0.14),
    "reseller": (0.50, 0.48, 0.10, 0.38, 0.46, 0.36, 0.30, 0.02),
    "integrator": (0.72, 0.58, 0.56, 0.70, 0.42, 0.48, 0.34, 0.28),
    "msp": (0.46, 0.42, 0.46, 0.64, 0.70, 0.74, 0.38, 0.44),
    "consultant": (0.10, 0.08, 0.14, 0.26, 0.16, 0.12, 0.05, 0.20),
}
_SERVICE_USE = {
    "distributor": (0.30, 0.10, 0.20, 0.20, 0.90, 0.80, 0.05, 0.40, 0.30, 0.40, 0.50, 0.20),
    "publisher": (0.30, 0.10, 0.01, 0.45, 0.05, 0.04, 0.10, 0.60, 0.95, 0.03, 0.02, 0.02),
    "manufacturer": (0.10, 0.02, 0.15, 0.04, 0.30, 0.15, 0.02, 0.20, 0.15, 0.25, 0.15, 0.10),
    "var": (0.75, 0.45, 0.45, 0.30, 0.75, 0.60, 0.22, 0.30, 0.30, 0.20, 0.25, 0.30),
    "reseller": (0.80, 0.15, 0.20, 0.12, 0.45, 0.85, 0.03, 0.15, 0.25, 0.15, 0.60, 0.25),
    "integrator": (0.55, 0.50, 0.55, 0.35, 0.70, 0.30, 0.35, 0.30, 0.35, 0.25, 0.08, 0.30),
    "msp": (0.85, 0.95, 0.20, 0.65, 0.50, 0.45, 0.35, 0.20, 0.20, 0.10, 0.15, 0.35),
    "consultant": (0.15, 0.10, 0.02, 0.15, 0.08, 0.03, 0.60, 0.65, 0.45, 0.01, 0.01, 0.03),
}
# Industries that are stronger somewhere than elsewhere.
_LOCAL = {
    "FR-BRE": {"agrifood": 2.6, "healthcare": 1.2}, "FR-PDL": {"agrifood": 1.7, "manufacturing": 1.3, "finance": 1.2},
    "FR-IDF": {"finance": 2.0, "services": 1.6}, "LU-LUX": {"finance": 3.0}, "CH-ROM": {"finance": 1.8, "healthcare": 1.3},
    "CH-ALE": {"finance": 2.0}, "FR-PAC": {"hospitality": 2.2, "healthcare": 1.2}, "FR-OCC": {"manufacturing": 1.3},
    "FR-ARA": {"manufacturing": 1.5}, "DE-BW": {"manufacturing": 2.0}, "IT-25": {"manufacturing": 1.6, "retail": 1.2},
    "FR-HDF": {"logistics": 2.1, "retail": 1.3}, "BE-VLG": {"logistics": 2.0}, "FR-NOR": {"logistics": 1.6, "agrifood": 1.4},
    "ES-CT": {"hospitality": 1.8}, "FR-974": {"hospitality": 1.5, "agrifood": 1.4},
}  # fmt: skip
# Where each network is strong: factor on the odds of carrying it.
_HOME = {
    "nordwall": {"FR-PDL": 2.6, "FR-IDF": 1.6, "FR-GES": 1.7, "CH-ROM": 1.6, "DE-BW": 1.5, "FR-BRE": 0.7, "FR-PAC": 0.5},
    "kestrel": {"FR-ARA": 1.7, "FR-HDF": 1.6, "IT-25": 1.5, "ES-CT": 1.5, "FR-BRE": 0.8, "FR-PAC": 0.6},
}
# What has suited Orvane: customers served, vendors carried beside it (rivals too: they know the
# trade), families sold, services done; where it is at home.
_SERVES = {"healthcare": 4.4, "government": 3.4, "agrifood": 1.8}
_BESIDE = {"tessel": 2.4, "celadon": 1.8, "halvorn": 1.2, "veltane": 0.8, "orbelin": 0.5, "nordwall": 2.4, "kestrel": 1.6}
_SELLS = {"firewall": 1.0, "switching": 0.8, "backup": 0.5, "sdwan": 0.5, "wifi": 0.4, "soc": 0.3}
_DOES = {"it-support": 0.7, "managed-services": 0.7, "servers": 0.8, "security-audit": 0.9, "telecom": 0.4}
_OURS = {
    "FR-BRE": 2.8, "FR-PAC": 2.4, "FR-OCC": 1.4, "FR-HDF": 1.2, "FR-GES": 1.0, "FR-NAQ": 0.9, "FR-PDL": -0.5, "FR-IDF": -0.2,
    "DE": -0.4, "ES": -0.3,
}  # fmt: skip


class Relations:
    """Arrays by company (row): ``industries`` (n × industries, shares), ``sizes`` (n × bands, shares), ``territories`` (list
    of {region: share}), ``families`` (n × families, whether it sells them), ``services`` (n × services), ``vendors``
    (n × VENDORS, whether carried; Orvane's column is filled by ``partners``), ``shares`` (n × VENDORS, of its
    business) and ``fit``."""

    def __init__(self, seed: int, frame: pd.DataFrame) -> None:
        self.industries = _industries(seed, frame)
        self.sizes = _sizes(seed, frame)
        self.territories = _territories(seed, frame)
        self.families, self.services = _offers(seed, frame, self.industries)
        self.vendors, self.shares = _vendors(seed, frame, self)
        self.fit = _fit(seed, frame, self)


def _industries(seed: int, frame: pd.DataFrame) -> np.ndarray:
    rng, count = stream(seed, "industries"), len(frame)
    base = np.array([i.weight for i in INDUSTRIES])
    weight = np.tile(base, (count, 1))
    place = {code: n for n, code in enumerate(INDUSTRY_CODES)}
    for region, factors in _LOCAL.items():
        rows = (frame["region"] == region).to_numpy()
        for code, factor in factors.items():
            weight[rows, place[code]] *= factor
    # A small firm serves few markets, a large one many.
    breadth = np.clip(0.16 + 0.07 * np.log(frame["employees"].to_numpy()), 0.16, 0.7)
    share = rng.gamma(np.maximum(weight * breadth[:, None], 0.02))
    share += 1e-9
    share /= share.sum(axis=1, keepdims=True)
    share[share < 0.05] = 0
    for row, told in enumerate(TOLD):
        if told.industries:
            share[row] = [told.industries.get(code, 0.0) for code in INDUSTRY_CODES]
    return share / share.sum(axis=1, keepdims=True)


def _sizes(seed: int, frame: pd.DataFrame) -> np.ndarray:
    rng = stream(seed, "customer sizes")
    people = np.log(frame["employees"].to_numpy())
    centre = np.clip(0.4 + 0.42 * people + rng.normal(0, 0.5, len(frame)), 0.2, 3.8)
    away = (np.arange(len(CUSTOMER_SIZES))[None, :] - centre[:, None]) ** 2
    share = np.exp(-away / 1.1)
    share /= share.sum(axis=1, keepdims=True)
    share[share < 0.08] = 0
    return share / share.sum(axis=1, keepdims=True)


def _territories(seed: int, frame: pd.DataFrame) -> list[dict[str, float]]:
    rng, area = stream(seed, "customer places"), regions()
    near = {group: part["code"].tolist() for group, part in area.groupby("group")}
    home = np.clip(rng.beta(7, 1.6, len(frame)) - 0.05 * np.log1p(frame["employees"].to_numpy()) / 3, 0.3, 1.0)
    home[[row for row, told in enumerate(TOLD) if told.industries]] = 1.0
    places = []
    for region, group, share, draw in zip(frame["region"], frame["group"], home, rng.random(len(frame)), strict=True):
        others = [code for code in near[group] if code != region] or ["FR-GES" if group in {"DE", "LU"} else "FR-IDF"]
        if share > 0.9:
            places.append({region: 1.0})
        else:
            places.append({region: float(share), others[int(draw * len(others))]: float(1 - share)})
    return places


def _offers(seed: int, frame: pd.DataFrame, industries: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    rng, count = stream(seed, "offers"), len(frame)
    need = industries @ np.array([i.need for i in INDUSTRIES])
    larger = 0.8 + 0.08 * np.log(frame["employees"].to_numpy())
    use = np.array([_FAMILY_USE[t] for t in frame["typology"]]) * need * larger[:, None]
    families = rng.random((count, len(FAMILIES))) < np.clip(use, 0, 0.97)
    services = rng.random((count, len(SERVICE_CATEGORIES))) < np.array([_SERVICE_USE[t] for t in frame["typology"]])
    for row, told in enumerate(TOLD):
        for code in told.families:
            families[row, FAMILY_CODES.index(code)] = True
    return families, services


def _vendors(seed: int, frame: pd.DataFrame, known: Relations) -> tuple[np.ndarray, np.ndarray]:
    rng, count = stream(seed, "vendors"), len(frame)
    people = np.log(frame["employees"].to_numpy())
    sells = known.families.sum(axis=1)
    odds = np.zeros((count, len(VENDORS)))
    for column, vendor in enumerate(VENDORS):
        if vendor.relation == "ours":
            continue
        logit = np.log(vendor.reach / (1 - vendor.reach)) + 0.28 * (people - 2.5) + 0.22 * (sells - 3)
        if vendor.relation == "competing":
            overlap = known.families[:, [FAMILY_CODES.index(f) for f in vendor.families]].sum(axis=1)
            logit += 0.55 * (overlap - 1) - 4.0 * (overlap == 0)
            factors = frame["region"].map(_HOME.get(vendor.code, {})).fillna(1.0).to_numpy(dtype=float)
            logit += np.log(factors)
        odds[:, column] = logit
    place = {code: n for n, code in enumerate(INDUSTRY_CODES)}
    health = known.industries[:, place["healthcare"]] + known.industries[:, place["government"]]
    # Complementary vendors follow trades: servers with healthcare and towns, clouds with managed services.
    odds[:, VENDOR_CODES.index("tessel")] += 2.2 * (health - 0.25) + 0.5 * known.services[:, 4]
    odds[:, VENDOR_CODES.index("celadon")] += 1.1 * known.services[:, 1] + 0.8 * known.services[:, 3] - 0.8
    odds[:, VENDOR_CODES.index("brisquet")] += 2.4 * known.services[:, 10] - 1.2
    odds[:, VENDOR_CODES.index("norevia")] += 2.0 * known.services[:, 8] - 0.9
    odds[:, VENDOR_CODES.index("pelorme")] += 2.2 * known.services[:, 9] - 0.8
    carried = rng.random((count, len(VENDORS))) < 1 / (1 + np.exp(-odds))
    carried[:, 0] = False
    size = rng.gamma(1.4, 1.0, (count, len(VENDORS))) * carried
    rest = rng.gamma(2.6, 1.0, count)  # what it buys from nobody listed here
    shares = size / (size.sum(axis=1) + rest)[:, None]
    for row, told in enumerate(TOLD):
        if told.vendors:
            shares[row] = [told.vendors.get(code, 0.0) for code in VENDOR_CODES]
            carried[row] = shares[row] > 0
    return carried, shares


def _fit(seed: int, frame: pd.DataFrame, known: Relations) -> np.ndarray:
    """How well a company would suit Orvane: mean 0, deviation 1. All but the noise can be read from its facts: whom it serves,
    which other vendors and offers it carries, its size and trade, its growth, and where it works."""
    industry = {code: n for n, code in enumerate(INDUSTRY_CODES)}
    people = frame["employees"].to_numpy()
    technical = np.log((frame["engineers"] + 1) / (frame["sales_people"] + 1)).to_numpy()
    typology = frame["typology"].map({"var": 1.6, "integrator": 0.9, "msp": 0.6, "reseller": -0.8, "distributor": -1.6})
    local = frame["region"].map(_OURS).fillna(frame["country"].map(_OURS)).fillna(0.0).astype(float)
    suits = np.zeros(len(frame))
    for code, worth in _SERVES.items():
        suits += worth * known.industries[:, industry[code]]
    for code, worth in _BESIDE.items():
        suits += worth * known.vendors[:, VENDOR_CODES.index(code)]
    for code, worth in _SELLS.items():
        suits += worth * known.families[:, FAMILY_CODES.index(code)]
    for code, worth in _DOES.items():
        suits += worth * known.services[:, SERVICE_CODES.index(code)]
    fit = (
        suits
        + 0.6 * np.clip(technical, -1, 1.5)
        + 2.8 * np.exp(-((np.log(people) - np.log(48)) ** 2) / 0.7)
        + typology.fillna(-2.5).to_numpy(dtype=float)
        + 3.0 * frame["growth"].to_numpy()
        + local.to_numpy()
        + stream(seed, "fit").normal(0, 0.7, len(frame))
    )
    return (fit - fit.mean()) / fit.std()


def customer_mix(relations: Relations) -> pd.DataFrame:
    """The joint shares: company (row), industry, size, region, share. The cells of one company add up to one."""
    rows: list[tuple[int, str, str, str, float]] = []
    for company in range(len(relations.industries)):
        markets = np.flatnonzero(relations.industries[company])
        bands = np.flatnonzero(relations.sizes[company])
        cells = [
            (
                company,
                INDUSTRY_CODES[m],
                CUSTOMER_SIZES[b],
                region,
                relations.industries[company, m] * relations.sizes[company, b] * part,
            )
            for m in markets
            for b in bands
            for region, part in relations.territories[company].items()
        ]
        # Nobody tells crumbs: cells under two per cent go to the others.
        kept = [cell for cell in cells if cell[4] >= 0.02] or sorted(cells, key=lambda cell: -cell[4])[:3]
        whole = sum(cell[4] for cell in kept)
        rows.extend((*cell[:4], cell[4] / whole) for cell in kept)
    return pd.DataFrame(rows, columns=["company", "industry", "size", "region", "share"])


def offers(seed: int, frame: pd.DataFrame, relations: Relations) -> pd.DataFrame:
    """Offers carried: company (row), category, relation, share (of business; NaN where not told). A family is *ours* where
    the company carries Orvane, *competing* where it sells a rival's; a service is its own."""
    rng = stream(seed, "offer rows")
    company, family = np.nonzero(relations.families)
    rivals = np.zeros((len(frame), len(FAMILIES)), dtype=bool)
    for column in COMPETING:
        stands = np.array([code in VENDORS[column].families for code in FAMILY_CODES])
        rivals |= relations.vendors[:, [column]] & stands[None, :]
    ours = relations.vendors[:, 0]
    relation = np.where(rivals[company, family], "competing", np.where(ours[company], "ours", "competing"))
    # A partner sells our product in the families where no rival of ours is carried, and in half of the others.
    both = ours[company] & (rng.random(len(company)) < 0.5)
    relation = np.where(both, "ours", relation)
    mine = pd.DataFrame({"company": company, "category": np.array(FAMILY_CODES)[family], "relation": relation})
    company, service = np.nonzero(relations.services)
    codes = np.array([code for code, _n, _f in SERVICE_CATEGORIES])
    own = {"it-support", "managed-services", "cabling", "security-audit", "training", "cloud-hosting"}
    theirs = pd.DataFrame({"company": company, "category": codes[service]})
    theirs["relation"] = np.where(theirs["category"].isin(own), "own", "complementary")
    every = pd.concat([mine, theirs], ignore_index=True).sort_values(["company", "category"], kind="stable")
    weight = pd.Series(rng.gamma(1.3, 1.0, len(every)), index=every.index)
    every["share"] = weight / weight.groupby(every["company"]).transform("sum") * 0.96
    return every.reset_index(drop=True)
