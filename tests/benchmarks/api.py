"""The API at 1,000,000 companies over HTTP: lists of 50, one record, new records.

The product's own web server (2 workers of 4 threads) on the universe of the list benchmark, 2 clients, warm. Each request does all
that an integrator's does: key, rate, role, row security, record, ETag; creating also Idempotency-Key, history and outbox. The peer is
``GET /me``, the least that a request with a key costs; ``list_gzip`` are the same lists, compressed.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.db import connections

from prm.access.roles import as_system
from prm.core.ids import typeid_encode, uuid7
from prm.partners.models import Company
from tests.benchmarks._http import Ask, api_key, ask_once, measure, member, report, served
from tests.benchmarks.list import QUICK_ROWS, ROWS

REQUESTS, LIMITS = 100, {"list": 100, "get": 50, "create": 80}
SORTS = ("name", "-name", "employees", "-revenue", "growth", "-known_share", "updated_at", "-updated_at")
QUERIES: tuple[dict[str, str], ...] = (
    {}, {}, {"country": "FR"}, {"typology": "var", "country[in]": "FR,BE"}, {"is_partner": "true"}, {"vendor": "vendor-9"},
    {"employees[gte]": "20", "employees[lt]": "120"}, {"q": "ker"},
)  # fmt: skip
MADE = "Made by the benchmark"


def run(folder: Path | None, seed: int = 11, quick: bool = False) -> dict[str, Any]:
    """Measures, and takes away what it made."""
    del folder
    rows, requests = (QUICK_ROWS, 20) if quick else (ROWS, REQUESTS)
    chance = random.Random(seed)
    with served(rows) as (port, made):
        with api_key(member(), ["companies:write"]) as key:
            asks = [*_reading(port, key, chance, requests), *_making(key, requests)]
            measure(port, asks[::5], server=made["server"])  # warm
            found, spent = measure(port, [*asks, *_making(key, requests)], server=made["server"])
        _unmake()
    return report("api", {"companies": rows, "requests": len(asks), "seed": seed, **made}, found, spent, LIMITS, "me")


def _reading(port: int, key: dict[str, str], chance: random.Random, requests: int) -> list[Ask]:
    asks = [Ask("me", "/api/v1/me", headers=key)] * requests
    for n in range(requests):
        query = {**QUERIES[n % len(QUERIES)], "limit": "50", "sort": SORTS[(n + n // len(QUERIES)) % len(SORTS)]}
        if n % 4 == 3:  # a page further on
            query["cursor"] = ask_once(port, f"/api/v1/companies?{urlencode(query)}", key)["next_cursor"] or ""
        asks.append(Ask("list", f"/api/v1/companies?{urlencode(query)}", headers=key))
        asks.append(Ask("list_gzip", f"/api/v1/companies?{urlencode(query)}", headers={**key, "Accept-Encoding": "gzip"}))
    with as_system("benchmark"), connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT id FROM partners_company TABLESAMPLE SYSTEM (1) REPEATABLE (7) WHERE archived_at IS NULL LIMIT 5000"
        )
        ids = [row[0] for row in cursor.fetchall()]
    return asks + [
        Ask("get", f"/api/v1/companies/{typeid_encode('company', chance.choice(ids))}", headers=key) for _n in range(requests)
    ]


def _making(key: dict[str, str], requests: int) -> list[Ask]:
    return [
        Ask(
            "create", "/api/v1/companies", "POST", status=201, headers={**key, "Idempotency-Key": str(uuid7())},
            body={
                "name": f"{MADE} {n}", "country": "FR", "city": "Brest", "typology": "var", "employees": 46, "growth": 0.061,
                "website": f"https://{n}.made.example", "revenue": {"amount": "8400000.00", "currency": "EUR"}, "revenue_year": 2025,
            },
        )
        for n in range(requests)
    ]  # fmt: skip


def _unmake() -> None:
    with as_system("benchmark"):
        Company.objects.filter(name_key__startswith=MADE.lower()).delete()
