"""The words of every code that an import can answer: about files, about cells, about rows. Translated; codes are stable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from prm.imports.targets import TARGETS

FILE_MESSAGES: dict[str, Any] = {
    "file_empty": _("The file is empty. Choose one that has rows."),
    "file_head_only": _("The file has a head but no row under it. Choose one that has rows."),
    "file_too_large": _("The file is larger than %(megabytes)s MB. Split it, or save it as CSV, which is smaller."),
    "file_old_excel": _("This is a workbook of the old Excel format (.xls). Save it as .xlsx or CSV, then choose it again."),
    "file_xlsb": _("This is a binary workbook (.xlsb). Save it as .xlsx or CSV, then choose it again."),
    "file_opendocument": _("This is an OpenDocument spreadsheet (.ods). Save it as .xlsx or CSV, then choose it again."),
    "file_pdf": _("This is a PDF. Ask for the table as CSV or XLSX."),
    "file_image": _("This is a picture. Ask for the table as CSV or XLSX."),
    "file_compressed": _("This is a compressed file. Unpack it, then choose the CSV or XLSX inside."),
    "file_html": _(
        "This is a web page, perhaps a sign-in page saved by mistake. Download the file again, or save it as CSV or XLSX."
    ),
    "file_xml": _("This is an XML file. Save it as CSV or XLSX, then choose it again."),
    "file_json": _("This is a JSON file. Save it as CSV, or send it to the API."),
    "file_binary": _("This is not a table of text: it holds bytes that no text has. Choose a CSV or XLSX file."),
    "file_damaged": _("The workbook is damaged and cannot be opened. Open it in a spreadsheet and save it again."),
    "file_no_workbook": _("This is called a workbook but holds a text that is no table. Choose a CSV or XLSX file."),
    "file_locked": _("The workbook is protected by a password. Save it without one, then choose it again."),
    "file_bomb": _(
        "The workbook would unpack to %(megabytes)s MB, which no honest table of its size does. It was not opened."
    ),
    "file_too_many_texts": _(
        "The workbook holds more than %(megabytes)s MB of text. Save the sheet as CSV, then choose that."
    ),
    "file_too_many_formats": _(
        "The workbook holds more formats or sheets than a table needs. Save the sheet as CSV, then choose that."
    ),
    "encoding_unknown": _("“%(encoding)s” is not an encoding that files are read in."),
    "file_formulas": _(
        "The cell %(cell)s of the sheet “%(sheet)s” holds a formula without its result. Open the workbook in a spreadsheet, save it,"
        " then choose it again."
    ),
    "file_no_sheet": _("The workbook has no sheet with cells."),
    "sheet_missing": _("The workbook has no sheet “%(sheet)s”."),
    "file_extension": _(
        "Files end in .csv, .txt, .tsv or .xlsx here, and this one in “%(extension)s”. Save it as CSV or XLSX, then choose it"
        " again."
    ),
    "line_too_long": _("Row %(row)s is longer than any row of a table. Is this a CSV file?"),
    "too_many_columns": _("Row %(row)s has more than %(limit)s columns, the most that can be read. Is the delimiter right?"),
    "sheet_too_wide": _(
        "Row %(row)s of the sheet reaches beyond column %(limit)s. Delete what stands to the right of the table, then choose"
        " the file again."
    ),
    "import_all_rejected": _("Nearly all of the first %(rows)s rows were rejected. The columns are probably mapped wrongly."),
    "import_nothing_good": _("No row can come in. Correct the errors or the mapping first."),
    "mapping_required": _("Choose the column that holds “%(field)s”: it is needed."),
    "mapping_one_of": _("Choose a column for at least one of: %(fields)s."),
    "unit_asked": _("What does “%(words)s” mean in the column “%(column)s”? Say in what its numbers are written."),
    "unit_unknown": _(
        "“%(unit)s” is no unit that is known here. Say it as “k€”, “EUR m” or “bn”; “1” for numbers as they are written."
    ),
    "mapping_twice": _("“%(field)s” is chosen for two columns."),
}

CELL_MESSAGES: dict[str, Any] = {
    "required": _("Missing, and needed"),
    "row_total": _("The sum under the table, not a record"),
    "not_number": _("Not a number: write it in digits, such as 1250 or 1.25 M"),
    "number_range": _("A range, not one number"),
    "number_currency": _("“kr” is money of several countries: write SEK, NOK, DKK or ISK"),
    "number_grouping": _("Digits grouped in a way that no number is written"),
    "number_shortened": _("Shortened by a spreadsheet, its last digits are lost: write it in full"),
    "number_several": _("Several numbers in one cell"),
    "not_whole": _("Not a whole number"),
    "percent_unexpected": _("A percentage, where an amount belongs"),
    "too_small": _("Less than %(limit)s"),
    "too_large": _("More than %(limit)s"),
    "too_long": _("Longer than %(limit)s characters (%(length)s)"),
    "not_date": _("Not a date"),
    "date_impossible": _("No such day"),
    "date_partial": _("Not a whole date: day, month and year are needed"),
    "date_range": _("A year out of range"),
    "not_year": _("Not a year"),
    "not_boolean": _("Neither yes nor no"),
    "not_choice": _("None of: %(choices)s"),
    "not_country": _("Not a known country: write its name in English, or its two letters such as FR"),
    "not_currency": _("Not a known currency"),
    "not_email": _("Not an e-mail address"),
    "not_phone": _("Not a phone number"),
    "not_url": _("Not a web address"),
    "position_range": _("Not between −%(limit)s and %(limit)s degrees"),
    "damaged_text": _("Characters that could not be read. Is the encoding right?"),
    "row_short": _("%(cells)s of the %(columns)s cells that the head has"),
    "row_long": _("%(cells)s cells, where the head has %(columns)s"),
    "row_too_long": _("Longer than any row of a table: are line breaks missing here?"),
    "row_too_wide": _("More cells than a table may have: is a line break missing here?"),
    "quote_unclosed": _("A quotation mark is opened and never closed"),
    "reference_missing": _("%(what)s “%(value)s” is not known here"),
    "match_ambiguous": _("Several known records have the same %(key)s"),
    "repeated_often": _("The same record is in the file more than %(limit)s times"),
    "database_refused": _("The database refuses this row: %(reason)s"),
}

#: A fault as a kind, where its own words would hold what differs from row to row.
KIND_MESSAGES: dict[str, Any] = {
    "row_too_long": _("Longer than any row"),
    "row_too_wide": _("More cells than any row"),
    "not_country": _("Not a known country"),
    "not_number": _("Not a number"),
    "number_currency": _("Money of several countries"),
    "number_shortened": _("Shortened by a spreadsheet"),
    "too_small": _("Too small"),
    "too_large": _("Too large"),
    "too_long": _("Too long"),
    "not_choice": _("Not one of the known words"),
    "position_range": _("No such place on the globe"),
    "row_short": _("Fewer cells than the head"),
    "row_long": _("More cells than the head"),
    "reference_missing": _("Names something that is not known here"),
    "match_ambiguous": _("Fits several known records"),
    "repeated_often": _("The same record too often in the file"),
    "database_refused": _("The database refuses it"),
}

#: Why a cell of a known record stays as it is, whatever the file says.
KEPT_MESSAGES: dict[str, Any] = {
    "person": _("somebody entered it by hand"),
    "source": _("a more trusted source told it"),
    "newer": _("what is known is of a later day"),
    "spelling": _("the same, only written otherwise"),
}


def why_kept(reason: str) -> str:
    """Why a cell stays, in words."""
    return str(KEPT_MESSAGES.get(reason, reason))


def kind_words(code: str) -> str:
    """The words of a kind of fault, without what differs from row to row."""
    return str(KIND_MESSAGES[code]) if code in KIND_MESSAGES else error_words(code)


def error_words(code: str, data: Mapping[str, Any] | None = None) -> str:
    """The words of a code in the current language; the code itself when it has none (a target's own ``RowCheck``)."""
    words = FILE_MESSAGES.get(code) or CELL_MESSAGES.get(code) or _target_words().get(code)
    if words is None:
        return code
    return str(words) % _Known(data or {})


def unit_questions(columns: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Head → what is asked of a column of an import that may name a unit and is not understood: a guess could be wrong by a thousand."""
    return {
        column["name"]: error_words("unit_asked", {"column": column["name"], "words": column["style"]["asked"]})
        for column in columns
        if column["field"] and "unit" in (column.get("style") or {}).get("unsure", ())
    }


class _Known(dict[str, Any]):
    """What the words need; "…" for what differs from row to row."""

    def __missing__(self, key: str) -> str:
        return "…"


def _target_words() -> dict[str, Any]:
    return {check.code: check.message for target in TARGETS for check in target.checks}
