"""Imports of the demo: one finished with rows that did not come in, one that waits for somebody, one not mapped, one undone."""

from __future__ import annotations

import io

from prm.access.actors import Actor
from prm.access.roles import as_role
from prm.demo.accounts import demo_actor
from prm.demo.registry import WorldContext, register_world
from prm.demo.world.lists import dealer_report, fair_list
from prm.imports.models import ImportBatch
from prm.imports.services import import_check_start, import_create, import_undo_start, import_write_start
from prm.jobs.runner.work import run_inline

_WEST = ("Bretagne", "Pays de la Loire")
_NORTH = ("Hauts-de-France", "Île-de-France")
_EAST = ("Baden-Württemberg", "Grand Est")


def _is_there(context: WorldContext) -> bool:
    return ImportBatch.objects.exists()


@register_world("imports", order=520, is_there=_is_there, whole=False)
def build(context: WorldContext) -> str:
    """The steps that people take in the wizard; jobs run in this process."""
    world, seed = context.world, context.day.seed
    claire, ines, marta, lukas = (demo_actor(key) for key in ("rousset", "delattre", "soler", "brandt"))

    bought = fair_list(seed, world.companies, place="bought", regions=_EAST, known=8, faults=0)
    batch = _checked(lukas, "Adressen gekauft.csv", bought, source="Bought addresses")
    _written(lukas, batch)
    with as_role(lukas):
        undo = import_undo_start(actor=lukas, batch=batch)
    run_inline(undo)

    fair = fair_list(seed, world.companies, place="rennes", regions=_WEST, known=31, faults=5)
    _written(claire, _checked(claire, "Cyber Ouest Rennes, visiteurs.csv", fair, source="Cyber Ouest Rennes"))

    visitors = fair_list(seed, world.companies, place="lille", regions=_NORTH, known=24, faults=6)
    _checked(ines, "Roadshow Lille, inscrits.csv", visitors, source="Roadshow Lille")

    report = dealer_report(seed, world.sales, world.partners, world.companies)
    _uploaded(marta, "Sudelec invoices, last month.csv", report, target="sales", source="Sudelec invoices")
    return "4 imports: one done, one undone, one to be looked at, one to be mapped"


def _uploaded(actor: Actor, name: str, content: bytes, *, target: str = "companies", source: str) -> ImportBatch:
    with as_role(actor):
        return import_create(actor=actor, target=target, upload=io.BytesIO(content), file_name=name, source=source)


def _checked(actor: Actor, name: str, content: bytes, *, source: str) -> ImportBatch:
    batch = _uploaded(actor, name, content, source=source)
    with as_role(actor):
        job = import_check_start(actor=actor, batch=batch)
    run_inline(job)
    return batch


def _written(actor: Actor, batch: ImportBatch) -> None:
    with as_role(actor):
        job = import_write_start(actor=actor, batch=batch)
    run_inline(job)
