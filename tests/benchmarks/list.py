"""The list of companies at 1,000,000 rows: filter, search, sort, page.

250 seeded requests by 4 clients, warm, with row security on, a fifth each: first pages; deep cursors; one or two filters (empty and
correlated pairs among them) in every order; word prefixes of 1, 2, 4 and 8 letters; websites as people paste them, every fifth one that
nobody has. Each request is what the page asks of its selector. Warm: each was asked a moment ago, and of more than 10,000 companies the
list remembers for a minute that there are many; the filters are asked once more by somebody for whom nothing is remembered.

The peer is bare SQL in the same run: the same question as one plain
``ORDER BY … LIMIT`` statement (deep pages by OFFSET), with the same indexes and without row security's role.
"""

from __future__ import annotations

import math
import multiprocessing
import random
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from decimal import Decimal
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg2
from django.core.management import call_command
from django.db import OperationalError, connections, transaction
from django.db.models import F

from prm.access.actors import Actor, ActorKind, Role
from prm.access.policies import permissions_of
from prm.access.roles import as_role, as_system
from prm.core.ids import uuid7
from prm.core.keyset import total_order, write_cursor
from prm.partners.conditions import narrowed
from prm.partners.models import Company
from prm.partners.selectors import companies
from prm.partners.selectors.companies import ORDERS, add_carried, company_list

ROWS, QUICK_ROWS = 1_000_000, 50_000
OF_EACH, CLIENTS, LIMIT_MS, PAGE = 50, 4, 200, 50
PEER_EVERY, PEER_LIMIT_MS = 4, 5_000  # the peer answers every fourth question, and is stopped after five seconds
DEPTH = 500_000  # deep pages of the peer begin up to here
DATABASE = "prm_bench_list"
SQL = Path(__file__).parent / "sql" / "universe.sql"
# The database is kept between runs, in the servers' own folder, as long as this stays what it was made with.
VERSION = sha256(SQL.read_bytes()).hexdigest()[:16]
CLASSES = ("first", "deep", "filters", "prefix", "website", "filters_anew")
Question = dict[str, Any]

# Pairs that contradict or imply each other: empty ones, and filters that run against an order.
PAIRS: tuple[dict[str, Any], ...] = (
    {"country": ("FR",), "region": ("de 3",)},
    {"country": ("DE",), "region": ("de 3",)},
    {"country": ("PT",), "vendor": ("vendor-31",)},
    {"country": ("FR",), "vendor": ("vendor-31",)},
    {"vendor": ("vendor-2",), "offer": ("offer-1",)},
    {"vendor": ("vendor-38",), "country": ("ES",)},
    {"typology": ("distributor",), "employees": (None, Decimal(100))},
    {"typology": ("distributor",)},
    {"typology": ("integrator",)},
    {"typology": ("integrator",), "revenue": (Decimal(5_000_000), None)},
    {"employees": (Decimal(500), None), "revenue": (None, Decimal(500_000))},
    {"employees": (Decimal(20), Decimal(120)), "typology": ("var", "msp")},
    {"employees": (Decimal(500), None)},
    {"growth": (Decimal(30), None)},
    {"known": (Decimal(90), None)},
    {"known": (None, Decimal(40)), "country": ("CH",)},
    {"partner": True},
    {"partner": False, "vendor": ("vendor-5",)},
    {"lifecycle": ("active",), "country": ("IT",)},
    {"archived": True},
    {"country": ("FR", "BE"), "typology": ("var",)},
    {"offer": ("offer-30",)},
    {"vendor": ("vendor-1",)},
)


def run(folder: Path | None, seed: int = 11, quick: bool = False) -> dict[str, Any]:
    """Measures. The universe is made once in a database of its own and kept for the next run."""
    del folder
    rows = QUICK_ROWS if quick else ROWS
    made = prepare(rows)
    actor = an_actor()
    questions = ask_all(actor, seed)
    for question in questions:  # warm: caches and statistics, as on any day but the first
        answer(actor, question)
    ours = measure(partial(answer, actor), questions)
    companies.MANY_SECONDS = 0
    somebody = replace(actor, person_id=uuid7())
    anew = [{**question, "class": "filters_anew"} for question in questions if question["class"] == "filters"]
    ours["filters_anew"] = measure(partial(answer, somebody), anew)["filters_anew"]
    peer = measure(bare_sql, questions[::PEER_EVERY])
    return report(rows, made, seed, ours, peer)


def prepare(rows: int) -> dict[str, Any]:
    """A migrated database with the invented universe; answers how long it took, 0 when it was there."""
    name = DATABASE if rows == ROWS else f"{DATABASE}_quick"
    owner = connections["owner"].settings_dict
    target = {
        "host": owner["HOST"],
        "port": owner["PORT"] or None,
        "user": owner["USER"],
        "password": owner["PASSWORD"] or None,
    }
    started = time.monotonic()
    fresh = _fresh_database(target, owner["NAME"], name)
    for alias in connections:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
    call_command("migrate", verbosity=0)
    if fresh:
        connection = _open(target, name)  # each statement its own transaction: not as a context, which would open one
        with connection.cursor() as cursor:
            _fill(cursor, rows)
        connection.close()
    return {"database": name, "made_in_seconds": round(time.monotonic() - started, 1) if fresh else 0}


def _open(target: dict[str, Any], name: str) -> Any:
    connection = psycopg2.connect(dbname=name, **{k: v for k, v in target.items() if v})
    connection.autocommit = True
    return connection


def _fresh_database(target: dict[str, Any], home: str, name: str) -> bool:
    """Makes the database unless it stands with this universe in it; True when it has to be filled."""
    connection = _open(target, home)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name])
            found = cursor.fetchone()
            if found and found[0] == VERSION:
                return False
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            cursor.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")
            return True
    finally:
        connection.close()


def _fill(cursor: Any, rows: int) -> None:
    """Runs universe.sql without the secondary indexes, which are made again afterwards: many times faster."""
    cursor.execute("SET maintenance_work_mem = '512MB'")
    cursor.execute("SET statement_timeout = 0")
    cursor.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index WHERE NOT indisunique AND indrelid IN"
        " ('partners_company'::regclass, 'partners_vendorcarried'::regclass, 'partners_offercarried'::regclass)"
    )
    indexes = cursor.fetchall()
    for index, _definition in indexes:
        cursor.execute(f"DROP INDEX {index}")
    for statement in SQL.read_text().replace("{rows}", str(rows)).split(";\n"):
        if statement.strip():
            cursor.execute(statement)
    for _index, definition in indexes:
        cursor.execute(definition)
    cursor.execute("VACUUM ANALYZE")
    cursor.execute("SELECT current_database()")
    cursor.execute(f"COMMENT ON DATABASE \"{cursor.fetchone()[0]}\" IS '{VERSION}'")


def an_actor() -> Actor:
    """A channel manager, as the middleware would make one."""
    roles = frozenset({Role.MANAGER})
    return Actor(kind=ActorKind.VENDOR, roles=roles, permissions=permissions_of(roles), name="Bench")


def ask_all(actor: Actor, seed: int) -> list[Question]:
    """The 250 questions, shuffled. Deep cursors are found by walking: a page at a chosen depth, then its ``next``."""
    chance = random.Random(seed)
    sorts = [sign + name for name in ORDERS for sign in ("", "-")]
    asked = [{"class": "first", "sort": sorts[n % len(sorts)]} for n in range(OF_EACH)]
    asked += [
        {
            "class": "deep",
            "sort": sorts[n % len(sorts)],
            "cursor": deep_cursor(actor, sorts[n % len(sorts)], chance),
            "depth": chance.random(),
        }
        for n in range(OF_EACH)
    ]
    asked += [
        {"class": "filters", "filters": PAIRS[n % len(PAIRS)], "sort": sorts[(5 * n + n // len(PAIRS)) % len(sorts)]}
        for n in range(OF_EACH)
    ]
    with as_role(actor), connections["default"].cursor() as cursor:
        # A word of a name, as people type one: of names of 8 letters and more, so that every length is a real prefix.
        cursor.execute(
            "SELECT DISTINCT part FROM partners_company TABLESAMPLE SYSTEM (0.1) REPEATABLE (7), string_to_table(name_key, ' ') AS t(part)"
            " WHERE length(part) >= 8 ORDER BY part"
        )
        found = [row[0] for row in cursor.fetchall()]
    asked += [
        {
            "class": "prefix",
            "q": chance.choice(found)[: (1, 2, 4, 8)[n % 4]],
            "sort": sorts[n % len(sorts)] if n % 2 else "name",
        }
        for n in range(OF_EACH)
    ]
    # Websites of the universe are numbers, as its companies are; three in ten have none, and beyond the last there is none.
    websites = [chance.randrange(1, QUICK_ROWS) if n % 5 else ROWS + n for n in range(OF_EACH)]
    asked += [
        {"class": "website", "q": f"https://www.{number}.example/", "sort": sorts[n % len(sorts)]}
        for n, number in enumerate(websites)
    ]
    chance.shuffle(asked)
    return asked


def deep_cursor(actor: Actor, sort: str, chance: random.Random) -> str:
    """A cursor somewhere far inside: the list's own, taken after a page that begins at a random company of the order."""
    base = ORDERS[sort.removeprefix("-")]
    with as_role(actor), connections["default"].cursor() as cursor:
        cursor.execute(
            f'SELECT "{base}", id FROM partners_company WHERE archived_at IS NULL ORDER BY id OFFSET %s LIMIT 1',
            [chance.randrange(20_000)],
        )
        values = cursor.fetchone()
    return write_cursor(total_order([("-" if sort.startswith("-") else "") + base]), values)


def answer(actor: Actor, question: Question) -> int:
    """One request, as the page makes it."""
    with as_role(actor):
        page = company_list(
            actor=actor, q=question.get("q", ""), filters=question.get("filters"), sort=question["sort"],
            cursor=question.get("cursor", ""), limit=PAGE,
        )  # fmt: skip
        add_carried(actor=actor, companies=list(page.rows))
        return len(page.rows)


def measure(ask: Callable[[Question], int], questions: list[Question]) -> dict[str, list[float]]:
    """Milliseconds by class, 4 clients at once. Each is a process with a connection of its own, as web workers are."""
    connections.close_all()
    found: dict[str, list[float]] = {}
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(CLIENTS, mp_context=context) as pool:
        for times in pool.map(_client, [(ask, questions[number::CLIENTS]) for number in range(CLIENTS)]):
            for name, took in times:
                found.setdefault(name, []).append(took)
    return found


def _client(work: tuple[Callable[[Question], int], list[Question]]) -> list[tuple[str, float]]:
    """One client: a first question unmeasured, to connect."""
    ask, questions = work
    ask(questions[0])
    times = []
    for question in questions:
        started = time.perf_counter()
        ask(question)
        times.append((question["class"], 1000 * (time.perf_counter() - started)))
    connections.close_all()
    return times


def bare_sql(question: Question) -> int:
    """The same question as one plain statement, without the application: what a first version would ask."""
    sort = question["sort"]
    order = F(ORDERS[sort.removeprefix("-")])
    column = order.desc(nulls_last=True) if sort.startswith("-") else order.asc(nulls_last=True)
    with as_system("the peer of a benchmark") as system:
        living = Company.objects.filter(merged_into__isnull=True)
        rows = narrowed(living, actor=system, q=question.get("q", ""), filters=question.get("filters") or {})
        start = int(question.get("depth", 0) * DEPTH)
        statement, values = (
            rows.order_by(column, "-id" if sort.startswith("-") else "id")
            .values("id")[start : start + PAGE + 1]
            .query.sql_with_params()
        )
        try:
            with transaction.atomic(), connections["default"].cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(PEER_LIMIT_MS)])
                cursor.execute(statement, values)
                return len(cursor.fetchall())
        except OperationalError:
            return 0  # stopped; its time counts as the limit


def summary(times: list[float]) -> dict[str, float]:
    """Median, p95 and worst, in ms."""
    ordered = sorted(times)
    at = max(0, math.ceil(0.95 * len(ordered)) - 1)
    return {"p50": round(ordered[len(ordered) // 2], 1), "p95": round(ordered[at], 1), "worst": round(ordered[-1], 1)}


def report(
    rows: int, made: dict[str, Any], seed: int, ours: dict[str, list[float]], peer: dict[str, list[float]]
) -> dict[str, Any]:
    """One JSON object, with a bar for each class."""
    mine, theirs = ({name: summary(times) for name, times in found.items()} for found in (ours, peer))
    return {
        "name": "list",
        "data": {
            "companies": rows, "requests": sum(map(len, ours.values())), "clients": CLIENTS, "page": PAGE, "seed": seed,
            "row_security": True,
            "unit": "ms a request, selector to model rows", "peer_asked": sum(map(len, peer.values())), "peer_stopped_after": PEER_LIMIT_MS,
            **made,
        },
        "ours": mine,
        "peers": {"bare_sql": theirs},
        "ratios": {name: {"p95_of_bare_sql": round(mine[name]["p95"] / theirs[name.removesuffix("_anew")]["p95"], 3)} for name in CLASSES},
        "errors": {},
        "bars": [
            {"bar": f"p95 of {name}, ms", "value": mine[name]["p95"], "limit": LIMIT_MS, "holds": mine[name]["p95"] <= LIMIT_MS}
            for name in CLASSES
        ],
    }  # fmt: skip
