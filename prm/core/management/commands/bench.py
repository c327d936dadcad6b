"""`manage.py bench NAME --json`: measure, beside peers, and say whether each bar holds."""

from __future__ import annotations

import json
import os
from argparse import ArgumentParser
from importlib import import_module
from importlib.util import find_spec
from keyword import iskeyword
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

FOLDER = "tests.benchmarks"


class Command(BaseCommand):
    """Run one benchmark of `tests/benchmarks` (its module's `run`), print it, and exit 1 when a bar does not hold."""

    help = "Run a benchmark: scoring, scoring-quality, ranking, import, list…"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The benchmark's name, and how to run and print it."""
        parser.add_argument("name", help="as in tests/benchmarks, with hyphens")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
        parser.add_argument("--seed", type=int, default=None, help="another seed than the benchmark's own")
        parser.add_argument("--quick", action="store_true", help="smaller, to see that it runs; bars mean little")

    def handle(self, *args: object, **options: Any) -> None:
        """Measure and print. Raises CommandError for an unknown benchmark or missing data."""
        name = str(options["name"])
        if name not in names():
            raise CommandError(f"There is no benchmark called {name}. There are: {', '.join(names())}.")
        module = name.replace("-", "_")
        # A name that is a word of Python, such as import, has an underscore behind it as a module.
        benchmark = import_module(f"{FOLDER}.{module}_" if iskeyword(module) else f"{FOLDER}.{module}")
        folder = data_folder()
        if getattr(benchmark, "NEEDS_DATA", False) and folder is None:
            raise CommandError(
                f"The benchmark {name} runs on real input. Set PRM_DATA_DIR to the folder that holds it, then try again."
            )
        chosen = {} if options["seed"] is None else {"seed": options["seed"]}
        try:
            result: dict[str, Any] = benchmark.run(folder, quick=options["quick"], **chosen)
        except FileNotFoundError as missing:
            raise CommandError(f"PRM_DATA_DIR has no file {missing.filename}.") from missing
        if options["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False, allow_nan=False, default=float))
        else:
            self.stdout.write(json.dumps(result, ensure_ascii=False, indent=2, default=float))
            for bar in result["bars"]:
                held = "holds" if bar["holds"] else "DOES NOT HOLD"
                self.stdout.write(f"{held}: {bar['bar']}: {bar['value']} (limit {bar['limit']})")
        if not all(bar["holds"] for bar in result["bars"]):
            raise SystemExit(1)


def data_folder() -> Path | None:
    """The folder of real input, from the setting or the environment; None when it is not set or not there."""
    given = getattr(settings, "DATA_DIR", None) or os.environ.get("PRM_DATA_DIR")
    folder = Path(given).expanduser() if given else None
    return folder.resolve() if folder is not None and folder.is_dir() else None


def names() -> list[str]:
    """The benchmarks there are."""
    spec = find_spec(FOLDER)
    folders = list(spec.submodule_search_locations or []) if spec is not None else []
    files = [p for folder in folders for p in Path(folder).glob("*.py") if not p.stem.startswith("_")]
    return sorted({p.stem.removesuffix("_").replace("_", "-") for p in files})
