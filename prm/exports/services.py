"""Taking lists out: at once when they are small, by a job when they are not (UX 3, 7)."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import IO
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.http import QueryDict
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.errors import Invalid, NotFound
from prm.events.publishing import publish
from prm.exports.events import ExportAsked, ExportFetched, ListExported
from prm.exports.files import folder_remove
from prm.exports.models import KEPT_FOR, Export
from prm.exports.selectors import export_get
from prm.exports.sources import Asked, Source, rows_of, source_of
from prm.exports.writers import CONTENT_TYPES, Column, CsvStyle, FileFormat, write_table
from prm.jobs.files import job_files_remove
from prm.jobs.models import OPEN_STATES
from prm.jobs.services import job_start

#: How many rows one answer holds; beyond it the file is prepared by a job.
AT_ONCE = 20_000
MEMORY_BYTES = 2 * 1024 * 1024
JOB_KIND = "exports.export"


@dataclass(frozen=True)
class Written:
    """A file that is complete: its bytes from the start, what it is called, how many rows it holds."""

    file: IO[bytes]
    title: str
    file_format: FileFormat
    rows: int


class TooManyForOneAnswer(Exception):
    """The list is longer than ``AT_ONCE``: ask for a job."""


def export_write(
    *, actor: Actor, source: str, query: QueryDict, of: str = "", file_format: str = "csv", language: str = "en"
) -> Written:
    """The list as a file, at once. The file is complete when this returns, so an error is an error page and never a cut file.

    Raises NotFound, Denied; TooManyForOneAnswer past 20,000 rows. Publishes ListExported.
    """
    found, asked, file_format_ = _asked(actor=actor, source=source, query=query, of=of, file_format=file_format)
    keys = list(islice(found.keys(actor, asked), AT_ONCE + 1))
    if len(keys) > AT_ONCE:
        raise TooManyForOneAnswer
    title = found.title(actor, of)
    with translation.override(language):
        about = found.said(actor, asked)
    spool = tempfile.SpooledTemporaryFile(max_size=MEMORY_BYTES)  # closed by the answer  # noqa: SIM115
    count = write_table(
        spool,
        rows=rows_of(found, actor, asked, keys),
        columns=found.chosen(actor, asked),
        file_format=file_format_,
        language=language,
        style=CsvStyle.for_language(language),
        title=title,
        about=about,
    )
    spool.seek(0)
    made = Export.objects.create(
        source=source, of=of, query=query.urlencode()[:4000], title=title[:300], file_format=file_format_, row_count=count,
        owner_id=actor.user_id, finished_at=timezone.now(),
    )  # fmt: skip
    publish(ListExported(subject_id=made.pk, source=source, count=count), actor=actor)
    return Written(spool, title, file_format_, count)


@transaction.atomic
def export_start(
    *, actor: Actor, source: str, query: QueryDict, of: str = "", file_format: str = "csv", machine_heads: bool = False
) -> Export:
    """Asks a job for the file. Asking twice for what is being prepared already gives the same export.

    ``machine_heads`` are for programs, whose query string must be understood as a whole.

    Raises NotFound, Denied, Invalid (``format``, ``query``). Publishes ExportAsked.
    """
    found, _asked_for, file_format_ = _asked(actor=actor, source=source, query=query, of=of, file_format=file_format)
    if machine_heads and (names := found.misunderstood(actor, query, of)):
        raise Invalid("bad_query", _("The list cannot read %(names)s.") % {"names": ", ".join(names)[:200]}, field="query")
    same = {
        "source": source, "of": of, "query": query.urlencode()[:4000], "file_format": file_format_, "owner_id": actor.user_id,
        "machine_heads": machine_heads,
    }  # fmt: skip
    with connection.cursor() as cursor:  # a double click waits here for its twin
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [repr(sorted(same.items(), key=str))])
    running = Export.objects.visible_to(actor).filter(**same, job__state__in=OPEN_STATES).select_related("job").first()
    if running is not None:
        return running
    title = found.title(actor, of)
    made = Export.objects.create(**same, title=title[:300], expires_at=timezone.now() + KEPT_FOR)
    made.job = job_start(
        actor=actor, kind=JOB_KIND, title=_("Export of the list “%(list)s”") % {"list": found.label},
        parameters={"export": str(made.pk)}, subject_id=made.pk,
    )  # fmt: skip
    made.save(update_fields=["job"])
    publish(ExportAsked(subject_id=made.pk, source=source), actor=actor)
    return made


def export_fetch(*, actor: Actor, export_id: UUID | str) -> tuple[Export, IO[bytes]]:
    """The file of a prepared export, for its owner. Raises NotFound, also once it is no longer kept. Publishes ExportFetched."""
    export = export_get(actor=actor, export_id=export_id, verb="export")
    authorize(actor, source_of(export.source).permission)
    if not export.file_name or not default_storage.exists(export.file_name):
        raise NotFound("no_file", _("This file is not ready, or is no longer kept."))
    publish(ExportFetched(subject_id=export.pk), actor=actor)
    return export, default_storage.open(export.file_name)


def exports_tidy(*, actor: Actor, now: datetime | None = None) -> int:
    """Removes the files of exports whose time is over, also of those that never ended; how many there were."""
    gone = Export.objects.visible_to(actor).filter(expires_at__lte=now or timezone.now()).select_related("job")
    count = 0
    for export in gone[:500]:
        folder_remove(export)
        if export.job is not None:
            job_files_remove(export.job)
        Export.objects.visible_to(actor).filter(pk=export.pk).update(file_name="", expires_at=None)
        count += 1
    return count


def export_finish(*, actor: Actor, export: Export, file_name: str, file_size: int, count: int) -> None:
    """Notes that the file lies ready, for as long as it is kept. Publishes ListExported."""
    now = timezone.now()
    Export.objects.visible_to(actor).filter(pk=export.pk).update(
        file_name=file_name, file_size=file_size, row_count=count, finished_at=now, expires_at=now + KEPT_FOR, updated_at=now
    )
    publish(ListExported(subject_id=export.pk, source=export.source, count=count), actor=actor)


def export_asked(*, actor: Actor, export: Export) -> tuple[Source, Asked, list[Column]]:
    """What an export was asked for and its columns, read again with today's rights. Raises NotFound, Denied."""
    source, asked, _format = _asked(
        actor=actor, source=export.source, query=QueryDict(export.query), of=export.of, file_format=export.file_format
    )
    return source, asked, source.chosen(actor, asked)


def _asked(*, actor: Actor, source: str, query: QueryDict, of: str, file_format: str) -> tuple[Source, Asked, FileFormat]:
    authorize(actor, "exports.export:create")
    found = source_of(source)
    authorize(actor, found.permission)
    if file_format not in CONTENT_TYPES:
        raise Invalid("unknown_format", _("A file is CSV or XLSX."), field="format")
    found.title(actor, of)  # refuses a record that the actor does not see
    return found, found.asked(actor, query, of), file_format  # type: ignore[return-value]
