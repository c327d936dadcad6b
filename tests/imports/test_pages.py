"""The wizard as a person goes through it, page by page."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from prm.access.roles import as_role
from prm.exports.writers import CsvStyle
from prm.imports.models import ImportBatch, ImportRejectedRow, ImportState
from prm.imports.rejects import csv_style
from prm.imports.tables import _DOTS, error_kind_rows, rejected_row_view
from prm.jobs.models import Job
from prm.jobs.runner.work import run_inline
from tests.imports.wizard import page_of, the_import, work

pytestmark = pytest.mark.django_db

TEXT = "Code;Nom;Pays;CA (k€);Effectif\nK1;Kerlan;France;1 200,5;12\nB1;Breizh;Armorica;3;40\nZ9;Zenith;FR;4;dix\n"


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("ventes_q3.csv", "ventes"),
        ("Partners 2026-05 (2).csv", "Partners"),
        ("clients-v2.csv", "clients"),
        ("2026.csv", "2026"),
    ],
)
def test_the_same_list_next_time_has_the_same_source(browser, manager, name, source):
    browser.post(
        reverse("vendor:imports:import-new"),
        {"target": "test_gadgets", "file": SimpleUploadedFile(name, TEXT.encode("cp1252"))},
    )
    assert the_import(manager).source == source


def test_the_job_of_a_check_counts_the_rows_of_the_file_and_says_nothing_of_writing(browser, manager):
    browser.post(
        reverse("vendor:imports:import-new"),
        {"target": "test_gadgets", "file": SimpleUploadedFile("list.csv", TEXT.encode("cp1252"))},
    )
    batch = the_import(manager)
    fields = {f"field-{i}": c["field"] for i, c in enumerate(batch.columns)}
    browser.post(page_of(batch, "mapping"), {**fields, "source": "CRM", "as_of": "2026-05-01", "currency": "EUR"})
    with as_role(manager):
        job = Job.objects.get()
    run_inline(job)
    rows = the_import(manager).rows_total
    page = " ".join(browser.get(reverse("vendor:jobs:job-detail", args=[job.public_id])).content.decode().split())
    assert f"{rows} of {rows} rows" in page
    assert "Check of a file" in page
    assert "Write, chunk by chunk" not in page


def test_a_person_goes_from_file_to_summary_and_back(browser, manager):
    assert b"Nothing imported yet" in browser.get(reverse("vendor:imports:import-list")).content
    new = reverse("vendor:imports:import-new")
    assert b"Gadgets" in browser.get(new).content
    answer = browser.post(
        new, {"target": "test_gadgets", "file": SimpleUploadedFile("Partenaires 2026-05.csv", TEXT.encode("cp1252"))}
    )
    assert answer.status_code == 302, answer.content.decode()
    batch = the_import(manager)
    assert batch.source == "Partenaires"
    page = browser.get(page_of(batch)).content.decode()
    assert "5 of 5 columns recognised" in page
    assert "in thousands" in page
    fields = {f"field-{i}": c["field"] for i, c in enumerate(batch.columns)}
    answer = browser.post(page_of(batch, "mapping"), {**fields, "source": "CRM", "as_of": "2026-05-01", "currency": "EUR"})
    assert answer.status_code == 302
    page = browser.get(page_of(batch)).content.decode()
    assert "Checking Partenaires 2026-05.csv" in page
    work(manager)
    page = browser.get(page_of(batch)).content.decode()
    assert "1 row can come in, 2 have a fault" in page
    assert "Not a known country" in page and "Armorica" in page
    assert "Row 4" in page and "Not a number" in page
    answer = browser.post(
        page_of(batch, "fix"), {"column": "2", "code": "not_country", "old": "Armorica", "new": "France"}, follow=True
    )
    assert "2 rows can come in, 1 has a fault" in answer.content.decode()
    answer = browser.post(page_of(batch, "fix"), {"row": "4", "cell-4": "10"}, headers={"HX-Request": "true"})
    assert "Row 4 can come in now" in answer.content.decode()
    browser.post(page_of(batch, "write"), {"policy": "update"})
    work(manager)
    page = browser.get(page_of(batch)).content.decode()
    assert "3 rows came in" in page
    browser.post(page_of(batch, "undo"))
    with as_role(manager):
        undo = Job.objects.get(finished_at__isnull=True)
    assert "Stop taking it back" in browser.get(page_of(batch)).content.decode()
    browser.post(reverse("vendor:jobs:job-cancel", args=[undo.public_id]))
    page = browser.get(page_of(batch)).content.decode()
    assert "Stopped while it was taken back" in page
    assert "the work goes on" not in page
    assert f'action="{page_of(batch, "undo")}"' in page
    browser.post(page_of(batch, "undo"))
    work(manager)
    page = browser.get(page_of(batch)).content.decode()
    assert "This import was undone" in page
    assert "3 records removed" in page
    with as_role(manager):
        undo = Job.objects.get(kind="imports.undo", state="done")
    assert (undo.units_done, undo.units_total) == (3, 3)  # rows of the file, not room for more
    assert "Partenaires 2026-05.csv" in browser.get(reverse("vendor:imports:import-list")).content.decode()


def test_an_import_that_was_stopped_tells_what_came_in_and_offers_both_ways(browser, manager, run_import):
    batch = run_import("code,name\nA,Alpha\nB,Beta\n")
    with as_role(manager):
        ImportBatch.objects.filter(pk=batch.pk).update(state="cancelled", finished_at=None)
    page = browser.get(page_of(batch)).content.decode()
    assert "Stopped on the way" in page
    assert "of 2 rows" in page
    assert {f'action="{page_of(batch, act)}"' in page for act in ("write", "undo")} == {True}


@pytest.mark.parametrize(("name", "data", "words"), [
    ("a.csv", b"", "The file is empty"),
    ("a.csv", b"%PDF-1.7 ...", "This is a PDF"),
    ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "Files end in .csv"),
    ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "old Excel format"),
    ("a.csv", bytes(range(256)) * 40, "bytes that no text has"),
    ("a.csv", b"name\n" + b"x" * 3_000_000, "longer than any row"),
])  # fmt: skip
def test_a_file_that_cannot_be_imported_is_refused_with_its_reason(browser, name, data, words):
    answer = browser.post(
        reverse("vendor:imports:import-new"), {"target": "test_gadgets", "file": SimpleUploadedFile(name, data)}
    )
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_the_file_can_be_read_another_way(browser, manager):
    text = "report\nname|city;country\nA|B;C\n"
    browser.post(
        reverse("vendor:imports:import-new"), {"target": "test_gadgets", "file": SimpleUploadedFile("a.csv", text.encode())}
    )
    batch = the_import(manager)
    answer = browser.post(page_of(batch, "settings"), {"encoding": "utf-8", "delimiter": "|", "head_row": "2"}, follow=True)
    assert "city;country" in answer.content.decode()
    batch = the_import(manager)
    assert [column["name"] for column in batch.columns] == ["name", "city;country"]


def test_a_mapping_without_its_needed_column_is_told_and_kept(browser, manager):
    browser.post(
        reverse("vendor:imports:import-new"),
        {"target": "test_gadgets", "file": SimpleUploadedFile("a.csv", b"code,x\n1,2\n")},
    )
    batch = the_import(manager)
    data = {"field-0": "code", "field-1": "", "source": "CRM", "as_of": "2026-05-01", "currency": "EUR"}
    answer = browser.post(page_of(batch, "mapping"), data)
    assert answer.status_code == 422
    assert "Choose the column that holds “Name”" in answer.content.decode().replace("&ldquo;", "“")


def test_a_file_of_other_rows_than_was_said_is_told_and_read_as_what_it_is(browser, manager):
    text = (
        b"external_id,country,city,street,site_type,latitude,longitude\n1,FR,Brest,1 rue du Port,Headquarters,48.39,-4.48\n"
    )
    browser.post(reverse("vendor:imports:import-new"), {"target": "companies", "file": SimpleUploadedFile("sites.csv", text)})
    batch = the_import(manager)
    assert "but like “Sites of companies”" in browser.get(page_of(batch)).content.decode()
    page = browser.post(page_of(batch, "mapping"), {"target": "sites"}, follow=True).content.decode()
    assert "7 of 7 columns recognised" in page
    assert "but like" not in page


def test_rejected_rows_are_downloaded_with_their_reasons(browser, manager, monkeypatch):
    data = {"target": "test_gadgets", "file": SimpleUploadedFile("a.csv", TEXT.encode())}
    browser.post(reverse("vendor:imports:import-new"), data)
    batch = the_import(manager)
    fields = {f"field-{i}": c["field"] for i, c in enumerate(batch.columns)}
    browser.post(page_of(batch, "mapping"), {**fields, "source": "CRM", "as_of": "2026-05-01", "currency": "EUR"})
    work(manager)
    answer = browser.get(page_of(batch, "rejected"))
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0] == "Row;Code;Nom;Pays;CA (k€);Effectif;Why rejected"  # parted as the file is
    assert (
        lines[1]
        == "3;B1;Breizh;Armorica;3;40;Pays: Not a known country: write its name in English, or its two letters such as FR"
    )
    assert len(lines) == 3
    monkeypatch.setattr("prm.imports.rejects.WORKBOOK_ROWS", 1)
    answer = browser.get(page_of(batch, "rejected"), {"format": "xlsx"})
    assert b"".join(answer.streaming_content).decode("utf-8-sig").splitlines() == lines


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    ("settings", "delimiter"), [({"delimiter": ";"}, ";"), ({"delimiter": ","}, ","), ({"delimiter": "\t"}, None)]
)
def test_rejected_rows_are_parted_as_the_file_where_spreadsheets_open_that(settings, delimiter, language):
    style = csv_style(ImportBatch(file_kind="csv", settings=settings), language)
    assert style == replace(CsvStyle.for_language(language), delimiter=delimiter or CsvStyle.for_language(language).delimiter)
    assert csv_style(ImportBatch(file_kind="xlsx", settings=settings), language) == CsvStyle.for_language(language)


def test_a_discarded_import_leaves_nothing(browser, manager):
    browser.post(
        reverse("vendor:imports:import-new"),
        {"target": "test_gadgets", "file": SimpleUploadedFile("a.csv", b"code,name\n1,2\n")},
    )
    batch = the_import(manager)
    browser.post(page_of(batch, "discard"))
    with as_role(manager):
        assert not ImportBatch.objects.filter(pk=batch.pk).exists()


def test_an_import_that_does_not_exist_is_not_found(browser):
    assert browser.get("/imports/import_00000000000000000000000000").status_code == 404
    assert browser.get("/imports/nonsense").status_code == 404


def test_states_are_all_shown():
    assert set(_DOTS) == set(ImportState)


def test_a_fault_of_a_closed_list_offers_the_words_that_would_be_right():
    columns = [{"name": "Nom", "field": "name"}, {"name": "Type", "field": "typology"}]
    batch = ImportBatch(target="companies", columns=columns)
    batch.error_kinds = [{"code": "not_choice", "column": 1, "rows": 8, "values": [["Grossisterie", 8]]}]
    kind = error_kind_rows(batch)[0]
    assert kind["words"] == "Not one of the known words"
    assert ("distributor", "Distributor") in kind["options"]
    row = ImportRejectedRow(row_no=4, cells=["Kerlan", "Grossisterie"])
    row.errors = [{"column": 1, "code": "not_choice", "data": {"choices": "distributor, msp"}}]
    cell = rejected_row_view(row, batch)["cells"][0]
    assert cell["words"] == "Not one of the known words"
    assert ("msp", "MSP") in cell["options"]


def test_a_sum_under_the_table_is_told_of_its_row_and_no_word_is_asked_in_place_of_total():
    batch = ImportBatch(target="companies", columns=[{"name": "Nom", "field": "name"}])
    batch.error_kinds = [
        {"code": "row_total", "column": 0, "rows": 1, "values": [["Total", 1]]},
        {"code": "required", "column": 0, "rows": 2, "values": [["", 2]]},
    ]
    assert [kind["head"] for kind in error_kind_rows(batch)] == ["", "Nom"]


def test_a_right_correction_of_a_row_that_has_another_fault_is_told_as_right(browser, manager):
    text = "Code;Nom;Pays;Effectif\nK1;Kerlan;Armorica;dix\nB1;Breizh;FR;3\n"
    browser.post(
        reverse("vendor:imports:import-new"), {"target": "test_gadgets", "file": SimpleUploadedFile("g.csv", text.encode())}
    )
    batch = the_import(manager)
    fields = {f"field-{i}": c["field"] for i, c in enumerate(batch.columns)}
    browser.post(page_of(batch, "mapping"), {**fields, "source": "CRM", "as_of": "2026-05-01", "currency": "EUR"})
    work(manager)
    answer = browser.post(page_of(batch, "fix"), {"column": "2", "code": "not_country", "old": "Armorica", "new": "France"})
    assert answer["Location"] == page_of(batch) + "#faults", "back where the next one is, not at the head of the page"
    page = browser.get(page_of(batch)).content.decode()
    assert 'id="faults"' in page
    assert "1 row is corrected there and has another fault" in page
    assert "No row can come in with this value" not in page


def test_an_undo_that_left_something_does_not_say_that_all_of_it_is_undone(browser, manager, run_import):
    batch = run_import("code,name\nA,Alpha\nB,Beta\n")
    with as_role(manager):
        ImportBatch.objects.filter(pk=batch.pk).update(
            state=ImportState.UNDONE, undo_result={"removed": 1, "restored": 0, "kept": {"linked": 1}}
        )
    assert "This import was undone in part" in browser.get(page_of(batch)).content.decode()


def test_a_file_that_is_known_already_is_not_titled_as_if_it_brought_something(browser, run_import):
    for title in ("2 rows came in", "2 rows said nothing new"):
        batch = run_import("code,name\nA,Alpha\nB,Beta\n")
        page = browser.get(page_of(batch)).content.decode()
        assert title in page[page.index("<h1") : page.index("</h1>")]
