"""Texts that people would call the same have the same key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prm.core.text import _FOLDS, plain_line, text_key, words


@pytest.mark.parametrize(("text", "key"), [
    ("Côte & Fils, S.A.S.", "cote fils s a s"),
    ("ŒUVRE  Électrique", "oeuvre electrique"),
    ("Straße", "strasse"),
    ("L’Isère-Cloud", "l isere cloud"),
    ("Łódź Ærø", "lodz aero"),
    ("東京 データ", "東京 テータ"),
    ("", ""),
    (None, ""),
])  # fmt: skip
def test_key_of(text: str | None, key: str) -> None:
    assert text_key(text) == key


@given(st.text(max_size=80))
def test_a_key_is_its_own_key(text: str) -> None:
    assert text_key(text_key(text)) == text_key(text)


@given(st.text(max_size=80))
def test_case_does_not_matter(text: str) -> None:
    assert text_key(text.upper().casefold()) == text_key(text.upper())


def test_words_are_distinct_and_bounded() -> None:
    assert words("Kerlan Systèmes", "kerlan-systemes.example", None) == ["kerlan", "systemes", "example"]
    assert len(words(" ".join(f"w{n}" for n in range(99)))) == 24


def test_whoever_writes_every_sign_that_there_is_fills_no_memory() -> None:
    """A search with all of them took 90 MB of each web process, for good."""
    signs = "".join(chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000)
    text_key(signs)
    assert len(_FOLDS) <= _FOLDS.most
    assert (text_key("Côte"), text_key("\U0001d406")) == ("cote", "g"), "a sign that is not kept reads the same"


def test_a_name_that_another_program_tells_is_one_line_and_no_link() -> None:
    assert plain_line("Anne\n Le\u202e Goff (N/A)") == "Anne Le Goff (N/A)"
    assert plain_line("Anne https://evil.example") == ""
