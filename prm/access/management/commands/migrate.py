"""``manage.py migrate`` runs as the schema's owner, and leaves every table with the grants and policies of its class."""

from __future__ import annotations

from typing import Any

from django.core.management.commands.migrate import Command as Migrate
from django.db import connections

from prm.access import rowsecurity


class Command(Migrate):
    def add_arguments(self, parser: Any) -> None:
        super().add_arguments(parser)
        # The application's login owns nothing.
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if not (options["plan"] or options["check_unapplied"]):
            rowsecurity.apply(connections[options["database"]])
