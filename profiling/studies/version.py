"""Which code an answer came from: the hash of all that a computation reaches, found by following its imports.

Nobody keeps a list. A module takes part as soon as something that takes part imports it, at the top of a file or inside a
function; so do the versions of the libraries. A version that changes too often costs one reading of the universe; one that
changes too seldom shows the answers of two formulas as those of one. Of the kernel only the arithmetic, ``prm.core``, is
followed: the rest reads, writes and shows.
"""

from __future__ import annotations

import ast
import hashlib
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from profiling.studies.kinds import kinds

ROOT = Path(__file__).resolve().parents[2]
STEPS = "profiling.studies.tasks"  # what a run does, whatever its kind


def code_version(kind: str) -> str:
    """The version of what answers a study of this kind: 16 hex digits."""
    return source_version(STEPS, type(kinds.get(kind).engine).__module__)


@lru_cache(maxsize=64)
def source_version(*modules: str, root: Path = ROOT) -> str:
    """One name, 16 hex digits, for the sources of some modules and of all that these reach, and for the libraries they use."""
    files, libraries = reached(modules, root)
    digest = hashlib.sha256()
    for file in files:
        digest.update(str(file.relative_to(root)).encode())
        digest.update(file.read_bytes())
    for name in libraries:
        digest.update(f"{name} {_installed(name)}".encode())
    return digest.hexdigest()[:16]


def _installed(library: str) -> str:
    """The version that is installed. Not the loaded module's: what is imported late is loaded in one process and not in another."""
    return " ".join(metadata.version(name) for name in sorted(set(_distributions().get(library, ()))))


@lru_cache(maxsize=1)
def _distributions() -> Mapping[str, list[str]]:
    """Module → the distributions that bring it. It reads the papers of everything installed: once is enough."""
    return metadata.packages_distributions()


def reached(modules: Iterable[str], root: Path = ROOT) -> tuple[list[Path], list[str]]:
    """The files below ``root`` of some modules and of all that these import, directly or not; and the libraries that they name.

    Both sorted. Raises LookupError for a module that is not there.
    """
    found: set[Path] = set()
    libraries: set[str] = set()
    missing = [module for module in modules if _file(module, root) is None]
    if missing:
        raise LookupError(f"no source of {', '.join(missing)} below {root}")
    waiting = [package for module in modules for package in _with_packages(module)]
    while waiting:
        module = waiting.pop()
        file = _file(module, root)
        if file is None:
            libraries.add(module.partition(".")[0])
        elif file not in found:
            found.add(file)
            waiting += [package for name in _imported(module, file) for package in _with_packages(name)]
    ours = {file.relative_to(root).parts[0].removesuffix(".py") for file in found}
    return sorted(found), sorted(libraries - ours - sys.stdlib_module_names)


def _imported(module: str, file: Path) -> Iterator[str]:
    """Names of what a module imports; of ``from a import b`` it is ``a.b``, which may be a module or something in ``a``."""
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            words = package.split(".")
            above = words[: len(words) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{base}.{name.name}" for name in node.names)


def _with_packages(module: str) -> Iterator[str]:
    """``a.b.c`` → ``a``, ``a.b``, ``a.b.c``: importing the last one runs all three."""
    words = module.split(".")
    return (".".join(words[:end]) for end in range(1, len(words) + 1))


def _file(module: str, root: Path) -> Path | None:
    if module.startswith("prm.") and not f"{module}.".startswith("prm.core."):
        return None
    path = root.joinpath(*module.split("."))
    return next((file for file in (path / "__init__.py", path.with_suffix(".py")) if file.is_file()), None)
