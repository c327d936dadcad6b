"""What does row security cost? The same pages and API answers on the same data, with it and without (docs/access.md).

The product's own web server on the universe of the list benchmark. Without: row security is taken off every table by its owner, and put
back at the end; roles and settings are taken either way, so what is measured is the policies. Rounds go with, without, without, with,
so that a machine that warms or tires does not favour either. The bar is on the median of each class: what it costs with policies, less
two standard errors of the ratio, is at most a tenth more; and that error is at most a tenth, since a busy machine would pass by its
noise. Standard errors are those of 400 resamplings of the requests.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db import connections

from prm.access.actors import Actor, Role
from prm.access.roles import as_role, as_sign_in, as_system
from prm.access.rowsecurity import managed_tables
from prm.accounts.models import User
from prm.accounts.selectors import actor_of_user
from prm.accounts.services import Account
from prm.core.ids import typeid_encode
from prm.partners.models import Company, Lifecycle, Partner
from prm.partners.services.members import partner_member_add
from tests.benchmarks._http import CLIENTS, Ask, api_key, measure, member, served, session
from tests.benchmarks.list import QUICK_ROWS, ROWS

ROUNDS, QUICK_ROUNDS = 4, 1  # each of four: with, without, without, with
REQUESTS = 8  # of each class in each part of a round
RESAMPLINGS, MOST, SUREST = 400, 1.10, 0.10


def run(folder: Path | None, seed: int = 5, quick: bool = False) -> dict[str, Any]:
    """Measures; row security stands again when it ends, however it ends."""
    del folder
    rows, rounds = (QUICK_ROWS, QUICK_ROUNDS) if quick else (ROWS, ROUNDS)
    times: dict[bool, dict[str, list[float]]] = {True: {}, False: {}}
    spent: dict[bool, dict[str, list[float]]] = {True: {}, False: {}}
    with served(rows) as (port, made):
        director = member()
        with api_key(director, ["companies:read"]) as key:
            asks = _asks(director, key)
            try:
                measure(port, asks, server=made["server"])  # warm
                for stands in [True, False, False, True] * rounds:
                    _stand(stands)
                    found, processor = measure(port, asks, server=made["server"])
                    for name in found:
                        times[stands].setdefault(name, []).extend(found[name])
                        spent[stands].setdefault(name, []).append(processor[name])
            finally:
                _stand(True)
    return _report({"companies": rows, "rounds": 4 * rounds, "seed": seed}, times, spent, random.Random(seed))


def _asks(director: Actor, key: dict[str, str]) -> list[Ask]:
    ours, theirs = session(director), session(_partners_person())
    with as_role(director):
        some = Company.objects.visible_to(director).filter(archived_at__isnull=True).order_by("-id").first()
    profile = f"/companies/{typeid_encode('company', some.pk)}"
    classes = [
        Ask("list", "/companies", headers=ours), Ask("found", "/companies?q=ker&sort=-employees", headers=ours),
        Ask("profile", profile, headers=ours), Ask("home", "/", headers=ours), Ask("api list", "/api/v1/companies?limit=50", headers=key),
        Ask("portal home", "/portal/", headers=theirs), Ask("portal company", "/portal/company", headers=theirs),
        Ask("portal people", "/portal/people", headers=theirs), Ask("form", "/companies/new", headers=ours),
    ]  # fmt: skip
    return [ask for ask in classes for _n in range(REQUESTS)]


def _partners_person() -> Actor:
    """An administrator of one of the universe's partners, made the first time."""
    with as_system("benchmark") as system:
        partner = Partner.objects.filter(lifecycle=Lifecycle.ACTIVE).earliest("id")
        account = Account(email="bench@partner.example", name="Bench")
        person = partner_member_add(actor=system, partner_id=partner.pk, account=account, role=Role.PARTNER_ADMINISTRATOR)
    with as_sign_in():
        return actor_of_user(User.objects.get(pk=person.user_id))


def _stand(stands: bool) -> None:
    """Puts row security on or off every table that has it, as the owner."""
    verb = "ENABLE" if stands else "DISABLE"
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            ";".join(
                f'ALTER TABLE "{table.name}" {verb} ROW LEVEL SECURITY' for table in managed_tables() if table.is_secured
            )
        )
    connections["owner"].close()


def _at(times: Sequence[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(share * len(times)))]


def _report(
    data: dict[str, Any],
    times: dict[bool, dict[str, list[float]]],
    spent: dict[bool, dict[str, list[float]]],
    chance: random.Random,
) -> dict[str, Any]:
    told: dict[str, dict[str, dict[str, float]]] = {"ours": {}, "peers": {}, "ratios": {}, "errors": {}}
    bars = []
    for name, with_ in times[True].items():
        without = times[False][name]
        for part, found, processor in (("ours", with_, spent[True]), ("peers", without, spent[False])):
            server = round(sum(processor[name]) / len(processor[name]), 1)
            told[part][name] = {
                "p50": round(_at(found, 0.5), 1),
                "p95": round(_at(found, 0.95), 1),
                "server_processor": server,
            }
        drawn = [(chance.choices(with_, k=len(with_)), chance.choices(without, k=len(without))) for _n in range(RESAMPLINGS)]
        ratio = _at(with_, 0.5) / _at(without, 0.5)
        errors = {
            "p50": _spread([_at(one, 0.5) for one, _other in drawn]),
            "p95": _spread([_at(one, 0.95) for one, _other in drawn]),
            "p50_without": _spread([_at(other, 0.5) for _one, other in drawn]),
            "p50_ratio": _spread([_at(one, 0.5) / _at(other, 0.5) for one, other in drawn]),
        }
        told["ratios"][name] = {"p50": round(ratio, 3), "p95": round(_at(with_, 0.95) / _at(without, 0.95), 3)}
        told["errors"][name] = {key: round(value, 3) for key, value in errors.items()}
        least, error = round(ratio - 2 * errors["p50_ratio"], 3), round(errors["p50_ratio"], 3)
        bars.append(
            {"bar": f"{name}: ratio of medians less two errors", "value": least, "limit": MOST, "holds": least <= MOST}
        )
        bars.append({"bar": f"{name}: error of the ratio", "value": error, "limit": SUREST, "holds": error <= SUREST})
    unit = {"clients": CLIENTS, "unit": "ms a request over HTTP", "requests": len(times[True]["list"])}
    return {"name": "walls", "data": {**data, **unit}, **told, "bars": bars}


def _spread(values: Sequence[float]) -> float:
    """The standard deviation of resampled figures: the standard error of the figure."""
    mean = sum(values) / len(values)
    return float((sum((value - mean) ** 2 for value in values) / (len(values) - 1)) ** 0.5)
