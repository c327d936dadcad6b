"""The whole world from one seed and one day."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from datetime import date

import numpy as np
import pandas as pd

from prm.demo.world import companies, facts, market, relations, sales
from prm.demo.world.contacts import contacts
from prm.demo.world.duplicates import duplicates
from prm.demo.world.partners import channel
from prm.demo.world.story import TOLD
from prm.demo.world.streams import stream

SEED = 20_260_519
COMPANIES = 5_000


@dataclass(frozen=True)
class World:
    """Every table of the demo world as a frame. ``company`` is a row of ``companies``, ``partner`` one of ``partners``.

    ``truth`` is what the companies really are (with ``fit``, the latent suitability that drives the channel); all other
    frames hold what Orvane knows. The last rows of ``companies`` are second records of earlier ones (``duplicate_of``).
    """

    seed: int
    today: date
    truth: pd.DataFrame
    companies: pd.DataFrame
    sites: pd.DataFrame
    mix: pd.DataFrame
    offers: pd.DataFrame
    vendors_carried: pd.DataFrame
    earlier: pd.DataFrame
    partners: pd.DataFrame
    sales: pd.DataFrame
    rates: pd.DataFrame
    products: pd.DataFrame
    territories: pd.DataFrame
    contacts: pd.DataFrame

    def digest(self) -> str:
        """A hash of every row of every table: equal exactly when two worlds are."""
        digest = hashlib.sha256()
        for field in fields(self):
            value = getattr(self, field.name)
            digest.update(field.name.encode())
            digest.update((value.to_csv(index=False) if isinstance(value, pd.DataFrame) else str(value)).encode())
        return digest.hexdigest()


def build_world(seed: int, today: date, count: int = COMPANIES) -> World:
    """The world as it stands on ``today``. ``count`` companies, and some of them twice; at least 1,000, so that 120 partners
    can be found among them. Pure: the same arguments give the same rows."""
    if count < 1_000:
        raise ValueError("a world has at least 1,000 companies: 120 of them are partners")
    truth = companies.universe(seed, today, count)
    known = relations.Relations(seed, truth)
    truth["fit"] = known.fit
    partners = channel(seed, today, truth, known)
    lines = sales.sales(seed, today, truth, known, partners)
    _carry_ours(seed, truth, known, partners, _last_year(today, partners, lines))
    knowledge = facts.knowledge(seed, today, truth, partners)
    observed = facts.observed(truth, knowledge, today)
    every = pd.concat([observed.assign(duplicate_of=-1), duplicates(seed, observed, partners["company"])], ignore_index=True)
    every["region"] = every["region"].map(market.regions().set_index("code")["local"])
    mix = _by_knowledge(relations.customer_mix(known), knowledge, "mix")
    offers = _by_knowledge(relations.offers(seed, truth, known), knowledge, "offers")
    offers["share"] = offers["share"].where(knowledge.shares[offers["company"]])
    return World(
        seed=seed,
        today=today,
        truth=truth,
        companies=every,
        sites=_sites(seed, truth, knowledge),
        mix=mix,
        offers=offers,
        vendors_carried=facts.carried(seed, today, known, knowledge),
        earlier=facts.earlier_values(seed, today, observed, partners),
        partners=partners,
        sales=lines,
        rates=sales.rates(today),
        products=market.products(),
        territories=market.territories(),
        contacts=contacts(seed, truth, partners),
    )


def _last_year(today: date, partners: pd.DataFrame, lines: pd.DataFrame) -> np.ndarray:
    """What each partner bought of us in the last 365 days, in its own currency."""
    year = lines[pd.to_datetime(lines["sold_on"]) > pd.Timestamp(today) - pd.Timedelta(days=365)]
    return year.groupby("partner")["amount"].sum().reindex(partners.index).fillna(0.0).to_numpy()


def _carry_ours(
    seed: int, truth: pd.DataFrame, known: relations.Relations, partners: pd.DataFrame, bought: np.ndarray
) -> None:
    """Partners that sell carry Orvane with the share that their purchases say; a few others buy it from distributors."""
    rng = stream(seed, "ours")
    company = partners["company"].to_numpy()
    share = np.clip(bought / truth["purchases"].to_numpy()[company], 0, 0.6)
    selling = (partners["sells_from"].notna() & partners["sells_to"].isna()).to_numpy()
    told = company < len(TOLD)
    ours = np.where(told, known.shares[company, 0], np.where(selling, share, 0.0))
    known.shares[company, 0] = ours
    known.vendors[company, 0] = selling | (ours > 0)
    known.shares[company, 1:] *= np.where(told, 1.0, 1 - ours)[:, None]
    odds = np.exp(0.9 * known.fit) * 0.008
    others = (rng.random(len(truth)) < odds) & (known.families.sum(axis=1) > 1)
    others[company] = False
    others[: len(TOLD)] = False
    known.vendors[others, 0] = True
    known.shares[others, 0] = rng.uniform(0.01, 0.05, others.sum())


def _by_knowledge(rows: pd.DataFrame, knowledge: facts.Knowledge, field: str) -> pd.DataFrame:
    return rows[knowledge.known[field].to_numpy()[rows["company"]]].reset_index(drop=True)


def _sites(seed: int, truth: pd.DataFrame, knowledge: facts.Knowledge) -> pd.DataFrame:
    """Head offices of all, other offices where somebody told us of them."""
    rows = companies.sites(seed, truth)
    rows = rows[rows["is_head"] | knowledge.known["position"].to_numpy()[rows["company"]]].reset_index(drop=True)
    rows["region"] = rows["region"].map(market.regions().set_index("code")["local"])
    placed = knowledge.known["position"].to_numpy()[rows["company"]]
    for column in ("latitude", "longitude"):
        rows[column] = rows[column].where(placed)
    return rows
