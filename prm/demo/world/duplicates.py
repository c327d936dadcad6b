"""Companies that Orvane has twice, under another spelling: what an import finds in real lists."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from prm.core.text import text_key
from prm.demo.world.story import TOLD
from prm.demo.world.streams import stream

SHARE = 0.015
_SHORT = {
    "Informatique": "Info.", "Systèmes": "Syst.", "Technologies": "Techno", "Télécom": "Telecom", "Services": "Svcs",
    "Solutions": "Sol.", "Ingénierie": "Ing.", "Communications": "Com.", "Systemhaus": "SH", "Informatica": "Info",
}  # fmt: skip


def duplicates(seed: int, observed: pd.DataFrame, spared: pd.Series) -> pd.DataFrame:
    """Second records of ``SHARE`` of the companies: the columns of ``observed`` and ``duplicate_of`` (row). None is of a told
    company or of those in ``spared`` (rows: the partners), so that pages stay as documented."""
    rng = stream(seed, "duplicates")
    pool = np.setdiff1d(np.arange(len(TOLD), len(observed)), spared.to_numpy())
    rows = np.sort(rng.choice(pool, size=round(len(observed) * SHARE), replace=False))
    twins = observed.iloc[rows].copy().reset_index(drop=True)
    twins["duplicate_of"] = rows
    for place in range(len(twins)):
        change = _CHANGES[int(rng.integers(len(_CHANGES)))]
        name, legal = twins["name"].iat[place], twins["legal_name"].iat[place]
        other = change(rng, name, legal)
        twins.loc[place, "name"] = (
            other if text_key(other) != text_key(name) or other != name else f"{name} {legal.split()[-1]}"
        )
        if rng.random() < 0.5:
            twins.loc[place, "legal_name"] = None
        # A second list rarely has the same papers: often none, sometimes the same in another form.
        number = twins["registration_number"].iat[place]
        if number is not None:
            twins.loc[place, "registration_number"] = number.replace(" ", "").replace(".", "") if rng.random() < 0.4 else None
        if rng.random() < 0.6:
            twins.loc[place, ["website", "domain"]] = [None, ""]
        for field in ("employees", "revenue", "sales_people", "engineers", "customers", "growth"):
            if rng.random() < 0.6:
                twins.loc[place, field] = None
        if twins["revenue"].iat[place] is None:
            twins.loc[place, "revenue_year"] = None
    return twins


def _capitals(rng: np.random.Generator, name: str, legal: str) -> str:
    return legal.upper()


def _plain(rng: np.random.Generator, name: str, legal: str) -> str:
    return " ".join(part.capitalize() for part in text_key(name).split())


def _short(rng: np.random.Generator, name: str, legal: str) -> str:
    return " ".join(_SHORT.get(part, part) for part in name.split())


def _typo(rng: np.random.Generator, name: str, legal: str) -> str:
    place = int(rng.integers(1, max(2, len(name) - 1)))
    if rng.random() < 0.5:
        return name[:place] + name[place] + name[place:]
    return name[:place] + name[place + 1 :]


def _turned(rng: np.random.Generator, name: str, legal: str) -> str:
    parts = name.split()
    return " ".join(reversed(parts)) if len(parts) == 2 else f"{legal.rsplit(maxsplit=1)[-1]} {name}"


def _joined(rng: np.random.Generator, name: str, legal: str) -> str:
    return name.replace(" & ", " et ").replace(" ", "-") if " " in name else f"{name} Groupe"


_CHANGES: tuple[Callable[[np.random.Generator, str, str], str], ...] = (_capitals, _plain, _short, _typo, _turned, _joined)
