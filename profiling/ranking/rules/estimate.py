"""Parameters from this installation's own companies and sales, each segment drawn towards all (P5).

A segment's estimate rests on its n companies, and on its parent as if that were k more:
(n · own + k · parent) / (n + k).
What no company supports stays the stand-in it was.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from profiling.studies.rules.arrays import F64

from .beta import beta_between
from .companies import Companies
from .parameters import BySegment, Mix, Origin, Parameter, Parameters, Share
from .potential import CapacityFrom, capacity_of, diluted

FEWEST = 8  # companies below which nothing is estimated
MIDDLE = (0.1, 0.9)  # a share's Beta is the one with these quantiles
HIGH = 0.8  # capacity is what the best fifth of comparable companies do with a person or a customer


def estimate(companies: Companies, given: Parameters | None = None) -> Parameters:
    """Estimate what the data can tell, starting from `given` (stand-ins by default); values set by a person stay.

    Rates (quota, day rate, basket) come from companies whose yearly business is known: their revenue, or what they
    sold of ours divided by the mean share. Shares, and how they fall with size, come from companies with a known
    capacity that sold of ours; mixes from all that sold of ours, each counting once.
    """
    parameters = given or Parameters()
    business = yearly_business(parameters, companies)
    for name, heads in (
        ("quota", companies.sales_people),
        ("day_rate", companies.engineers * parameters.billable_days.value),
        ("basket", companies.customers),
    ):
        with np.errstate(invalid="ignore", divide="ignore"):
            rate = np.where(heads > 0, business / heads, np.nan)
        rates: dict[str, Any] = {name: _rates(getattr(parameters, name), rate, companies, parameters)}
        parameters = replace(parameters, **rates)
    capacity, origin = capacity_of(parameters, companies)
    known = np.where(origin == CapacityFrom.COMPARABLE, np.nan, capacity)
    typical = _rates(parameters.typical_capacity, known, companies, parameters, quantile=0.5)
    parameters = replace(parameters, typical_capacity=typical)
    parameters = _shares(_dilution(parameters, companies, known), companies, known)
    return _mixes(parameters, companies)


def yearly_business(parameters: Parameters, companies: Companies) -> F64:
    """A company's business with all vendors: its revenue, else its sales of ours over the mean share; NaN unknown."""
    ours = total_actual(companies)
    with np.errstate(invalid="ignore"):
        guessed = np.where(ours > 0, ours / parameters.share.mean, np.nan)
    return np.where(np.isnan(companies.revenue), guessed, companies.revenue)


def total_actual(companies: Companies) -> F64:
    """Sales of ours over all products, NaN where none is known."""
    known = ~np.isnan(companies.actual).all(axis=1)
    return np.where(known, np.nansum(companies.actual, axis=1), np.nan)


def shrunk(own: float, n: int, parent: float, k: float) -> float:
    """(n · own + k · parent) / (n + k)."""
    return (n * own + k * parent) / (n + k) if n + k > 0 else parent


def _rates(old: BySegment, rate: F64, companies: Companies, parameters: Parameters, quantile: float = HIGH) -> BySegment:
    """Quantile of a positive rate, overall and by segment, shrunk in logarithms."""
    usable = np.isfinite(rate) & (rate > 0)
    if usable.sum() < FEWEST:
        return old
    logs = np.log(np.where(usable, rate, 1.0))
    overall = old.overall
    if overall.origin is not Origin.SET:
        value = float(np.exp(np.quantile(logs[usable], quantile)))
        overall = Parameter(value, old.overall.unit, Origin.ESTIMATED, int(usable.sum()))
    segments = {s: p for s, p in old.segments.items() if p.origin is Origin.SET}
    for code, name in enumerate(companies.segment_names):
        mine = usable & (companies.segments == code)
        n = int(mine.sum())
        if n == 0 or name in segments:
            continue
        own = float(np.quantile(logs[mine], quantile))
        value = float(np.exp(shrunk(own, n, float(np.log(overall.value)), parameters.shrinkage.value)))
        segments[name] = Parameter(value, overall.unit, Origin.ESTIMATED, n)
    return BySegment(overall, segments)


def _dilution(parameters: Parameters, companies: Companies, capacity: F64) -> Parameters:
    """One less the slope of ln(our sales) on ln(C) inside segments, 0 to 1: on how much of its size a company's sales of ours
    do not depend. Drawn towards none as companies are few."""
    ours = total_actual(companies)
    usable = (ours > 0) & (capacity > 0)
    if parameters.dilution.origin is Origin.SET or usable.sum() < FEWEST:
        return parameters
    segments = companies.segments[usable] + 1
    size, sold = np.log(capacity[usable]), np.log(ours[usable])
    count = np.maximum(np.bincount(segments), 1)
    size, sold = (v - (np.bincount(segments, v) / count)[segments] for v in (size, sold))
    spread = float((size**2).sum())
    if spread <= 0:
        return parameters
    n = int(usable.sum())
    value = shrunk(min(max(1 - float((size * sold).sum()) / spread, 0.0), 1.0), n, 0.0, parameters.shrinkage.value)
    return replace(parameters, dilution=Parameter(value, parameters.dilution.unit, Origin.ESTIMATED, n))


def _shares(parameters: Parameters, companies: Companies, capacity: F64) -> Parameters:
    """Betas with the tenth and the ninetieth hundredth of what companies gave us, so that four fifths lie between them."""
    ours = total_actual(companies)
    usable = (ours > 0) & (capacity > 0)
    if usable.sum() < FEWEST:
        return parameters
    size = diluted(parameters, companies, np.where(usable, capacity, 1.0))
    logs = np.log(np.clip(ours[usable] / (capacity * size)[usable], 1e-9, 0.999))
    middle = np.quantile(logs, MIDDLE)
    overall = parameters.share
    if overall.origin is not Origin.SET:
        overall = _beta(middle, len(logs))
    segments = {s: v for s, v in parameters.segment_shares.items() if v.origin is Origin.SET}
    k = parameters.shrinkage.value
    for code, name in enumerate(companies.segment_names):
        mine = logs[companies.segments[usable] == code]
        if len(mine) == 0 or name in segments:
            continue
        own = np.quantile(mine, MIDDLE)
        segments[name] = _beta((len(mine) * own + k * middle) / (len(mine) + k), len(mine))
    return replace(parameters, share=overall, segment_shares=segments)


def _beta(middle: F64, n: int) -> Share:
    """The Beta with these two quantiles (their logarithms), estimated from n companies."""
    low, high = np.exp(middle).tolist()
    alpha, beta = beta_between(low, high, *MIDDLE)
    return Share(alpha, beta, Origin.ESTIMATED, n)


def _mixes(parameters: Parameters, companies: Companies) -> Parameters:
    sold = np.nan_to_num(np.maximum(companies.actual, 0.0), nan=0.0)
    total = sold.sum(axis=1)
    usable: NDArray[np.bool_] = total > 0
    products = companies.products
    overall = parameters.mix
    if overall.origin is not Origin.SET:
        equal = {p: 1.0 / len(products) for p in products}
        overall = Mix(equal) if usable.sum() < FEWEST else overall
    if usable.sum() < FEWEST:
        return replace(parameters, mix=overall)
    own = sold[usable] / total[usable][:, None]
    if overall.origin is not Origin.SET:
        overall = Mix(dict(zip(products, own.mean(axis=0).tolist(), strict=True)), Origin.ESTIMATED, int(usable.sum()))
    parent = np.array([overall.shares.get(p, 0.0) for p in products])
    segments = {s: m for s, m in parameters.segment_mixes.items() if m.origin is Origin.SET}
    k = parameters.shrinkage.value
    for code, name in enumerate(companies.segment_names):
        mine = own[companies.segments[usable] == code]
        if len(mine) == 0 or name in segments:
            continue
        value = (mine.sum(axis=0) + k * parent) / (len(mine) + k)
        segments[name] = Mix(dict(zip(products, value.tolist(), strict=True)), Origin.ESTIMATED, len(mine))
    return replace(parameters, mix=overall, segment_mixes=segments)
