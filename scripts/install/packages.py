"""uv, the virtual environment, and the pinned packages in it."""

import os
import shutil
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

from .machine import install_packages
from .programs import PYTHON, ROOT, STAMPS, VAR, VENV, Trouble, demand, fingerprint, is_done, mark_done, run, say, works

# Company networks often re-sign traffic with an authority that only the system's own list knows.
AUTHORITIES = next(
    (path for path in ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt") if Path(path).exists()), None
)
if AUTHORITIES:
    os.environ.setdefault("PIP_CERT", AUTHORITIES)
    os.environ.setdefault("NODE_EXTRA_CA_CERTS", AUTHORITIES)
if AUTHORITIES or sys.platform == "darwin":
    os.environ.setdefault("UV_SYSTEM_CERTS", "1")
if not os.access(Path.home(), os.W_OK):  # accounts of services have no home folder to keep downloads in
    os.environ.setdefault("UV_CACHE_DIR", str(VAR / "cache" / "uv"))
    os.environ.setdefault("npm_config_cache", str(VAR / "cache" / "npm"))


def find_uv():
    """A working uv, as the start of a command; brought into the data folder when the machine has none."""
    tools = VAR / "tools"
    for candidate in (shutil.which("uv"), tools / "bin" / "uv", Path.home() / ".local" / "bin" / "uv"):
        if candidate and Path(candidate).exists() and works([candidate]):
            return str(candidate)
    say("uv: not on this machine, fetching it")
    pip = find_pip()
    if pip is None and install_packages(["python3-pip", "python3-venv"], "pip"):
        pip = find_pip()
    if pip is None:
        raise Trouble(
            "The Python packages cannot be installed.",
            f"{sys.executable} has neither pip nor ensurepip, and this user may not install them.",
            "sudo apt-get install python3-pip   (or install uv: https://docs.astral.sh/uv/), then run the command again",
        )
    tools.mkdir(parents=True, exist_ok=True)
    # --target writes into our own folder, which is what PEP 668 asks for; nothing of the distribution is touched.
    demand(
        "Fetching uv",
        [*pip, "install", "--upgrade", "--target", tools, "uv"],
        env={**os.environ, "PIP_REQUIRE_VIRTUALENV": "0"},
    )
    return str(tools / "bin" / "uv")


def find_pip():
    """A pip that runs with this Python: its own, or one unpacked from ensurepip; ``None`` when there is neither."""
    if works([sys.executable, "-m", "pip"]):
        return [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
    helper = VAR / "tools" / "pip-venv"
    if not run([sys.executable, "-m", "venv", "--clear", helper])[0] and works([helper / "bin" / "python", "-m", "pip"]):
        return [helper / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "-q"]
    return None


def uv_environment():
    """uv's settings: this Python and no other."""
    return {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1"}


def make_environment(uv):
    """.venv with this very Python; made again when it was made by another one or does not run."""
    wanted = f"{sys.version_info[0]}.{sys.version_info[1]}"
    question = [PYTHON, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    if PYTHON.exists() and subprocess.run(question, capture_output=True, text=True, check=False).stdout.strip() == wanted:
        return
    # Not `python3`: under pyenv that is a shim which may mean another version inside the checkout.
    python = getattr(sys, "_base_executable", None) or sys.executable
    demand("Making the virtual environment", [uv, "venv", "--clear", "--python", python, VENV], env=uv_environment())


def python_inputs(kind):
    """The requirement files of ``kind`` and the fingerprint of what they would be installed into."""
    names = ["base.txt", "dev.txt"] if kind == "test" else ["base.txt"]
    files = [ROOT / "requirements" / name for name in names]
    return files, fingerprint(sys.version, sysconfig.get_platform(), str(VENV), *files)


def python_is_current(kind):
    """True when .venv holds the pinned packages; one made for the checks serves the demo too."""
    return any(is_done(f"python-{name}", python_inputs(name)[1], PYTHON) for name in {kind, "test"})


def install_python(uv, kind):
    """The pinned packages, checked against their hashes."""
    files, inputs = python_inputs(kind)
    (STAMPS / "python-test").unlink(missing_ok=True)  # a sync for the demo removes what only the checks need
    sync(uv, files)
    mark_done(f"python-{kind}", inputs)


def sync(uv, files):
    say("Python packages: installing (once)")
    started = time.monotonic()
    command = [uv, "pip", "sync", "--require-hashes", "--python", PYTHON, *files]
    demand("Installing the Python packages", command, env=uv_environment())
    say(f"Python packages: installed in {time.monotonic() - started:.0f} s")
