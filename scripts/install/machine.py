"""What the system itself has to bring: libraries for PDFs, and a Chromium for the browser tests."""

import ctypes
import ctypes.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from .programs import PYTHON, ROOT, Trouble, explain, run, say

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
