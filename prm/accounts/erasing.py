"""Where words of or about a person stand beside the person: what erasing somebody (G10) has to reach.

Each feature declares its columns here: ``copies.register(TextCopy(model=FactSource, fields=("name", "note")))``. A test gives somebody a
life in the product, erases them, and reads every text column of every table.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import models

from prm.accounts.models import Person
from prm.core.registry import Registry


@dataclass(frozen=True, kw_only=True)
class TextCopy:
    """Columns that may repeat somebody's name, address or telephone. Where they do, the pseudonym is put in the words' place; with
    ``whole`` the rows go, and the file of private storage that ``path`` names; of ``whole`` rows that have a ``partner``, those of
    another one than the person's stay, without the words.

    ``by``: only rows whose person this is (a key to ``Person``, or a column that holds one). These are about nobody else: they go
    whatever they say, and lose the words however common these are.
    """

    model: type[models.Model]
    fields: Sequence[str] = ()
    by: str = ""
    whole: bool = False
    partner: str = ""
    path: str = ""

    @property
    def key(self) -> str:
        """``partners.factsource:name``."""
        return f"{self.model._meta.label_lower}:{self.by or self.fields[0]}"


#: A number of fewer digits is a year, a count, a price.
DIGITS_OF_A_TELEPHONE = 6

copies: Registry[TextCopy] = Registry("accounts.text_copies", key=lambda copy: copy.key)


def pseudonym_of(person: Person) -> str:
    """What stands in place of a name: the same in every language, and of nobody."""
    return f"#{person.pk.hex[-8:]}"


def is_telling(text: str) -> bool:
    """Whether a text names somebody wherever it stands: an address, a telephone, a name of several words. "Marc", "Page" and "2025" are
    anybody's, and taking them out of other people's words would ruin these.

    >>> is_telling("Yann Guivarch"), is_telling("Page"), is_telling("+33 2 98 55"), is_telling("2025")
    (True, False, True, False)
    """
    digits = sum(sign.isdigit() for sign in text)
    letters = [word for word in text.split() if sum(sign.isalpha() for sign in word) > 1]
    return "@" in text or digits >= DIGITS_OF_A_TELEPHONE or len(letters) > 1


@lru_cache(maxsize=64)
def _whole(text: str) -> re.Pattern[str]:
    """The text where it is no part of a longer word, name or address."""
    before, after = (r"\w.+-", r"(?![\w-])(?!\.\w)") if "@" in text else (r"\w-", r"(?![\w-])")
    return re.compile(rf"(?<![{before}]){re.escape(text)}{after}", re.IGNORECASE)


def without(value: Any, said: Sequence[str], pseudonym: str) -> Any:
    """``value`` (a text, or JSON of texts) with none of the texts ``said`` in it, however they are capitalised. What merely begins or ends
    like one stays."""
    if isinstance(value, str):
        for text in said:
            value = _whole(text).sub(pseudonym, value)
        return value
    if isinstance(value, list):
        return [without(item, said, pseudonym) for item in value]
    if isinstance(value, dict):
        return {key: without(item, said, pseudonym) for key, item in value.items()}
    return value
