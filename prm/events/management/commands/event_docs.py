"""``manage.py event_docs``: writes or checks ``docs/events.md``, the list of everything that can happen."""

from __future__ import annotations

import dataclasses
import inspect
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from prm.events.publishing import ENVELOPE, EVENT_TYPES, Event
from prm.events.subscribing import SUBSCRIBERS, Order

HEAD = """\
# Events

Everything that can happen, as subscribers, `GET /api/v1/events` and histories know it. Written by `manage.py event_docs` from the classes
in each feature's `events.py`; how events travel: [architecture](architecture.md#what-happened-and-who-hears-of-it).

Every event also carries `id`, `position`, `occurred_at`, `actor`, `partner` (may be null), `subject` (type, id, and version: 1 for the
first event of that record, 2 for the next) and `correlation` (the request that set it going; jobs and reactions keep it). Additive
change keeps the event's version; anything else brings an upcaster (`prm/events/received.py`).
"""


class Command(BaseCommand):
    """The catalogue of events."""

    help = "Writes docs/events.md; with --check only says whether it is up to date."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether to write."""
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write or compare. Raises CommandError when the file is behind the code."""
        path: Path = settings.BASE_DIR / "docs" / "events.md"
        text = catalogue()
        if options["check"]:
            if not path.exists() or path.read_text() != text:
                raise CommandError("docs/events.md is not what the code says: run manage.py event_docs")
            return
        path.write_text(text)
        self.stdout.write(str(path))


def catalogue() -> str:
    """The whole page."""
    ours = {type_: kind for type_, kind in EVENT_TYPES.items() if not type_.startswith("tests.")}
    lines = [HEAD]
    for app in sorted({type_.partition(".")[0] for type_ in ours}):
        lines += [f"## {app}", "", "| type | version | subject | what | data |", "|---|---|---|---|---|"]
        for type_ in sorted(type_ for type_ in ours if type_.startswith(f"{app}.")):
            kind = ours[type_]
            lines.append(f"| `{type_}` | {kind.version} | {kind.subject_type} | {_what(kind)} | {_data(kind)} |")
        lines.append("")
    lines += ["## Subscribers", "", "| name | hears of | order | effect |", "|---|---|---|---|"]
    for entry in SUBSCRIBERS:
        heard = ", ".join(f"`{type_}`" for type_ in sorted(entry.types)) or "everything"
        order = "of everything" if entry.order is Order.POSITION else "of its subject"
        lines.append(f"| `{entry.name}` | {heard} | {order} | {'outside' if entry.outside else 'in the database'} |")
    return "\n".join(lines) + "\n"


def _what(kind: type[Event]) -> str:
    return " ".join((inspect.getdoc(kind) or "").split("\n\n", maxsplit=1)[0].split()).replace("|", "\\|")


def _data(kind: type[Event]) -> str:
    own = [field for field in dataclasses.fields(kind) if field.name not in ENVELOPE]
    return ", ".join(f"`{field.name}` {_type(field.type)}" for field in own) or "–"


def _type(hint: Any) -> str:
    text = hint if isinstance(hint, str) else getattr(hint, "__name__", str(hint))
    return text.replace("|", "or").replace("[", "\\[")
