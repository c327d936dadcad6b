"""What imports add to the vendor's home: files that wait for fixes or for a go, and the act of bringing another one."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from prm.imports.models import ImportBatch, ImportState
from prm.imports.selectors_home import imports_waiting
from prm.ui import formats, home

VIEW = "imports.import:view"


def waiting(whose: home.Whose) -> home.Work | None:
    """Checked files with their faults and held duplicates, and failed ones."""
    batches = imports_waiting(actor=whose.actor, person_id=whose.person_id)
    now = timezone.now()
    items = []
    for batch in batches[: home.SHOWN]:
        days = (now - batch.created_at).days
        items.append(
            home.WorkItem(
                subject=batch.file_name,
                why=_why(batch),
                url=home.address("vendor:imports:import-detail", batch.public_id),
                act=_act(batch),
                due=formats.ago(batch.created_at),
                tone="hot" if batch.state == ImportState.FAILED or days > 7 else "soon" if days > 1 else "",
            )
        )
    return home.Work(items=items, total=len(batches), all_url=home.address("vendor:imports:import-list"))


def _why(batch: ImportBatch) -> str:
    if batch.state == ImportState.FAILED:
        return _("Stopped with an error, nothing half written")
    if batch.state == ImportState.UPLOADED:
        return _("Uploaded, its columns are not settled yet")
    parts = [ngettext("%(count)s row", "%(count)s rows", batch.rows_total) % {"count": formats.number(batch.rows_total)}]
    if batch.rows_rejected:
        parts.append(_("%(count)s with faults") % {"count": formats.number(batch.rows_rejected)})
    held = int(batch.forecast.get("ambiguous") or 0)
    if held:
        parts.append(
            ngettext("%(count)s possible duplicate", "%(count)s possible duplicates", held) % {"count": formats.number(held)}
        )
    return " · ".join(parts)


def _act(batch: ImportBatch) -> str:
    if batch.state == ImportState.CHECKED:
        return _("Fix") if batch.rows_rejected else _("Write")
    return _("Open")


def register() -> None:
    """Called once, when the app is ready."""
    home.work.register(
        home.WorkSource(
            key="imports.waiting",
            label=gettext_lazy("Imports waiting"),
            icon="file-import",
            permission=VIEW,
            provider=waiting,
            order=40,
        )
    )
    home.acts.register(
        home.HomeAct(
            key="imports.new", label=gettext_lazy("Import"), icon="upload", url_name="vendor:imports:import-new",
            permission="imports.import:create", order=90,
        )
    )  # fmt: skip
