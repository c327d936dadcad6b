"""Which processes of a data folder are alive."""

from __future__ import annotations

import os
from pathlib import Path

import psutil

from prm.local.addresses import socket_dir


def processes_of(var: Path) -> list[psutil.Process]:
    """Every living process that names ``var`` in its command line, but for this one and the ended that nobody collected."""
    marks = (str(var), str(socket_dir(var)))  # Redis shows its socket instead of its command line
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        named = any(mark in part for part in process.info["cmdline"] or [] for mark in marks)
        if named and process.pid != os.getpid() and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(process)
    return found
