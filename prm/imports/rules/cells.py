"""What reading one cell may answer beside its value, and a typed cell as text. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class CellError:
    """Why a cell is refused: a code (``messages.CELL_MESSAGES`` has its words) and what the words need."""

    code: str
    data: dict[str, Any] = field(default_factory=dict, hash=False)


#: Reads one cell that is not blank: its value, None for "not known", or a ``CellError``.
Read = Callable[[Any], Any]


def as_text(cell: Any) -> str:
    """A typed cell as a person would write it: 42.0 is 42, midnight is no time."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat()
    return str(cell)
