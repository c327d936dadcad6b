"""The universe of companies: who they are, where, how large, and whom they serve. Nothing is hidden here: ``facts`` decides
afterwards what of it Orvane knows.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd

from prm.core.text import text_key
from prm.demo.world.market import cities, language_of, regions
from prm.demo.world.names import company_names, legal_name
from prm.demo.world.registers import REGISTER, domain, registration_id, street
from prm.demo.world.story import TOLD, Told
from prm.demo.world.streams import choose, choose_rows, stream


class Shape(NamedTuple):
    """What companies of one typology look like. Sizes are people; ``per_head`` is yearly revenue per person (euro);
    ``sales`` and ``engineers`` are shares of the people; ``basket`` is a customer's yearly worth (euro); ``purchases`` is the
    share of revenue spent on products like ours."""

    weight: float
    size: float
    spread: float
    per_head: float
    sales: float
    engineers: float
    growth: float
    basket: float
    purchases: float


SHAPES = {
    "distributor": Shape(1.6, 26, 0.80, 420_000, 0.30, 0.08, 0.015, 60_000, 0.300),
    "publisher": Shape(9.0, 17, 1.15, 118_000, 0.16, 0.46, 0.075, 14_000, 0.018),
    "manufacturer": Shape(3.0, 38, 1.25, 210_000, 0.14, 0.22, 0.012, 60_000, 0.037),
    "var": Shape(22.0, 15, 0.95, 182_000, 0.20, 0.31, 0.035, 21_000, 0.240),
    "reseller": Shape(29.0, 6, 0.85, 215_000, 0.34, 0.14, -0.006, 7_500, 0.280),
    "integrator": Shape(16.0, 32, 1.10, 136_000, 0.13, 0.45, 0.042, 48_000, 0.180),
    "msp": Shape(13.0, 20, 0.95, 121_000, 0.12, 0.49, 0.085, 23_000, 0.160),
    "consultant": Shape(6.0, 9, 0.95, 112_000, 0.15, 0.55, 0.050, 26_000, 0.015),
}
TYPOLOGIES = tuple(SHAPES)


def universe(seed: int, today: date, count: int) -> pd.DataFrame:
    """``count`` companies; the told ones first. Columns: name, legal_name, language, typology, region, country, group, city,
    postal_code, street, latitude, longitude, register, registration_id, domain, founded, employees, sales_people,
    engineers, revenue (euro a year), growth (share a year), customers, purchases (euro a year, for what
    vendors like us sell),
    languages, quality (latent: how well it is run, mean 0, deviation 1)."""
    frame = _places(seed, count)
    frame["typology"] = choose(stream(seed, "typology"), TYPOLOGIES, [s.weight for s in SHAPES.values()], count)
    frame["quality"] = stream(seed, "quality").normal(size=count)
    for row, told in enumerate(TOLD):
        frame.loc[row, "typology"] = told.typology
    _strength(seed, frame)
    _identity(seed, today, frame)
    return frame


def _places(seed: int, count: int) -> pd.DataFrame:
    rng = stream(seed, "places")
    area, towns = regions(), cities()
    region_weight = area.set_index("code")["weight"]
    # Firms are more concentrated than towns: big cities draw more than their size.
    within = towns["weight"] ** 1.25
    weight = within / within.groupby(towns["region"]).transform("sum") * towns["region"].map(region_weight)
    picked = rng.choice(len(towns), size=count, p=(weight / weight.sum()).to_numpy())
    for row, told in enumerate(TOLD):
        picked[row] = towns.index[towns["city"] == told.city][0]
    town = towns.iloc[picked].reset_index(drop=True)
    frame = town[["region", "city"]].copy()
    frame["postal_code"] = town["postal"]
    frame["country"] = frame["region"].str[:2]
    frame["group"] = frame["region"].map(area.set_index("code")["group"])
    # An office stands somewhere within some kilometres of its town's centre.
    frame["latitude"] = (town["latitude"] + rng.normal(0, 0.018, count)).round(5)
    frame["longitude"] = (town["longitude"] + rng.normal(0, 0.026, count)).round(5)
    frame["language"] = [language_of(code) for code in frame["region"]]
    return frame


def _strength(seed: int, frame: pd.DataFrame) -> None:
    rng, count = stream(seed, "strength"), len(frame)
    shapes = [SHAPES[t] for t in frame["typology"]]
    get = {key: np.array([getattr(s, key) for s in shapes]) for key in Shape._fields}
    quality = frame["quality"].to_numpy()
    # Sizes: log-normal bodies with a Pareto tail, so that a few firms are very large.
    people = get["size"] * np.exp(rng.normal(0, 1, count) * get["spread"])
    tail = rng.random(count) < 0.025
    people[tail] *= 1 + rng.pareto(1.6, tail.sum()) * 2
    people = np.clip(np.rint(people), 1, 9_000)
    per_head = get["per_head"] * np.exp(rng.normal(0, 0.34, count) + 0.10 * quality - 0.03 * np.log(people))
    growth = get["growth"] + 0.035 * quality + rng.standard_t(5, count) * 0.055
    frame["employees"] = people.astype(int)
    for row, told in enumerate(TOLD):
        frame.loc[row, "employees"] = told.employees
    people = frame["employees"].to_numpy()
    frame["sales_people"] = _part(rng, people, get["sales"])
    frame["engineers"] = np.minimum(_part(rng, people, get["engineers"]), people - frame["sales_people"])
    frame["revenue"] = _rounded(people * per_head)
    frame["growth"] = np.clip(growth, -0.45, 0.9).round(3)
    frame["customers"] = np.maximum(
        1, np.rint(frame["revenue"] / (get["basket"] * people**0.25 * np.exp(rng.normal(0, 0.45, count))))
    ).astype(int)
    for row, told in enumerate(TOLD):
        _tell(frame, row, told)
    frame["purchases"] = frame["revenue"] * get["purchases"] * np.exp(rng.normal(0, 0.2, count))


def _tell(frame: pd.DataFrame, row: int, told: Told) -> None:
    for column in ("sales_people", "engineers", "revenue", "growth", "customers"):
        value = getattr(told, column)
        if value is not None and value >= 0:
            frame.loc[row, column] = value


def _identity(seed: int, today: date, frame: pd.DataFrame) -> None:
    rng, count = stream(seed, "identity"), len(frame)
    taken = {text_key(told.name) for told in TOLD}
    near = frame["region"].map(regions().set_index("code")["near"])
    homes = list(zip(frame["language"], near, strict=True))[len(TOLD) :]
    names = [t.name for t in TOLD] + company_names(stream(seed, "names"), homes, taken)
    frame["name"] = names[:count]
    rows = list(zip(frame["name"], frame["country"], frame["language"], strict=True))
    frame["legal_name"] = [legal_name(rng, name, country, language) for name, country, language in rows]
    used: set[str] = set()
    frame["domain"] = [domain(name, country, used) for name, country, _language in rows]
    frame["street"] = [street(rng, language) for _name, _country, language in rows]
    frame["register"] = frame["country"].map(REGISTER)
    numbers: dict[str, None] = dict.fromkeys(t.registration_id for t in TOLD if t.registration_id)
    chosen = []
    for row, country in enumerate(frame["country"]):
        number = TOLD[row].registration_id if row < len(TOLD) else ""
        while not number or (number in numbers and row >= len(TOLD)):
            number = registration_id(rng, country)
        numbers[number] = None
        chosen.append(number)
    frame["registration_id"] = chosen
    age = np.clip(rng.gamma(2.2, 9.0, count), 1, 90).astype(int)
    frame["founded"] = today.year - age
    extra = rng.random((count, 3))
    spoken = []
    for row, (language, region) in enumerate(zip(frame["language"], frame["region"], strict=True)):
        tongues = [language]
        if region in {"BE-BRU", "LU-LUX", "BE-VLG"} and extra[row, 0] < 0.6:
            tongues.append("fr" if language == "nl" else "nl" if region[:2] == "BE" else "de")
        if extra[row, 1] < 0.25 + 0.1 * min(np.log10(frame["employees"].iat[row] + 1), 3):
            tongues.append("en")
        if extra[row, 2] < 0.06:
            tongues.append("de" if language == "fr" else "fr")
        spoken.append(tuple(dict.fromkeys(tongues)))
    for row, told in enumerate(TOLD):
        spoken[row] = told.languages or spoken[row]
    frame["languages"] = spoken


def sites(seed: int, frame: pd.DataFrame) -> pd.DataFrame:
    """Where companies work: the head office, and for the larger ones offices in other towns. Columns: company (row), name,
    is_head, region, country, city, postal_code, street, latitude, longitude, people (not known: NaN)."""
    rng = stream(seed, "sites")
    towns = cities()
    group = towns["region"].map(regions().set_index("code")["group"])
    people = frame["employees"].to_numpy()
    more = np.minimum(rng.poisson(np.clip((np.log1p(people) - 2.6) * 0.55, 0, 6)), 14)
    for row, told in enumerate(TOLD):
        more[row] = max(len(told.sites) - 1, 0) if told.sites else min(more[row], 2)
    owner = np.repeat(np.arange(len(frame)), more)
    # Half of the other offices are in the same part of the country, most of the rest in the same country.
    near = (
        (group.to_numpy()[None, :] == frame["group"].to_numpy()[owner, None]) * 6.0
        + (towns["region"].str[:2].to_numpy()[None, :] == frame["country"].to_numpy()[owner, None]) * 2.0
        + 0.05
    ) * towns["weight"].to_numpy()
    town = choose_rows(rng, near)
    place = 0
    for row, told in enumerate(TOLD):
        for number in range(more[row]):
            if told.sites:
                town[place + number] = towns.index[towns["city"] == told.sites[number + 1][0]][0]
        place += more[row]
    picked = towns.iloc[town].reset_index(drop=True)
    other = pd.DataFrame(
        {
            "company": owner,
            "is_head": False,
            "region": picked["region"],
            "city": picked["city"],
            "postal_code": picked["postal"],
            "latitude": (picked["latitude"] + rng.normal(0, 0.018, len(owner))).round(5),
            "longitude": (picked["longitude"] + rng.normal(0, 0.026, len(owner))).round(5),
        }
    ).drop_duplicates(["company", "city"])
    head = frame[["region", "city", "postal_code", "latitude", "longitude"]].assign(company=frame.index, is_head=True)
    other = other.merge(frame[["city"]].rename(columns={"city": "home"}), left_on="company", right_index=True)
    other = other[other["city"] != other["home"]].drop(columns="home")
    every = pd.concat([head, other], ignore_index=True).sort_values(
        ["company", "is_head"], ascending=[True, False], kind="stable"
    )
    every = every.reset_index(drop=True)
    every["country"] = every["region"].str[:2]
    every["name"] = every["city"]
    every["street"] = [
        frame["street"].iat[c] if head else street(rng, language_of(r))
        for c, head, r in zip(every["company"], every["is_head"], every["region"], strict=True)
    ]
    every["people"] = _people_by_site(rng, frame, every)
    return every


def _people_by_site(rng: np.random.Generator, frame: pd.DataFrame, every: pd.DataFrame) -> pd.Series:
    share = rng.gamma(1.2, 1.0, len(every)) + every["is_head"] * 3.0
    people = share / share.groupby(every["company"]).transform("sum") * every["company"].map(frame["employees"])
    people = np.maximum(1, np.floor(people))
    several = every.groupby("company")["city"].transform("size") > 1
    known = several & (rng.random(len(every)) < 0.4)
    for row, told in enumerate(TOLD):
        for city, number in told.sites:
            place = (every["company"] == row) & (every["city"] == city)
            people[place], known = number, known | place
    return people.where(known)


def _part(rng: np.random.Generator, people: np.ndarray, share: np.ndarray) -> np.ndarray:
    """How many of the people do something: a share that varies from firm to firm."""
    return rng.binomial(people, np.clip(rng.beta(share * 14, (1 - share) * 14), 0.0, 0.9))


def _rounded(amount: np.ndarray) -> np.ndarray:
    """Three figures, as companies publish them."""
    unit = 10.0 ** np.maximum(np.floor(np.log10(np.maximum(amount, 1))) - 2, 0)
    return np.rint(amount / unit) * unit
