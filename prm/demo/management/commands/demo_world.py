"""``manage.py demo_world``: fills the demo world the first time; later says that it is there."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from prm.core.errors import DomainError
from prm.demo.filling import world_fill
from prm.demo.world.build import COMPANIES, SEED


class Command(BaseCommand):
    help = "Fills the demo world (an invented vendor, its channel and its market) into an empty installation."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=SEED, help="another seed makes another world")
        parser.add_argument("--day", type=date.fromisoformat, default=None, help="the world as it stands on this day (today)")
        parser.add_argument("--companies", type=int, default=COMPANIES, help=f"how many companies (default {COMPANIES:,})")
        parser.add_argument("--accounts", action="store_true", help="print the accounts afterwards")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            added = world_fill(
                today=options["day"],
                seed=options["seed"],
                companies=options["companies"],
                say=lambda text: self.stdout.write(f"  {text}"),
            )
        except DomainError as refusal:
            raise CommandError(str(refusal.message)) from refusal
        self.stdout.write("The demo world is filled." if added else "The demo world is there already.")
        if options["accounts"]:
            call_command("demo_accounts", stdout=self.stdout)
