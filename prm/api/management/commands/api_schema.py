"""``manage.py api_schema``: writes or checks the committed description of the API."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from prm.api.schema import api_schema


class Command(BaseCommand):
    """The description in ``docs/integrators/openapi.json``."""

    help = "Writes docs/integrators/openapi.json; with --check only says whether it is up to date."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = settings.BASE_DIR / "docs" / "integrators" / "openapi.json"
        text = json.dumps(api_schema(), indent=1, ensure_ascii=False, default=str) + "\n"
        if options["check"]:
            if not path.exists() or path.read_text() != text:
                raise CommandError("docs/integrators/openapi.json is not what the code says: run manage.py api_schema")
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        self.stdout.write(str(path))
