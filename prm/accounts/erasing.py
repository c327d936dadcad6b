"""Where words of or about a person stand beside the person: what erasing somebody (G10) has to reach.

Each feature declares its columns here: ``copies.register(TextCopy(model=FactSource, fields=("name", "note")))``. A test gives somebody a
life in the product, erases them, and reads every text column of every table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from prm.accounts.models import Person
from prm.core.registry import Registry


@dataclass(frozen=True, kw_only=True)
class TextCopy:
    """Columns that may repeat somebody's name, address or telephone. Where they do, the words are put in the pseudonym's place; with
    ``whole`` the rows go.

    ``by``: only rows whose person this is (a key to ``Person``, or a column that holds one), and these whatever they say.
    """

    model: type[models.Model]
    fields: Sequence[str] = ()
    by: str = ""
    whole: bool = False

    @property
    def key(self) -> str:
        """``partners.factsource:name``."""
        return f"{self.model._meta.label_lower}:{self.by or self.fields[0]}"


copies: Registry[TextCopy] = Registry("accounts.text_copies", key=lambda copy: copy.key)


def pseudonym_of(person: Person) -> str:
    """What stands in place of a name: the same in every language, and of nobody."""
    return f"#{person.pk.hex[-8:]}"


def without(value: Any, said: Sequence[str], pseudonym: str) -> Any:
    """``value`` (a text, or JSON of texts) with none of the texts ``said`` in it, however they are capitalised."""
    if isinstance(value, str):
        for text in said:
            at = value.casefold().find(text.casefold())
            while at >= 0 and len(value.casefold()) == len(value):
                value = value[:at] + pseudonym + value[at + len(text) :]
                at = value.casefold().find(text.casefold(), at + len(pseudonym))
        return value
    if isinstance(value, list):
        return [without(item, said, pseudonym) for item in value]
    if isinstance(value, dict):
        return {key: without(item, said, pseudonym) for key, item in value.items()}
    return value
