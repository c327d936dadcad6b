"""Where things lie, how programs are run, how their failures are told, and which steps were done already."""

import hashlib
import importlib.util
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
VAR = Path(os.environ.get("PRM_VAR_DIR") or ROOT / "var").expanduser().resolve()
STAMPS = VENV / "stamps"  # they go when what they vouch for goes
LOG = VAR / "log" / "bootstrap.log"


def load_preflight():
    """prm/local/preflight.py by its path: the package itself may need what is not installed yet."""
    spec = importlib.util.spec_from_file_location("prm_preflight", str(ROOT / "prm" / "local" / "preflight.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


preflight = load_preflight()
Trouble = preflight.Trouble


def say(text):
    print(f"  {text}", flush=True)


def run(command, **options):
    """Run a program with its output in the log; gives (status, output)."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with LOG.open("a", encoding="utf-8") as log:
        log.write(f"\n$ {' '.join(str(part) for part in command)}\n")
        log.flush()
        start = log.tell()
        done = subprocess.run(
            [str(part) for part in command],
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            check=False,
            **options,
        )
    with LOG.open(encoding="utf-8", errors="replace") as log:
        log.seek(start)
        return done.returncode, log.read()


def explain(what, output):
    """A ``Trouble`` from a failed program: the network and the disk are told apart from everything else."""
    lines = [line[:200] for line in output.strip().splitlines() if line.strip()]
    last = "\n        ".join(lines[-5:]) or "it said nothing"
    low = output.lower()
    signs = (
        "name resolution",
        "dns error",
        "failed to lookup",
        "connection refused",
        "network is unreachable",
        "could not resolve",
    )
    signs += ("connection error", "timed out", "enotfound", "econnrefused", "eai_again", "etimedout", "no route to host")
    signs += (
        "error sending request",
        "failed to fetch",
        "could not connect",
        "newconnectionerror",
        "from versions: none",
        "connect error",
    )
    if any(sign in low for sign in signs):
        return Trouble(
            f"{what}: the network could not be reached.",
            f"The first start downloads packages once. The last lines were:\n        {last}",
            "check the connection (and the proxy or mirror settings of pip, uv and npm), then run the command again;"
            " what was downloaded is kept",
        )
    if "no space left" in low:
        return Trouble(f"{what}: the disk is full.", last, "free about 2 GB, then run the command again")
    return Trouble(f"{what} failed.", last, f"read {LOG}, then run the command again")


def demand(what, command, **options):
    """Run a program that has to succeed."""
    status, output = run(command, **options)
    if status:
        raise explain(what, output)


def is_done(name, inputs, *products):
    """True when step ``name`` was finished with these inputs and its products are still there."""
    stamp = STAMPS / name
    done = stamp.exists() and stamp.read_text() == inputs
    return done and all(Path(product).exists() for product in products)


def mark_done(name, inputs):
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / name).write_text(inputs)


def fingerprint(*parts):
    """A hash of texts, and of the files and folders (by content) given as paths."""
    digest = hashlib.sha256()
    for part in parts:
        if not isinstance(part, Path):
            digest.update(str(part).encode())
            continue
        files = sorted(path for path in part.rglob("*") if path.is_file()) if part.is_dir() else [part]
        for path in files:
            digest.update(str(path.relative_to(ROOT)).encode())
            digest.update(path.read_bytes() if path.exists() else b"-")
    return digest.hexdigest()


def works(command):
    """True when ``command --version`` runs; a shim of a version manager may exist and still refuse."""
    try:
        return run([*command, "--version"])[0] == 0
    except OSError:
        return False
