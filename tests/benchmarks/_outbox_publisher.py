"""``python -m``: the publisher of the outbox benchmark (first, last, per second, seed), or ``prepare``."""

from __future__ import annotations

import sys

from tests.benchmarks import _outbox_world as world

if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        world.prepare()
    else:
        world.publish_all_of_them(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]))
