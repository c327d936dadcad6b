"""The pages that people open most, at 1,000,000 companies over HTTP, whole: list, profile, home (UX 11).

The product's own web server on the universe of the list benchmark, 2 signed-in clients, warm. The list page asks for the page of rows, a
count of up to 10,001 for it and for each tab, vendors carried, choices of the filters, and renders it all. The peer is the form
of a new company: a page that reads no company.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.db import connections

from prm.access.roles import as_system
from prm.core.ids import typeid_encode
from tests.benchmarks._http import Ask, measure, member, report, served, session
from tests.benchmarks.list import QUICK_ROWS, ROWS

REQUESTS, LIMITS = 60, {"list": 200, "profile": 200, "home": 300}
SORTS = ("name", "-employees", "revenue", "-growth", "known", "-updated")
QUERIES: tuple[dict[str, str], ...] = (
    {}, {"q": "ker"}, {"country": "FR"}, {"typology": "var"}, {"partner": "yes"}, {"vendor": "vendor-9"}, {"q": "no", "country": "DE"},
)  # fmt: skip


def run(folder: Path | None, seed: int = 11, quick: bool = False) -> dict[str, Any]:
    """Measures."""
    del folder
    rows, requests = (QUICK_ROWS, 10) if quick else (ROWS, REQUESTS)
    chance = random.Random(seed)
    with served(rows) as (port, made):
        asks = _asks(session(member()), chance, requests)
        measure(port, asks[::5], server=made["server"])  # warm
        found, spent = measure(port, asks, server=made["server"])
    return report("pages", {"companies": rows, "requests": len(asks), "seed": seed, **made}, found, spent, LIMITS, "form")


def _asks(cookie: dict[str, str], chance: random.Random, requests: int) -> list[Ask]:
    with as_system("benchmark"), connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT id FROM partners_company TABLESAMPLE SYSTEM (1) REPEATABLE (7) WHERE archived_at IS NULL LIMIT 5000"
        )
        ids = [row[0] for row in cursor.fetchall()]
    asks = [Ask("form", "/companies/new", headers=cookie)] * requests
    for n in range(requests):
        query = {**QUERIES[n % len(QUERIES)], "sort": SORTS[(n + n // len(QUERIES)) % len(SORTS)]}
        asks.append(Ask("list", f"/companies?{urlencode(query)}", headers=cookie))
    asks += [
        Ask("profile", f"/companies/{typeid_encode('company', chance.choice(ids))}", headers=cookie) for _n in range(requests)
    ]
    return [*asks, *[Ask("home", "/", headers=cookie)] * requests]
