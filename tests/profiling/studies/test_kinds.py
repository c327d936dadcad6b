"""A kind of study that nobody thought of is registered, and everything about studies works for it without being touched."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from decimal import Decimal
from io import StringIO
from typing import Any
from uuid import UUID

import numpy as np
import pyarrow as pa
import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from prm.access.actors import Actor
from prm.access.roles import as_role
from prm.exports.writers import Column
from prm.partners.models import Company
from prm.ui import nav
from profiling.studies.kinds import Figure, Outcome, RunContext, StudyKind, kinds
from profiling.studies.models import RunResult, StudyRun
from profiling.studies.rules import filter_mask
from profiling.studies.selectors import potential_run, runs_compared, study_counts
from profiling.studies.services import study_update
from profiling.studies.words import chips
from tests.house.house import ROOT, python_files, shown

pytestmark = pytest.mark.django_db


class LargestEngine:
    """Companies by head count, beyond a smallest one."""

    def prepare(self, *, context: RunContext, actor: Actor) -> dict[str, str]:
        return {}

    def chunk(self, *, context: RunContext, start: int, stop: int) -> pa.Table:
        return context.universe.slice(start, stop - start).select(["id", "employees"])

    def finish(self, *, context: RunContext, chunks: Iterable[pa.Table], actor: Actor) -> Outcome:
        table = pa.concat_tables(chunks)
        people = table.column("employees").to_numpy()
        kept = np.flatnonzero(people >= context.parameters["from"])
        order = kept[np.argsort(-people[kept], kind="stable")]
        rows = [
            RunResult(company_id=UUID(table.column("id")[int(at)].as_py()), rank=place + 1, row=int(at), known_share=1.0,
                      gap=Decimal(int(people[at])), p50=Decimal(int(people[at])), p10=Decimal(0), p90=Decimal(10_000))
            for place, at in enumerate(order)
        ]  # fmt: skip
        return Outcome(rows, table, len(rows), {"finding": {"first": int(people[order[0]])}}, {})


@pytest.fixture
def largest(monkeypatch: pytest.MonkeyPatch) -> StudyKind:
    kind = StudyKind(
        key="largest",
        label="Largest",
        icon="users",
        order=99,
        asks="Who has the most people?",
        about="By head count.",
        start="Start counting",
        new_page="vendor:profiling:study-new",
        page="vendor:profiling:study-compare",
        engine=LargestEngine(),
        clean=lambda actor, parameters: {"from": int(parameters.get("from", 0))},
        question=lambda actor, run: {"From": str(run.parameters["from"])},
        finding=lambda found: f"The largest has {found['first']} people",
        answer=lambda result: {"rank": result.rank, "company": result.company.public_id, "people": int(result.gap or 0)},
        shape={"rank": {"type": "integer"}, "company": {"type": "string"}, "people": {"type": "integer"}},
        columns=lambda run: [Column("people", "People", lambda r: int(r.gap), kind="number")],
        figure=Figure(
            "People", lambda result: result.gap, lambda value, signed: f"{value:+.0f}" if signed else f"{value:.0f}"
        ),
        gives_potential=True,
    )
    monkeypatch.setitem(kinds._entries, kind.key, kind)
    return kind


@pytest.fixture
def counted(universe: list[Company], manager: Actor, largest: StudyKind, ask: Any, answer: Any) -> StudyRun:
    return answer(manager, ask(manager, "largest", "Our largest", **{"from": 60}))


def test_it_is_offered_listed_and_counted(counted, manager, client_of):
    client = client_of(manager)
    offered = client.get(reverse("vendor:profiling:study-new")).content.decode()
    assert "Who has the most people?" in offered
    assert "Start counting" in offered
    listed = client.get(reverse("vendor:profiling:study-list"), {"kind": "largest"}).content.decode()
    first = counted.summary["finding"]["first"]
    assert f"The largest has {first} people" in listed
    with as_role(manager):
        assert study_counts(actor=manager)["largest"] == 1


def test_two_runs_of_it_are_compared_by_its_own_figure(counted, manager, answer, client_of):
    with as_role(manager):
        study_update(actor=manager, study_id=counted.study_id, parameters={"from": 100})
    later = answer(manager, counted.study)
    with as_role(manager):
        rows = runs_compared(actor=manager, run=later, other=counted)
        assert {row["change"] for row in rows if row["rank"]} == {0}
    page = client_of(manager).get(reverse("vendor:profiling:study-compare", args=[counted.study.public_id])).content.decode()
    assert "People" in page
    assert ">100<" in page
    assert ">60<" in page


def test_its_rows_go_out_by_api_file_and_command(counted, manager, client_of):
    client = client_of(manager)
    rows = client.get(f"/api/v1/runs/{counted.public_id}/results").json()["data"]
    assert [row["people"] for row in rows] == sorted((row["people"] for row in rows), reverse=True)
    refused = client.get(f"/api/v1/runs/{counted.public_id}/results", {"product_family": "firewall"})
    assert refused.status_code == 400, "it has no lines to tell apart"
    export = reverse("vendor:profiling:study-export", args=[counted.study.public_id])
    file = b"".join(client.get(export, {"format": "csv"}, follow=True).streaming_content).decode("utf-8-sig")
    assert [int(line) for line in file.split()[1:26]] == [row["people"] for row in rows]
    out = StringIO()
    call_command("run_study", study=counted.study.public_id, top=1, stdout=out)
    assert f" {rows[0]['people']} " in out.getvalue()


def test_its_potentials_hold_elsewhere_once_it_says_so(counted, manager):
    with as_role(manager):
        assert potential_run(actor=manager) == counted


def test_the_command_names_the_kinds_when_none_is_given(universe):
    with pytest.raises(CommandError, match="kind"):
        call_command("run_study", title="Nothing", stdout=StringIO())


def test_pages_of_every_kind_belong_to_the_entry_of_studies_in_the_sidebar():
    under = nav.items.get("vendor:profiling:study-list").under
    assert {"vendor:profiling:lookalike-", "vendor:profiling:ranking-"} <= set(under)


def test_studies_and_target_lists_name_no_kind():
    named = []
    for path in python_files("profiling/studies", "profiling/targets"):
        tree = ast.parse(path.read_text())
        texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
        # The example of the API is one of a look-alike: some kind it must be.
        if shown(path) != "profiling/studies/api/serializers.py":
            named += [(shown(path), text) for text in texts if text in {kind.key for kind in kinds} or ":lookalike-" in text]
    assert not named
    assert (ROOT / "profiling/studies/kinds.py").is_file()


def test_a_state_that_partners_that_left_pass_does_not_say_that_they_are_to_come():
    universe = pa.table({"lifecycle": [None, "candidate", "active", "exiting", "exited"], "employees": [1.0] * 5})
    words = {state: chips({"status": state})[0]["value"] for state in ("not_active", "not_partner")}
    passing = {state: filter_mask(universe, {"status": state}).tolist() for state in words}
    assert passing["not_active"] == [True, True, False, True, True]
    assert passing["not_partner"] == [True, False, False, False, True]
    assert words == {"not_active": "Not active", "not_partner": "Not a partner"}
