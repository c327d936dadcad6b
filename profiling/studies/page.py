"""Words and figures of the page that compares two runs. No reading, no markup."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from prm.ui import formats
from profiling.studies.models import StudyRun
from profiling.studies.rules import FELL, NEW, OUT, ROSE, SAME, move_of

ROWS = 100


def moves_of(rows: Sequence[Mapping[str, Any]], show: str) -> list[dict[str, Any]]:
    """Tabs over the rows: everybody, who rose, fell, came in, went out, each with how many."""
    found = [move_of(row) for row in rows]
    labels = {ROSE: _("Rose"), FELL: _("Fell"), NEW: _("Came in"), OUT: _("Went out")}
    tabs = [{"key": "", "label": _("Everybody"), "count": len(rows), "current": show not in labels}]
    return tabs + [{"key": k, "label": v, "count": found.count(k), "current": k == show} for k, v in labels.items()]


def settled(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The rows of a comparison; where nobody's figure changed, a place that shifted because somebody else left is no move."""
    if any(row["change"] for row in rows):
        return list(rows)
    return [{**row, "moved": 0 if row["moved"] else row["moved"]} for row in rows]


def moves_words(rows: Sequence[Mapping[str, Any]]) -> str:
    """The finding: how many rose, fell, came in and went out."""
    found = [move_of(row) for row in rows]
    if not any(move != SAME for move in found):
        return _("Nobody moved")
    rose, fell, new, out = (found.count(move) for move in (ROSE, FELL, NEW, OUT))
    words = [] if rose or fell else [_("nobody’s figure changed")]
    if rose or fell:
        words.append(ngettext("%(count)s rose", "%(count)s rose", rose) % {"count": rose})
        words.append(ngettext("%(count)s fell", "%(count)s fell", fell) % {"count": fell})
    if new:
        words.append(ngettext("%(count)s came in", "%(count)s came in", new) % {"count": new})
    if out:
        words.append(ngettext("%(count)s went out", "%(count)s went out", out) % {"count": out})
    said = ", ".join(words)
    return said[:1].upper() + said[1:]


def compare_rows(
    rows: Sequence[Mapping[str, Any]], show: str = "", *, words: Callable[[Any, bool], str]
) -> list[dict[str, Any]]:
    """The rows of a comparison as they are shown, those that moved as ``show`` says, who moved most first; a company that only one
    run has among its best says so. ``words(value, signed)`` writes the figure of the kind."""
    if show in {ROSE, FELL, NEW, OUT}:
        rows = sorted((r for r in rows if move_of(r) == show), key=lambda r: -abs(r["moved"] or 0))
    return [
        {
            "id": row["company"].public_id,
            "name": row["company"].name,
            "city": row["company"].city,
            "rank": row["rank"],
            "other_rank": row["other_rank"],
            "moved": row["moved"],
            "moved_text": formats.number(abs(row["moved"])) if row["moved"] else "",
            "figure": _figure(row["figure"], words),
            "other_figure": _figure(row["other_figure"], words),
            "change": _figure(row["change"], words, signed=True),
        }
        for row in rows[:ROWS]
    ]


def _figure(value: Any, words: Callable[[Any, bool], str], *, signed: bool = False) -> str | None:
    return None if value is None else words(value, signed)


@dataclass(frozen=True)
class Asked:
    """What a run was asked, name → value in words, and what it took where nobody asked."""

    question: Mapping[str, str]
    usual: Mapping[str, str] = field(default_factory=dict)

    def words(self, name: str) -> str:
        """What the run went by: what was asked, else what it took by itself."""
        return self.question.get(name) or self.usual.get(name) or _("none")


def changes_between(old: StudyRun, new: StudyRun, before: Asked, now: Asked) -> list[dict[str, str]]:
    """What was asked, or read, differently: name, before, after."""
    changes = [
        {"name": name, "before": before.words(name), "after": now.words(name)}
        for name in dict.fromkeys([*before.question, *now.question])
        if before.question.get(name) != now.question.get(name)
    ]
    if old.snapshot_id != new.snapshot_id:
        changes.append(
            {
                "name": _("Companies as they were known"),
                "before": _("%(count)s, %(when)s")
                % {"count": formats.number(old.universe_count), "when": formats.moment(old.created_at)},
                "after": _("%(count)s, %(when)s")
                % {"count": formats.number(new.universe_count), "when": formats.moment(new.created_at)},
            }
        )
    if old.code_version != new.code_version:
        changes.append({"name": _("Version of the formula"), "before": old.code_version[:7], "after": new.code_version[:7]})
    return changes
