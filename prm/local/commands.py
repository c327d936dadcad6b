"""What ``manage.py`` does before Django: the embedded services that a command needs, or a clear refusal."""

from __future__ import annotations

import sys

from prm.local.preflight import Trouble, report
from prm.local.services import services

# These read and write files only; every other command may need the database.
WITHOUT_SERVICES = frozenset({"", "help", "version", "--help", "-h", "--version", "collectstatic", "findstatic"})
# These need no database either, and are run by people whose gettext or editor is all they have.
WITHOUT_SERVICES |= {"makemessages", "compilemessages", "startapp", "diffsettings"}


def serve(command: str) -> None:
    """Hold the embedded services for ``command``; ends the process with a message when they cannot start.

    The roles and the database are made the first time, and looked at again before each ``migrate``: a release may add a
    role.
    """
    if command in WITHOUT_SERVICES:
        return
    try:
        services().hold()
        services().prepare(_setup_database, again=command == "migrate")
    except Trouble as trouble:
        report(trouble)
        sys.exit(1)


def _setup_database() -> None:
    import django  # noqa: PLC0415  not before the services that its settings name are there
    from django.core.management import call_command  # noqa: PLC0415  likewise

    django.setup()
    call_command("setup_database", verbosity=0)
