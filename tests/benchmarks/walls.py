"""What does row security cost? The same pages and API answers on the same data, with it and without, in pairs (docs/access.md).

One process asks the whole product (middleware, queries, templates) on the universe of the list benchmark; no web server, no second client.
For each page in turn row security is taken off every table by its owner and put back, a first answer is thrown away, and the middle of a
few is kept on either side: one pair, moments apart, so that a machine that others use slows both of it. Which side goes first
alternates. Roles and settings are taken either way, so what is measured is the policies.

Two clocks: the wall's, and the processor's of this process and of its own server process of Postgres, which others hardly touch. What a
page costs more is the median of its pairs' differences, with the middle 95 % of its resampled medians. The bar stands on the processor's
clock: at most a tenth more, with all of that interval.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from django.db import connection, connections
from django.test import Client, override_settings

from prm.access.actors import Actor, Role
from prm.access.roles import as_role, as_sign_in, as_system
from prm.access.rowsecurity import managed_tables
from prm.accounts.models import User
from prm.accounts.selectors.actors import actor_of_user
from prm.accounts.services.accounts import Account
from prm.core.ids import typeid_encode
from prm.partners.models import Company, Lifecycle, Partner
from prm.partners.services.members import partner_member_add
from tests.benchmarks._http import Ask, api_key, member, session
from tests.benchmarks.list import QUICK_ROWS, ROWS, prepare

SECONDS, QUICK_SECONDS = 150, 40  # of measuring
REPEATS, FEWEST = 3, 5
RESAMPLINGS, MOST = 1_000, 0.10
#: Milliseconds of one answer by the two clocks.
Took = tuple[float, float]


def run(folder: Path | None, seed: int = 5, quick: bool = False) -> dict[str, Any]:
    """Measures; row security stands again when it ends, however it ends."""
    del folder
    rows, seconds = (QUICK_ROWS, QUICK_SECONDS) if quick else (ROWS, SECONDS)
    prepare(rows)
    pairs: dict[str, list[tuple[Took, Took]]] = {}
    with override_settings(DEBUG=False, ALLOWED_HOSTS=["*"], PRM_API_RATE=1_000_000_000):
        director = member()
        with api_key(director, ["companies:read"]) as key:
            asks = _asks(director, key)
            until, number = time.monotonic() + seconds, 0
            try:
                while time.monotonic() < until or number < FEWEST:
                    for ask in asks:
                        pairs.setdefault(ask.name, []).append(_pair(ask, first=number % 2 == 0))
                    number += 1
            finally:
                _stand(True)
    return _report({"companies": rows, "seed": seed, "pairs": number, "repeats": REPEATS}, pairs, random.Random(seed))


def _asks(director: Actor, key: dict[str, str]) -> list[Ask]:
    ours, theirs = session(director), session(_partners_person())
    with as_role(director):
        some = Company.objects.visible_to(director).filter(archived_at__isnull=True).order_by("-id").first()
    profile = f"/companies/{typeid_encode('company', some.pk)}"
    return [
        Ask("list", "/companies", headers=ours), Ask("found", "/companies?q=ker&sort=-employees", headers=ours),
        Ask("profile", profile, headers=ours), Ask("home", "/", headers=ours), Ask("api list", "/api/v1/companies?limit=50", headers=key),
        Ask("portal home", "/portal/", headers=theirs), Ask("portal company", "/portal/company", headers=theirs),
        Ask("portal people", "/portal/people", headers=theirs), Ask("form", "/companies/new", headers=ours),
    ]  # fmt: skip


def _partners_person() -> Actor:
    """An administrator of one of the universe's partners, made the first time."""
    with as_system("benchmark") as system:
        partner = Partner.objects.filter(lifecycle=Lifecycle.ACTIVE).earliest("id")
        account = Account(email="bench@partner.example", name="Bench")
        person = partner_member_add(actor=system, partner_id=partner.pk, account=account, role=Role.PARTNER_ADMINISTRATOR)
    with as_sign_in():
        return actor_of_user(User.objects.get(pk=person.user_id))


def _pair(ask: Ask, *, first: bool) -> tuple[Took, Took]:
    """One page with policies and without, whichever first; (with, without)."""
    found = {}
    for stands in (first, not first):
        _stand(stands)
        clock = _processor()
        _once(ask, clock)  # what a change of policies throws away in Postgres is made anew
        took = [_once(ask, clock) for _time in range(REPEATS)]
        found[stands] = (median(wall for wall, _busy in took), median(busy for _wall, busy in took))
    return found[True], found[False]


def _once(ask: Ask, clock: Callable[[], float]) -> Took:
    client = Client(headers=ask.headers)
    started, busy = time.perf_counter(), clock()
    answer = client.get(ask.path)
    took = 1000 * (time.perf_counter() - started), clock() - busy
    if answer.status_code != ask.status:
        raise RuntimeError(f"{ask.path} answered {answer.status_code}")
    return took


def _processor() -> Callable[[], float]:
    """The processor time so far, in ms, of this process and of the server process of its connection, where that is on this machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        server = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")

    def busy() -> float:
        beside = int(server.read_text().split()[0]) if server.exists() else 0
        return (time.process_time_ns() + beside) / 1e6

    return busy


def _stand(stands: bool) -> None:
    """Puts row security on or off every table that has it, as the owner."""
    verb = "ENABLE" if stands else "DISABLE"
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            ";".join(
                f'ALTER TABLE "{table.name}" {verb} ROW LEVEL SECURITY' for table in managed_tables() if table.is_secured
            )
        )


def _report(data: dict[str, Any], pairs: dict[str, list[tuple[Took, Took]]], chance: random.Random) -> dict[str, Any]:
    told: dict[str, dict[str, Any]] = {"ours": {}, "peers": {}, "ratios": {}, "errors": {}}
    bars = []
    for name, found in pairs.items():
        for part, side in (("ours", 0), ("peers", 1)):
            told[part][name] = {
                "wall": round(median(pair[side][0] for pair in found), 2),
                "processor": round(median(pair[side][1] for pair in found), 2),
            }
        told["ratios"][name], told["errors"][name] = {}, {}
        for clock, at in (("wall", 0), ("processor", 1)):
            cost, low, high = cost_of([(with_[at], without[at]) for with_, without in found], chance)
            told["ratios"][name][clock] = round(cost, 4)
            told["errors"][name][clock] = [round(low, 4), round(high, 4)]
        high = told["errors"][name]["processor"][1]
        bars.append({"bar": f"{name}: costs at most, upper end", "value": high, "limit": MOST, "holds": high <= MOST})
    return {"name": "walls", "data": {**data, "unit": "ms an answer, in one process"}, **told, "bars": bars}


def cost_of(pairs: Sequence[tuple[float, float]], chance: random.Random) -> tuple[float, float, float]:
    """What (with, without) pairs say of the cost: the median of their differences, each as a share of what it took without (a machine that
    others slow down makes both of a pair longer alike), and between what 95 % of the medians of resampled pairs lie."""
    shares = [(with_ - without) / without for with_, without in pairs]
    drawn = sorted(median(chance.choices(shares, k=len(shares))) for _n in range(RESAMPLINGS))
    return median(shares), drawn[int(0.025 * RESAMPLINGS)], drawn[int(0.975 * RESAMPLINGS) - 1]
