"""From a file to records: outcomes by policy, faults told, nothing half-written, undo, resume."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from prm.access.roles import as_role
from prm.core.errors import Conflict, Invalid
from prm.imports.models import ImportBefore, ImportChunk, ImportRejectedRow, ImportState
from prm.imports.runner.check import begin_check, read_rows
from prm.imports.runner.write import begin_write, finish_write, write_chunk
from prm.imports.services import import_check_start, import_map, import_undo_start, import_write_start
from prm.imports.services_fix import import_row_fix, import_value_fix
from prm.imports.tasks import ask_database
from prm.jobs.models import Job
from prm.jobs.runner.work import JobStopped, advance, run_inline
from prm.jobs.services import job_cancel, job_retry
from tests.imports.conftest import run
from tests.imports.files import planted

pytestmark = pytest.mark.django_db

FRENCH = "Réf;Raison sociale;Pays;CA (k€);Effectif;Depuis\nK1;Kerlan Systèmes;France;1 200,5;12;31/05/2019\nB1;Breizh Réseaux;FR;NC;40;02/01/2020\n"


def test_a_french_file_comes_in_with_its_numbers_dates_and_unknowns(run_import, sql):
    batch = run_import(FRENCH.encode("mac-roman"))
    assert batch.state == ImportState.DONE, batch.job.error
    assert (batch.created, batch.rows_rejected) == (2, 0)
    rows = sql("SELECT code, name, country, revenue, revenue_currency, employees, since::text FROM test_gadget ORDER BY code")
    assert rows == [
        ("B1", "Breizh Réseaux", "FR", None, None, 40, "2020-01-02"),
        ("K1", "Kerlan Systèmes", "FR", Decimal("1200500.0000"), "EUR", 12, "2019-05-31"),
    ]


def test_a_thousand_rows_with_37_faults_give_37_told_and_963_in(run_import, sql, manager):
    text, faults = planted()
    batch = run_import(text)
    assert batch.state == ImportState.DONE, batch.job.error
    assert (batch.rows_total, batch.created, batch.rows_rejected) == (1000, 963, faults)
    assert sql("SELECT count(*) FROM test_gadget") == [(963,)]
    with as_role(manager):
        rejected = list(ImportRejectedRow.objects.filter(batch=batch))
    assert len(rejected) == faults
    assert {row.row_no for row in rejected} == {13 + n * 26 + 2 for n in range(37)}
    assert all(row.errors and row.cells for row in rejected)
    codes = {error["code"] for row in rejected for error in row.errors}
    assert codes == {
        "required", "not_country", "not_url", "not_number", "number_range", "not_whole", "date_impossible", "not_boolean", "row_short",
        "row_long", "quote_unclosed", "website_needs_country", "database_refused",
    }  # fmt: skip


def test_dry_run_writes_nothing_and_foretells_what_writing_does(upload, manager, sql, run_import):
    run_import("code,name,country\nA,Alpha,FR\n")
    batch = run(
        manager, import_check_start, upload("code,name,country\nA,Alpha bis,FR\nB,Beta,FR\n,Alpha,France\nB,Beta again,FR\n")
    )
    assert batch.state == ImportState.CHECKED
    assert batch.forecast["new"] == 1
    assert batch.forecast["known"] == {"code": 1, "name": 1}
    assert batch.forecast["repeated"] == 1
    assert sql("SELECT count(*) FROM test_gadget") == [(1,)]


@pytest.mark.parametrize("text", [
    "code,name,country\nA,Alpha,FR\nB,Beta,FR\nB,Beta again,FR\n",
    "name,country\nAlpha,FR\nBeta,FR\nBeta,FR\n",
    "code,name,country\nA,Alpha,FR\nB,Beta,FR\n,Beta,FR\n",
])  # fmt: skip
def test_a_row_that_repeats_a_new_one_is_not_foretold_as_new(run_import, text):
    batch = run_import(text)
    assert (batch.forecast["new"], batch.forecast["repeated"]) == (2, 1)
    assert (batch.created, batch.updated + batch.unchanged, batch.repeated) == (2, 0, 1)


@pytest.mark.parametrize(("policy", "expected", "names"), [
    ("skip", (1, 0, 1, 1), ["Alpha", "Beta"]),
    ("update", (1, 1, 0, 1), ["Alpha bis", "Beta again"]),
    ("create", (1, 0, 1, 1), ["Alpha", "Beta"]),
])  # fmt: skip
def test_known_and_repeated_records_follow_the_policy(run_import, sql, policy, expected, names):
    run_import("code,name,country\nA,Alpha,FR\n")
    batch = run_import("code,name,country\nA,Alpha bis,FR\nB,Beta,FR\nB,Beta again,FR\n", policy=policy)
    assert (batch.created, batch.updated, batch.skipped, batch.repeated) == expected
    assert [name for (name,) in sql("SELECT name FROM test_gadget ORDER BY name")] == names


def test_create_makes_second_records_where_only_a_name_is_shared(run_import, sql):
    run_import("name,country\nAlpha,FR\n")
    batch = run_import("name,country\nAlpha,FR\n", policy="create")
    assert batch.created == 1
    assert sql("SELECT count(*) FROM test_gadget") == [(2,)]


def test_a_row_that_fits_several_records_is_held_back_and_told(run_import, sql, manager):
    run_import("name,country\nAlpha,FR\n", policy="create")
    run_import("name,country\nAlpha,FR\n", policy="create")
    batch = run_import("name,country,employees\nAlpha,FR,5\n")
    assert (batch.updated, batch.rows_rejected) == (0, 1)
    assert batch.error_kinds[0]["code"] == "match_ambiguous"


def test_blank_cells_do_not_erase_and_unchanged_rows_are_not_touched(run_import, sql):
    run_import("code,name,employees\nA,Alpha,12\n")
    before = sql("SELECT updated_at FROM test_gadget")
    batch = run_import("code,name,employees\nA,Alpha,\n")
    assert (batch.updated, batch.unchanged) == (0, 1)
    assert sql("SELECT employees FROM test_gadget") == [(12,)]
    assert sql("SELECT updated_at FROM test_gadget") == before


def test_importing_the_same_file_twice_changes_nothing(run_import, sql):
    text, _faults = planted(380)
    first = run_import(text)
    again = run_import(text)
    assert (again.created, again.updated, again.unchanged) == (0, 0, first.created)


def test_undo_removes_what_was_created_and_restores_what_was_updated(run_import, undo, sql):
    run_import("code,name,employees\nA,Alpha,12\n")
    batch = run_import("code,name,employees,part\nA,Alpha two,15,\nB,Beta,3,Wheel\n")
    assert sql("SELECT count(*) FROM test_part") == [(1,)]
    undo(batch)
    assert batch.state == ImportState.UNDONE
    assert batch.undo_result == {"removed": 1, "restored": 1, "with_them": 1, "kept": {}}, (
        "Beta; Alpha; and the wheel of Beta"
    )
    assert sql("SELECT code, name, employees FROM test_gadget") == [("A", "Alpha", 12)]
    assert sql("SELECT count(*) FROM test_part") == [(0,)]


def test_undo_of_rows_that_repeat_each_other_leaves_nothing(run_import, undo, sql):
    batch = run_import("code,name,employees\nB,Beta,1\nB,Beta,2\nB,Beta,3\n")
    assert (batch.created, batch.updated, batch.repeated) == (1, 0, 2)
    assert sql("SELECT employees FROM test_gadget") == [(3,)]
    undo(batch)
    assert sql("SELECT count(*) FROM test_gadget") == [(0,)]


def test_undo_keeps_what_was_touched_since_and_says_so(run_import, undo, sql):
    batch = run_import("code,name,part\nA,Alpha,\nB,Beta,Wheel\nC,Gamma,\n")
    sql("UPDATE test_gadget SET name = 'Beta of ours', updated_at = now() + interval '1 second' WHERE code = 'B'")
    sql("INSERT INTO test_part SELECT gen_random_uuid(), now(), now(), id, 'added by hand' FROM test_gadget WHERE code = 'C'")
    undo(batch)
    assert [code for (code,) in sql("SELECT code FROM test_gadget ORDER BY code")] == ["B", "C"]
    assert batch.undo_result["kept"] == {"changed_since": 1, "used_elsewhere": 1, "belongs_to_kept": 1}
    assert batch.undo_result["removed"] == 1


@pytest.mark.django_db(transaction=True)
def test_imports_are_taken_back_one_after_the_other_the_last_first(run_import, undo, sql):
    first = run_import("code,name,employees\nA,Alpha,12\nB,Beta,1\n")
    second = run_import("code,name,employees\nA,Alpha two,15\nB,Beta two,2\n")
    third = run_import("code,name,employees\nA,Alpha three,18\n")
    for batch in (third, second):
        before = sql("SELECT max(updated_at) FROM test_gadget")
        undo(batch)
        assert sql("SELECT max(updated_at) FROM test_gadget") > before, "who reads what changed must learn of it"
        assert batch.undo_result["kept"] == {}
    assert sql("SELECT code, name, employees FROM test_gadget ORDER BY code") == [("A", "Alpha", 12), ("B", "Beta", 1)]
    undo(first)
    assert (first.undo_result["removed"], first.undo_result["kept"]) == (2, {})


@pytest.mark.django_db(transaction=True)
def test_imports_taken_back_one_after_the_other_leave_nothing_that_keeps_the_first(run_import, undo):
    first = run_import("code,name\nA,Alpha\n")
    for name in ("Alpha two", "Alpha three", "Alpha four"):
        undo(run_import(f"code,name\nA,{name}\n"))
    undo(first)
    assert (first.undo_result["removed"], first.undo_result["kept"]) == (1, {})


@pytest.mark.django_db(transaction=True)
def test_a_change_by_hand_between_two_imports_is_kept_by_both_undos(run_import, undo, sql):
    first = run_import("code,name\nA,Alpha\n")
    sql("UPDATE test_gadget SET name = 'Alpha of ours', updated_at = now() + interval '1 second'")
    second = run_import("code,name\nA,Alpha two\n")
    undo(second)
    undo(first)
    assert first.undo_result["kept"] == {"changed_since": 1}
    assert sql("SELECT name FROM test_gadget") == [("Alpha of ours",)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)])
def test_imports_taken_back_in_any_order_leave_nothing_in_the_end(run_import, undo, sql, order):
    sql("DELETE FROM test_part")
    sql("DELETE FROM test_gadget")
    imports = [
        run_import("code,name,part\nA,Alpha,Wheel\nB,Beta,\n"),
        run_import("code,name,employees,part\nA,Alpha two,1,\nC,Gamma,,Cog\n"),
        run_import("code,name,employees\nA,Alpha three,2\nC,Gamma two,3\n"),
    ]
    for number in order:
        undo(imports[number])
    left = [batch for batch in reversed(imports) if batch.kept_by_undo]
    assert bool(left) == (order != (2, 1, 0)), "what a later import changed stays at first, and that is told"
    for batch in left:
        undo(batch)
        assert batch.kept_by_undo == 0
        with pytest.raises(Conflict):
            undo(batch)
    assert sql("SELECT count(*) FROM test_gadget") == sql("SELECT count(*) FROM test_part") == [(0,)]


def test_a_long_undo_says_how_far_it_is_and_can_be_stopped(run_import, upload, manager, sql, monkeypatch):
    for module in ("runner.write", "runner.check"):
        monkeypatch.setattr(f"prm.imports.{module}.CHUNK_ROWS", 100)
    batch = run_import("code,name\n" + "".join(f"A{n},Alpha {n}\n" for n in range(350)))
    seen = []

    def stop_in_the_middle(job: Job) -> None:
        job.refresh_from_db()
        seen.append(job.units_done)
        if len(seen) == 3:
            job_cancel(actor=manager, job=job)
            raise JobStopped

    with monkeypatch.context() as patch, as_role(manager):
        patch.setattr("prm.imports.tasks.stop_if_cancelled", stop_in_the_middle)
        job = import_undo_start(actor=manager, batch=batch)
        advance(job.pk)
    assert seen == [0, 51, 151]  # the last hundred was half a one
    assert sql("SELECT count(*) FROM test_gadget") == [(199,)]  # the head is row 1 of the first hundred
    with as_role(manager):
        job_retry(actor=manager, job=Job.objects.get(pk=job.pk))
        assert Job.objects.get(pk=job.pk).units_done == 151, "what was taken back stays counted"
    job = run_inline(job)
    assert job.units_done == job.units_total == 350
    assert sql("SELECT count(*) FROM test_gadget") == [(0,)]


def test_an_import_that_was_stopped_can_be_taken_back(upload, manager, sql, undo, monkeypatch):
    for module in ("runner.write", "runner.check"):
        monkeypatch.setattr(f"prm.imports.{module}.CHUNK_ROWS", 100)
    batch = run(manager, import_check_start, upload("code,name\n" + "".join(f"A{n},Alpha {n}\n" for n in range(350))))
    asked = []

    def stop_after_two_chunks(job: Job) -> None:
        asked.append(job)
        if len(asked) == 3:
            job_cancel(actor=manager, job=job)
            raise JobStopped

    with monkeypatch.context() as patch, as_role(manager):
        patch.setattr("prm.imports.tasks.stop_if_cancelled", stop_after_two_chunks)
        advance(import_write_start(actor=manager, batch=batch).pk)
        batch.refresh_from_db()
    assert batch.state == "cancelled"
    assert sql("SELECT count(*) FROM test_gadget") == [(batch.created,)] == [(199,)]
    batch = undo(batch)
    assert batch.state == "undone"
    assert batch.undo_result["removed"] == 199
    assert sql("SELECT count(*) FROM test_gadget") == [(0,)]
    assert sql(f"SELECT to_regclass('staging.{batch.staging_table}')") == [(None,)]
    with as_role(manager), pytest.raises(Conflict):
        import_write_start(actor=manager, batch=batch)


def test_undo_is_refused_twice_and_after_a_day(run_import, undo, sql):
    batch = run_import("code,name\nA,Alpha\n")
    sql("UPDATE imports_importbatch SET finished_at = now() - interval '25 hours'")
    with pytest.raises(Conflict, match="24"):
        undo(batch)


def test_a_resumed_import_writes_no_chunk_twice(run_import, upload, manager, sql, monkeypatch):
    monkeypatch.setattr("prm.imports.runner.write.CHUNK_ROWS", 100)
    text = "code,name\n" + "".join(f"C{i},Company {i}\n" for i in range(450))
    batch = run(manager, import_check_start, upload(text))
    begin_write(actor=manager, batch=batch)
    write_chunk(actor=manager, batch=batch, chunk_no=0)
    write_chunk(actor=manager, batch=batch, chunk_no=1)
    # A second worker is handed the same chunk again after a kill.
    write_chunk(actor=manager, batch=batch, chunk_no=1)
    for number in range(5):
        write_chunk(actor=manager, batch=batch, chunk_no=number)
    done = finish_write(actor=manager, batch=batch)
    assert (done.created, done.rows_rejected) == (450, 0)
    assert sql("SELECT count(*) FROM test_gadget") == [(450,)]


def test_an_emptied_staging_table_is_filled_again(upload, manager, sql):
    batch = run(manager, import_check_start, upload("code,name\nA,Alpha\nB,Beta\n"))
    sql(f'TRUNCATE staging."{batch.staging_table}"')
    batch = run(manager, import_write_start, batch)
    assert batch.state == ImportState.DONE, batch.job.error
    assert batch.created == 2


def test_an_import_is_gone_on_with_when_reading_was_cut_short(upload, manager, sql, monkeypatch):
    monkeypatch.setattr("prm.imports.runner.check.READ_ROWS", 50)
    text = "code,name\n" + "".join(f'C{i},"Company\n{i}"\n' for i in range(300))
    batch = upload(text)
    begin_check(actor=manager, batch=batch)
    assert read_rows(actor=manager, batch=batch, up_to=120) is False
    assert read_rows(actor=manager, batch=batch, up_to=120) is False
    assert read_rows(actor=manager, batch=batch) is True
    ask_database(actor=manager, batch=batch)
    assert (batch.rows_total, batch.rows_good) == (300, 300)
    batch = run(manager, import_write_start, batch)
    assert sql("SELECT count(*), count(DISTINCT code) FROM test_gadget") == [(300, 300)]


def test_rejected_rows_are_corrected_in_place(upload, manager, sql):
    batch = run(
        manager, import_check_start, upload("code,name,country,employees\nA,Alpha,Neverland,1\nB,Beta,Neverland,2\nC,,FR,x\n")
    )
    assert (batch.rows_good, batch.rows_rejected) == (0, 3)
    with as_role(manager):
        assert (
            import_value_fix(actor=manager, batch=batch, column=2, code="not_country", old="Neverland", new="FR").fixed == 2
        )
        row = import_row_fix(actor=manager, batch=batch, row_no=4, cells={1: "Gamma"})
        assert [error["code"] for error in row.errors] == ["not_number"]
        assert import_row_fix(actor=manager, batch=batch, row_no=4, cells={3: "7"}).is_fixed
        batch.refresh_from_db()
    assert (batch.rows_good, batch.rows_rejected, batch.error_kinds) == (3, 0, [])
    batch = run(manager, import_write_start, batch)
    assert (batch.created, batch.rows_rejected) == (3, 0)
    assert sql("SELECT name, employees FROM test_gadget ORDER BY code") == [("Alpha", 1), ("Beta", 2), ("Gamma", 7)]


def test_rows_that_point_nowhere_are_told_at_their_cell(run_import, upload, manager, sql):
    run_import("code,name\nA,Alpha\n")
    batch = run(manager, import_check_start, upload("gadget,label\nA,Wheel\nZ,Bolt\n", target="test_parts"))
    assert (batch.rows_good, batch.rows_rejected) == (1, 1)
    with as_role(manager):
        row = ImportRejectedRow.objects.get(batch=batch)
    assert (row.row_no, row.cells, row.errors[0]["code"], row.errors[0]["column"]) == (
        3,
        ["Z", "Bolt"],
        "reference_missing",
        0,
    )
    batch = run(manager, import_write_start, batch)
    assert sql("SELECT label FROM test_part") == [("Wheel",)]


def test_a_needed_column_that_is_missing_is_named(upload, manager):
    batch = upload("code,country\nA,FR\n")
    with as_role(manager), pytest.raises(Invalid, match="Name"):
        import_check_start(actor=manager, batch=batch)


def test_mappings_are_remembered_by_the_heads_and_the_source_is_each_files_own(upload, manager):
    """Ids of one list never meet those of another, though both have the same heads."""
    batch = upload("x1,x2\nA,Alpha\n")
    assert batch.mapped_fields == {}
    with as_role(manager):
        import_map(actor=manager, batch=batch, mapping={"x1": "code", "x2": "name"}, source="The CRM")
    run(manager, import_check_start, batch)
    again = upload("X1,X2\nB,Beta\n", name="another.csv")
    assert again.mapped_fields == {0: "code", 1: "name"}
    assert again.source == "another"


def test_rejected_rows_come_back_to_the_source_of_the_file_that_their_name_tells(run_import, upload):
    run_import("code,name,country\nA,Alpha,XX\n", name="shop.csv", source="The shop")
    run_import("code,name,country\nB,Beta,XX\n", name="crm.csv", source="The CRM")
    back = "Row,code,name,country,Why rejected\n2,A,Alpha,FR,Not a known country\n"
    assert upload(back, name="Rejected rows of shop (1).csv").source == "The shop"
    assert upload(back, name="fixed.csv").source == "fixed"  # of which of the two it came, nothing tells


def test_fields_chosen_twice_are_refused(upload, manager):
    batch = upload("a,b\n1,2\n")
    with as_role(manager), pytest.raises(Invalid, match="two columns"):
        import_map(actor=manager, batch=batch, mapping={"a": "name", "b": "name"})


def test_a_hopeless_mapping_stops_early(upload, manager, monkeypatch):
    monkeypatch.setattr("prm.imports.runner.check.MAX_REJECTED", 100)
    monkeypatch.setattr("prm.imports.runner.check.READ_ROWS", 50)
    batch = upload("name,employees\n" + "Alpha,many\n" * 300, mapping={"name": "name", "employees": "employees"})
    batch = run(manager, import_check_start, batch)
    assert batch.state == ImportState.FAILED
    assert batch.failure == "import_all_rejected"


def test_every_written_chunk_is_recorded(run_import, manager):
    batch: Any = run_import("code,name\nA,Alpha\n")
    with as_role(manager):
        assert ImportChunk.objects.filter(batch=batch).count() == 1
        assert ImportBefore.objects.filter(batch=batch).count() == 0
