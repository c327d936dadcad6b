"""Which system user the embedded servers run as, and the folders they may write.

Postgres refuses to run as root. Where root starts the product (containers, small servers), the servers run as an
account of their own that may pass through the folders above its data, nothing more.
"""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from prm.local.preflight import Trouble

ACCOUNT = "prm-local"


def service_user() -> pwd.struct_passwd | None:
    """The account for the servers when this process is root, created when missing; ``None`` for everybody else.

    Raises ``Trouble`` when there is no such account and none can be made.
    """
    if os.geteuid() != 0:
        return None
    for attempt in (1, 2):
        try:
            return pwd.getpwnam(ACCOUNT)
        except KeyError:
            if attempt == 1:
                _create_account()
    raise AssertionError("unreachable")


def _create_account() -> None:
    options = ["--system", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/bin/false"]
    program = shutil.which("useradd") or shutil.which("useradd", path="/usr/sbin:/sbin")
    why = "this machine has no useradd"
    if program:
        done = subprocess.run([program, *options, ACCOUNT], capture_output=True, text=True, check=False)
        if done.returncode in (0, 9):  # 9: another process made it in the meantime
            return
        why = done.stderr.strip()
    raise Trouble(
        "Postgres cannot be started as root.",
        f"It needs a system account of its own, and {why}.",
        f"run as an ordinary user, or create a system account named {ACCOUNT}, or set DATABASE_URL and REDIS_URL",
    )


def as_service_user() -> dict[str, Any]:
    """Keyword arguments for ``subprocess`` that run a command as the service account; none unless root."""
    account = service_user()
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def own(path: Path) -> Path:
    """Hand ``path`` to the service account (root only)."""
    account = service_user()
    if account is not None and path.stat().st_uid != account.pw_uid:
        os.chown(path, account.pw_uid, account.pw_gid)
    return path


def private_folder(path: Path) -> Path:
    """A folder that only the servers (and root) may enter, made when missing.

    Raises ``Trouble`` when a stranger already holds the name: sockets without passwords must not be put there.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    account = service_user()
    allowed = {os.geteuid()} | ({account.pw_uid} if account else set())
    facts = path.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid not in allowed:
        raise Trouble(
            f"{path} belongs to somebody else.",
            "The embedded servers must own this folder alone.",
            f"remove {path}, or set PRM_VAR_DIR to another data folder",
        )
    path.chmod(0o700)
    return own(path)


def let_pass(targets: Iterable[Path]) -> None:
    """As root, let the service account reach ``targets``: passage (not listing) through the folders above them."""
    if os.geteuid() != 0:
        return
    for target in targets:
        for folder in [target, *target.parents]:
            mode = folder.stat().st_mode
            if folder != target and not mode & stat.S_IXOTH:
                folder.chmod(mode | stat.S_IXOTH)


def let_read(folder: Path) -> None:
    """As root, let the service account read and run what a package installed in ``folder``."""
    if os.geteuid() != 0:
        return
    for path in [folder, *folder.rglob("*")]:
        if path.is_symlink():
            continue
        mode = path.stat().st_mode
        wanted = mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0)
        if wanted != mode:
            path.chmod(wanted)
