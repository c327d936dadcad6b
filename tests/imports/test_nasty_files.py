"""Files that nobody prepared for: what comes out beside what should. No database: detected, mapped by guess, converted."""

from __future__ import annotations

import datetime as dt
import io
import time
import zipfile
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from prm.imports.fields import Kind
from prm.imports.reading.detection import RowsOfData, describe_columns, detect
from prm.imports.reading.text import Unreadable, plain_starts
from prm.imports.reading.xlsx import cell_text
from prm.imports.rules.encoding import Encoding
from prm.imports.rules.layout import Dialect
from tests.imports.conftest import GADGETS
from tests.imports.files import read, values_of

FRENCH = "Code;Nom;Pays;CA;Effectif\nA;Société Œuvre;France;1,2 M€;12\nB;Côté €;FRA;3 400,50;7\n"
AS_MEANT = [
    {"row": 2, "code": "A", "name": "Société Œuvre", "country": "FR", "revenue": Decimal(1200000), "revenue_currency": "EUR", "employees": 12},
    {"row": 3, "code": "B", "name": "Côté €", "country": "FR", "revenue": Decimal("3400.50"), "revenue_currency": "EUR", "employees": 7},
]  # fmt: skip


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "mac-roman", "cp1252", "iso-8859-15"]
)
def test_the_same_table_comes_out_of_every_encoding(tmp_path, encoding):
    assert read(tmp_path, FRENCH.encode(encoding)) == (AS_MEANT, [])


@pytest.mark.parametrize("delimiter", ["\t", "|", ";", ","])
def test_the_same_table_comes_out_of_every_delimiter(tmp_path, delimiter):
    text = FRENCH.replace(",", ".").replace(";", delimiter)
    assert read(tmp_path, text) == (AS_MEANT, [])


def names(*found: tuple[int, str]) -> list[tuple[int, str]]:
    return list(found)


@pytest.mark.parametrize(("text", "expected", "faults"), [
    pytest.param('Code,Name\nA,"Two\nlines ""x"" Ltd"\nB,"a;b,c"\n', names((2, 'Two lines "x" Ltd'), (3, "a;b,c")), [], id="quotes"),
    pytest.param("Code,Name,Country\nA,Alpha,FR\nB,Beta\nC,Gamma,FR,more\nD,Delta,FR,,,\n", names((2, "Alpha"), (5, "Delta")),
                 [(3, "", "row_short"), (4, "", "row_long")], id="ragged"),
    pytest.param("Liste 2026\n\nCode;Nom\nA;Alpha\nB;Beta\n", names((4, "Alpha"), (5, "Beta")), [], id="head in row 3"),
    pytest.param("Code,,Name,,Country\nA,,Alpha,,FR\nB,,Beta,,DE\n", names((2, "Alpha"), (3, "Beta")), [], id="blank columns"),
    pytest.param("Name,Name,Country\nAlpha,Other,FR\nBeta,B,FR\n", names((2, "Alpha"), (3, "Beta")), [], id="two columns of one name"),
    pytest.param("Code;Nom;CA\nA;Alpha;100\nB;Beta;200\n;Total;300\n", names((2, "Alpha"), (3, "Beta")), [(4, "name", "row_total")], id="a sum under it"),
    pytest.param("Code;Nom;CA\nA;Alpha;100\nTotal;;300\n", names((2, "Alpha")), [(3, "name", "required")], id="a sum without a name"),
    pytest.param("Code;Nom;Pays\nT;Total;France\n", names((2, "Total")), [], id="a company called Total"),
    pytest.param("Code;Nom\rA;Alpha\rB;Beta\r", names((2, "Alpha"), (3, "Beta")), [], id="carriage returns"),
    pytest.param("Code;Nom\r\nA;Alpha\nB;Be\rta\r\nC;Gamma", names((2, "Alpha"), (3, "Be ta"), (4, "Gamma")), [], id="mixed ends"),
    pytest.param("Code;Nom\nA;Al\x00pha\nB;Beta\n", names((2, "Alpha"), (3, "Beta")), [], id="NUL"),
    pytest.param("Code;Nom\nA;" + "x" * 40_000 + "\nB;Beta\n", names((3, "Beta")), [(2, "name", "too_long")], id="a huge cell"),
    pytest.param(",".join(["Code", "Name", *(f"c{i}" for i in range(498))]) + "\n" + "A,Alpha" + ",1" * 498 + "\n", names((2, "Alpha")), [], id="500 columns"),
    pytest.param("sep=;\nCode;Nom\nA;Alpha\n", names((3, "Alpha")), [], id="sep line"),
    pytest.param("Code;Nom;\nA;Alpha;\nB;Beta;\n", names((2, "Alpha"), (3, "Beta")), [], id="delimiter at the end"),
    pytest.param("  Code ; Nom \n  A ;  Alpha   SA \n", names((2, "Alpha SA")), [], id="blanks around"),
    pytest.param('"Code";"Nom"\n"A";"Alpha"\n', names((2, "Alpha")), [], id="all quoted"),
    pytest.param("Code,Name\nB,SociÃ©tÃ©\nC,a\ufffdb\nD,Caf&eacute;\n", names((2, "Société"), (4, "Café")), [(3, "name", "damaged_text")], id="damaged text"),
    pytest.param("Code,Name\nA,'+Alpha\nB,=1+1\n", names((2, "+Alpha"), (3, "=1+1")), [], id="neutralised formula"),
    pytest.param("Code;Nom;Pays\n", [], [], id="only a head"),
    pytest.param("Nom\nAlpha\nBeta\n", names((2, "Alpha"), (3, "Beta")), [], id="one column"),
    pytest.param("Export\nDate: 2026-01-01\n\n\nCode;Nom;CA (k€)\nA;Alpha;1,5\n\nSource : CRM;;\n", names((6, "Alpha")), [(8, "name", "required")], id="preamble and footer"),
])  # fmt: skip
def test_a_table_is_found_and_every_fault_told(tmp_path, text, expected, faults):
    good, told = read(tmp_path, text)
    assert [(row["row"], row["name"]) for row in good] == expected
    assert told == faults


def test_a_table_without_a_head_keeps_its_first_row(tmp_path):
    rows = [
        ("A1", "Alpha SARL", "France", "https://a.example", "12"),
        ("B2", "Beta SA", "Belgique", "https://b.example", "7"),
    ]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(";".join(row) for row in rows) + "\n")
    settings = detect(path, "csv", GADGETS.fields)
    assert settings.head_row is None
    assert [tuple(row.cells) for row in RowsOfData(path, settings)] == rows


def test_heads_that_are_years_stay_heads(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Nom;2023;2024\nAlpha;12;13\nBeta;14;15\n")
    assert detect(path, "csv", GADGETS.fields).names == ("Nom", "2023", "2024")


@pytest.mark.parametrize(("data", "code"), [
    (b"", "file_empty"), (b"%PDF-1.4 x", "file_pdf"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "file_old_excel"),
    (("a," * 501).encode() + b"b\n" + ("1," * 501).encode() + b"2\n", "too_many_columns"),
])  # fmt: skip
def test_a_file_that_is_no_table_is_refused_by_its_own_words(tmp_path, data, code):
    with pytest.raises(Unreadable) as refusal:
        read(tmp_path, data)
    assert refusal.value.code == code


def workbook(fill: Any) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    fill(book)
    book.save(out)
    return out.getvalue()


def test_the_log_of_a_damaged_workbook_does_not_quote_its_cells(tmp_path, caplog):
    whole = zipfile.ZipFile(io.BytesIO(workbook(lambda book: book.active.append([4711]))))
    path = tmp_path / "file.xlsx"
    with zipfile.ZipFile(path, "w") as torn:
        for name in whole.namelist():
            torn.writestr(name, whole.read(name).replace(b"<v>4711</v>", b"<v>Anne Le Goff</v>"))
    with caplog.at_level("INFO"), pytest.raises(Unreadable, match="file_damaged"):
        read(tmp_path, path.read_bytes())
    assert "ValueError" in caplog.text
    assert "Anne" not in caplog.text


def test_a_workbook_of_mixed_cells_is_read_as_a_person_would(tmp_path):
    def fill(book: Any) -> None:
        book.active.title = "Notes"
        book.active.append(["read me"])
        sheet = book.create_sheet("Data")
        sheet.append(["Code", "Name", "Country", "Revenue", "Since", "Growth", "Active"])
        sheet.append(["A", "Alpha", "France", 1200.5, dt.datetime(2020, 5, 31), 0.05, True])
        sheet.append(["00123", 42, "DE", "1 234,50", dt.date(2021, 1, 2), None, False])
        sheet.append(["C", "Gamma", "FR", "n/a", 45000, "5%", "yes"])
        sheet.append(["D", "#N/A", "FR"])
        sheet.row_dimensions[3].hidden = True

    good, told = read(tmp_path, workbook(fill))
    assert told == [(5, "name", "required")]
    assert good == [
        {"row": 2, "code": "A", "name": "Alpha", "country": "FR", "revenue": Decimal("1200.5"), "revenue_currency": "EUR",
         "since": dt.date(2020, 5, 31), "growth": Decimal("0.05"), "is_active": True},
        {"row": 3, "code": "00123", "name": "42", "country": "DE", "revenue": Decimal("1234.50"), "revenue_currency": "EUR",
         "since": dt.date(2021, 1, 2), "is_active": False},
        {"row": 4, "code": "C", "name": "Gamma", "country": "FR", "since": dt.date(2023, 3, 15), "growth": Decimal("0.05"), "is_active": True},
    ]  # fmt: skip


def test_a_merged_title_and_merged_cells_leave_blanks(tmp_path):
    def fill(book: Any) -> None:
        for row in (["Partners 2026", None], ["Name", "Country"], ["Alpha", "FR"], ["Beta", None]):
            book.active.append(row)
        book.active.merge_cells("A1:B1")
        book.active.merge_cells("B3:B4")

    assert read(tmp_path, workbook(fill)) == ([{"row": 3, "name": "Alpha", "country": "FR"}, {"row": 4, "name": "Beta"}], [])


MONEY = {
    "18.3 MM": (18_300_000, None), "1.2 M€": (1_200_000, "EUR"), "12k": (12_000, None), "$ 3.4bn": (3_400_000_000, "USD"), "1'234.5": (Decimal("1234.5"), None),
    "(1,200)": (-1200, None), "USD 4.5 million": (4_500_000, "USD"), "approx. 200": (200, None), "approximately 200": (200, None), "environ 50 k€": (50_000, "EUR"),
    "1.5 Mds €": (1_500_000_000, "EUR"), "EUR 12.5 k": (12_500, "EUR"), "12 million dollars": (12_000_000, "USD"), "2 millions d'euros": (2_000_000, "EUR"),
    "£2.5m": (2_500_000, "GBP"), "CHF 1'200.50": (Decimal("1200.50"), "CHF"), "1,234,567.89": (Decimal("1234567.89"), None), "5-": (-5, None), "−5": (-5, None),
    "10 k$ CAD": (10_000, "CAD"), "2.5 Mrd. EUR": (2_500_000_000, "EUR"), "12 500 F CFA": (12_500, "XOF"), "12,34,567": (1_234_567, None), "1 234 567": (1_234_567, None),
    "n/a": None, "—": None, "NC": None, "#N/A": None, "inconnu": None, "": None,
    "10-50": "!number_range", "> 5": "!number_range", "5+": "!number_range", "5 ou 6": "!number_several", "45%": "!percent_unexpected", "1.2.3": "!number_grouping",
    "10 Mill.": (10_000_000, None), "10 Mio": (10_000_000, None), "¥3億": (300_000_000, "JPY"), "500万元": (5_000_000, "CNY"), "R$ 2.5 mi": (2_500_000, "BRL"),
    "7 Mns USD": (7_000_000, "USD"), "2.5 miljoen euro": (2_500_000, "EUR"), "12 млн руб.": (12_000_000, "RUB"), "5 εκατ. ευρώ": (5_000_000, "EUR"),
    "10 mil €": "!not_number", "3 kr": "!number_currency", "12 kroner": "!number_currency", "10 dirhams": "!not_number", "5 francs": "!not_number", "USD/EUR 5": "!not_number", "€": "!not_number",
    "1e30 M": "!too_large", "1e308": "!too_large", "1E+9999": "!too_large", "3e4567 8": "!number_several", "9" * 40: "!too_large", "l2": "!not_number", "½": "!not_number",
}  # fmt: skip


def test_amounts_are_read_or_told_and_never_guessed():
    assert dict(zip(MONEY, values_of(Kind.MONEY, list(MONEY)), strict=True)) == MONEY


FRENCH_MONEY = {
    "1 234 567,89": Decimal("1234567.89"), "1.234.567,89": Decimal("1234567.89"), "1,2 M€": Decimal(1200000), "12,5": Decimal("12.5"), "3.500": Decimal(3500),
    "(1 200,50)": Decimal("-1200.50"), "1\u202f234,5 €": Decimal("1234.5"), "1\u00a0234": Decimal(1234), "9,99€": Decimal("9.99"),
}  # fmt: skip


def test_amounts_with_a_decimal_comma():
    assert [amount for amount, _currency in values_of(Kind.MONEY, list(FRENCH_MONEY))] == list(FRENCH_MONEY.values())


@pytest.mark.parametrize(("cells", "expected"), [
    (["03/04/2024", "31/12/2023"], [dt.date(2024, 4, 3), dt.date(2023, 12, 31)]),
    (["03/04/2024", "12/31/2023"], [dt.date(2024, 3, 4), dt.date(2023, 12, 31)]),
    (["45000", "45123"], [dt.date(2023, 3, 15), dt.date(2023, 7, 16)]),
    (["2024-03-12", "12 mars 2024", "March 12, 2024", "12-Mar-24", "20240312", "1er mars 2024", "12 févr. 2024"],
     [dt.date(2024, 3, 12)] * 5 + [dt.date(2024, 3, 1), dt.date(2024, 2, 12)]),
    (["2024-03-12", "45000", "mars 2024", "Q1 2024", "31/02/2024", "00/00/0000", "n/a"],
     [dt.date(2024, 3, 12), "!not_date", "!date_partial", "!date_partial", "!date_impossible", "!date_impossible", None]),
])  # fmt: skip
def test_dates_are_read_by_their_column(cells, expected):
    assert values_of(Kind.DATE, cells) == expected


COUNTRIES = {
    "France": "FR", "fr": "FR", "FRA": "FR", "Allemagne": "DE", "Deutschland": "DE", "UK": "GB", "Royaume-Uni": "GB", "U.S.A.": "US", "États-Unis": "US",
    "Pays-Bas": "NL", "COTE D'IVOIRE": "CI", "Corée du Sud": "KR", "Czechia": "CZ", "Suisse": "CH", "Namibie": "NA", "??": None,
    "España": "ES", "日本": "JP", "Ελλάδα": "GR", "ΕΛΛΑΔΑ": "GR", "Россия": "RU", "مصر": "EG", "대한민국": "KR", "Česko": "CZ", "Suomi": "FI", "中国": "CN",
    "Magyarország": "HU", "Türkiye": "TR", "ไทย": "TH", "Cad": "!not_country",
    "Europe": "!not_country", "XX": "!not_country", "EU": "!not_country", "F": "!not_country",
}  # fmt: skip


def test_countries_in_their_own_words_and_by_both_codes():
    assert dict(zip(COUNTRIES, values_of(Kind.COUNTRY, list(COUNTRIES)), strict=True)) == COUNTRIES


@pytest.mark.parametrize(("kind", "cells", "expected"), [
    (Kind.PERCENT, ["5%", "0.05", "-3 %", "150%", "n/a"], [Decimal("0.05"), Decimal("0.05"), Decimal("-0.03"), Decimal("1.5"), None]),
    (Kind.PERCENT, ["5", "12.5", "120"], [Decimal("0.05"), Decimal("0.125"), Decimal("1.2")]),
    (Kind.INTEGER, ["1 200", "about 1.2k", "50 salariés", "environ 50", "12,5", "50+"], [1200, 1200, 50, 50, "!not_whole", "!number_range"]),
    (Kind.URL, ["www.a.example", "a@b.example", "javascript:alert(1)", "localhost", "n/a"], ["https://www.a.example", "!not_url", "!not_url", "!not_url", None]),
    (Kind.BOOLEAN, ["oui", "No", "1", "peut-être"], [True, False, True, "!not_boolean"]),
])  # fmt: skip
def test_other_kinds_are_read_or_told(kind, cells, expected):
    assert values_of(kind, cells) == expected


def test_a_plain_file_read_in_spans_gives_the_same_rows(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"code;name\r\n" + "".join(f"C{i};Société {i}\r\n" for i in range(3000)).encode() + b"last;row")
    settings = detect(path, "csv", GADGETS.fields)
    starts = plain_starts(path, Encoding("utf-8", 0), Dialect(";"), 5_000)
    assert len(starts) > 5
    parts = []
    for start, end in zip(starts, [*(rows for rows, _offset in starts[1:]), 10_000], strict=True):
        parts += [row for row in RowsOfData(path, settings, start=start) if row.number <= end]
    assert [(row.number, row.cells) for row in parts] == [(row.number, row.cells) for row in RowsOfData(path, settings)]
    assert len(parts) == 3001


@pytest.mark.parametrize("text", ['a;"b\nc"\n' * 2000, "a;b\rc\n" * 2000])
def test_a_file_whose_lines_are_not_rows_is_read_in_one_go(tmp_path, text):
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode())
    assert plain_starts(path, Encoding("utf-8", 0), Dialect(";"), 5_000) == []


def test_a_typed_cell_is_told_as_a_person_reads_it():
    assert [cell_text(cell) for cell in (None, 3.0, True, dt.datetime(2024, 3, 12))] == ["", "3", "true", "2024-03-12"]


@pytest.mark.parametrize("where", ["above the head", "in a row"])
@pytest.mark.parametrize("sign", ["(", "[", "<"])
def test_cells_of_brackets_keep_no_web_worker_busy(tmp_path, sign, where):
    """Each took twelve seconds to be found out not to end, and a file has thousands of cells."""
    path, nasty = tmp_path / "nasty.csv", '"' + sign * 32_000 + '"'
    rows = ["Name;Country;Revenue;Employees", *["Acme;FR;1200;12"] * 30]
    rows.insert(0 if where == "above the head" else 9, ";".join([nasty] * (1 if where == "above the head" else 4)))
    path.write_text("\n".join(rows))
    began = time.process_time()
    settings = detect(path, "csv", GADGETS.fields)
    describe_columns(path, settings, GADGETS.fields)
    assert settings.names == ("Name", "Country", "Revenue", "Employees")
    assert time.process_time() - began < 5
