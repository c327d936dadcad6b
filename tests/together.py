"""Several people who do the same at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connections


def at_once(act: Callable[[], Any], times: int = 4) -> list[Any]:
    """What ``act`` gives, or raises, in several threads that begin together."""
    gate, found = threading.Barrier(times), []

    def run() -> None:
        gate.wait()
        try:
            found.append(act())
        except Exception as error:
            found.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _time in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found
