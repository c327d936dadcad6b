"""``manage.py member_add EMAIL NAME --role administrator``: a person of the vendor; an installation's first one."""

from __future__ import annotations

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from prm.access.actors import VENDOR_ROLES, Role
from prm.access.roles import as_system
from prm.accounts.services.accounts import member_add
from prm.core.errors import DomainError


class Command(BaseCommand):
    help = (
        "Adds a person of the vendor with an account. The password is read from PRM_MEMBER_PASSWORD; without one, the person"
        " chooses it through the reset e-mail."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("email")
        parser.add_argument("name", help="as others see it")
        parser.add_argument("--role", action="append", choices=sorted(role.value for role in VENDOR_ROLES), required=True)
        parser.add_argument("--language", default="en", choices=["en", "fr"])

    def handle(self, *args: Any, email: str, name: str, role: list[str], language: str, **options: Any) -> None:
        # Not an argument: arguments can be read by everybody on the machine.
        password = os.environ.get("PRM_MEMBER_PASSWORD") or None
        try:
            with as_system("manage.py member_add") as actor:
                member_add(
                    actor=actor, email=email, name=name, roles=[Role(r) for r in role], password=password, language=language
                )
        except DomainError as error:
            raise CommandError(str(error.message)) from error
        self.stdout.write(f"{name} <{email}> is {', '.join(role)}.")
