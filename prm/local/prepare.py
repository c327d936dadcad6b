"""``python -m prm.local.prepare``: brings database, static files and demo world up to date before the demo serves.

One process for all of it, because loading Django takes longer than any step that has nothing to do. Its steps go to the
terminal, everything else to the log that the supervisor gave it as standard error.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands

from prm.local.addresses import var_dir
from prm.local.console import step
from prm.local.files import write_private
from prm.local.services import services

ACCOUNTS = "accounts.txt"


def main() -> None:
    """Run every step in order; an error ends the process with its traceback in the log."""
    django.setup()
    with step("database up to date"):
        services().prepare(_quiet("setup_database"), again=True)
        if os.environ.get("DATABASE_URL") and os.environ.get("DATABASE_ADMIN_URL"):
            _quiet("setup_database")()
        _quiet("migrate", interactive=False)()
    with step("static files collected"):
        _collect_static()
    known = get_commands()
    if "demo_world" in known:  # returns at once when the world is there
        with step("demo world in place"):
            _quiet("demo_world")()
    accounts = io.StringIO()
    if "demo_accounts" in known:
        call_command("demo_accounts", stdout=accounts)
    write_private(var_dir() / "run" / ACCOUNTS, accounts.getvalue())


def _collect_static() -> None:
    """``collectstatic``, unless no file has changed: hashing and compressing hundreds of files again takes seconds."""
    digest = hashlib.sha256(str(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for name, storage in finder.list(StaticFilesConfig.ignore_patterns):
            facts = Path(storage.path(name)).stat()
            digest.update(f"{name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT).with_name("static.stamp")
    if Path(settings.STATIC_ROOT).is_dir() and stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    stamp.unlink(missing_ok=True)
    _quiet("collectstatic", interactive=False)()
    stamp.write_text(digest.hexdigest())


def _quiet(name: str, **options: object) -> Callable[[], None]:
    def run() -> None:
        with contextlib.redirect_stdout(sys.stderr):
            call_command(name, stdout=sys.stderr, verbosity=1, **options)

    return run


if __name__ == "__main__":
    main()
