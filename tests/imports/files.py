"""Files that tests of imports make, and reading them without a database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prm.imports.fields import FieldSpec, Kind
from prm.imports.reading.conversion import RowConverter
from prm.imports.reading.detection import RowsOfData, describe_columns, detect
from prm.imports.reading.kind import file_kind
from prm.imports.rules.cells import CellError
from prm.imports.rules.styles import column_style
from prm.imports.rules.values import converter
from tests.imports.conftest import GADGETS

Read = tuple[list[dict[str, Any]], list[tuple[int, str, str]]]


def read(folder: Path, data: bytes | str) -> Read:
    """(values of the good rows by column, (row number, field, code) of the others)."""
    raw = data.encode() if isinstance(data, str) else data
    path = folder / ("file.xlsx" if raw[:2] == b"PK" else "file.csv")
    path.write_bytes(raw)
    settings = detect(path, file_kind(path), GADGETS.fields)
    columns = describe_columns(path, settings, GADGETS.fields)
    convert = RowConverter(
        GADGETS, {i: c.field for i, c in enumerate(columns) if c.field}, {i: c.style for i, c in enumerate(columns)},
        width=len(settings.names), accept_short_rows=settings.accept_short_rows, currency="EUR",
    )  # fmt: skip
    good, rejected = convert.convert(list(RowsOfData(path, settings)))
    keys = ("row", *convert.columns)
    values = [{k: v for k, v in zip(keys, row, strict=True) if v is not None and not k.endswith("_key")} for row in good]
    return values, [(row.number, error["field"], error["code"]) for row in rejected for error in row.errors]


def values_of(kind: Kind, cells: list[str]) -> list[Any]:
    """Each cell's value, or "!" and the code of its error, in the style that the column shows."""
    convert = converter(FieldSpec(name="x", label="x", kind=kind), column_style(cells, kind))
    return [f"!{v.code}" if isinstance(v := convert(cell), CellError) else v for cell in cells]


def planted(rows: int = 1000) -> tuple[str, int]:
    """A file of ``rows`` rows with 37 faults of every sort, one per row."""
    lines = [
        f"C{i:04d},Company {i},FR,https://c{i}.example,{i * 10},{i % 90 + 1},2020-01-{i % 28 + 1:02d},yes"
        for i in range(rows)
    ]
    faults = [
        lambda i: f"C{i:04d},,FR,https://c{i}.example,10,5,2020-01-01,yes",
        lambda i: f"C{i:04d},Company {i},Neverland,https://c{i}.example,10,5,2020-01-01,yes",
        lambda i: f"C{i:04d},Company {i},FR,not an address,10,5,2020-01-01,yes",
        lambda i: f"C{i:04d},Company {i},FR,https://c{i}.example,ten,5,2020-01-01,yes",
        lambda i: f"C{i:04d},Company {i},FR,https://c{i}.example,10,10-50,2020-01-01,yes",
        lambda i: f"C{i:04d},Company {i},FR,https://c{i}.example,10,3.5,2020-01-01,yes",
        lambda i: f"C{i:04d},Company {i},FR,https://c{i}.example,10,5,2020-02-31,yes",
        lambda i: f"C{i:04d},Company {i},FR,https://c{i}.example,10,5,2020-01-01,perhaps",
        lambda i: f"C{i:04d},Company {i},FR,https://c{i}.example,10",
        lambda i: f"C{i:04d},Company {i},FR,https://c{i}.example,10,5,2020-01-01,yes,and more",
        lambda i: f'C{i:04d},"Company {i},FR,https://c{i}.example,10,5,2020-01-01,yes',
        lambda i: f"C{i:04d},Company {i},,https://c{i}.example,10,5,2020-01-01,yes",
        lambda i: f"C{i:04d},forbidden,FR,https://c{i}.example,10,5,2020-01-01,yes",
    ]
    for n in range(37):
        at = 13 + n * (rows // 38)
        lines[at] = faults[n % len(faults)](at)
    return "code,name,country,website,revenue,employees,since,is_active\n" + "\n".join(lines) + "\n", 37
