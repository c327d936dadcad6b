"""What a rule refuses: the question is at fault, not the program."""

from __future__ import annotations


class RuleFault(Exception):
    """A question that cannot be answered. ``code`` names why, ``data`` is what its words need.

    Rules have no words; who asks them words the fault (``profiling.studies.faults``). Whatever else a rule raises, a ValueError too,
    is a mistake of the program and stays one.
    """

    def __init__(self, code: str, **data: object) -> None:
        super().__init__(code, data)
        self.code, self.data = code, data
