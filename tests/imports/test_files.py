"""Files as they come: encodings, heads, damage, spreadsheets, and real input when it is there."""

from __future__ import annotations

import datetime as dt
import io
import os
import zipfile
from itertools import islice
from pathlib import Path

import openpyxl
import pytest

from prm.imports.fields import FieldSpec, Kind
from prm.imports.reading import xlsx
from prm.imports.reading.detection import RowsOfData, describe_columns, detect
from prm.imports.reading.kind import file_kind
from prm.imports.reading.text import CsvRows, Unreadable, file_encoding
from prm.imports.reading.xlsx import check_archive, likeliest_sheet, read_xlsx, sheets
from prm.imports.rules.layout import Dialect
from prm.imports.targets import TARGETS
from tests.imports.conftest import GADGETS

FIELDS = GADGETS.fields
ROUND = "nom;ville;CA\nSociété Générale d’Électricité;Besançon;1 200 €\nCôté Façade;Évry;3 400\nL’Œuvre;Orléans;12\n"
WORLD = {
    "french": ROUND,
    "upper": "NOM;VILLE\nSOCIÉTÉ GÉNÉRALE;ORLÉANS\nMÂCON FRÈRES;MÂCON\n",
    "german": "name;stadt\nMüller & Söhne;Köln\nGroß;Düsseldorf\nÄrzte GmbH;Übach\n",
    "spanish": "nombre,ciudad\nCompañía Española,Málaga\nÁvila,León\n",
    "portuguese": "nome,cidade\nSão João Informação,São Paulo\nConceição,Brasília\n",
    "swedish": "namn;stad\nÅngström AB;Malmö\nSjö;Göteborg\n",
    "degrees": "nom;adresse\nA;n° 12\nB;n° 14\n",
    "late accent": "nom;ville\n" + "a;b\n" * 3000 + "Béziers;x\n",
}
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "latin-1", "mac-roman", "cp850"]


def encoded(text: str, encoding: str) -> bytes | None:
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        return None


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("name", WORLD)
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_every_encoding_is_read_back_as_it_was_written(tmp_path, encoding, name, ends):
    data = encoded(WORLD[name].replace("\n", ends), encoding)
    if data is None:
        return
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    assert file_kind(path) == "csv"
    found = file_encoding(path)
    delimiter = ";" if ";" in WORLD[name] else ","
    rows = [row.cells for row in CsvRows(path, found, Dialect(delimiter))]
    assert rows == [line.split(delimiter) for line in WORLD[name].splitlines()]


def columns_of(tmp_path: Path, text: str) -> dict[str, str]:
    path = tmp_path / "a.csv"
    path.write_text(text)
    settings = detect(path, "csv", FIELDS)
    return {column.name: column.field for column in describe_columns(path, settings, FIELDS)}


def test_titles_blanks_and_a_row_of_units_stand_around_the_table(tmp_path):
    text = "Liste des revendeurs;;;\nExtrait le 12/05/2024;;;\n;;;\nNom;Pays;CA;Effectif\n;;k€;nb\nKerlan;France;1 200,5;12\nBreizh;FR;3;4\n"
    path = tmp_path / "a.csv"
    path.write_text(text)
    settings = detect(path, "csv", FIELDS)
    columns = {c.field: c for c in describe_columns(path, settings, FIELDS)}
    assert (settings.head_row, settings.first_row) == (3, 5)
    assert set(columns) == {"name", "country", "revenue", "employees"}
    assert (columns["revenue"].style.scale, columns["revenue"].style.currency, columns["revenue"].style.decimal_mark) == (
        1000,
        "EUR",
        ",",
    )
    assert [row.number for row in RowsOfData(path, settings)] == [6, 7]


def test_joined_files_repeat_their_head_and_it_is_passed_over(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("code,name\nA,Alpha\n\ncode,name\nB,Beta\n")
    assert [row.cells for row in RowsOfData(path, detect(path, "csv", FIELDS))] == [["A", "Alpha"], ["B", "Beta"]]


@pytest.mark.parametrize(("text", "expected"), [
    ("Raison sociale;Pays;Chiffre d'affaires 2023 (M€)\nA;FR;1,5\n", {"name", "country", "revenue"}),
    ("company,COUNTRY,annual_sales,Headcount\nA,FR,1,2\n", {"name", "country", "revenue", "employees"}),
    ("Sociéte;Site  Web;Croissance %\nA;www.a.example;5 %\n", {"name", "website", "growth"}),
    ("x,y\nA,https://a.example\nB,https://b.example\n", {"website"}),
])  # fmt: skip
def test_heads_are_recognised_in_two_languages_and_with_slips(tmp_path, text, expected):
    assert set(columns_of(tmp_path, text).values()) - {""} == expected


@pytest.mark.parametrize(
    "head", ["Name;Pays;Effectif;CA", "Raison sociale;Pays;Effectif;CA", "Company;Country;Employees;Revenue"]
)
def test_decimal_commas_between_semicolons_part_no_columns(tmp_path, head):
    path = tmp_path / "crm.csv"
    path.write_text(f"{head}\n" + "".join(f"Kerlan {n};France;{n};{n},5\n" for n in range(30)))
    settings = detect(path, "csv", TARGETS.get("companies").fields)
    assert (settings.delimiter, list(settings.names)) == (";", head.split(";"))


def test_dates_that_can_be_read_two_ways_are_told(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("name,since\nA,03/04/2024\nB,05/06/2024\n")
    columns = {c.field: c for c in describe_columns(path, detect(path, "csv", FIELDS), FIELDS)}
    assert columns["since"].style.unsure == ("date_order",)
    path.write_text("name,since\nA,03/04/2024\nB,05/26/2024\n")
    columns = {c.field: c for c in describe_columns(path, detect(path, "csv", FIELDS), FIELDS)}
    assert (columns["since"].style.date_order, columns["since"].style.unsure) == ("mdy", ())


def workbook(path: Path, rows: list[list], title: str = "Data") -> Path:
    book = openpyxl.Workbook()
    book.active.title = "Read me"
    book.active["A1"] = "See the next sheet"
    sheet = book.create_sheet(title)
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def test_a_spreadsheet_gives_typed_cells_of_its_largest_sheet(tmp_path):
    path = workbook(tmp_path / "a.xlsx", [
        ["Partners 2026"], [], ["Name", "Country", "Revenue", "Growth", "Since", "Active"],
        ["Kerlan", "France", 1200.5, 0.45, dt.datetime(2020, 5, 31), True], [], ["Breizh", "FR", 3, None, None, False],
    ])  # fmt: skip
    settings = detect(path, "xlsx", FIELDS)
    assert (settings.sheet, settings.sheets, settings.head_row) == ("Data", ("Read me", "Data"), 2)
    rows = list(RowsOfData(path, settings))
    assert [row.number for row in rows] == [4, 6]
    assert rows[0].cells == ["Kerlan", "France", 1200.5, 0.45, dt.datetime(2020, 5, 31), True]
    fields = {column.field for column in describe_columns(path, settings, FIELDS)}
    assert fields == {"name", "country", "revenue", "growth", "since", "is_active"}


@pytest.mark.parametrize(
    ("part", "head", "repeated", "times"),
    [
        ("xl/styles.xml", "<styleSheet {}><cellXfs>", '<xf numFmtId="0"/>', 100_000),
        ("xl/styles.xml", "<x:styleSheet {}><x:cellXfs>", "<x:xf/>", 100_000),
        ("xl/workbook.xml", "<workbook {}><sheets>", '<sheet name="S" sheetId="1"/>', 5_000),
    ],
    ids=["formats", "formats by another prefix", "sheets"],
)
def test_a_workbook_that_would_be_read_for_hours_is_not_opened(tmp_path, part, head, repeated, times):
    """A few kilobytes when packed: 50,000 formats were measured to take seconds, 200,000 minutes."""
    honest, path = io.BytesIO(), tmp_path / "slow.xlsx"
    openpyxl.Workbook().save(honest)
    with zipfile.ZipFile(honest) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, head + repeated * times if name == part else source.read(name))
    with pytest.raises(Unreadable) as refusal:
        check_archive(path)
    assert refusal.value.code == "file_too_many_formats"


def test_a_zip_bomb_is_not_opened(tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            block = b"0" * 1024 * 1024
            for _ in range(200):
                part.write(block)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(Unreadable) as refusal:
        check_archive(path)
    assert refusal.value.code == "file_bomb"


def test_texts_are_bounded_in_whatever_part_the_workbook_keeps_them(tmp_path, monkeypatch):
    """openpyxl finds them by their content type; three megabytes of them under another name took 1.7 GB of a web worker."""
    book = openpyxl.Workbook()
    book.active["A1"] = 0
    book.save(tmp_path / "book.xlsx")
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    paths = []
    for first, part in (("/", "sharedStrings.xml"), ("/", "worksheets/texts.dat"), ("x", "texts.dat")):
        paths.append(tmp_path / part.replace("/", "-"))
        with zipfile.ZipFile(tmp_path / "book.xlsx") as plain, zipfile.ZipFile(paths[-1], "w") as archive:
            for name in plain.namelist():
                content = plain.read(name).decode()
                content = content.replace("</Types>", f'<Override PartName="{first}xl/{part}" ContentType="{kind}"/></Types>')
                content = content.replace('<c r="A1" t="n"><v>0</v></c>', '<c r="A1" t="s"><v>49</v></c>')
                archive.writestr(name, content)
            texts = "".join(f"<si><t>Company {n}</t></si>" for n in range(50))
            archive.writestr(f"xl/{part}", f'<sst xmlns="{main}">{texts}</sst>')
    for path in paths:
        check_archive(path)
        assert [row.cells for row in read_xlsx(path, "Sheet")] == [["Company 49"]]
    monkeypatch.setattr(xlsx, "MAX_TEXTS", 49)
    for path in paths:
        with pytest.raises(Unreadable) as refusal:
            check_archive(path)
        assert refusal.value.code == "file_too_many_texts"


def raw_zip(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(("data", "code"), [
    (b"", "file_empty"), (b"\n\n \n", "file_empty"), (b"\xef\xbb\xbf", "file_empty"), (b"%PDF-1.7", "file_pdf"), (b"\x89PNG\r\n", "file_image"),
    (b"\x1f\x8b\x08", "file_compressed"), (raw_zip("a.csv", b"x"), "file_compressed"), (raw_zip("xl/workbook.bin", b"x"), "file_xlsb"),
    (raw_zip("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), "file_opendocument"), (b"PK\x03\x04garbage", "file_damaged"),
    (b"<!DOCTYPE html><html></html>", "file_html"), (b'{"a": 1}', "file_json"), (bytes(range(256)) * 20, "file_binary"),
])  # fmt: skip
def test_what_is_no_table_is_called_by_its_name(tmp_path, data, code):
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    with pytest.raises(Unreadable) as refusal:
        file_kind(path)
    assert refusal.value.code == code


def test_a_damaged_workbook_is_told(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(raw_zip("xl/workbook.xml", b"<not xml"))
    with pytest.raises(Unreadable) as refusal:
        detect(path, file_kind(path), FIELDS)
    assert refusal.value.code == "file_damaged"


def test_a_stray_quotation_mark_costs_one_row(tmp_path):
    path = tmp_path / "a.csv"
    lines = [f"C{i},Company {i},FR" for i in range(2000)]
    lines[10] = 'C10,"Company 10,FR'
    lines[150] = 'C150,"Company 150,FR'
    lines[900] = 'C900,"Two\nlines",FR'
    path.write_text("code,name,country\n" + "\n".join(lines) + "\n")
    rows = list(RowsOfData(path, detect(path, "csv", FIELDS)))
    assert [row.number for row in rows if row.fault] == [12, 152]
    assert len(rows) == 2000
    assert rows[900].cells[1] == "Two\nlines"


def test_reading_goes_on_where_it_stopped(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"code,name\r\n" + b"".join(f'C{i},"Soci\u00e9t\u00e9\r\n{i}"\r\n'.encode() for i in range(500)))
    settings = detect(path, "csv", FIELDS)
    whole = [row.cells for row in RowsOfData(path, settings)]
    parts, position = [], (0, 0)
    while True:
        rows = RowsOfData(path, settings, start=position)
        part = [row.cells for row in islice(rows, 37)]
        parts += part
        if not part:
            break
        position = rows.position
    assert parts == whole


@pytest.mark.parametrize("name", ["companies", "sites"])
def test_real_directory_is_recognised(name):
    folder = os.environ.get("PRM_DATA_DIR")
    if not folder:
        pytest.skip("real input: set PRM_DATA_DIR to the folder that holds channel_directory")
    path = Path(folder) / "channel_directory" / f"{name}.csv"
    fields = (
        FieldSpec(name="external_id", label="Id"), FieldSpec(name="name", label="Name"), FieldSpec(name="website", label="Website", kind=Kind.URL),
        FieldSpec(name="country", label="Country", kind=Kind.COUNTRY), FieldSpec(name="latitude", label="Latitude", kind=Kind.LATITUDE),
    )  # fmt: skip
    settings = detect(path, file_kind(path), fields)
    assert (settings.encoding, settings.delimiter, settings.head_row) == ("utf-8", ",", 0)
    wanted = {"companies": {"external_id", "name", "website"}, "sites": {"external_id", "country", "latitude"}}[name]
    assert {c.field for c in describe_columns(path, settings, fields)} - {""} == wanted


def test_a_sheet_that_claims_a_row_beyond_the_last_one_is_damaged(tmp_path):
    """A few kilobytes that would be read, blank after blank, for days."""
    honest, path = workbook(tmp_path / "a.xlsx", [["Name", "Country"], ["Acme", "FR"]]), tmp_path / "b.xlsx"
    far = b'<row r="99999999999"><c r="A99999999999"><v>1</v></c></row></sheetData>'
    with zipfile.ZipFile(honest) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b"</sheetData>", far))
    with pytest.raises(Unreadable) as refusal:
        for row in read_xlsx(path, likeliest_sheet(sheets(path))):
            assert row.number <= 1_048_576
    assert refusal.value.code == "file_damaged"
