"""What the demo says on the terminal: one line a step, with the seconds it took."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

COLOURS = {"✓": "32", "!": "33", "✗": "31"}


def say(text: str = "") -> None:
    """Print at once, also through a pipe; a closed terminal is no reason to fail."""
    with suppress(OSError):
        print(text, flush=True)


def note(mark: str, text: str) -> None:
    """One line with a mark: ✓ done, ! to know, ✗ wrong."""
    if sys.stdout.isatty() and not os.environ.get("NO_COLOR"):
        mark = f"\033[{COLOURS[mark]}m{mark}\033[0m"
    say(f"  {mark} {text}")


@contextmanager
def step(text: str) -> Iterator[None]:
    """Say ``text`` and the time it took when the block ends without an error."""
    started = time.monotonic()
    yield
    note("✓", f"{text:<44} {time.monotonic() - started:5.1f} s")
