"""Potential revenue of each product with each company (P5).

P(x, p) = C(x) · fit(x, p) · share(x): what the company can sell a year, the part of it that product p can take, and
the part of that which the best of comparable companies give a vendor. gap = P − actual.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.special import betaincinv

from prm.core.arrow import ids_to_arrow, ids_to_bytes
from profiling.studies.rules import ENOUGH_KNOWN
from profiling.studies.rules.arrays import F32, F64, I64

from .companies import Companies, Corrected, Correction
from .parameters import BySegment, Mix, Origin, Parameters, Share

Z90 = 1.2815515655446004  # standard normal quantile of 0.9


class CapacityFrom(IntEnum):
    """Which fact limits what a company can sell."""

    SALES_PEOPLE = 0
    ENGINEERS = 1
    CUSTOMERS = 2
    REVENUE = 3
    COMPARABLE = 4  # nothing known: what comparable companies can sell
    CORRECTED = 5  # a manager told


@dataclass(frozen=True, slots=True)
class PotentialChunk:
    """Results of consecutive companies, the first being row `offset`.

    By company (rows,): `capacity` C in reporting currency a year, `capacity_from` (CapacityFrom), `share` 0..1,
    `known_share` 0..1 of the evidence, `evidence` comparable companies and own orders behind it, `too_little` True
    where it rests on too little. By company and product (rows, products): `fit` 0..1, `p50` potential a year,
    `sigma` standard deviation of its logarithm, `gap` p50 − actual (NaN where actual is unknown; below zero where the
    company already sells more than the best of its kind), `actual`.
    """

    offset: int
    ids: NDArray[np.bytes_]
    products: tuple[str, ...]
    capacity: F64
    capacity_from: NDArray[np.int8]
    share: F64
    known_share: F32
    evidence: I64
    too_little: NDArray[np.bool_]
    fit: F32
    p50: F64
    sigma: F32
    actual: F64

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def gap(self) -> F64:
        """Potential less actual (rows, products)."""
        return np.asarray(self.p50 - self.actual, dtype=np.float64)

    @property
    def p10(self) -> F64:
        """The value that potential exceeds with 90 % (log-normal errors)."""
        return np.asarray(self.p50 * np.exp(-Z90 * self.sigma.astype(np.float64)), dtype=np.float64)

    @property
    def p90(self) -> F64:
        """The value that potential exceeds with 10 %."""
        return np.asarray(self.p50 * np.exp(Z90 * self.sigma.astype(np.float64)), dtype=np.float64)

    def total(self) -> tuple[F64, F64, F64]:
        """P10, P50 and P90 of each company over all products. Capacity and share are common to its products, so the
        products' errors go together: quantiles add up."""
        return self.p10.sum(axis=1), self.p50.sum(axis=1), self.p90.sum(axis=1)

    def to_table(self) -> pa.Table:
        """As an Arrow table: one row a company; products as fixed columns `p50:<product>`, `sigma:…`, `fit:…`."""
        columns: dict[str, pa.Array] = {
            "id": ids_to_arrow(self.ids),
            "capacity": pa.array(self.capacity),
            "capacity_from": pa.array(self.capacity_from),
            "share": pa.array(self.share),
            "known_share": pa.array(self.known_share),
            "evidence": pa.array(self.evidence),
            "too_little": pa.array(self.too_little),
        }
        for at, product in enumerate(self.products):
            for name in ("fit", "p50", "sigma", "actual"):
                columns[f"{name}:{product}"] = pa.array(getattr(self, name)[:, at], from_pandas=True)
        return pa.table(columns).replace_schema_metadata({"offset": str(self.offset)})

    @classmethod
    def from_table(cls, table: pa.Table) -> PotentialChunk:
        """The result that `to_table` gave."""
        products = tuple(n.removeprefix("p50:") for n in table.column_names if n.startswith("p50:"))

        def matrix(name: str) -> F64:
            parts = [np.asarray(table.column(f"{name}:{p}").to_numpy(), dtype=np.float64) for p in products]
            return np.column_stack(parts) if parts else np.zeros((table.num_rows, 0))

        return cls(
            int((table.schema.metadata or {}).get(b"offset", b"0")),
            ids_to_bytes(table.column("id")),
            products,
            table.column("capacity").to_numpy(),
            table.column("capacity_from").to_numpy(),
            table.column("share").to_numpy(),
            table.column("known_share").to_numpy(),
            table.column("evidence").to_numpy(),
            np.asarray(table.column("too_little").to_numpy(), dtype=bool),
            matrix("fit").astype(np.float32),
            matrix("p50"),
            matrix("sigma").astype(np.float32),
            matrix("actual"),
        )


def capacity_terms(parameters: Parameters, companies: Companies) -> F64:
    """What each fact alone would let the company sell a year, (4, rows) in the order of CapacityFrom; NaN where it tells nothing:
    where it is unknown, and where it is nought, since a company without salespeople sells in another way."""
    quota = by_segment(parameters.quota, companies)
    day_rate = by_segment(parameters.day_rate, companies)
    basket = by_segment(parameters.basket, companies)
    facts = np.stack([companies.sales_people, companies.engineers, companies.customers, companies.revenue])
    headroom = np.full(len(companies), parameters.headroom.value)
    rates = np.stack([quota, parameters.billable_days.value * day_rate, basket, headroom])
    return np.where(facts > 0, facts * rates, np.nan)


def capacity_of(parameters: Parameters, companies: Companies) -> tuple[F64, NDArray[np.int8]]:
    """C(x), the smallest of the terms that are known, and which it was; comparable companies' where none is."""
    terms = capacity_terms(parameters, companies)
    filled = np.where(np.isnan(terms), np.inf, terms)
    smallest, which = filled.min(axis=0), filled.argmin(axis=0).astype(np.int8)
    unknown = np.isinf(smallest)
    capacity = np.where(unknown, by_segment(parameters.typical_capacity, companies), smallest)
    which[unknown] = CapacityFrom.COMPARABLE
    return capacity, which


def by_segment(factor: BySegment, companies: Companies) -> F64:
    """A parameter's value for each company, (rows,)."""
    values = [factor.of(name).value for name in companies.segment_names]
    return np.array([*values, factor.overall.value], dtype=np.float64)[companies.segments]


def share_of(
    parameters: Parameters, companies: Companies, quantile: float | None = None, *, capacity: F64 | None = None
) -> F64:
    """The share of its business that comparable companies give a vendor, at `quantile` (the parameters' own unless
    given), less where `capacity` (C(x) unless given) is above what is typical of the segment, (rows,)."""
    q = parameters.share_quantile.value if quantile is None else quantile
    every = [*(segment_share(parameters, name) for name in companies.segment_names), parameters.share]
    # What scipy.stats.beta.ppf computes; loading scipy.stats would add a second to the start of every process.
    values = [float(betaincinv(s.alpha, s.beta, q)) for s in every]
    share = np.array(values, dtype=np.float64)[companies.segments]
    return np.minimum(share * diluted(parameters, companies, capacity), 1.0)


def diluted(parameters: Parameters, companies: Companies, capacity: F64 | None = None) -> F64:
    """(typical / C)^dilution: what a vendor's share is multiplied by for a company's size, 1 for a typical one, (rows,)."""
    if capacity is None:
        capacity, _ = capacity_of(parameters, companies)
    typical = by_segment(parameters.typical_capacity, companies)
    relative = np.divide(typical, capacity, out=np.ones_like(typical), where=capacity > 0)
    return np.asarray(relative**parameters.dilution.value, dtype=np.float64)


def segment_share(parameters: Parameters, segment: str | None) -> Share:
    """The share of a segment, or the overall one."""
    return parameters.segment_shares.get(segment, parameters.share) if segment is not None else parameters.share


def segment_mix(parameters: Parameters, segment: str | None) -> Mix:
    """The product mix of a segment, or the overall one."""
    return parameters.segment_mixes.get(segment, parameters.mix) if segment is not None else parameters.mix


def fit_of(parameters: Parameters, companies: Companies) -> F64:
    """fit(x, p): the mix of comparable companies, drawn towards the company's own as its orders accumulate:
    (orders · own + k · comparable) / (orders + k), (rows, products)."""
    k = parameters.shrinkage.value
    every = [*(segment_mix(parameters, name) for name in companies.segment_names), parameters.mix]
    equal = 1.0 / max(len(companies.products), 1)
    table = np.array([[m.shares.get(p, 0.0) if m.shares else equal for p in companies.products] for m in every])
    comparable = table.reshape(len(every), len(companies.products))[companies.segments]
    sold = np.where(np.isnan(companies.actual), 0.0, np.maximum(companies.actual, 0.0))
    total = sold.sum(axis=1)
    orders = np.where(total > 0, companies.orders, 0).astype(np.float64)
    own = sold / np.where(total > 0, total, 1.0)[:, None]
    weight = np.divide(orders, orders + k, out=np.zeros_like(orders), where=orders + k > 0)[:, None]
    return np.asarray(weight * own + (1 - weight) * comparable, dtype=np.float64)


def rank_chunk(parameters: Parameters, companies: Companies, corrections: Sequence[Correction] = ()) -> PotentialChunk:
    """Potential of every product with every company of the chunk; element-wise, so any cut gives the same bits.

    `corrections` of companies outside the chunk are passed over. Raises ValueError for a correction of a product
    that is not ranked.
    """
    capacity, capacity_from = capacity_of(parameters, companies)
    fit = fit_of(parameters, companies)
    terms_known = (~np.isnan(capacity_terms(parameters, companies))).sum(axis=0)
    error_c = np.where(
        terms_known > 0,
        parameters.error_capacity.value / np.sqrt(np.maximum(terms_known, 1)),
        parameters.error_capacity_unknown.value,
    )
    error_s = np.full(len(companies), parameters.error_share.value)
    error_f = np.full(fit.shape, parameters.error_fit.value)
    fixed: dict[tuple[int, int], float] = {}
    told = parameters.error_corrected.value
    mine = list(_in_chunk(corrections, companies))
    for row, correction in mine:
        if correction.what is Corrected.CAPACITY:
            capacity[row], capacity_from[row], error_c[row] = correction.value, CapacityFrom.CORRECTED, told
    share = share_of(parameters, companies, capacity=capacity)
    for row, correction in mine:
        at = companies.products.index(correction.product) if correction.product is not None else -1
        if correction.what is Corrected.SHARE:
            share[row], error_s[row] = correction.value, told
        elif correction.what is Corrected.FIT:
            fit[row, at], error_f[row, at] = correction.value, told
        elif correction.what is Corrected.POTENTIAL:
            fixed[row, at] = correction.value
    fit = fit.astype(np.float32).astype(np.float64)  # as it is stored, so that what is stored multiplies out
    p50 = capacity[:, None] * fit * share[:, None]
    sigma = np.sqrt((error_c**2 + error_s**2)[:, None] + error_f**2)
    for (row, at), value in fixed.items():
        p50[row, at], sigma[row, at] = value, told
    known_share, evidence = _known(parameters, companies, terms_known, capacity_from)
    return PotentialChunk(
        companies.offset,
        companies.ids,
        companies.products,
        capacity,
        capacity_from,
        share,
        known_share,
        evidence,
        (known_share < ENOUGH_KNOWN) | (capacity_from == CapacityFrom.COMPARABLE),
        fit.astype(np.float32),
        p50,
        sigma.astype(np.float32),
        companies.actual,
    )


def _in_chunk(corrections: Sequence[Correction], companies: Companies) -> Iterable[tuple[int, Correction]]:
    if not corrections:
        return
    for c in corrections:
        if c.product is not None and c.product not in companies.products:
            raise ValueError(f"{c.product} is not among the ranked products")
    wanted = np.array([c.id.encode() for c in corrections])
    for row in np.flatnonzero(np.isin(companies.ids, wanted)):
        for c in corrections:
            if c.id.encode() == companies.ids[row]:
                yield int(row), c


def _known(
    parameters: Parameters, companies: Companies, terms_known: NDArray[np.integer], capacity_from: NDArray[np.int8]
) -> tuple[F32, I64]:
    """Known share of the evidence, a third for each factor, and the evidence counted.

    Capacity: 1 with two facts or a correction, ½ with one, 0 with none. Fit and share: n / (n + k), n being the
    comparable companies behind them, and for fit the company's own orders too. What a person has set is known.
    """
    k = max(parameters.shrinkage.value, 1e-9)
    capacity = np.minimum(terms_known, 2) / 2.0
    capacity[capacity_from == CapacityFrom.CORRECTED] = 1.0
    names: list[str | None] = [*companies.segment_names, None]
    mixes, shares = [segment_mix(parameters, n) for n in names], [segment_share(parameters, n) for n in names]
    n_fit, n_share = (np.array([f.evidence for f in factors])[companies.segments] for factors in (mixes, shares))
    set_fit, set_share = (np.array([f.origin is Origin.SET for f in of])[companies.segments] for of in (mixes, shares))
    n_fit = n_fit + companies.orders
    fit = np.where(set_fit, 1.0, n_fit / (n_fit + k))
    share = np.where(set_share, 1.0, n_share / (n_share + k))
    known = (capacity + fit + share) / 3
    counted = np.where(set_share, 0, n_share) + companies.orders
    return known.astype(np.float32), counted.astype(np.int64)


@dataclass(frozen=True, slots=True)
class Amounts:
    """An amount of consecutive companies on several lines, the first company being row `offset`: `by_line` has (rows,) for each."""

    offset: int
    ids: NDArray[np.bytes_]
    by_line: Mapping[str, F64]


def best_by_line(pieces: Iterable[Amounts], k: int) -> Mapping[str, tuple[I64, NDArray[np.bytes_], F64]]:
    """For each line the k companies with the largest amounts: rows of the universe, ids, amounts; best first, equal ones by id,
    whatever the cut into pieces. Unknown amounts (NaN) never appear."""
    best: dict[str, tuple[I64, NDArray[np.bytes_], F64]] = {}
    for piece in pieces:
        for line, amounts in piece.by_line.items():
            rows = np.flatnonzero(~np.isnan(amounts))
            if len(rows) > k:
                border = np.partition(amounts[rows], len(rows) - k)[len(rows) - k]
                rows = rows[amounts[rows] >= border]
            found = (rows.astype(np.int64) + piece.offset, piece.ids[rows], amounts[rows])
            if line in best:
                old = best[line]
                found = (
                    np.concatenate([old[0], found[0]]),
                    np.concatenate([old[1], found[1]]),
                    np.concatenate([old[2], found[2]]),
                )
            order = np.lexsort([found[1], -found[2]])[:k]
            best[line] = (found[0][order], found[1][order], found[2][order])
    return best
