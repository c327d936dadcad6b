"""What the amounts of a file are written in: understood wherever it stands, or asked on the page, by the API and by the command."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from prm.access.roles import as_role
from prm.core.errors import Invalid, NotFound
from prm.core.units import read_unit
from prm.imports.forms import UNITS
from prm.imports.reading.detection import describe_columns, detect
from prm.imports.rules.styles import column_style
from prm.imports.rules.values import converter
from prm.imports.services import import_check_start, import_map, import_run_start, import_write_start
from prm.imports.tables import number_columns, shown_head
from prm.imports.targets import TARGETS
from prm.jobs.runner.work import run_inline
from tests.core.test_units import SPELLINGS
from tests.imports.conftest import GADGETS, Program, run
from tests.imports.files import read
from tests.imports.wizard import page_of, the_import, work

ASKS = "Code;Nom;CA (zorg)\nA;Alpha;1,5\nB;Beta;2,5\n"


def workbook(rows: list[list[Any]], sheets: tuple[str, ...] = ()) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    for title in sheets:
        book.create_sheet(title).append(["Note"])
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(("spelling", "scale"), SPELLINGS)
def test_a_unit_in_a_row_under_the_head_in_the_head_and_in_the_cells_gives_the_same_revenue(tmp_path, spelling, scale):
    inner = spelling.strip("()")
    files = [
        f"Nom;CA\nA;1,5 {spelling}\nB;2,5 {spelling}\n", f"Nom;CA\n;{spelling}\nA;1,5\nB;2,5\n", f"Nom;CA ({inner})\nA;1,5\nB;2,5\n",
        f"Nom;CA {spelling}\nA;1,5\nB;2,5\n", f"Nom;Effectif;CA\n;nb;{spelling}\nA;3;1,5\nB;4;2,5\n",
        workbook([["Nom", "Pays", "CA"], [None, None, spelling], ["A", "FR", 1.5], ["B", "FR", 2.5]]),
    ]  # fmt: skip
    for data in files:
        rows, rejected = read(tmp_path, data)
        assert ([row["revenue"] for row in rows], rejected) == ([Decimal("1.5") * scale, Decimal("2.5") * scale], []), data


@pytest.mark.parametrize(
    "text",
    [
        "Nom;CA\n;EUR zorg\nA;1,5\nB;2,5\n",
        "Nom;CA\n;zorg\nA;1,5\nB;2,5\n",
        "Nom;CA (zorg)\nA;1,5\n",
        "Nom;CA;Pays\n;zorg;\nA;1,5;FR\n",
    ],
)
def test_a_unit_that_is_not_known_is_a_question_of_its_column(tmp_path, text):
    path = tmp_path / "a.csv"
    path.write_text(text)
    columns = {c.field: c for c in describe_columns(path, detect(path, "csv", GADGETS.fields), GADGETS.fields)}
    assert ("unit" in columns["revenue"].style.unsure, "zorg" in columns["revenue"].style.asked) == (True, True)


@pytest.mark.parametrize("first", ["B;M;FR;2", "M;K;G;3", "Mrd;Md;FR;1,5"])
def test_a_first_row_of_short_words_is_data_and_no_row_of_units(tmp_path, first):
    rows, rejected = read(tmp_path, f"Code;Nom;Tags;CA\n{first}\nC;Alpha;BE;3\nD;Beta;IT;4\n")
    assert ([row["row"] for row in rows], rejected) == ([2, 3, 4], [])


@pytest.mark.django_db
def test_the_check_waits_for_the_unit_and_the_answer_is_remembered_for_the_same_words_alone(upload, manager, sql):
    batch = upload(ASKS)
    with pytest.raises(Invalid) as refusal:
        run(manager, import_run_start, batch)
    assert (refusal.value.code, refusal.value.field, refusal.value.data["columns"]) == (
        "import_unit",
        "styles",
        ["CA (zorg)"],
    )
    with as_role(manager):
        batch = import_map(actor=manager, batch=batch, styles={"CA (zorg)": {"unit": "k€"}})
    assert run(manager, import_run_start, batch).state == "done"
    assert sql("SELECT revenue FROM test_gadget ORDER BY code") == [(Decimal(1500),), (Decimal(2500),)]
    again = run(manager, import_run_start, upload(ASKS.replace("1,5", "9,5")))
    assert (again.state, sql("SELECT revenue FROM test_gadget WHERE code = 'A'")) == ("done", [(Decimal(9500),)])
    other = upload("Code;Nom;CA (zorg)\n;;zorgs\nA;Alpha;1,5\nB;Beta;2,5\n")
    with pytest.raises(Invalid, match="zorgs"):
        run(manager, import_run_start, other)


@pytest.mark.django_db
def test_what_a_line_above_the_table_says_of_amounts_is_asked_and_the_answer_holds_for_the_same_line_alone(
    upload, manager, sql
):
    titled = "Nos revendeurs 2025 (en milliers d'euros);;\n;;\nCode;Nom;CA\nA;Alpha;1,5\nB;Beta;2,5\n"
    batch = upload(titled)
    with pytest.raises(Invalid, match="en milliers d'euros") as refusal:
        run(manager, import_run_start, batch)
    assert refusal.value.data["columns"] == ["CA"]
    with as_role(manager):
        batch = import_map(actor=manager, batch=batch, styles={"CA": {"unit": "k€"}})
    assert run(manager, import_run_start, batch).state == "done"
    assert sql("SELECT revenue FROM test_gadget ORDER BY code") == [(Decimal(1500),), (Decimal(2500),)]
    assert run(manager, import_run_start, upload(titled.replace("1,5", "9,5"))).state == "done"
    assert sql("SELECT revenue FROM test_gadget WHERE code = 'A'") == [(Decimal(9500),)]
    with pytest.raises(Invalid, match="en M€"):
        run(manager, import_run_start, upload(titled.replace("(en milliers d'euros)", "en M€")))


@pytest.mark.parametrize(
    ("above", "head", "cell", "asked"),
    [
        ("Revenue in thousands of euros", "CA", "1,5", "in thousands of euros"), ("Montants en k€", "CA", "1,5", "en k€"),
        ("Umsatz in Mio. EUR, Stand 2025", "CA", "1,5", "in Mio. EUR"), ("(USD millions)", "CA", "1,5", "USD millions"),
        ("Top 1000 resellers", "CA", "1,5", ""), ("10 million users served in Europe", "CA", "1,5", ""), ("Amounts in euros", "CA", "1,5", ""),
        ("Our million-euro club", "CA", "1,5", ""), ("Montants en k€", "CA (M€)", "1,5", ""), ("Montants en k€", "CA", "1,5 M€", ""),
    ],
)  # fmt: skip
def test_a_line_above_the_table_is_asked_about_where_it_multiplies_and_the_column_says_nothing_itself(
    tmp_path, above, head, cell, asked
):
    path = tmp_path / "titled.csv"
    path.write_text(f"{above};;\nCode;Nom;{head}\nA;Alpha;{cell}\nB;Beta;{cell}\nC;Gamma;{cell}\n")
    settings = detect(path, "csv", GADGETS.fields)
    column = describe_columns(path, settings, GADGETS.fields)[2]
    assert (column.field, column.style.asked, "unit" in column.style.unsure) == ("revenue", asked, bool(asked))


@pytest.mark.django_db
def test_a_unit_that_nobody_knows_is_no_answer(upload, manager):
    batch = upload(ASKS)
    with pytest.raises(Invalid) as refusal, as_role(manager):
        import_map(actor=manager, batch=batch, styles={"CA (zorg)": {"unit": "furlongs"}})
    assert (refusal.value.code, refusal.value.field) == ("unit_unknown", "styles")


@pytest.mark.django_db
def test_the_page_asks_at_the_column_and_goes_on_once_it_is_told(browser, manager, upload):
    batch = upload(ASKS)
    page = browser.get(page_of(batch)).content.decode()
    assert "1,5 →" not in page, "not before it is known in what it is written"
    assert "“zorg” means…" in page and "What does “zorg” mean in the column “CA (zorg)”?" in page
    fields = {
        "field-0": "code",
        "field-1": "name",
        "field-2": "revenue",
        "source": "x",
        "as_of": "2026-05-01",
        "currency": "EUR",
    }
    refused = browser.post(page_of(batch, "mapping"), {**fields, "unit-2": ""})
    assert (refused.status_code, "What does “zorg” mean" in refused.content.decode()) == (422, True)
    assert browser.post(page_of(batch, "mapping"), {**fields, "unit-2": "m"}).status_code == 302
    work(manager)
    page = browser.get(page_of(batch)).content.decode()
    assert "Numbers as they are read" in page and '<span class="mute">1,5</span> → <b>€1,500,000</b>' in page


@pytest.mark.django_db
def test_a_unit_that_was_read_wrongly_can_be_changed_on_the_page(browser, manager, upload):
    batch = upload("Code;Nom;CA (M€)\nA;Alpha;1,5\n")
    fields = {
        "field-0": "code",
        "field-1": "name",
        "field-2": "revenue",
        "source": "x",
        "as_of": "2026-05-01",
        "currency": "EUR",
    }
    browser.post(page_of(batch, "mapping"), {**fields, "unit-2": "k"})
    work(manager)
    assert [cells for column in number_columns(the_import(manager)) for cells in column["cells"]] == [("1,5", "€1,500")]


def test_every_unit_of_the_page_is_one_that_the_reader_knows():
    assert [(read_unit(unit) or (0,))[0] for unit, _label, _scale in UNITS[1:]] == [
        scale for _unit, _label, scale in UNITS[1:]
    ]


@pytest.mark.django_db
def test_a_program_is_refused_with_the_field_and_may_tell_the_unit_at_once(program: Program, manager, sql):
    refused = program.send(ASKS)
    assert refused.status_code == 422
    error = refused.json()["errors"][0]
    assert (error["pointer"], error["code"]) == ("/styles", "import_unit")
    answer = program.send(ASKS, styles=json.dumps({"CA (zorg)": {"unit": "EUR m"}}))
    assert answer.status_code == 202
    columns = program("GET", f"imports/{answer.json()['id']}/columns").json()["data"]
    assert columns[2]["read"][0] == {"cell": "1,5", "value": "1500000", "currency": "EUR"}
    assert (columns[2]["scale"], columns[2]["unsure"], columns[2]["asked"]) == (1_000_000, [], "zorg")
    for styles in ("x", "[]", '{"CA (zorg)": {"unit": "furlongs"}}', '{"Umsatz": {"unit": "k"}}', '{"CA (zorg)": 3}'):
        assert program.send(ASKS, styles=styles).json()["errors"][0]["pointer"] == "/styles"


@pytest.mark.django_db
def test_the_command_asks_and_prints_how_it_read_each_column_of_numbers(gadgets, settings, tmp_path: Path):
    settings.MEDIA_ROOT = tmp_path / "media"
    path, out = tmp_path / "a.csv", io.StringIO()
    path.write_text(ASKS)
    with pytest.raises(CommandError, match="What does “zorg” mean") as refusal:
        call_command("import_file", str(path), target="test_gadgets", dry_run=True)
    assert '--unit "CA (zorg)=EUR m"' in str(refusal.value)
    call_command("import_file", str(path), target="test_gadgets", dry_run=True, unit=["CA (zorg)=EUR m"], stdout=out)
    assert 'CA (zorg) → revenue: "1,5" is 1500000 EUR, "2,5" is 2500000 EUR' in out.getvalue()


def test_a_column_without_a_head_is_called_in_the_readers_language():
    with override("fr"):
        assert (shown_head("Column 6"), shown_head("Column six")) == ("Colonne 6", "Column six")


@pytest.mark.django_db
def test_a_workbook_tells_that_some_of_its_sheets_are_not_read(browser, upload):
    data = workbook([["Code", "Nom"], ["A", "Alpha"], ["B", "Beta"]], sheets=("Contacts", "Notes"))
    assert "1 of 3 sheets" in browser.get(page_of(upload(data, name="a.xlsx"))).content.decode()


@pytest.mark.django_db
def test_an_unknown_kind_of_rows_is_refused_with_the_known_ones(upload, manager):
    with pytest.raises(NotFound, match=r"“customers”. There are: companies, .*sales") as refusal:
        upload("a,b\n1,2\n", target="customers")
    assert refusal.value.field == "target"


@pytest.mark.parametrize(("text", "field"), [
    ("Code;Raison sociale;Pays\nP001;Alpha;FR\nP002;Beta;FR\nP003;Gamma;FR\nP004;Delta;FR\nP004;Delta bis;FR\n", "external_id"),
    ("Code;Raison sociale;Pays\n6201Z;Alpha;FR\n6201Z;Beta;FR\n6201Z;Gamma;FR\n6202A;Delta;FR\n", ""),
    ("Code NAF;Raison sociale;Pays\n6201Z;Alpha;FR\n6202A;Beta;FR\n", ""),
    ("Référence;Raison sociale;Pays\nR-1;Alpha;FR\nR-2;Beta;FR\n", "external_id"),
])  # fmt: skip
def test_a_column_called_code_is_an_id_where_it_tells_rows_apart(tmp_path, text, field):
    fields = TARGETS.get("companies").fields
    path = tmp_path / "a.csv"
    path.write_text(text)
    assert describe_columns(path, detect(path, "csv", fields), fields)[0].field == field


def test_a_growth_that_no_company_has_is_told_with_the_limit_as_people_write_it():
    growth = TARGETS.get("companies").field("growth")
    fault = converter(growth, column_style(["900 %"], growth.kind))("900 %")
    assert (fault.code, fault.data) == ("too_large", {"limit": "500 %"})


@pytest.mark.django_db
def test_the_page_of_an_import_under_way_counts_rows_that_come_in_and_says_that_it_is_written(browser, manager, upload):
    batch = upload("Code;Nom\n" + "".join(f"C{n};Company {n}\n" for n in range(13)))
    run(manager, import_check_start, batch)
    with as_role(manager):
        job = import_write_start(actor=manager, batch=batch)
    page = browser.get(page_of(batch)).content.decode()
    assert "Being written" in page and "Read the file and check every cell" not in page
    job = run_inline(job)
    assert (job.units_done, job.units_total) == (13, 13)
