"""``manage.py demo_accounts``: where to sign in to the demo, and as whom."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from prm.access.actors import ROLE_LABELS, Role
from prm.access.roles import as_system
from prm.demo.accounts import password_of, passwords_renew, people_ids
from prm.demo.world.people import MEMBERS, PARTNER_MEMBERS, SPECIALISTS, PartnerMember


class Command(BaseCommand):
    help = "Prints address, e-mail and password of each demo account. Refuses outside development and demo settings."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--address", default="", help="where the demo is served (http://localhost:PORT)")

    def handle(self, *args: Any, **options: Any) -> None:
        if not getattr(settings, "PRM_DEMO", False):
            raise CommandError("Demo accounts exist only in development and demo settings (PRM_DEMO).")
        with as_system("list the demo accounts"):
            missing = len(people_ids()) < len(MEMBERS)
        if missing:
            raise CommandError("There are no demo accounts yet: run demo_world first.")
        passwords_renew()
        address = options["address"] or f"http://localhost:{os.environ.get('PORT', '8000')}"
        self.stdout.write(f"Sign in at {address}\n")
        everybody = (*MEMBERS, *PARTNER_MEMBERS, *SPECIALISTS)
        wide = max(len(m.email) for m in everybody)
        for member in everybody:
            role = str(ROLE_LABELS[Role(member.role)])
            at = f" of {member.company}" if isinstance(member, PartnerMember) else ""
            language = {"fr": "French", "en": "English"}[member.language]
            self.stdout.write(f"  {member.email:<{wide}}  {password_of(member)}  {member.name}, {role}{at}, {language}")
