"""Nobody meets a phrase of Django or REST framework: everything that they may say of a form, a record or a body is in our words."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from typing import Any

import pytest
from babel.messages.pofile import read_po
from django.utils import translation
from django.utils.functional import Promise

from tests.house.house import ROOT

MODULES = (
    "django.forms.fields", "django.forms.models", "django.core.validators", "django.db.models.fields",
    "django.db.models.fields.related", "django.db.models.fields.json", "django.db.models.constraints",
    "rest_framework.fields", "rest_framework.relations", "rest_framework.serializers", "rest_framework.validators",
    "rest_framework.exceptions",
)  # fmt: skip
HOLDERS = (
    "default_error_messages", "message", "messages", "default_detail", "missing_message", "default_violation_error_message",
)  # fmt: skip


def said() -> Iterator[str]:
    """Every message that a field, validator or refusal of the frameworks brings, as its source has it."""
    for name in MODULES:
        for thing in vars(importlib.import_module(name)).values():
            if not inspect.isclass(thing) or thing.__module__ != name:
                continue
            for holder in HOLDERS:
                held = thing.__dict__.get(holder)
                for message in held.values() if isinstance(held, dict) else [held]:
                    if isinstance(message, Promise | str):
                        yield source_of(message)


def source_of(message: Any) -> str:
    if not isinstance(message, Promise):
        return str(message)
    if "singular" in message._kw:
        return str(message._kw["singular"])
    return str(message._args[0])


def in_words(phrase: str) -> str:
    """A phrase as it is told, of one thing where it has a plural: not every Python finds that one by its bare singular."""
    told = translation.gettext(phrase)
    return told if told != phrase else translation.ngettext(phrase, phrase, 1)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_phrase_of_the_frameworks_is_in_our_words(language: str) -> None:
    phrases = {phrase for phrase in said() if phrase}
    assert len(phrases) > 90
    with (ROOT / "locale" / language / "parts" / "framework.po").open("rb") as file:
        ours = {m.id[0] if isinstance(m.id, tuple) else m.id for m in read_po(file, locale=language)}
    assert sorted(phrases - ours) == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_phrase_speaks_of_fields_and_values(language: str) -> None:
    with translation.override(language):
        told = [in_words(phrase) for phrase in said() if phrase]
    foreign = ("Ensure", "This field", "a valid", "Assurez-vous", "Ce champ ne", "valide")
    assert [words for words in told if any(word in words for word in foreign)] == []
