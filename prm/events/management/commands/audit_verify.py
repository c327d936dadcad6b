"""``manage.py audit_verify``: is the audit chain as it was written? Names the first entry that is not, and ends with status 1."""

from __future__ import annotations

from argparse import ArgumentParser
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import formats, timezone

from prm.access.actors import Actor
from prm.access.roles import as_system
from prm.core.errors import NotFound
from prm.core.ids import typeid_encode
from prm.events.models import OutboxEvent
from prm.events.selectors import event_get
from prm.events.selectors_audit import AuditFault, audit_faults
from prm.events.services import audit_check


class Command(BaseCommand):
    """Verify the audit chain."""

    help = "Verifies the audit chain and names the first broken entry; --all names every one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to go on after the first."""
        parser.add_argument("--all", action="store_true", help="name every broken entry")
        parser.add_argument(
            "--new", action="store_true", help="read only what came after the last verification, as happens daily"
        )

    def handle(self, *args: object, **options: Any) -> None:
        """Verify, write down the outcome, and name what is broken. Raises CommandError when something is."""
        with as_system("manage.py audit_verify") as actor:
            check = audit_check(actor=actor, only_new=options["new"])
            faults = audit_faults(actor=actor) if options["all"] else iter([])
            found = list(faults) or (
                [AuditFault(check.broken_number or 0, check.broken_event_id, check.fault)] if check.fault else []
            )
            lines = [self._line(actor, fault) for fault in found]
        if lines:
            raise CommandError("The audit chain is broken.\n" + "\n".join(lines))
        read = "" if check.is_full else f" ({check.looked_at:,} of them new)"
        self.stdout.write(f"The audit chain is whole: {check.entries:,} entries{read}, {check.seconds} s.")

    def _line(self, actor: Actor, fault: AuditFault) -> str:
        about = ""
        if fault.event_id:
            with suppress(NotFound):  # it may be the very row that somebody removed
                about = self._event(event_get(actor=actor, event_id=fault.event_id))
        return f"Entry {fault.number}{about}: {fault.words}."

    def _event(self, event: OutboxEvent) -> str:
        when = formats.date_format(timezone.localtime(event.occurred_at), "c")
        return f" ({typeid_encode('event', event.pk)}, {event.type}, position {event.position}, {when})"
