"""Files as people send them: what came out wrong once, beside what a person expects. No database, but for the last ones."""

from __future__ import annotations

import io
import random
import zipfile
from decimal import Decimal
from itertools import islice
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings
from django.utils.translation import override

from prm.access.roles import as_role
from prm.core.errors import Invalid
from prm.exports.writers import CsvStyle, write_table
from prm.imports.fields import Kind
from prm.imports.models import ImportBatch
from prm.imports.reading.detection import RowsOfData, detect
from prm.imports.reading.kind import file_kind
from prm.imports.reading.text import Unreadable, plain_starts
from prm.imports.rejects import rejected_columns
from prm.imports.rules.columns import guess_columns
from prm.imports.rules.encoding import Encoding
from prm.imports.rules.layout import Dialect
from prm.imports.rules.rejects import ERROR_HEAD, ROW_HEAD
from prm.imports.runner.write import begin_write
from prm.imports.selectors import rejected_rows
from prm.imports.services import import_run_start
from prm.imports.targets import TARGETS
from tests.imports.conftest import GADGETS, run
from tests.imports.files import read, values_of

LONG = "x" * 300_000


@pytest.mark.parametrize(
    "line", [f"B;{LONG};FR", f'"B";"{LONG}";"FR"', f"B;{LONG * 17};FR", "B;FR;" + ";" * 300_000, f'B;"{LONG};FR']
)
@pytest.mark.parametrize(("encoding", "ends"), [("utf-8", "\n"), ("cp1252", "\r\n"), ("utf-16", "\r\n"), ("utf-8", "\r")])
def test_a_line_longer_than_any_row_costs_one_row(tmp_path, line, encoding, ends):
    text = ends.join(["Code;Nom;Pays", "A;Société;FR", line, "C;Gamma;FR", "D;Delta;FR", ""])
    good, told = read(tmp_path, text.encode(encoding))
    assert [(row["row"], row["code"], row["name"]) for row in good] == [
        (2, "A", "Société"),
        (4, "C", "Gamma"),
        (5, "D", "Delta"),
    ]
    assert told == [(3, "", "row_too_long")]


def test_of_a_line_that_is_too_long_the_beginning_of_each_cell_is_kept(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f"Code;Nom;Pays\nA;Alpha;FR\nB;{LONG};FR\n")
    row = list(RowsOfData(path, detect(path, "csv", GADGETS.fields)))[1]
    assert [len(cell) for cell in row.cells] == [1, 4097, 2]


def test_a_file_with_a_long_line_is_read_alike_in_one_go_and_in_spans(tmp_path):
    path = tmp_path / "a.csv"
    lines = [f"C{i};Name {i}" for i in range(4000)]
    lines[1500] = "C1500;" + LONG * 8
    path.write_text("code;name\n" + "\n".join(lines) + "\n")
    settings = detect(path, "csv", GADGETS.fields)
    whole = [(row.number, row.cells, row.fault) for row in RowsOfData(path, settings)]
    starts = plain_starts(path, Encoding("utf-8", 0), Dialect(";"), 5_000)
    parts = []
    for start, end in zip(starts, [*(rows for rows, _offset in starts[1:]), 10_000], strict=True):
        parts += [(r.number, r.cells, r.fault) for r in RowsOfData(path, settings, start=start) if r.number <= end]
    assert parts == whole
    assert [number for number, _cells, fault in whole if fault] == [1502]
    resumed, position = [], (0, 0)
    while part := list(islice(rows := RowsOfData(path, settings, start=position), 700)):
        resumed += [(row.number, row.cells, row.fault) for row in part]
        position = rows.position
    assert resumed == whole


def test_a_row_of_too_many_cells_costs_one_row(tmp_path):
    good, told = read(tmp_path, "Code;Nom\nA;Alpha\nB;" + "x;" * 600 + "\nC;Gamma\n")
    assert [row["code"] for row in good] == ["A", "C"]
    assert told == [(3, "", "row_too_wide")]


@pytest.mark.parametrize(("text", "code", "row"), [
    (f"Code;Nom;{'h' * 400_000}\nA;Alpha;1\n", "line_too_long", 1),
    ("c;" * 600 + "d\n" + "1;" * 600 + "2\n", "too_many_columns", 1),
])  # fmt: skip
def test_a_head_that_no_table_has_is_refused_with_its_row(tmp_path, text, code, row):
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(Unreadable) as refusal:
        detect(path, "csv", GADGETS.fields)
    assert (refusal.value.code, refusal.value.data["row"]) == (code, row)


def test_a_quotation_mark_that_the_last_line_leaves_open_is_told_as_that(tmp_path):
    good, told = read(tmp_path, 'Code,Nom,Pays\nA,"Alpha, SA",FR\nC,"Gamma,FR\n')
    assert ([row["code"] for row in good], told) == (["A"], [(3, "", "quote_unclosed")])


def test_of_two_encodings_in_one_file_the_rows_of_the_lesser_are_told(tmp_path):
    mostly = "Code;Nom\nA;Société Générale\nB;Côté Façade\nC;Müller Söhne\n".encode() + "D;Brûlé Frères\n".encode("cp1252")
    good, told = read(tmp_path, mostly)
    assert [row["name"] for row in good] == ["Société Générale", "Côté Façade", "Müller Söhne"]
    assert told == [(5, "name", "damaged_text")]


@pytest.mark.parametrize("mark", ["^", "~", "¦"])
def test_a_seldom_delimiter_is_found_where_none_of_the_usual_ones_parts_the_file(tmp_path, mark):
    good, told = read(tmp_path, f"Code{mark}Nom{mark}Pays\nA{mark}Alpha{mark}FR\nB{mark}Beta{mark}DE\n")
    assert ([(row["code"], row["name"], row["country"]) for row in good], told) == (
        [("A", "Alpha", "FR"), ("B", "Beta", "DE")],
        [],
    )


def test_shares_stay_shares_when_one_of_them_is_above_one():
    assert values_of(Kind.PERCENT, ["0.12", "0.05", "-0.03", "1.2"]) == [Decimal(n) for n in ("0.12", "0.05", "-0.03", "1.2")]
    assert values_of(Kind.PERCENT, ["5", "0.5", "12", "3"]) == [Decimal(n) for n in ("0.05", "0.005", "0.12", "0.03")]


def test_money_of_several_countries_is_told_as_that():
    assert values_of(Kind.MONEY, ["1200 kr", "kr 1 200", "1200 SEK"]) == [
        "!number_currency",
        "!number_currency",
        (Decimal(1200), "SEK"),
    ]


def test_what_a_spreadsheet_shortened_is_told_and_not_kept_as_an_id(tmp_path):
    cells = ["5,52101E+13", "2.40123E+11", "55210055400013", "E+7", "Mod. 2E+3"]
    assert values_of(Kind.TEXT, cells) == ["!number_shortened", "!number_shortened", *cells[2:]]
    assert values_of(Kind.PHONE, cells[:1]) == ["!number_shortened"]
    good, told = read(tmp_path, "Code;Nom\nA1;Alpha\n5,52101E+13;Beta\nC3;Gamma\n")
    assert ([row["code"] for row in good], told) == (["A1", "C3"], [(3, "code", "number_shortened")])


HEADS = {
    "french": "Dénomination sociale|Nom commercial|SIREN|Type de partenaire|Pays d'implantation|Ville (siège)|Code Postal|Tél.|Site Internet|"
    "CA 2025 en M€|Nb de salariés|Nb commerciaux|Croissance annuelle|Marques distribuées",
    "german": "Juristischer Name|Firma|Handelsregisternummer|Partnertyp|Land|Stadt|PLZ|Telefon|Webseite|Umsatz (Mio. EUR)|Mitarbeiter|"
    "Vertriebsmitarbeiter|Wachstum|Hersteller",
    "spanish": "Razón social|Empresa|CIF|Tipo de socio|País|Ciudad|Código postal|Teléfono|Sitio web|Facturación (M€)|Empleados|Comerciales|"
    "Crecimiento|Marcas",
    "italian": "Denominazione sociale|Ragione sociale|Partita IVA|Tipologia|Paese|Città|CAP|Telefono|Sito web|Fatturato (M€)|Dipendenti|"
    "Commerciali|Crescita|Marche",
    "english": "Legal name|Company Name|VAT number|Partner type|HQ Country|City|Zip|Phone|Web|Revenue in EUR m|# Employees|Sales people|Growth (%)|"
    "Vendors",
}  # fmt: skip
MEANT = ["legal_name", "name", "registration_number", "typology", "country", "city", "postal_code", "phone", "website", "revenue", "employees",
         "sales_people", "growth", "vendors"]  # fmt: skip
CELLS = [
    "Alpha SAS",
    "Alpha",
    "552100554",
    "VAR",
    "Spain",
    "Nantes",
    "44000",
    "02 40 12 34 56",
    "alpha.example",
    "1,2",
    "120",
    "10",
    "4 %",
    "Cisco",
]


@pytest.mark.parametrize("language", HEADS)
def test_heads_of_companies_are_recognised_in_five_languages(language):
    names = HEADS[language].split("|")
    guesses = guess_columns(names, [[cell] for cell in CELLS], TARGETS.get("companies").fields)
    assert [guesses[index].field if index in guesses else "" for index in range(len(names))] == MEANT


def test_a_head_that_means_one_field_is_not_taken_for_another(tmp_path):
    fields = TARGETS.get("companies").fields
    guesses = guess_columns(["name", "country", "country (2)"], [["A"], ["FR"], ["DE"]], fields)
    assert {index: guess.field for index, guess in guesses.items()} == {0: "name", 1: "country"}
    assert guess_columns(["name      country   revenue"], [["Alpha     FR        1200"]], fields) == {}
    assert guess_columns(["Company name"], [["Alpha"]], fields)[0].field == "name"
    # "Known" is like "Kanton", and 93 % of what counts is no region: our own export came back with it.
    assert guess_columns(["Known"], [["0.9333", "0.8000", "1.0000"]], fields) == {}
    assert guess_columns(["Code"], [["1.12", "1.13"]], TARGETS.get("products").fields)[0].field == "code"


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["name", "Annual revenue"], ["name", "revenue"]),
        (["name", "annual_sales", "annual_revenue"], ["name", "revenue", "annual_income"]),
        (["name", "annual_revenue", "annual_sales"], ["name", "annual_income", "revenue"]),
    ],
)
def test_annual_revenue_is_the_revenue_unless_sales_stand_beside_it(names, expected):
    cells = [["Kerlan"], ["1,5 M€"], ["0,2 M€"]][: len(names)]
    guesses = guess_columns(names, cells, TARGETS.get("companies").fields)
    assert [guesses[index].field.removeprefix("m_") for index in range(len(names))] == expected


def book(path: Path, rows: list[list]) -> Path:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    made.save(path)
    return path


def test_a_formula_whose_result_nobody_reckoned_is_told_with_its_cell(tmp_path):
    path = book(tmp_path / "a.xlsx", [["Nom", "CA"], ["A", 5], ["B", "=1+1"]])
    with pytest.raises(Unreadable) as refusal:
        detect(path, "xlsx", GADGETS.fields)
    assert (refusal.value.code, refusal.value.data) == ("file_formulas", {"cell": "B3", "sheet": "Sheet"})


@pytest.mark.parametrize(
    ("result", "expected"), [(b'<c r="B3"><f>1+1</f><v>2</v></c>', 2), (b'<c r="B3" t="str"><f>A3</f><v></v></c>', None)]
)
def test_a_formula_with_its_result_is_read(tmp_path, result, expected):
    source, path = book(tmp_path / "a.xlsx", [["Nom", "CA"], ["A", 5], ["B", "=1+1"], ["C", 6]]), tmp_path / "b.xlsx"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            for written in (
                b'<c r="B3"><f>1+1</f><v></v></c>',
                b'<c r="B3"><f>1+1</f><v /></c>',
                b'<c r="B3"><f>1+1</f><v/></c>',
            ):
                content = content.replace(written, result)
            new.writestr(name, content)
    rows = [row.cells for row in RowsOfData(path, detect(path, "xlsx", GADGETS.fields))]
    assert (rows[1] + [None])[:2] == ["B", expected]
    assert rows[2] == ["C", 6]


def test_a_row_far_below_the_others_is_read_too(tmp_path):
    path = tmp_path / "a.xlsx"
    made = openpyxl.Workbook()
    for cell, value in {"A1": "Nom", "B1": "Pays", "A2": "Alpha", "B2": "FR", "A9000": "Omega", "B9000": "DE"}.items():
        made.active[cell] = value
    made.save(path)
    assert [row.number for row in RowsOfData(path, detect(path, "xlsx", GADGETS.fields))] == [2, 9000]


def test_something_far_right_of_a_sheet_is_told_in_words_of_a_sheet(tmp_path):
    path = tmp_path / "a.xlsx"
    made = openpyxl.Workbook()
    made.active["A1"], made.active["A2"], made.active["XFD1"] = "Nom", "Alpha", "far"
    made.save(path)
    with pytest.raises(Unreadable) as refusal:
        detect(path, "xlsx", GADGETS.fields)
    assert (refusal.value.code, refusal.value.data["row"]) == ("sheet_too_wide", 1)


def test_a_workbook_with_a_password_is_told_as_that(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 90_000 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 4_000
    )
    with pytest.raises(Unreadable) as refusal:
        file_kind(path)
    assert refusal.value.code == "file_locked"


@pytest.mark.parametrize("name", ["gadgets.xlsx", "gadgets.xlsm", "gadgets.csv", "GADGETS.XLSX"])
@pytest.mark.django_db
def test_a_workbook_comes_in_whatever_it_is_called(run_import, sql, tmp_path, name):
    source = book(
        tmp_path / "a.xlsx", [["Code", "Nom", "Pays", "CA"], ["A", "Société", "France", 12.5], ["B", "Beta", "XX", 3]]
    )
    batch = run_import(source.read_bytes(), name=name)
    assert (batch.file_kind, batch.state, batch.created, batch.rows_rejected) == ("xlsx", "done", 1, 1)
    assert sql("SELECT code, name, country, revenue FROM test_gadget") == [("A", "Société", "FR", Decimal("12.5"))]


@pytest.mark.django_db
def test_a_text_comes_in_under_the_name_of_a_workbook(run_import, sql):
    batch = run_import("Code;Nom\nA;Société\n".encode("cp1252"), name="gadgets.xlsx")
    assert (batch.file_kind, batch.created, sql("SELECT name FROM test_gadget")) == ("csv", 1, [("Société",)])


@pytest.mark.parametrize(("content", "name", "code"), [
    ("not a zip", "fake.xlsx", "file_no_workbook"), ("word\nother\n", "list.XLSM", "file_no_workbook"),
    ("Code;Nom\n", "head.csv", "file_head_only"), ("Code;Nom\n\n;\n", "head.xlsx", "file_head_only"),
    (random.Random(7).randbytes(5000), "noise.csv", "file_binary"),
])  # fmt: skip
@pytest.mark.django_db
def test_what_is_no_table_is_refused_as_it_is_chosen_and_not_after_its_columns(upload, content, name, code):
    with pytest.raises(Invalid) as refusal:
        upload(content, name=name)
    assert refusal.value.code == code


REJECTS = "Code;Nom;Pays;CA;Effectif\nA;Alpha;FR;12;5\nB;Beta;XX;-1;6\nC;Gamma;FR;13;7;more\nD;-Delta;FR;ZZ;8\n"


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
@pytest.mark.django_db
def test_rejected_rows_come_back_corrected_under_the_same_source_and_mapping(run_import, manager, sql, language, file_format):
    mapping = {"Code": "code", "Nom": "name", "Pays": "country", "CA": "revenue", "Effectif": ""}
    first = run_import(REJECTS, source="The CRM", mapping=mapping)
    assert (first.created, first.rows_rejected) == (1, 3)
    out = io.BytesIO()
    with as_role(manager), override(language):
        write_table(out, rows=list(rejected_rows(actor=manager, batch=first)), columns=rejected_columns(first), file_format=file_format,
                    style=CsvStyle.for_language(language))  # fmt: skip
    if file_format == "csv":
        text = out.getvalue().decode("utf-8-sig")
        assert "(+ more)" in text
        corrected = text.replace("XX", "BE").replace("ZZ", "14").replace("'-1", "2").replace("-1", "2").encode()
    else:
        made = openpyxl.load_workbook(out)
        changes = {"XX": "BE", "ZZ": "14", "-1": "2", "'-1": "2"}
        for row in made.active.iter_rows():
            for cell in row:
                cell.value = changes.get(cell.value, cell.value)
        made.save(out := io.BytesIO())
        corrected = out.getvalue()
    again = run_import(corrected, name=f"rejected.{file_format}")
    assert (again.source, again.created, again.rows_rejected) == ("The CRM", 3, 0)
    assert sql("SELECT code, name, country, revenue, employees FROM test_gadget ORDER BY code") == [
        ("A", "Alpha", "FR", Decimal(12), None), ("B", "Beta", "BE", Decimal(2), None), ("C", "Gamma", "FR", Decimal(13), None),
        ("D", "-Delta", "FR", Decimal(14), None),
    ]  # fmt: skip


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_the_row_number_of_rejected_order_lines_is_not_taken_for_their_line(language):
    names = ["Ligne", "order_number", "line", "order_date", "product", "quantity", "Motif du rejet"]
    cells = [["812"], ["SO1"], ["3"], ["2026-01-05"], ["P1"], ["2"], ["Produit inconnu"]]
    with override(language):
        names[0], names[-1] = str(ROW_HEAD), str(ERROR_HEAD)
    guesses = guess_columns(names, cells, TARGETS.get("sales").fields)
    assert guesses[2].field == "order_line"
    assert guesses.keys() & {0, 6} == set()


@pytest.mark.django_db
def test_an_import_in_one_go_is_never_open_to_others_between_check_and_writing(upload, manager, monkeypatch):
    seen = []

    def begin(*, actor, batch):
        with as_role(actor):
            seen.append(ImportBatch.objects.get(pk=batch.pk).state)
        begin_write(actor=actor, batch=batch)

    monkeypatch.setattr("prm.imports.tasks.begin_write", begin)
    batch = run(manager, import_run_start, upload("Code;Nom\nA;Alpha\n"))
    assert (seen, batch.state) == (["checking"], "done")


@pytest.mark.django_db
def test_a_file_with_a_long_name_keeps_its_ending_and_gives_its_source_a_name(run_import):
    """A file system allows 255 letters. Cut after 200 a list had no ending; from 101 on its source was longer than one may be."""
    batch = run_import("Code;Nom\nA;Société\n".encode(), name="n" * 240 + ".csv")
    assert (batch.state, len(batch.file_name), batch.file_name[-5:], batch.source) == ("done", 184, "n.csv", "n" * 100)
