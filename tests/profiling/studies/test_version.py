"""The version kept with a run names every source that had a part in its figures."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from prm.access.roles import as_role
from prm.jobs.runner.work import run_inline
from profiling.studies.kinds import kinds
from profiling.studies.services import study_run
from profiling.studies.version import ROOT, STEPS, code_version, reached, source_version

ARITHMETIC = (ROOT / "profiling", ROOT / "prm" / "core")
# Who may see a row is asked of the policies, whatever is computed.
# Files that ask for rights, hold a lock or note what the work is part of: no figure depends on them.
BESIDE_THE_FIGURES = {"policies.py", "scoping.py", "locks.py", "correlation.py"}
QUESTIONS: dict[str, Any] = {"look_alike": lambda companies: {"references": [c.public_id for c in companies[:3]]}}


@contextmanager
def files_at_work() -> Iterator[set[Path]]:
    """Collects every source of ours of which a function was called."""
    found: set[str] = set()

    def seen(frame: FrameType, event: str, _what: object) -> None:
        if event == "call":
            found.add(frame.f_code.co_filename)

    paths: set[Path] = set()
    sys.setprofile(seen)
    try:
        yield paths
    finally:
        sys.setprofile(None)
        paths |= {Path(name) for name in found if any(Path(name).is_relative_to(folder) for folder in ARITHMETIC)}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [kind.key for kind in kinds])
def test_every_source_at_work_in_a_run_is_part_of_its_version(universe, manager, ask, kind):
    study = ask(manager, kind, **QUESTIONS.get(kind, lambda companies: {})(universe))
    with as_role(manager):
        run = study_run(actor=manager, study_id=study.pk)
    with files_at_work() as at_work:
        assert run_inline(run.job).state == "done"
    counted = set(reached([STEPS, type(kinds.get(kind).engine).__module__])[0])
    assert len(counted & at_work) > 10, "the run was watched"
    assert not {file for file in at_work - counted if file.name not in BESIDE_THE_FIGURES}
    assert run.code_version == code_version(kind)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """An engine with a helper that is imported inside a function, beside a page and a part of the kernel."""
    sources = {
        "stage/__init__.py": "",
        "stage/engine.py": "import numpy\nfrom . import steps\n",
        "stage/steps/__init__.py": "def first():\n    from stage.formula import fit\n    return fit()\n",
        "stage/formula.py": "from prm.core import rounding\nfrom prm.ui import formats\n\ndef fit(): return 1\n",
        "stage/page.py": "import stage.engine\n",
        "prm/__init__.py": "",
        "prm/core/__init__.py": "",
        "prm/core/rounding.py": "HALF = 0.5\n",
        "prm/ui/__init__.py": "",
        "prm/ui/formats.py": "",
    }
    for name, text in sources.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path


def test_a_version_follows_imports_and_nothing_else(house):
    files, libraries = reached(["stage.engine"], house)
    assert [str(file.relative_to(house)) for file in files] == [
        "prm/__init__.py", "prm/core/__init__.py", "prm/core/rounding.py", "stage/__init__.py", "stage/engine.py",
        "stage/formula.py", "stage/steps/__init__.py",
    ]  # fmt: skip
    assert libraries == ["numpy"]


@pytest.mark.parametrize("name", ["stage/engine.py", "stage/steps/__init__.py", "stage/formula.py", "prm/core/rounding.py"])
def test_a_version_changes_with_each_source_that_is_reached(house, name):
    before = source_version.__wrapped__("stage.engine", root=house)
    (house / name).write_text((house / name).read_text() + "\nMORE = 1\n")
    assert source_version.__wrapped__("stage.engine", root=house) != before


def test_a_version_stays_when_a_page_changes(house):
    before = source_version.__wrapped__("stage.engine", root=house)
    (house / "stage/page.py").write_text("TITLE = 'another'\n")
    assert source_version.__wrapped__("stage.engine", root=house) == before


def test_a_new_module_of_an_engine_is_part_of_the_version_as_soon_as_it_is_imported(house):
    before = source_version.__wrapped__("stage.engine", root=house)
    (house / "stage/capacity.py").write_text("ROOM = 1.2\n")
    assert source_version.__wrapped__("stage.engine", root=house) == before
    (house / "stage/formula.py").write_text("from stage.capacity import ROOM\n")
    assert (house / "stage/capacity.py") in reached(["stage.engine"], house)[0]
    assert source_version.__wrapped__("stage.engine", root=house) != before


def test_a_version_changes_with_a_library(house, monkeypatch):
    before = source_version.__wrapped__("stage.engine", root=house)
    monkeypatch.setattr(metadata, "version", lambda name: "99")
    assert source_version.__wrapped__("stage.engine", root=house) != before


def test_a_version_is_the_same_in_a_process_that_has_not_loaded_a_library_yet(house, monkeypatch):
    before = source_version.__wrapped__("stage.engine", root=house)
    monkeypatch.delitem(sys.modules, "numpy")
    assert source_version.__wrapped__("stage.engine", root=house) == before


def test_a_module_that_is_not_there_is_refused(house):
    with pytest.raises(LookupError, match=r"stage\.gone"):
        reached(["stage.gone"], house)


def test_what_reads_the_universe_and_what_reckons_are_counted_and_pages_are_not():
    files, libraries = reached([STEPS, "profiling.scoring.engine"])
    names = {str(file.relative_to(ROOT)) for file in files}
    assert {
        "profiling/studies/snapshots.py", "profiling/studies/snapshot_sql.py", "profiling/scoring/catalogue.py",
        "profiling/scoring/rules/weighing.py", "profiling/ranking/basis.py", "profiling/scoring/rules/score.py", "prm/core/text.py",
    } <= names  # fmt: skip
    assert not [name for name in names if Path(name).name in {"vendor.py", "api.py", "page.py", "kind.py"}]
    assert {"numpy", "pyarrow"} <= set(libraries)
