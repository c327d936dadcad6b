"""Three years of sales, line by line: seasons, ramp-ups, declines, and a mix of products that follows what partners do."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from prm.demo.world.market import FAMILIES, FAMILY_CODES, INDUSTRIES, products
from prm.demo.world.partners import SELLING
from prm.demo.world.relations import Relations
from prm.demo.world.story import TOLD
from prm.demo.world.streams import choose_rows, stream

MONTHS = 36
# January to December: budgets end in December and June, nobody buys in August.
SEASON = np.array([0.78, 0.88, 1.06, 0.94, 0.90, 1.22, 0.86, 0.52, 1.10, 1.08, 1.14, 1.52])
_HOLIDAYS = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}
# Francs for a euro, by the month back from today: an invented but quiet course.
_CHF = 0.945


def sales(seed: int, today: date, frame: pd.DataFrame, relations: Relations, partners: pd.DataFrame) -> pd.DataFrame:
    """The order lines, by day: partner (row of ``partners``), product (code), sold_on, quantity, amount and cost (in
    ``currency``), order_number, order_line."""
    rng = stream(seed, "sales")
    selling = partners[partners["stage"].isin(SELLING)]
    months = _months(today)
    level = _levels(rng, today, frame.assign(fit=relations.fit), selling, months)
    catalogue = products()
    lines = _lines(rng, level, _mix(rng, frame, relations, selling), catalogue)
    lines["partner"] = selling.index.to_numpy()[lines["partner"]]
    lines["sold_on"] = _days(rng, months, lines["month"].to_numpy(), today)
    start = pd.to_datetime(partners["sells_from"]).reindex(lines["partner"]).to_numpy()
    last = pd.to_datetime(partners["sells_to"]).fillna(pd.to_datetime(partners["quiet_from"]))
    end = last.reindex(lines["partner"]).to_numpy()
    day = pd.to_datetime(lines["sold_on"]).to_numpy()
    inside = (day >= start) & (np.isnat(end) | (day < end))
    lines = lines[inside].sort_values(["sold_on", "partner", "product"], kind="stable").reset_index(drop=True)
    return _priced(rng, lines, catalogue, partners)


def _months(today: date) -> list[date]:
    """The first days of the months from three years ago up to the present one."""
    count = today.year * 12 + today.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(count - MONTHS, count + 1)]


def _levels(
    rng: np.random.Generator, today: date, frame: pd.DataFrame, selling: pd.DataFrame, months: list[date]
) -> np.ndarray:
    """Expected euro of each selling partner (rows) in each month (columns, the present one in part)."""
    company = selling["company"].to_numpy()
    fit, quality = frame["fit"].to_numpy()[company], frame["quality"].to_numpy()[company]
    count = len(selling)
    # Small partners give us more of their business than large ones, who carry everybody.
    purchases = frame["purchases"].to_numpy()[company]
    share = np.clip(
        0.16 * (purchases / 1e6) ** -0.45 * np.exp(0.6 * (fit - fit.mean()) + rng.normal(0, 0.75, count)), 0.01, 0.6
    )
    yearly = np.clip(purchases * share, 6_000, 1_600_000)
    trend = np.clip(
        0.03 + 0.6 * frame["growth"].to_numpy()[company] + 0.07 * quality + 0.03 * fit + rng.normal(0, 0.13, count),
        -0.42,
        0.75,
    )
    stage = selling["stage"].to_numpy()
    trend = np.where(
        stage == "exiting",
        -0.5,
        np.where(stage == "exited", -0.35, np.where(stage == "extended", np.maximum(trend, 0.02), trend)),
    )
    for place, row in enumerate(company):
        if row < len(TOLD):
            yearly[place] = TOLD[row].yearly or yearly[place]
            trend[place] = trend[place] if TOLD[row].trend is None else TOLD[row].trend
    middle = np.array([(today - m).days - 15 for m in months]) / 365.25
    # ``yearly`` is the level of the last twelve months, half a year ago on average.
    course = (1 + trend)[:, None] ** (0.5 - middle)[None, :]
    wobble = np.exp(np.cumsum(rng.normal(0, 0.05, (count, len(months))), axis=1))
    wobble /= wobble[:, -13:].mean(axis=1, keepdims=True)
    told = company < len(TOLD)
    wobble[told] = 1.0
    since = np.array([[(m - s).days / 30.4 for m in months] for s in selling["sells_from"]])
    # A first stock to start with, then half of its pace four months after the first order.
    ramp = 0.15 + 0.85 / (1 + np.exp(-(since - 4) / 1.6))
    season = np.array([SEASON[m.month - 1] for m in months])
    part = np.ones(len(months))
    part[-1] = today.day / 30.4
    return np.asarray(yearly[:, None] / 12 * course * wobble * ramp * season[None, :] * part[None, :])


def _mix(rng: np.random.Generator, frame: pd.DataFrame, relations: Relations, selling: pd.DataFrame) -> np.ndarray:
    """Share of each family in each partner's sales, month by month: partners × months × families."""
    company = selling["company"].to_numpy()
    now = np.array([f.share_now for f in FAMILIES])
    before = np.array([f.share_before for f in FAMILIES])
    need = relations.industries[company] @ np.array([i.need for i in INDUSTRIES])
    skill = np.log((frame["engineers"] + 1) / (frame["employees"] + 1)).to_numpy()[company]
    technical = np.exp(np.outer(skill + 1.2, [f.services - 0.4 for f in FAMILIES]))
    sells = np.where(relations.families[company], 1.0, 0.04)
    taste = rng.gamma(2.2, 1.0, sells.shape) * sells * need * technical
    for place, row in enumerate(company):
        if row < len(TOLD) and TOLD[row].families:
            taste[place] = [TOLD[row].families.get(code, 0.0) / share for code, share in zip(FAMILY_CODES, now, strict=True)]
    step = np.linspace(0, 1, MONTHS + 1)[:, None]
    market = before[None, :] * (1 - step) + now[None, :] * step
    mix = taste[:, None, :] * market[None, :, :]
    return np.asarray(mix / mix.sum(axis=2, keepdims=True))


def _lines(rng: np.random.Generator, level: np.ndarray, mix: np.ndarray, catalogue: pd.DataFrame) -> pd.DataFrame:
    """How many lines, of which product, of how many pieces, so that the expected euro come out."""
    pieces = _pieces(catalogue)
    mean_line = np.array(
        [
            np.average(
                (catalogue["list_price"] * pieces)[catalogue["family"] == code],
                weights=catalogue["popularity"][catalogue["family"] == code],
            )
            for code in FAMILY_CODES
        ]
    )
    # Large partners order in larger lots: the line grows with the square root of what they buy.
    lot = np.clip(np.sqrt(level.sum(axis=1) / 400_000), 0.35, 4.0)
    expected = level[:, :, None] * mix / (mean_line[None, None, :] * lot[:, None, None] * 0.72)
    drawn = rng.poisson(expected)
    partner, month, family = np.nonzero(drawn)
    times = drawn[partner, month, family]
    lines = pd.DataFrame({"partner": np.repeat(partner, times), "month": np.repeat(month, times)})
    family = np.repeat(family, times)
    weight = np.array([np.where(catalogue["family"] == code, catalogue["popularity"], 0.0) for code in FAMILY_CODES])
    product = choose_rows(rng, weight[family])
    mean = pieces.to_numpy()[product] * lot[lines["partner"]]
    lines["product"] = catalogue["code"].to_numpy()[product]
    lines["quantity"] = np.maximum(1, np.rint(mean * rng.lognormal(-0.18, 0.6, len(lines)))).astype(int)
    return lines


def _pieces(catalogue: pd.DataFrame) -> pd.Series:
    """How many pieces a line usually has: many of what is cheap, one of what is dear."""
    return np.clip(1_500 / catalogue["list_price"], 1.0, 22.0)


def _days(rng: np.random.Generator, months: list[date], month: np.ndarray, today: date) -> list[date]:
    """A working day in each line's month, later days more often (and more so at the end of a quarter)."""
    calendars, weights = [], []
    for first in months:
        last = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
        days = [first + timedelta(days=n) for n in range((last - first).days)]
        days = [d for d in days if d.weekday() < 5 and (d.month, d.day) not in _HOLIDAYS and d <= today] or [first]
        rise = 1.6 if first.month % 3 == 0 else 0.5
        weight = np.array([1 + rise * (d.day / 31) ** 2 for d in days])
        calendars.append(days)
        weights.append(np.cumsum(weight / weight.sum()))
    draw = rng.random(len(month))
    return [
        calendars[m][min(int(np.searchsorted(weights[m], u)), len(calendars[m]) - 1)]
        for m, u in zip(month, draw, strict=True)
    ]


def _priced(rng: np.random.Generator, lines: pd.DataFrame, catalogue: pd.DataFrame, partners: pd.DataFrame) -> pd.DataFrame:
    list_price = lines["product"].map(catalogue.set_index("code")["list_price"])
    rebate = _rebates(rng, len(partners))[lines["partner"]] + rng.choice([0, 0, 0, 0.05, 0.1], len(lines))
    lines["currency"] = partners["currency"].reindex(lines["partner"]).to_numpy()
    rate = np.where(lines["currency"] == "CHF", _CHF, 1.0)
    lines["amount"] = (lines["quantity"] * (list_price * (1 - rebate) * rate).round(2)).round(2)
    lines["cost"] = (lines["quantity"] * list_price * 0.41 * rate).round(2)
    order = (lines["partner"] != lines["partner"].shift()) | (lines["sold_on"] != lines["sold_on"].shift())
    number = order.cumsum()
    lines["order_line"] = lines.groupby(number).cumcount() + 1
    year = pd.to_datetime(lines["sold_on"]).dt.year
    within = number.groupby(year).transform(lambda n: n - n.iloc[0] + 1)
    lines["order_number"] = [f"SO-{y}-{n:05d}" for y, n in zip(year, within, strict=True)]
    return lines.drop(columns="month")


def _rebates(rng: np.random.Generator, count: int) -> np.ndarray:
    """What each partner has negotiated: 22 to 32 % off the list."""
    return rng.uniform(0.22, 0.32, count)


def rates(today: date) -> pd.DataFrame:
    """Monthly exchange rates, francs to euro: day, from_currency, to_currency, rate."""
    days = _months(today)
    course = [round(1 / (_CHF + 0.012 * float(np.sin(n / 5))), 6) for n in range(len(days))]
    return pd.DataFrame({"day": days, "from_currency": "CHF", "to_currency": "EUR", "rate": course})
