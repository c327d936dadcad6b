"""Tables out: what a spreadsheet would run is neutralised, and what is a number stays one."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest

from prm.exports.rules import is_formula_like, neutralise, safe_filename
from prm.exports.writers import Column, CsvStyle, TooManyRows, export_response, write_table

COLUMNS = (
    Column("name", "Name", lambda row: row[0]),
    Column("revenue", "Revenue", lambda row: row[1], kind="decimal"),
    Column("since", "Since", lambda row: row[2], kind="date"),
)
ROWS = [
    ("=HYPERLINK(1)", Decimal("-12.50"), dt.date(2026, 5, 19)),
    ("Kerlan, Systèmes\n2", None, None),
    ("+33 1 44 00 00 00", Decimal("1234567.8900"), None),
]


def read_csv(data: bytes, **options):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), **options))


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1"])
def test_text_that_a_spreadsheet_would_run_is_neutralised(text):
    assert is_formula_like(text)
    assert neutralise(text) == "'" + text


@pytest.mark.parametrize("text", ["-12.5", "+3", "-1,5", "plain", "", "a=b", "  plain"])
def test_plain_text_and_signed_numbers_are_left_alone(text):
    assert neutralise(text) == text


def test_csv_keeps_numbers_marks_unknown_as_empty_and_survives_newlines():
    out = io.BytesIO()
    assert write_table(out, rows=ROWS, columns=COLUMNS) == 3
    assert out.getvalue().startswith(b"\xef\xbb\xbf")
    assert read_csv(out.getvalue()) == [
        ["Name", "Revenue", "Since"],
        ["'=HYPERLINK(1)", "-12.50", "2026-05-19"],
        ["Kerlan, Systèmes\n2", "", ""],
        ["'+33 1 44 00 00 00", "1234567.89", ""],
    ]


FIGURES = (
    Column("amount", "Amount", lambda row: row[0], kind="decimal"),
    Column("share", "Share", lambda row: row[1], kind="percent"),
    Column("count", "Count", lambda row: row[2], kind="number"),
)
FIGURE_ROWS = [
    (Decimal("1620000.0000"), Decimal("0.3000"), Decimal("12.0000")),
    (0.1 + 0.2, 1 / 3, 7),
    (5, Decimal("1"), None),
    (Decimal("2.3456"), -0.00001, 3),
]


@pytest.mark.parametrize(("style", "amounts", "shares"), [
    (CsvStyle.for_language("fr"), ["1620000,00", "0,30", "5,00", "2,35"], ["0,3000", "0,3333", "1,0000", "0,0000"]),
    (CsvStyle.for_language("en"), ["1620000.00", "0.30", "5.00", "2.35"], ["0.3000", "0.3333", "1.0000", "0.0000"]),
    (CsvStyle.for_programs(), ["1620000", "0.3", "5", "2.3456"], ["0.3", "0.333333333333333", "1", "-0.00001"]),
])  # fmt: skip
def test_a_column_has_the_same_decimals_in_every_row_for_people_and_every_digit_for_programs(style, amounts, shares):
    out = io.BytesIO()
    write_table(out, rows=FIGURE_ROWS, columns=FIGURES, style=style)
    table = read_csv(out.getvalue(), delimiter=style.delimiter)[1:]
    assert [row[0] for row in table] == amounts
    assert [row[1] for row in table] == shares
    assert [row[2] for row in table] == ["12", "7", "", "3"]


def test_a_worksheet_keeps_real_numbers_with_every_digit():
    out = io.BytesIO()
    write_table(out, rows=FIGURE_ROWS, columns=FIGURES, file_format="xlsx")
    sheet = openpyxl.load_workbook(out).active
    assert [sheet.cell(row, 1).value for row in (2, 5)] == [1620000, 2.3456]


def test_french_csv_opens_in_a_french_spreadsheet():
    out = io.BytesIO()
    write_table(out, rows=ROWS, columns=COLUMNS, style=CsvStyle.for_language("fr"))
    assert read_csv(out.getvalue(), delimiter=";")[1][1] == "-12,50"


def test_xlsx_holds_typed_values_and_no_formula():
    out = io.BytesIO()
    write_table(out, rows=ROWS, columns=COLUMNS, file_format="xlsx", title="Companies: west")
    book = openpyxl.load_workbook(out)
    sheet = book.active
    assert sheet.title == "Companies west"
    assert sheet["A2"].value == "=HYPERLINK(1)"
    assert sheet["A2"].data_type == "s"
    assert sheet["B2"].value == -12.5
    assert sheet["B3"].value is None
    assert sheet["C2"].value == dt.datetime(2026, 5, 19)


def test_more_rows_than_the_limit_are_refused_as_a_whole():
    with pytest.raises(TooManyRows):
        export_response(rows=ROWS, columns=COLUMNS, stem="x", limit=2)


def test_response_is_a_private_attachment():
    response = export_response(rows=ROWS, columns=COLUMNS, stem="Sociétés", file_format="csv", day=dt.date(2026, 5, 19))
    assert 'filename="Societes-2026-05-19.csv"' in response["Content-Disposition"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    assert read_csv(b"".join(response.streaming_content))[0] == ["Name", "Revenue", "Since"]


def test_unknown_format_is_refused():
    with pytest.raises(ValueError, match="unknown file format"):
        export_response(rows=[], columns=COLUMNS, stem="x", file_format="exe")


def test_machine_heads_make_a_file_that_can_be_imported_again():
    out = io.BytesIO()
    write_table(out, rows=[], columns=COLUMNS, heads="names")
    assert read_csv(out.getvalue()) == [["name", "revenue", "since"]]


def test_file_names_are_short_and_plain():
    assert safe_filename("../../étc/passwd" + "x" * 200, "csv") == safe_filename("../../étc/passwd" + "x" * 200, "csv")
    name = safe_filename("../../étc/passwd" + "x" * 200, "csv")
    assert len(name) == 100
    assert "/" not in name
    assert not name.startswith(".")
