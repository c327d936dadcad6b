"""``manage.py import_file PATH --target companies``: the wizard's steps from the command line, with the same results."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from prm.access.actors import Actor
from prm.access.roles import as_role
from prm.accounts.terminal import acting
from prm.core.errors import DomainError
from prm.exports.writers import write_table
from prm.imports.api.serializers_matches import MatchSerializer
from prm.imports.messages import kind_words, why_kept
from prm.imports.models import DuplicatePolicy, ImportBatch, ImportState
from prm.imports.rejects import rejected_columns
from prm.imports.runner.comparing import CHANGED
from prm.imports.selectors import rejected_rows
from prm.imports.selectors_matches import match_list, match_rows_list
from prm.imports.services import import_check_start, import_create, import_map, import_run_start
from prm.imports.tables import match_rows
from prm.imports.targets import TARGETS
from prm.jobs.runner.work import run_inline

#: So many rows of each kind are told.
SHOWN = 20


class Command(BaseCommand):
    """Imports one file and says what came of it. Exit status 1 when it could not be imported at all."""

    help = "Import a CSV or XLSX file: detect, map by guess (or as told), check, write."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path)
        parser.add_argument("--target", required=True, help="what the rows are: " + ", ".join(t.key for t in TARGETS))
        parser.add_argument(
            "--policy", choices=DuplicatePolicy.values, default="", help="known records: update (default), skip, create"
        )
        parser.add_argument(
            "--source", default="", help="name of the list; external ids are told apart by it (default: the file's name)"
        )
        parser.add_argument("--as-of", type=date.fromisoformat, help="day on which the file was true (default: today)")
        parser.add_argument("--currency", default="", help="of amounts that name none")
        parser.add_argument(
            "--mapping",
            action="append",
            default=[],
            metavar="HEAD=FIELD",
            help="a column's field; FIELD empty ignores it; or a JSON file",
        )
        parser.add_argument(
            "--unit", action="append", default=[], metavar="HEAD=UNIT",
            help='in what a column\'s numbers are: "CA=k€", "Revenue=EUR m"; 1: as they are written',
        )  # fmt: skip
        parser.add_argument("--encoding", default="")
        parser.add_argument("--delimiter", default="")
        parser.add_argument("--sheet", default="")
        parser.add_argument("--head-row", type=int, help="row of the head as numbered in the file; 0: there is none")
        parser.add_argument("--dry-run", action="store_true", help="check only")
        parser.add_argument("--rejected", type=Path, help="where to write the rejected rows as CSV")
        parser.add_argument("--as", dest="email", default="", help="act as this person (default: the product itself)")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        actor = acting(options["email"], command="manage.py import_file")
        chosen = {name: options[name] for name in ("encoding", "delimiter", "sheet") if options[name]}
        chosen = {k: v.encode().decode("unicode_escape") if k == "delimiter" else v for k, v in chosen.items()}
        if options["head_row"] is not None:
            chosen["head_row"] = options["head_row"] - 1 if options["head_row"] > 0 else None
        try:
            with options["path"].open("rb") as upload, as_role(actor):
                batch = import_create(
                    actor=actor, target=options["target"], upload=upload, file_name=options["path"].name, source=options["source"],
                    as_of=options["as_of"], currency=options["currency"], policy=options["policy"], chosen=chosen,
                )  # fmt: skip
                batch = self._map(actor, batch, options["mapping"], options["unit"])
                start = import_check_start if options["dry_run"] else import_run_start
                job = start(actor=actor, batch=batch)
        except OSError as error:
            raise CommandError(f"{options['path']}: {error.strerror}") from None
        except DomainError as refusal:
            told = refusal.data.get("errors") or refusal.data.get("missing") or [str(refusal.message)]
            if refusal.code == "import_unit":
                told = [*told, *(f'Say it so: --unit "{head}=EUR m" (or k€, bn, 1 …)' for head in refusal.data["columns"])]
            raise CommandError("\n".join(map(str, told))) from None
        job = run_inline(job, wait_seconds=7200)
        with as_role(actor):
            batch.refresh_from_db()
            if options["rejected"]:
                with options["rejected"].open("wb") as out:
                    write_table(out, rows=rejected_rows(actor=actor, batch=batch), columns=rejected_columns(batch))
            matches = self._matches(actor, batch)
        self._report(batch, job, options, matches)
        if batch.state not in {ImportState.DONE, ImportState.CHECKED}:
            raise CommandError(job.error or "the import did not finish")

    @staticmethod
    def _map(actor: Actor, batch: ImportBatch, given: list[str], units: list[str]) -> ImportBatch:
        if not given and not units:
            return batch
        mapping = {column["name"]: column["field"] for column in batch.columns}
        for entry in given:
            if entry.endswith(".json"):
                mapping.update(json.loads(Path(entry).read_text()))
                continue
            head, found, field = entry.rpartition("=")
            if not found or head not in mapping:
                raise CommandError(f"--mapping {entry!r}: the columns are {', '.join(mapping)}")
            # A field that is chosen by hand leaves the column that was guessed for it.
            mapping = {h: "" if f == field else f for h, f in mapping.items()} | {head: field}
        styles = {}
        for entry in units:
            head, found, unit = entry.rpartition("=")
            if not found or head not in mapping:
                raise CommandError(f"--unit {entry!r}: the columns are {', '.join(mapping)}")
            styles[head] = {"unit": unit}
        return import_map(actor=actor, batch=batch, mapping=mapping if given else None, styles=styles)

    @staticmethod
    def _matches(actor: Actor, batch: ImportBatch) -> list[dict[str, Any]]:
        """The first rows of a checked file that meet known records, as the API tells them."""
        rows = match_rows_list(actor=actor, batch=batch, limit=SHOWN)
        found = match_list(actor=actor, batch=batch, rows=rows)
        return list(MatchSerializer(found, many=True, context={"batch": batch}).data)

    def _show(self, batch: ImportBatch, matches: list[dict[str, Any]]) -> None:
        for match in matches:
            self.stdout.write(f"  row {match['row']}: {match['called']} is {match['record_name']}, by {match['matched_by']}")
            for cell in match["changes"]:
                self.stdout.write(f"    {cell['field']}: {cell['before']} → {cell['after']}")
            for cell in match["kept"]:
                self.stdout.write(f"    {cell['field']}: stays {cell['before']}, not {cell['offered']}: {cell['detail']}")
        for row, of, key in batch.forecast.get("repeats", [])[:SHOWN]:
            self.stdout.write(f"  row {row} repeats row {of}, by {key}")

    def _report(self, batch: ImportBatch, job: Any, options: dict[str, Any], matches: list[dict[str, Any]]) -> None:
        seconds = (job.finished_at - job.started_at).total_seconds() if job.finished_at and job.started_at else 0
        result = {
            "import": batch.public_id, "state": batch.state, "rows": batch.rows_total, "created": batch.created, "updated": batch.updated,
            "unchanged": batch.unchanged, "skipped": batch.skipped, "repeated": batch.repeated,
            "rejected": batch.rows_rejected, "forecast": batch.forecast,
            "cells_kept": batch.cells_kept, "matches": matches,
            "errors": batch.error_kinds, "mapping": {c["name"]: c["field"] for c in batch.columns}, "seconds": round(seconds, 2),
        }  # fmt: skip
        if options["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False, default=str))
            return
        for column in batch.columns:
            self.stdout.write(f"  {column['name']} → {column['field'] or '(left out)'}{_as_read(column, batch)}")
        if batch.state == ImportState.DONE:
            self._say_written(batch, seconds)
        else:
            self._say_forecast(batch)
            self._show(batch, matches)
        for kind in batch.error_kinds[:20]:
            head = batch.columns[kind["column"]]["name"] if kind["column"] is not None else "row"
            shown = ", ".join(repr(value) for value, _n in kind["values"][:3])
            self.stdout.write(f"  {kind['rows']} × {head}: {kind_words(kind['code'])} {shown}")

    def _say_written(self, batch: ImportBatch, seconds: float) -> None:
        self.stdout.write(
            f"{batch.rows_total} rows in {seconds:.1f} s: {batch.created} created, {batch.updated} updated, {batch.unchanged} unchanged, "
            f"{batch.repeated} repeated in the file, {batch.skipped} skipped, {batch.rows_rejected} rejected."
        )
        self._say_kept(batch.cells_kept, "was not taken", "were not taken")

    def _say_forecast(self, batch: ImportBatch) -> None:
        told = batch.forecast
        self.stdout.write(f"{batch.rows_total} rows: {batch.rows_good} can come in, {batch.rows_rejected} have a fault.")
        known = told.get("known", {})
        by = ", ".join(f"{rows} by {key['label']}" for key in match_rows(batch) if (rows := key["rows"]))
        self.stdout.write(
            f"Writing would create {told.get('new', 0)}. Known already: {sum(known.values())}" + (f" ({by})" if by else "")
            + (f", of which {told['updates']} would change" if "updates" in told and known else "")
            + f". Repeated in the file: {told.get('repeated', 0)}."
        )  # fmt: skip
        if told.get("ambiguous"):
            self.stdout.write(f"{told['ambiguous']} fit several known records and would be told, not guessed.")
        self._say_kept(told.get("cells", {}), "would stay", "would stay")

    def _say_kept(self, cells: dict[str, int], one: str, several: str) -> None:
        for reason, count in cells.items():
            if reason != CHANGED:
                self.stdout.write(
                    f"{count} cell{'s' * (count != 1)} of known records {several if count != 1 else one}: {why_kept(reason)}."
                )


def _as_read(column: dict[str, Any], batch: ImportBatch) -> str:
    """Some cells of a column of numbers as they are read: "1,5" is 1500000 EUR."""
    kind = TARGETS.get(batch.target).field(column["field"]).kind if column["field"] else ""
    cells = [
        f'"{cell}" is {value}' + (f" {code or batch.currency}" if kind == "money" else "")
        for cell, value, code in column.get("read") or ()
    ]
    return f": {', '.join(cells)}" if cells else ""
