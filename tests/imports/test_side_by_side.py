"""Several workers on one file: which files allow it, and that nothing of it differs."""

from __future__ import annotations

import dataclasses

import pytest

from prm.access.roles import as_role
from prm.imports.runner.check import ask_database, begin_check, read_rows
from prm.imports.runner.spans import count_read, read_span, spans_of
from prm.imports.runner.write import begin_write
from prm.imports.targets import TARGETS
from tests.imports.conftest import GADGETS

pytestmark = pytest.mark.django_db
APART = "code,name,country\nA,Alpha,FR\nB,Alpha,FR\nC,Gamma,DE\n"


@pytest.fixture
def gadgets_at_once(gadgets):
    TARGETS._entries[GADGETS.key] = dataclasses.replace(GADGETS, side_by_side=True)


@pytest.mark.parametrize(("text", "apart"), [
    pytest.param(APART, True, id="one id each"),
    pytest.param(APART + "B,Other,FR\n", False, id="an id twice"),
    pytest.param("name,country\nAlpha,FR\nBeta,FR\n", True, id="no id and other names"),
    pytest.param("name,country\nAlpha,FR\nAlpha,FR\n", False, id="no id and one name twice"),
    pytest.param("code,name,country\nA,Alpha,FR\n,Alpha,FR\n", False, id="a row without an id like one with"),
])  # fmt: skip
def test_chunks_are_written_at_once_only_where_no_two_rows_can_mean_one_record(gadgets_at_once, upload, manager, text, apart):
    batch = upload(text)
    begin_check(actor=manager, batch=batch)
    read_rows(actor=manager, batch=batch)
    ask_database(actor=manager, batch=batch)
    begin_write(actor=manager, batch=batch)
    assert batch.is_side_by_side is apart


def test_a_target_that_does_not_allow_it_is_written_in_order(upload, manager):
    batch = upload(APART)
    begin_check(actor=manager, batch=batch)
    read_rows(actor=manager, batch=batch)
    ask_database(actor=manager, batch=batch)
    begin_write(actor=manager, batch=batch)
    assert batch.is_side_by_side is False


def test_spans_read_in_any_order_and_twice_stage_each_row_once(upload, manager, sql, monkeypatch):
    monkeypatch.setattr("prm.imports.runner.spans.SPAN_BYTES", 1_000)
    text = "code,name,country\n" + "".join(f"C{i},Company {i},{'FR' if i % 50 else 'Neverland'}\n" for i in range(300))
    batch = upload(text)
    spans = spans_of(batch)
    assert len(spans) > 3
    begin_check(actor=manager, batch=batch)
    ends = [rows for rows, _offset in spans[1:]]
    plan = list(zip(spans, [*ends, None], strict=True))
    for start, end in [*reversed(plan), plan[1]]:
        read_span(actor=manager, batch=batch, start=start, up_to=end)
    count_read(actor=manager, batch=batch)
    with as_role(manager):
        batch.refresh_from_db()
    assert (batch.rows_total, batch.rows_good, batch.rows_rejected, batch.last_row) == (300, 294, 6, 301)
    assert sql(f'SELECT count(*), count(DISTINCT code) FROM staging."{batch.staging_table}"') == [(294, 294)]
