"""The import contracts of ``pyproject.toml`` catch what they are for: a copy of the tree with one violation of each."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.house.house import PACKAGES, ROOT, python_files

# Contract → the module that breaks it, and what that module imports.
PLANTED = {
    "prm imports no stage": ("prm.demo.planted", "profiling.apps"),
    "The kernel's packages import downwards only": ("prm.core.planted", "prm.ui.formats"),
    "Inside a feature: pages, then tables, then services, selectors, policies, models, rules": (
        "prm.partners.models.planted",
        "prm.partners.selectors",
    ),
    "Features of profiling import downwards only": ("profiling.studies.planted", "profiling.scoring.selectors"),
}


def broken_contracts(folder: Path) -> tuple[set[str], str]:
    """The contracts that ``lint-imports`` reports as broken in a tree, and all that it says."""
    told = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=folder, env={**os.environ, "COLUMNS": "300"}, capture_output=True, text=True, check=False,
    ).stdout  # fmt: skip
    assert "Contracts: " in told, told
    return {line.removesuffix(" BROKEN") for line in told.splitlines() if line.endswith(" BROKEN")}, told


def test_each_contract_is_broken_by_the_violation_planted_for_it_and_by_nothing_else(tmp_path: Path) -> None:
    for path in python_files(*PACKAGES):
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    assert broken_contracts(tmp_path)[0] == set()

    for module, target in PLANTED.values():
        (tmp_path / Path(*module.split("."))).with_suffix(".py").write_text(f"import {target}\n")
    broken, told = broken_contracts(tmp_path)

    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert broken == {contract["name"] for contract in contracts} == set(PLANTED)
    for module, target in PLANTED.values():
        assert f"{module} -> {target}" in told
