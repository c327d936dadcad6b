"""Texts made comparable: one key for order, prefix and equality, whatever accents, case and punctuation people type.

Stored in ``*_key`` columns (collation "C"), so that no database extension is needed and the answer is the same on every
machine.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TypeVar

T = TypeVar("T")

# Letters that NFKD leaves alone, in the spelling that people search with.
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ł": "l", "þ": "th", "ð": "d", "ı": "i"})
_NOT_WORD = re.compile(r"[\W_]")
#: Overrides and isolates of direction, the zero-width space and the byte-order mark; joiners belong to some scripts and stay.
_UNSEEN = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200B, 0xFEFF])
#: Control characters, separators of lines and paragraphs, halves of signs.
_OF_NO_LINE = frozenset({"Cc", "Zl", "Zp", "Cs"})
_LINK = re.compile(r"://|\bwww\.", re.IGNORECASE)
_WHOLE = re.compile(r"[0-9]{1,9}")


class _Folds(dict[int, str]):
    """Each sign as it is compared, found out once: without accents and case; what belongs to no word is a blank. So many are kept as
    people write in; whoever sends all that there are fills no memory."""

    most = 20_000

    def __missing__(self, code: int) -> str:
        bare = "".join(c for c in unicodedata.normalize("NFKD", chr(code).casefold()) if not unicodedata.combining(c))
        # After the accents: under that of "ǣ" stands an "æ".
        found = _NOT_WORD.sub(" ", bare.casefold().translate(_LETTERS))
        if len(self) < self.most:
            self[code] = found
        return found


_FOLDS = _Folds()


def text_key(text: str | None) -> str:
    """``"Côte & Fils, S.A.S."`` → ``"cote fils s a s"``: accents and case dropped, punctuation folded to one space."""
    return " ".join(text.translate(_FOLDS).split()) if text else ""


def words(*texts: str | None, limit: int = 24) -> list[str]:
    """The distinct words of some texts, as keys, in order of first appearance; at most ``limit``."""
    seen: dict[str, None] = {}
    for text in texts:
        for word in text_key(text).split():
            seen.setdefault(word[:40])
    return list(seen)[:limit]


def typed_text(text: str) -> str:
    """``text`` as somebody would type it: without blanks around it, without marks that nobody sees and that turn it round or hide in
    it (a name could else show as another, and two that look the same be told apart)."""
    return text.strip() if text.isascii() else text.translate(_UNSEEN).strip()


def is_plain_line(text: str) -> bool:
    """Whether ``text`` is one line of visible signs: no line break, no control character, nothing that hides in it or turns it round."""
    return not any(ord(sign) in _UNSEEN or unicodedata.category(sign) in _OF_NO_LINE for sign in text)


def holds_link(text: str) -> bool:
    """Whether programs that show ``text`` make a link of something in it.

    >>> holds_link("Click https://evil.example"), holds_link("WWW.evil.example"), holds_link("Anne-Marie Le Goff (N/A)")
    (True, True, False)
    """
    return _LINK.search(text) is not None


def plain_line(text: str) -> str:
    """``text`` made such a line: for names that other programs tell us; "" for one that would be a link."""
    kept = "".join(" " if unicodedata.category(sign) in _OF_NO_LINE else sign for sign in typed_text(text))
    return "" if holds_link(kept) else " ".join(kept.split())


def whole_number(text: str | None, default: T) -> int | T:
    """The number that somebody typed into an address or a form: up to nine digits, 0 to 9; ``default`` for all else.

    ``str.isdigit`` would not do: it is true of ``"²"``, which is no number to ``int``.
    """
    return int(text) if text and _WHOLE.fullmatch(text) else default
