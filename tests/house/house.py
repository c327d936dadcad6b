"""How the checks of the house read the tree: which files are ours, and what a feature package is."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ["prm", "profiling"]


def python_files(*folders: str) -> Iterator[Path]:
    """The Python files of some folders, without migrations."""
    for folder in folders or PACKAGES:
        yield from (p for p in sorted((ROOT / folder).rglob("*.py")) if "migrations" not in p.parts)


def tracked_texts() -> Iterator[Path]:
    """Every text file that belongs to the project."""
    skipped = {"node_modules", "var", "build", "__pycache__"}
    endings = {".py", ".html", ".js", ".css", ".toml", ".yml", ".md", ".txt", ".in", ".json", ".po", ".mjs", ".sh", ""}
    for place, folders, names in os.walk(ROOT):
        # What is not ours is not walked through: it is a hundred times as much.
        folders[:] = sorted(name for name in folders if name not in skipped and (name[0] != "." or name == ".ci"))
        yield from (path for name in sorted(names) if (path := Path(place, name)).suffix in endings and path.is_file())


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def module_of(path: Path) -> str:
    """The name by which a file is imported."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


@cache
def parse(path: Path) -> ast.Module:
    """A file's syntax, read once for all checks: they only look at it."""
    return ast.parse(path.read_text(), filename=str(path))


def is_room(path: Path, *rooms: str) -> bool:
    """Whether a file is one of a feature's rooms: ``services.py``, ``services_undo.py`` or inside ``services/``. The package
    ``prm.portal`` is a feature with rooms of its own, called like one."""
    folders = path.relative_to(ROOT).parts[:-1]
    names = {path.stem, *(folders[2:] if folders[:2] == ("prm", "portal") else folders)}
    return any(name == room or name.startswith(f"{room}_") for room in rooms for name in names)
