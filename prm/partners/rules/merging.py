"""Which of two values a merge proposes for a fact, and which rows of one company are known to the other. Pure."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence

from prm.partners.rules.trust import Told, next_best

KEPT, GONE = "kept", "gone"


def proposed(kept: Told | None, gone: Told | None) -> str:
    """Whose value to take: the known one; of two the more trusted, then the later, then that of the company that stays.

    >>> proposed(None, Told(50, None, 0)), proposed(Told(50, None, 1), Told(50, None, 0)), proposed(Told(50, None, 1), Told(10, None, 0))
    ('gone', 'kept', 'gone')
    """
    if gone is None:
        return KEPT
    if kept is None:
        return GONE
    return GONE if next_best([kept, gone]) is gone else KEPT


def is_known(row: Sequence[Sequence[Hashable]], there: Sequence[Collection[Sequence[Hashable]]]) -> bool:
    """Whether a row is the like of one that is there: equal in all columns of one alternative, of which not all are empty texts.

    >>> is_known([("a@b.example",)], [{("a@b.example",)}]), is_known([("",)], [{("",)}]), is_known([(None, 1)], [{(None, 1)}])
    (True, False, True)
    """
    return any(
        tuple(values) in known and not all(value == "" for value in values) for values, known in zip(row, there, strict=True)
    )
