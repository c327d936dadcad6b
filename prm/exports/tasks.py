"""Exports as long work: chunks write their rows, the last step puts them together. Killed workers lose one chunk at most."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import IO, Any, cast
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from prm.access.actors import Actor
from prm.core.errors import Invalid
from prm.core.ids import typeid_encode
from prm.exports.files import file_save, keys_read, keys_save
from prm.exports.models import Export
from prm.exports.rules import safe_filename
from prm.exports.selectors import export_get
from prm.exports.services import JOB_KIND, export_asked, export_finish, exports_tidy
from prm.exports.sources import rows_of
from prm.exports.writers import XLSX_LIMIT, CsvStyle, join_parts, write_part
from prm.jobs.files import chunk_file_save, job_files_remove
from prm.jobs.kinds import KINDS, ChunkPlan, JobKind, Step
from prm.jobs.models import Job, JobChunk
from prm.jobs.runner.notes import step_note
from prm.jobs.runner.periodic import periodic
from prm.jobs.runner.work import stop_if_cancelled

CHUNK_ROWS = 20_000


@KINDS.register_class
class ExportKind(JobKind):
    """``parameters["export"]`` names the export. The keys of all rows are read first, so that chunks share one selection and one order."""

    key = JOB_KIND
    label = pgettext_lazy("noun", "Export")
    permission = "exports.export:create"
    unit = gettext_lazy("rows")
    icon = "download"
    steps = (Step("rows", gettext_lazy("Write the rows")), Step("file", gettext_lazy("Put the file together")))

    def plan(self, job: Job, actor: Actor) -> Sequence[ChunkPlan]:
        export = _export(job, actor)
        source, asked, _columns = export_asked(actor=actor, export=export)
        count = keys_save(export, source.keys(actor, asked))
        if export.file_format == "xlsx" and count > XLSX_LIMIT:
            raise Invalid("too_many_rows", _("A worksheet holds 1,048,575 rows. Ask for CSV, or narrow the list."))
        return [
            ChunkPlan({"start": start}, units=min(CHUNK_ROWS, count - start), step="rows")
            for start in range(0, count, CHUNK_ROWS)
        ]

    def run_chunk(self, job: Job, chunk: JobChunk, actor: Actor) -> dict[str, Any]:
        export = _export(job, actor)
        source, asked, columns = export_asked(actor=actor, export=export)
        keys = keys_read(export, chunk.payload["start"], CHUNK_ROWS)
        with tempfile.TemporaryFile() as out:
            rows = rows_of(source, actor, asked, keys)
            count = write_part(out, rows=rows, columns=columns, file_format=export.file_format, style=_style(export, job))
            out.seek(0)
            chunk_file_save(chunk, File(out), suffix="part")
        return {"rows": count}

    def finish(self, job: Job, chunks: models.QuerySet[JobChunk], actor: Actor) -> dict[str, Any]:
        export = _export(job, actor)
        source, asked, columns = export_asked(actor=actor, export=export)
        done = list(chunks)
        count = sum((chunk.result or {}).get("rows", 0) for chunk in done)
        name = safe_filename(export.title, export.file_format, day=timezone.localdate())
        with tempfile.TemporaryFile() as out:
            join_parts(
                out, parts=_parts(job, done), columns=columns, file_format=export.file_format, style=_style(export, job),
                heads="names" if export.machine_heads else "labels", title=export.title, about=source.said(actor, asked),
            )  # fmt: skip
            size = out.tell()
            out.seek(0)
            kept = file_save(export, name, out)
        export_finish(actor=actor, export=export, file_name=kept, file_size=size, count=count)
        step_note(job, "file", ngettext("%(n)s row", "%(n)s rows", count) % {"n": count})
        transaction.on_commit(lambda: job_files_remove(job))
        return {"rows": count, "export": export.public_id}

    def result_url(self, job: Job) -> str:
        return reverse("vendor:exports:export-detail", args=[typeid_encode(Export.typeid_prefix, cast(UUID, job.subject_id))])


def _export(job: Job, actor: Actor) -> Export:
    return export_get(actor=actor, export_id=UUID(job.parameters["export"]), verb="export")


def _style(export: Export, job: Job) -> CsvStyle:
    """Programs get what a parser expects; people what their spreadsheet opens by a double click."""
    return CsvStyle.for_programs() if export.machine_heads else CsvStyle.for_language(job.actor.get("language") or "en")


def _parts(job: Job, chunks: Sequence[JobChunk]) -> Iterator[IO[bytes]]:
    for chunk in chunks:
        stop_if_cancelled(job)
        with default_storage.open(chunk.file_name) as part:
            yield part


@periodic("exports.old_files", every=timedelta(hours=1))
def remove_old_files(*, actor: Actor) -> None:
    """Files are kept for some days."""
    exports_tidy(actor=actor)
