#!/usr/bin/env python3
"""Bring everything the product needs onto a machine that has git, make and Python 3.11 or newer.

    python3 scripts/bootstrap.py demo     packages, front-end assets, translations; a missing library for PDFs is told
    python3 scripts/bootstrap.py test     the same, and what the checks need: Chromium, development packages
    python3 scripts/bootstrap.py build    what an image for a server holds; looks at neither ports nor system libraries
    python3 scripts/bootstrap.py uv …     run the uv that this script found or brought
    python3 scripts/bootstrap.py npm …    run the npm that came with the packages

Standard library only; runs with a distribution's own Python, marked as externally managed and without ensurepip. What is in
place already is skipped by the hash of its inputs, so that a second run takes a moment. Messages say what happened, why, and
the next step.
"""

import fcntl
import shutil
import subprocess
import sys
import time

OLDEST = (3, 11)


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

from install import assets, machine, packages  # noqa: E402  (an old Python is refused before it reads them)
from install.programs import LOG, ROOT, VAR, Trouble, preflight, say  # noqa: E402  after the check of the Python


def main(arguments):
    kind = arguments[0] if arguments else ""
    if kind == "uv":
        return subprocess.run(
            [packages.find_uv(), *arguments[1:]], cwd=ROOT, env=packages.uv_environment(), check=False
        ).returncode
    if kind == "npm":
        npm, env = assets.npm_found()
        return subprocess.run([*npm, *arguments[1:]], cwd=ROOT, env=env, check=False).returncode
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
        if not packages.python_is_current(kind):
            uv = packages.find_uv()
            packages.make_environment(uv)
            packages.install_python(uv, kind)
        assets.install_front_end()
        assets.compile_translations()
        if kind != "build":
            machine.check_pdf_libraries()
        if kind == "test":
            machine.check_chromium()
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
