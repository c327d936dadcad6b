"""Whom Orvane knows at the companies it works with, and at some of the others. All invented."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from prm.core.text import text_key
from prm.demo.world.names import person_name
from prm.demo.world.streams import stream

#: Of the companies that are no partner, how many somebody is known at.
OTHERS = 260


class Post(NamedTuple):
    """What somebody does at a company, and how it is called in each language."""

    department: str
    level: str
    titles: dict[str, str]


POSTS = (
    Post("management", "executive", {
        "fr": "Direction générale", "de": "Geschäftsführung", "nl": "Algemene directie", "it": "Direzione generale",
        "es": "Dirección general",
    }),
    Post("sales", "head", {
        "fr": "Direction commerciale", "de": "Vertriebsleitung", "nl": "Commerciële directie", "it": "Direzione commerciale",
        "es": "Dirección comercial",
    }),
    Post("technical", "head", {
        "fr": "Direction technique", "de": "Technische Leitung", "nl": "Technische directie", "it": "Direzione tecnica",
        "es": "Dirección técnica",
    }),
    Post("marketing", "manager", {
        "fr": "Responsable marketing", "de": "Marketing", "nl": "Marketing", "it": "Responsabile marketing",
        "es": "Responsable de marketing",
    }),
    Post("administration", "staff", {
        "fr": "Administration des ventes", "de": "Vertriebsinnendienst", "nl": "Verkoopadministratie", "it": "Amministrazione vendite",
        "es": "Administración de ventas",
    }),
)  # fmt: skip


def contacts(seed: int, truth: pd.DataFrame, partners: pd.DataFrame) -> pd.DataFrame:
    """One row a person: company (row of ``truth``), name, title, department, level, email, phone (not known: empty).

    Two to four at a partner, one at ``OTHERS`` other companies. Telephone numbers are of the ranges that France keeps for fiction.
    """
    rng = stream(seed, "contacts")
    known = partners["company"].to_numpy()
    others = rng.choice(np.setdiff1d(np.arange(len(truth)), known), OTHERS, replace=False)
    rows = []
    for company in [*known, *np.sort(others)]:
        language, used = truth["language"].iat[company], set[str]()
        count = int(rng.integers(2, 5)) if company in known else 1
        for post in POSTS[:count] if company in known else [POSTS[int(rng.integers(0, 2))]]:
            name = person_name(rng, language)
            while (family := name.split(maxsplit=1)[1]) in used:
                name = person_name(rng, language)
            used.add(family)
            rows.append(
                (
                    company, name, post.titles[language], post.department, post.level,
                    f"{text_key(name).replace(' ', '.')}@{truth['domain'].iat[company]}" if rng.random() < 0.85 else "",
                    _telephone(rng) if truth["country"].iat[company] == "FR" and rng.random() < 0.7 else "",
                )
            )  # fmt: skip
    return pd.DataFrame(rows, columns=["company", "name", "title", "department", "level", "email", "phone"])


def _telephone(rng: np.random.Generator) -> str:
    pairs = rng.integers(0, 100, 2)
    return f"+33 1 99 00 {pairs[0]:02d} {pairs[1]:02d}"
