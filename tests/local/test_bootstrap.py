"""``scripts/bootstrap.py``: what it refuses, what it says, and what it does only once."""

from __future__ import annotations

import ast
import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from prm.local.addresses import ROOT

SCRIPT = ROOT / "scripts" / "bootstrap.py"


@pytest.fixture
def bootstrap(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(SCRIPT.parent))  # as for a script that is run
    return importlib.import_module("bootstrap")


def test_an_old_python_is_told_apart_from_everything_else(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 4, "final", 0))
    with pytest.raises(SystemExit):
        bootstrap.refuse_old_python()
    told = capsys.readouterr().err
    assert "Python 3.10.4 is too old." in told
    assert "Why:" in told
    assert "make demo" in told.split("Next:")[1]


def test_an_old_python_can_read_the_script_at_all() -> None:
    # Its words and its grammar are those of 3.8, so that the refusal is read instead of a syntax error.
    ast.parse(SCRIPT.read_text(), feature_version=(3, 8))


def test_without_a_network_the_next_step_is_told(tmp_path: Path) -> None:
    # A tree of its own, an index on a port where nobody listens, and no uv on the machine.
    for part in ("scripts", "prm/local", "requirements"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    nowhere = "http://127.0.0.1:9/simple"
    env = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PIP_INDEX_URL": nowhere, "PIP_RETRIES": "0"}
    env |= {"UV_INDEX_URL": nowhere, "UV_DEFAULT_INDEX": nowhere, "UV_HTTP_RETRIES": "0", "PIP_CONFIG_FILE": os.devnull}
    python = getattr(sys, "_base_executable", sys.executable)
    done = subprocess.run(
        [python, "scripts/bootstrap.py", "build"],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "the network could not be reached" in done.stderr
    assert "check the connection" in done.stderr.split("Next:")[1]


def test_a_full_disk_is_told_apart_from_the_network(bootstrap: ModuleType) -> None:
    explain = importlib.import_module("install.programs").explain
    assert "disk is full" in explain("Installing", "OSError: [Errno 28] No space left on device").what
    assert "failed" in explain("Installing", "something else").what


def test_a_missing_library_warns_with_the_command_and_does_not_stop(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(bootstrap.machine.PDF_LIBRARIES, "libno-such-thing.so.0", "no-such-thing")
    monkeypatch.setattr(bootstrap.machine, "as_administrator", lambda: None)
    bootstrap.machine.check_pdf_libraries()
    told = capsys.readouterr().out
    assert "libno-such-thing.so.0" in told
    assert "apt-get install libpango-1.0-0" in told or "brew install pango" in told


def test_without_pip_and_without_rights_the_command_is_named(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap.packages.shutil, "which", lambda name: None)
    monkeypatch.setattr(bootstrap.packages, "works", lambda command: False)
    monkeypatch.setattr(bootstrap.packages, "find_pip", lambda: None)
    monkeypatch.setattr(bootstrap.machine, "as_administrator", lambda: None)
    with pytest.raises(bootstrap.Trouble) as refusal:
        bootstrap.packages.find_uv()
    assert "python3-pip" in refusal.value.next_step


def test_a_step_is_done_once_for_its_inputs_and_again_when_its_product_is_gone(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    programs = importlib.import_module("install.programs")
    monkeypatch.setattr(programs, "STAMPS", tmp_path / "stamps")
    product = tmp_path / "product"
    product.touch()
    assert not programs.is_done("step", "v1", product)
    programs.mark_done("step", "v1")
    assert programs.is_done("step", "v1", product)
    assert not programs.is_done("step", "v2", product)
    product.unlink()
    assert not programs.is_done("step", "v1", product)


def test_requirements_are_pinned_by_hash_and_name_no_index() -> None:
    for name in ("base.txt", "dev.txt"):
        text = (ROOT / "requirements" / name).read_text()
        pins = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
        assert pins
        assert all("==" in pin for pin in pins)
        assert text.count("--hash=sha256:") >= len(pins)
        assert "index-url" not in text
