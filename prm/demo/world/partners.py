"""Orvane's own channel: who became a partner, when each stage was reached, and who looks after it."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from prm.demo.world.people import MANAGER_OF_GROUP
from prm.demo.world.relations import Relations
from prm.demo.world.story import TOLD
from prm.demo.world.streams import stream

# How many partners stand at each stage, in the order of life; 120 in all.
STAGES = {
    "candidate": 14, "engaged": 6, "contracted": 5, "onboarding": 9, "active": 66, "extended": 10, "exiting": 4, "exited": 6,
}  # fmt: skip
SELLING = ("active", "extended", "exiting", "exited")
# How many partners each manager looks after.
PORTFOLIOS = {"rousset": 31, "marchal": 28, "delattre": 27, "soler": 17, "brandt": 17}
_PATH = ("candidate", "engaged", "contracted", "onboarding", "active", "extended", "exiting", "exited")
# Kerlan signed early; its life is the one that the profile page tells.
_FIRST_SOLD = {
    "Kerlan Systèmes": date(2022, 3, 14),
    "Breizh Réseaux": date(2020, 9, 7),
    "Sudelec Informatique": date(2019, 5, 20),
}


def channel(seed: int, today: date, frame: pd.DataFrame, relations: Relations) -> pd.DataFrame:
    """The partners: company (row), stage, manager, currency, language, and the day on which each stage began
    (``candidate_on`` … ``exited_on``; None where not reached), ``since`` (the present one), ``sells_from``, ``sells_to``,
    ``quiet_from`` (no order since; None for most)."""
    rng = stream(seed, "partners")
    chosen = _chosen(rng, frame, relations)
    chosen["stage"] = _stages(rng, chosen)
    lives = [_life(rng, today, str(stage), str(name)) for stage, name in zip(chosen["stage"], chosen["name"], strict=True)]
    for stage in _PATH:
        chosen[f"{stage}_on"] = [life.get(stage) for life in lives]
    chosen["since"] = [life[stage] for life, stage in zip(lives, chosen["stage"], strict=True)]
    chosen["sells_from"] = [life.get("active") for life in lives]
    chosen["sells_to"] = [life.get("exited") if "active" in life else None for life in lives]
    chosen["quiet_from"] = _quiet(rng, today, chosen)
    chosen["currency"] = np.where(frame["country"].iloc[chosen["company"]] == "CH", "CHF", "EUR")
    chosen["language"] = np.where(frame["language"].iloc[chosen["company"]] == "fr", "fr", "en")
    return chosen.drop(columns=["name", "pull"]).reset_index(drop=True)


def _quiet(rng: np.random.Generator, today: date, chosen: pd.DataFrame) -> list[date | None]:
    """Some partners stop ordering without a word: one in ten of those that have sold for a year."""
    draw, days = rng.random(len(chosen)), rng.integers(62, 190, len(chosen))
    known = chosen["company"] < len(TOLD)
    old = np.array([p is not None and (today - p).days > 365 for p in chosen["sells_from"]])
    settled = chosen["stage"].isin(["active", "exiting"]) & old & ~known
    return [today - timedelta(days=int(d)) if s and u < 1 / 10 else None for s, u, d in zip(settled, draw, days, strict=True)]


def _chosen(rng: np.random.Generator, frame: pd.DataFrame, relations: Relations) -> pd.DataFrame:
    able = frame["typology"].isin(["var", "integrator", "msp", "reseller", "distributor"]) & frame["employees"].between(
        5, 420
    )
    pull = 3.6 * relations.fit + rng.gumbel(0, 1, len(frame))
    pool = pd.DataFrame(
        {"company": frame.index, "name": frame["name"], "pull": pull, "manager": frame["group"].map(MANAGER_OF_GROUP)}
    )
    for row, t in enumerate(TOLD):
        pool.loc[row, "pull"] = np.inf if t.stage else -np.inf
        if t.manager:
            pool.loc[row, "manager"] = t.manager
    able |= pool["pull"] == np.inf
    best = pool[able & (pool["pull"] > -np.inf)].sort_values("pull", ascending=False, kind="stable")
    parts = [best[best["manager"] == key].head(size) for key, size in PORTFOLIOS.items()]
    return pd.concat(parts).sort_values("company").reset_index(drop=True)


def _stages(rng: np.random.Generator, chosen: pd.DataFrame) -> list[str]:
    left = dict(STAGES)
    stages = [""] * len(chosen)
    for place, row in enumerate(chosen["company"]):
        if row < len(TOLD):
            stages[place] = TOLD[row].stage
            left[TOLD[row].stage] -= 1
    free = [place for place, stage in enumerate(stages) if not stage]
    # The closest partners are the longest with us; those who leave suited us least.
    order = sorted(free, key=lambda place: chosen["pull"].iat[place] + rng.normal(0, 0.8))
    for stage in ("exited", "exiting"):
        for place in order[: left[stage]]:
            stages[place] = stage
        order = order[left[stage] :]
    for place in order[len(order) - left["extended"] :]:
        stages[place] = "extended"
    order = order[: len(order) - left["extended"]]
    rest = [stage for stage in ("candidate", "engaged", "contracted", "onboarding", "active") for _ in range(left[stage])]
    for place, stage in zip(rng.permutation(order), rest, strict=True):
        stages[int(place)] = stage
    return stages


def _life(rng: np.random.Generator, today: date, stage: str, name: str) -> dict[str, date]:
    """The day on which each stage began, walking back from the present stage and forward from the first."""

    def days(low: int, high: int) -> timedelta:
        return timedelta(days=int(rng.integers(low, high)))

    trial = rng.random() < 0.5
    steps = [s for s in ("candidate", "engaged", "contracted", "onboarding") if s != "engaged" or trial or stage == "engaged"]
    lengths = {"candidate": (25, 110), "engaged": (40, 100), "contracted": (4, 24), "onboarding": (45, 150)}
    if stage in steps:
        # Not selling yet: the present stage began a while ago, the earlier ones before it.
        began = {"candidate": (3, 120), "engaged": (5, 80), "contracted": (2, 25), "onboarding": (8, 130)}[stage]
        life = {stage: today - days(*began)}
        day = life[stage]
        for earlier in reversed(steps[: steps.index(stage)]):
            day -= days(*lengths[earlier])
            life[earlier] = day
        return life
    # Two thirds sold before the three years that the world remembers; the others joined since and ramped up.
    old = rng.random() < 0.62 or stage in {"extended", "exiting"}
    first = today - (days(1150, 2900) if old else days(70, 1080))
    if stage == "exited":
        first = today - days(1000, 2600)
    first = _FIRST_SOLD.get(name, first)
    life, day = {"active": first}, first
    for earlier in reversed(steps):
        day -= days(*lengths[earlier])
        life[earlier] = day
    if stage == "extended":
        life["extended"] = max(first + days(400, 1000), today - days(40, 800))
    if stage == "exiting":
        life["exiting"] = today - days(15, 120)
    if stage == "exited":
        life["exiting"] = today - days(150, 800)
        life["exited"] = life["exiting"] + days(60, 140)
    return life
