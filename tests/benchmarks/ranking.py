"""How well does the potential formula tell quantiles of real business? Pinball loss beside plain estimates.

Held-out by 5 folds. The formula estimates its parameters on the other folds (`estimate`) and answers at each quantile
with C(x) · share at that quantile; its peers are segment quantiles with shrinkage, the segment's own median or
quantile, and linear quantile regression on the same facts. Reported without a bar: on the reseller network the known
facts say little about sales, and the directory's customer launches are a stand-in for business.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from profiling.ranking.rules import (
    Companies,
    Parameters,
    capacity_of,
    estimate,
    share_of,
)
from tests.benchmarks.peers.quantiles import coverage, linear_predict, linear_quantile, pinball, segment_quantiles

NEEDS_DATA = True
QUANTILES = (0.1, 0.5, 0.8, 0.9)
FOLDS = 5
LINEAR_ROWS = 1500  # rows of a fold on which the linear program is solved; its time grows faster than its rows
F64 = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """Companies with one known amount each, and the features of the linear peer."""

    name: str
    companies: Companies
    features: F64
    note: str

    @property
    def actual(self) -> F64:
        """What each company did in all."""
        return np.asarray(self.companies.actual.sum(axis=1), dtype=np.float64)


def network(data_dir: Path) -> Case:
    """Resellers that ever bought: kind, employees, yearly sales; what they bought of each family, a year's worth."""
    folder = data_dir / "reseller_network"
    resellers, products = pd.read_csv(folder / "resellers.csv"), pd.read_csv(folder / "products.csv")
    sales = pd.read_csv(folder / "sales.csv", parse_dates=["order_date"])
    sales = sales.merge(products[["product_code", "family"]], on="product_code")
    years = (sales["order_date"].max() - sales["order_date"].min()).days / 365.25
    amounts = sales.pivot_table(index="reseller_id", columns="family", values="amount", aggfunc="sum", fill_value=0.0)
    orders = sales.groupby("reseller_id")["order_number"].nunique()
    resellers = resellers[resellers["reseller_id"].isin(amounts.index)].reset_index(drop=True)
    actual = amounts.reindex(resellers["reseller_id"]).to_numpy(np.float64) / years
    kinds = sorted(resellers["business_type"].unique())
    unknown = np.full(len(resellers), np.nan)
    companies = Companies(
        np.array([i.encode() for i in resellers["reseller_id"]]),
        np.array([kinds.index(k) for k in resellers["business_type"]], dtype=np.int32),
        tuple(kinds),
        unknown,  # the file has employees, not sales people
        unknown,
        unknown,
        resellers["annual_sales"].to_numpy(np.float64),
        actual,
        orders.reindex(resellers["reseller_id"]).to_numpy(np.int64),
        tuple(amounts.columns),
    )
    features = np.column_stack(
        [
            np.log1p(resellers["employees"].to_numpy(np.float64)),
            np.log1p(resellers["annual_sales"].to_numpy(np.float64)),
            *((resellers["business_type"] == k).to_numpy(np.float64) for k in kinds[1:]),
            *(
                (resellers["territory_group"] == g).to_numpy(np.float64)
                for g in sorted(resellers["territory_group"].unique())[1:]
            ),
        ]
    )
    return Case(
        "reseller_network",
        companies,
        features,
        "capacity is the reseller's yearly sales (known); quota, day rate and basket are not used; shares by kind are "
        "estimated; fictional companies",
    )


def directory(data_dir: Path) -> Case:
    """Partners of the directory: certified people stand for engineers and references for customers; launches stand for
    business. So the formula's rates are in launches, estimated on the other folds."""
    companies = pd.read_csv(data_dir / "channel_directory" / "companies.csv")
    sites = pd.read_csv(data_dir / "channel_directory" / "sites.csv").groupby("external_id").size()
    kinds = sorted(companies["type"].unique())
    offices = companies["external_id"].map(sites).to_numpy(np.float64)
    zero_is_little = 0.5  # a company without a certification can still launch: half a person
    people = companies["certifications"].to_numpy(np.float64) + zero_is_little
    customers = companies["references"].to_numpy(np.float64) + zero_is_little
    found = Companies(
        np.array([i.encode() for i in companies["external_id"]]),
        np.array([kinds.index(k) for k in companies["type"]], dtype=np.int32),
        tuple(kinds),
        np.full(len(companies), np.nan),
        people,
        customers,
        np.full(len(companies), np.nan),
        companies["customer_launches"].to_numpy(np.float64)[:, None],
        np.ones(len(companies), dtype=np.int64),
        ("launches",),
    )
    features = np.column_stack(
        [
            np.log1p(people),
            np.log1p(customers),
            np.log1p(np.nan_to_num(companies["services"].to_numpy(np.float64), nan=0.0)),
            np.log1p(np.nan_to_num(offices, nan=0.0)),
            np.isnan(offices).astype(np.float64),
            (companies["type"] == kinds[-1]).to_numpy(np.float64),
        ]
    )
    return Case(
        "channel_directory",
        found,
        features,
        "launches are a stand-in for business; certifications stand for engineers, references for customers; the "
        "rates and shares are estimated",
    )


def predictions(case: Case, train: NDArray[np.int64], test: NDArray[np.int64], quick: bool) -> dict[str, dict[float, F64]]:
    """Each method's answer for the test rows at every quantile."""
    known, asked = case.companies.take(train), case.companies.take(test)
    parameters: Parameters = estimate(known)
    capacity, _ = capacity_of(parameters, asked)
    actual = case.actual
    segments, count = case.companies.segments, len(case.companies.segment_names)
    rng = np.random.default_rng(len(train))
    some = rng.choice(train, min(len(train), 300 if quick else LINEAR_ROWS), replace=False)
    logs = np.log1p(actual)
    answers: dict[str, dict[float, F64]] = {}
    median = segment_quantiles(actual[train], segments[train], 0.5, count, shrinkage=0.0)[segments[test]]
    for q in QUANTILES:
        linear = linear_predict(linear_quantile(case.features[some], logs[some], q), case.features[test])
        answers.setdefault("formula", {})[q] = capacity * share_of(parameters, asked, q)
        answers.setdefault("segment_quantile", {})[q] = segment_quantiles(actual[train], segments[train], q, count)[
            segments[test]
        ]
        answers.setdefault("segment_median", {})[q] = median
        answers.setdefault("linear_quantile", {})[q] = np.expm1(np.clip(linear, 0, 50))
    return answers


def measure(case: Case, seed: int, quick: bool) -> dict[str, Any]:
    """Mean pinball loss by method and quantile with paired differences from linear regression, and coverage."""
    order = np.random.default_rng(seed).permutation(len(case.companies)).astype(np.int64)
    folds = np.array_split(order, FOLDS)[: 1 if quick else FOLDS]
    actual = case.actual
    losses: dict[str, dict[float, list[F64]]] = {}
    inside: dict[str, list[float]] = {}
    for test in folds:
        train = np.setdiff1d(order, test)
        for method, by_quantile in predictions(case, train, test, quick).items():
            for q, value in by_quantile.items():
                losses.setdefault(method, {}).setdefault(q, []).append(pinball(actual[test], value, q))
            inside.setdefault(method, []).append(coverage(actual[test], by_quantile[0.1], by_quantile[0.9]))
    joined = {m: {q: np.concatenate(parts) for q, parts in by.items()} for m, by in losses.items()}
    return {
        "companies": len(case.companies),
        "note": case.note,
        "pinball": {m: {str(q): float(v.mean()) for q, v in by.items()} for m, by in joined.items()},
        "less_than_linear_per_cent": {
            m: {str(q): 100 * float(v.mean() / joined["linear_quantile"][q].mean() - 1) for q, v in by.items()}
            for m, by in joined.items()
        },
        "paired_difference_from_linear": {
            m: {str(q): _paired(v - joined["linear_quantile"][q]) for q, v in by.items()} for m, by in joined.items()
        },
        "paired_difference_from_segment_median": {
            m: {str(q): _paired(v - joined["segment_median"][q]) for q, v in by.items()} for m, by in joined.items()
        },
        "coverage_of_80_per_cent": {m: float(np.mean(v)) for m, v in inside.items() if m != "segment_median"},
    }


def _paired(difference: F64) -> dict[str, float]:
    return {
        "mean": float(difference.mean()),
        "standard_error": float(difference.std(ddof=1) / np.sqrt(len(difference))),
    }


def run(data_dir: Path | None, seed: int = 5, quick: bool = False) -> dict[str, Any]:
    """Measure on both sets. Raises FileNotFoundError without data."""
    if data_dir is None:
        raise FileNotFoundError(2, "real input is needed", "reseller_network/sales.csv")
    found = {case.name: measure(case, seed, quick) for case in (network(data_dir), directory(data_dir))}
    ours = ("formula", "segment_quantile")
    return {
        "name": "ranking",
        "data": {name: {"companies": f["companies"], "note": f["note"]} for name, f in found.items()}
        | {"folds": 1 if quick else FOLDS, "seed": seed, "quantiles": list(QUANTILES), "linear_rows": LINEAR_ROWS},
        "ours": {name: {m: f["pinball"][m] for m in ours} for name, f in found.items()},
        "peers": {name: {m: v for m, v in f["pinball"].items() if m not in ours} for name, f in found.items()},
        "ratios": {name: f["less_than_linear_per_cent"] for name, f in found.items()},
        "errors": {
            name: {
                k: f[k]
                for k in (
                    "paired_difference_from_linear",
                    "paired_difference_from_segment_median",
                    "coverage_of_80_per_cent",
                )
            }
            for name, f in found.items()
        },
        "bars": [],
    }
