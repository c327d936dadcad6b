"""The company's own lines of its timeline: what happened to it and to the relationship, and why; what files changed of it."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.partners.facts.words import change_words
from prm.partners.history.telling import changed_words
from prm.partners.history.timeline import TimelineEntry, TimelineSource, timeline
from prm.partners.models import Company
from prm.partners.selectors.company import company_history
from prm.partners.selectors.record import reasons_of
from prm.partners.selectors.replaced import replaced_by_files

#: From so many lines on a timeline is a history, which tells also what files changed; the few lines of a record's first page do not.
WHOLE = 100


def _lines(actor: Actor, company: Company, limit: int) -> Iterable[TimelineEntry]:
    happened = company_history(actor=actor, company=company, limit=limit)
    moves = [UUID(line.data["move_id"]) for line in happened if line.data.get("move_id")]
    reasons = reasons_of(actor=actor, move_ids=moves)
    for line in happened:
        reason = reasons.get(UUID(line.data["move_id"]), "") if line.data.get("move_id") else ""
        about = " · ".join(part for part in (line.about, reason) if part)
        yield TimelineEntry(at=line.at, text=line.sentence, about=about, icon=line.icon, who=line.who)


def _files(actor: Actor, company: Company, limit: int) -> Iterable[TimelineEntry]:
    if limit < WHOLE:
        return
    for told in replaced_by_files(actor=actor, company=company)[:limit]:
        yield TimelineEntry(
            at=told.at, who=_("Import “%(source)s”") % {"source": told.source}, text=changed_words(len(told.changes)),
            about=" · ".join(change_words(told.changes)), icon="file-import",
        )  # fmt: skip


def register() -> None:
    """Called once, when the app is ready."""
    timeline.register(TimelineSource(key="history", provider=_lines, order=10))
    timeline.register(TimelineSource(key="files", provider=_files, order=20))
