"""The list of imports, and what its pages show of columns, errors and outcomes."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from prm.access.actors import Actor
from prm.imports.forms import DELIMITER_LABELS, UNITS
from prm.imports.messages import error_words, kind_words
from prm.imports.models import ImportBatch, ImportRejectedRow, ImportState
from prm.imports.selectors import import_list
from prm.imports.targets import TARGETS, ImportTarget
from prm.ui import formats, marks
from prm.ui.filters import ChoiceFilter, FlagFilter
from prm.ui.tables import Column, ListSpec, ListState

#: What ``rules.layout`` calls a column without a head.
_NO_HEAD = re.compile(r"Column (\d+)")
_DOTS = {
    ImportState.UPLOADED: "o", ImportState.CHECKING: "us", ImportState.CHECKED: "wa", ImportState.WRITING: "us", ImportState.DONE: "ok",
    ImportState.FAILED: "no", ImportState.CANCELLED: "", ImportState.UNDOING: "us", ImportState.UNDONE: "",
}  # fmt: skip


def _name(batch: ImportBatch) -> SafeString:
    url = reverse("vendor:imports:import-detail", args=[batch.public_id])
    return marks.named(url, batch.file_name, target_label(batch))


def target_label(batch: ImportBatch) -> str:
    """What the rows are, in words."""
    return str(TARGETS.get(batch.target).label) if batch.target in TARGETS else batch.target


def state_mark(batch: ImportBatch) -> SafeString:
    """The state as a dot and its word."""
    return format_html("{}{}", marks.dot(_DOTS[ImportState(batch.state)]), capfirst(ImportState(batch.state).label))


def _figure(name: str) -> Any:
    return lambda batch: (
        formats.number(getattr(batch, name)) if batch.finished_at else format_html('<span class="mute">{}</span>', "–")
    )


IMPORTS = ListSpec(
    name="imports",
    sort="-created_at",
    search=gettext_lazy("File"),
    page_size=50,
    columns=(
        Column(key="file", label=gettext_lazy("File"), cell=_name, locked=True, phone="name"),
        Column(key="state", label=gettext_lazy("State"), cell=state_mark, phone="meta"),
        Column(
            key="rows",
            label=gettext_lazy("Rows"),
            cell=lambda b: formats.number(b.rows_total) if b.rows_total else format_html('<span class="mute">{}</span>', "–"),
            numeric=True,
            phone="figure",
        ),
        Column(key="created", label=gettext_lazy("Created"), cell=_figure("created"), numeric=True),
        Column(key="updated", label=gettext_lazy("Updated"), cell=_figure("updated"), numeric=True),
        Column(key="rejected", label=gettext_lazy("Rejected"), cell=lambda b: formats.number(b.rows_rejected), numeric=True),
        Column(key="source", label=gettext_lazy("Source"), cell=lambda b: b.source),
        Column(key="owner", label=gettext_lazy("By"), cell=lambda b: b.owner.name if b.owner else _("the product")),
        Column(
            key="when",
            label=gettext_lazy("When"),
            cell=lambda b: formats.when(b.created_at),
            sort="created_at",
            numeric=True,
            phone="meta",
        ),
    ),
    filters=(
        FlagFilter(key="mine", label=gettext_lazy("Whose"), yes=gettext_lazy("mine"), no=gettext_lazy("everybody’s")),
        ChoiceFilter(
            key="state", label=gettext_lazy("State"),
            choices=lambda: [(key, capfirst(label)) for key, label in ImportState.choices],
        ),
        ChoiceFilter(
            key="target", label=gettext_lazy("Rows are"), choices=lambda: [(target.key, target.label) for target in TARGETS]
        ),
    ),
)  # fmt: skip


def imports_of(*, actor: Actor, state: ListState) -> QuerySet[ImportBatch]:
    """The imports that a state asks for, the newest first."""
    values = state.values
    return import_list(
        actor=actor,
        q=state.q,
        targets=values.get("target", ()),
        states=values.get("state", ()),
        mine=bool(values.get("mine")),
    )


def column_rows(batch: ImportBatch, target: ImportTarget) -> list[dict[str, Any]]:
    """One entry per column of the file for the mapping table."""
    rows = []
    for index, column in enumerate(batch.columns):
        style = column.get("style") or {}
        spec = target.field(column["field"]) if column["field"] and target.has_field(column["field"]) else None
        rows.append(
            {
                "index": index, "name": shown_head(column["name"]), "field": column["field"], "by": column["by"],
                "samples": column["samples"], "filled": column["filled"], "kind": spec.kind if spec else "", "style": style,
                "decimal_unsure": "decimal_mark" in style.get("unsure", ()), "order_unsure": "date_order" in style.get("unsure", ()),
                "reads": reads_as(column, spec), "unit_asked": style.get("asked", "") if "unit" in style.get("unsure", ()) else "",
                "units": unit_choices(spec, style), "cells": cells_as_read(batch, column),
            }
        )  # fmt: skip
    return rows


def shown_head(name: str) -> str:
    """A column's name; of one without a head, its place in the reader's language."""
    found = _NO_HEAD.fullmatch(name)
    return _("Column %(number)s") % {"number": found[1]} if found else name


def reads_as(column: dict[str, Any], spec: Any) -> str:
    """What was found out about how a column writes its values, in a few words."""
    if spec is None:
        return ""
    style = column.get("style") or {}
    words = []
    if spec.kind in {"money", "decimal", "percent", "integer"} and style.get("scale", 1) != 1:
        words.append(
            str(
                {10**3: _("in thousands"), 10**6: _("in millions"), 10**9: _("in billions")}.get(
                    style["scale"], f"× {style['scale']}"
                )
            )
        )
    if spec.kind == "money" and style.get("currency"):
        words.append(style["currency"])
    if spec.kind == "percent" and style.get("percent_points"):
        words.append(_("percentages"))
    if spec.kind in {"money", "decimal", "percent"} and style.get("decimal_mark") == ",":
        words.append(_("decimal comma"))
    return ", ".join(words)


def unit_choices(spec: Any, style: dict[str, Any]) -> list[tuple[str, Any, bool]]:
    """(word, label, whether it is so now) of what the amounts of a column may be written in; none of what needs no unit."""
    is_known = "unit" not in style.get("unsure", ())
    if spec is None or (spec.kind != "money" and is_known):
        return []
    return [(unit, label, is_known and scale == style.get("scale", 1)) for unit, label, scale in UNITS]


def number_columns(batch: ImportBatch) -> list[dict[str, Any]]:
    """The columns of numbers with some cells as they are read: a wrong unit is seen before anything is written."""
    target = TARGETS.get(batch.target)
    return [
        {"name": shown_head(column["name"]), "field": target.field(column["field"]).label, "cells": cells}
        for column in batch.columns
        if (cells := cells_as_read(batch, column))
    ]


def cells_as_read(batch: ImportBatch, column: dict[str, Any]) -> list[tuple[str, str]]:
    """Some cells of a column of numbers, each with the value that it is taken for, as the page writes it."""
    target = TARGETS.get(batch.target)
    kind = target.field(column["field"]).kind if column["field"] and target.has_field(column["field"]) else ""
    kinds = {target.field(name).kind for name in batch.mapped_fields.values() if target.has_field(name)}
    # Where a column of its own names the currency of each row, none is guessed here.
    other = "" if "currency" in kinds else batch.currency
    return [
        (cell, _value_words(kind, Decimal(value), currency or other)) for cell, value, currency in column.get("read") or ()
    ]


def _value_words(kind: str, value: Decimal, currency: str) -> str:
    if kind == "percent":
        return formats.percent(value, 0 if (value * 100) % 1 == 0 else 1)
    if kind == "money" and currency:
        return formats.money(value, currency, digits=0 if value == value.to_integral_value() else 2)
    return formats.number(value, None)


def delimiter_label(delimiter: str) -> str:
    """A delimiter in a word."""
    return str(dict(DELIMITER_LABELS).get(delimiter, delimiter))


def _options(batch: ImportBatch, index: int | None) -> list[tuple[str, str]]:
    """What a cell of a column may say, where that is one of a few words."""
    name = batch.mapped_fields.get(index) if index is not None else None
    target = TARGETS.get(batch.target)
    return target.field(name).options if name and target.has_field(name) else []


def error_kind_rows(batch: ImportBatch) -> list[dict[str, Any]]:
    """Errors by kind, the most frequent first. One of a whole row stands at no column: no other word would mend a sum under the table."""
    names = [shown_head(column["name"]) for column in batch.columns]

    def head(kind: dict[str, Any]) -> str:
        at = None if kind["code"].startswith("row_") else kind["column"]
        return names[at] if at is not None and at < len(names) else ""

    return [
        {
            **kind,
            "words": kind_words(kind["code"]),
            "options": _options(batch, kind["column"]) if kind["code"] == "not_choice" else [],
            "head": head(kind),
            "query": f"code={kind['code']}" + (f"&column={kind['column']}" if kind["column"] is not None else ""),
        }
        for kind in batch.error_kinds
    ]


def rejected_row_view(row: ImportRejectedRow, batch: ImportBatch) -> dict[str, Any]:
    """A rejected row as it is shown: what identifies it, and a field for each cell at fault (all cells of a torn row)."""
    names = [shown_head(column["name"]) for column in batch.columns]
    whole = [error for error in row.errors if error["column"] is None]
    at_cells = {error["column"]: error for error in row.errors if error["column"] is not None}
    shown = (
        range(len(names))
        if whole and all(error["code"].startswith(("row_", "quote_")) for error in whole)
        else sorted(at_cells)
    )
    chosen = {index for index, error in at_cells.items() if error["code"] == "not_choice"}
    cells = [
        {
            "index": index, "options": _options(batch, index) if index in chosen else [],
            "name": names[index] if index < len(names) else "", "value": row.cells[index] if index < len(row.cells) else "",
            "words": _cell_words(at_cells[index]) if index in at_cells else "",
        }
        for index in shown
    ]  # fmt: skip
    mapped = batch.mapped_fields
    first = [i for i, name in mapped.items() if name in {"name", "code", "external_id", "label"}] or list(mapped)
    identity = [row.cells[i].strip() for i in first[:2] if i < len(row.cells) and i not in at_cells and row.cells[i].strip()]
    return {
        "row_no": row.row_no, "identity": " · ".join(identity)[:80], "cells": cells,
        "whole": [error_words(error["code"], error["data"]) for error in whole], "is_fixed": row.is_fixed,
    }  # fmt: skip


def _cell_words(error: dict[str, Any]) -> str:
    """What is wrong with a cell; the words that would be right stand in its list."""
    return kind_words(error["code"]) if error["code"] == "not_choice" else error_words(error["code"], error["data"])


def match_rows(batch: ImportBatch) -> list[dict[str, Any]]:
    """How many rows were recognised by which key."""
    labels = {key.name: str(key.label) for key in TARGETS.get(batch.target).match_keys}
    return [{"label": labels.get(name, name), "rows": rows} for name, rows in batch.forecast.get("known", {}).items() if rows]


def kept_words(kept: dict[str, int]) -> list[str]:
    """What an undo could not take back, and why."""
    words = {
        "changed_since": _("%(n)s changed since the import, and left as they are"),
        "used_elsewhere": _("%(n)s that something else points to by now"),
        "belongs_to_kept": _("%(n)s that belong to a record that stays"),
    }
    return [words.get(reason, reason) % {"n": formats.number(number)} for reason, number in kept.items()]
