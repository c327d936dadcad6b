"""Who may import whom, room by room: what the contracts in ``pyproject.toml`` cannot say, because they name single modules.

A room is a file's first word or its folder: ``vendor_acts.py`` and ``vendor/acts.py`` are both ``vendor``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.house.house import module_of, parse, python_files

# From the top downwards. Rooms of one place do not import each other, except that forms, tables and filters may.
PLACES = (
    ("vendor", "portal", "public", "api", "tasks", "receivers"),
    ("forms", "tables", "filters"),
    ("services",),
    ("selectors",),
    ("policies", "events"),
    ("models",),
    ("rules",),
)
PLACE = {room: place for place, rooms in enumerate(PLACES) for room in rooms}
PAGES, SHARED_BY_PAGES = PLACES[0], PLACES[1]
# What all features stand on. Its files are no rooms: prm.api is the base of every API, prm.ui.tables that of every table.
BASES = {"local", "core", "access", "ui", "api", "settings", "management"}


def feature_and_room(module: str) -> tuple[str, str]:
    """``prm.imports.vendor_acts`` → ``prm.imports``, ``vendor``; two empty texts for what is in no room of a feature."""
    package, feature, name = (*module.split("."), "", "", "")[:3]
    word = name.split("_")[0]
    return (f"{package}.{feature}", word) if word in PLACE and feature not in BASES else ("", "")


def stage_of(feature: str) -> str:
    """The features of a stage make one app; each feature that all stages share is one of its own."""
    return feature if feature.startswith("prm.") else feature.split(".", maxsplit=1)[0]


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and name of everything imported, also inside functions; not what only the type checker imports."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from {(node.lineno, f"{node.module}.{name.name}") for name in node.names}
        elif isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        else:
            yield from imported(node)


def upwards(module: str, tree: ast.Module) -> list[str]:
    """Imports of one room of a feature from a room above it, or from another of the same place."""
    feature, room = feature_and_room(module)
    found = []
    for line, name in imported(tree):
        other, other_room = feature_and_room(name)
        if not feature or other != feature or other_room == room:
            continue
        same_place = PLACE[other_room] == PLACE[room]
        if PLACE[other_room] < PLACE[room] or (same_place and room not in SHARED_BY_PAGES):
            found.append(f"{module}:{line} imports {name}")
    return found


def strange_pages(module: str, tree: ast.Module) -> list[str]:
    """Imports of another app's pages, API or tasks; for a stage also of its forms, tables and filters."""
    package, feature = (*module.split("."), "")[:2]
    app = stage_of(f"{package}.{feature}")
    forbidden = PAGES if package == "prm" else PAGES + SHARED_BY_PAGES
    found = []
    for line, name in imported(tree):
        other, room = feature_and_room(name)
        if room in forbidden and stage_of(other) != app:
            found.append(f"{module}:{line} imports {name}")
    return found


@pytest.mark.parametrize(("module", "source", "check"), [
    ("prm.imports.services_fix", "from prm.imports.vendor_acts import ImportDiscardPage", upwards),
    ("prm.imports.services_fix", "def f():\n    from prm.imports import tables", upwards),
    ("prm.imports.selectors_home", "from prm.imports.services_fix import import_row_fix", upwards),
    ("prm.imports.rules.dates", "import prm.imports.models", upwards),
    ("prm.partners.models.company", "from prm.partners.policies import policy", upwards),
    ("prm.imports.tasks", "from prm.imports.vendor_acts import ImportDiscardPage", upwards),
    ("prm.exports.vendor", "from prm.jobs.vendor import JobListPage", strange_pages),
    ("profiling.studies.page", "from prm.partners.vendor.partners import PartnerListPage", strange_pages),
    ("profiling.targets.tables", "from prm.partners.tables.partners import partner_list_spec", strange_pages),
    ("profiling.targets.api", "from prm.partners.api.companies import CompanySerializer", strange_pages),
])  # fmt: skip
def test_each_check_catches_a_planted_import(module: str, source: str, check) -> None:
    assert check(module, ast.parse(source))


@pytest.mark.parametrize(("module", "source"), [
    ("prm.imports.vendor_acts", "from prm.imports.vendor import ImportPage"),
    ("prm.imports.forms", "from prm.imports.tables import import_list_spec"),
    ("prm.imports.vendor_acts", "from prm.imports.services_fix import import_row_fix"),
    ("profiling.ranking.vendor", "from profiling.studies.vendor import StudyPage"),
    ("profiling.targets.tables", "from prm.ui.tables import ListSpec"),
    ("profiling.targets.services", "from prm.partners.services import company_get"),
    ("prm.imports.models", "if TYPE_CHECKING:\n    from prm.imports.services import import_create"),
])  # fmt: skip
def test_no_check_forbids_what_is_meant(module: str, source: str) -> None:
    assert not upwards(module, ast.parse(source))
    assert not strange_pages(module, ast.parse(source))


@pytest.mark.parametrize("check", [upwards, strange_pages])
def test_no_file_imports_what_its_room_may_not(check) -> None:
    found = [hit for path in python_files() for hit in check(module_of(path), parse(path))]
    assert not found, "\n".join(found)
