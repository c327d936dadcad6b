"""Tells whether exactly this code has already brought the data folder up to date, so that a start can skip asking Django."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from prm.local.addresses import ROOT

SUFFIXES = {".py", ".txt", ".css", ".js", ".svg", ".woff2", ".mo", ".json", ".csv"}
SKIPPED = {"node_modules", "var", "tests", "docs", "__pycache__"}


def code_and_database(var: Path) -> str:
    """A digest that changes with any file of the product and with the database that it serves."""
    digest = hashlib.sha256(os.environ.get("DATABASE_URL", "").encode())
    cluster = var / "postgres" / "PG_VERSION"
    if cluster.exists():
        facts = cluster.stat()
        digest.update(f"{facts.st_ino} {facts.st_ctime_ns}".encode())
    for folder, folders, files in os.walk(ROOT):
        folders[:] = sorted(name for name in folders if name not in SKIPPED and not name.startswith("."))
        for name in sorted(files):
            path = Path(folder, name)
            if path.suffix in SUFFIXES:
                facts = path.stat()
                digest.update(f"{path} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()
