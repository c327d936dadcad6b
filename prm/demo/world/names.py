"""Invented names of companies, in the manner of each language. Unique, and none taken from a real list.

A name is composed from many small parts by one of several patterns (coined word, landscape + trade, family, trade + place),
so that no pattern repeats itself to the eye.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np

from prm.core.text import text_key

_WORDS = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))


def _lists(part: str) -> dict[str, list[str]]:
    return {language: _split(text) for language, text in _WORDS[part].items()}


def _split(text: str) -> list[str]:
    return [" ".join(word.split()) for word in text.split("|")] if "|" in text else text.split()


_HEADS, _MIDDLES, _TAILS = _lists("heads"), _lists("middles"), _lists("tails")
_LANDSCAPE, _TRADES, _FAMILIES, _WORDS_BEFORE = _lists("landscape"), _lists("trades"), _lists("families"), _lists("before")
_FIRST_NAMES = _lists("first_names")
_HOUSES = {
    "fr": (
        "{0} & Fils",
        "{0} Frères",
        "{0} & Associés",
        "Établissements {0}",
        "Maison {0}",
        "Groupe {0}",
        "{0} {1}",
        "{0} {1}",
    ),
    "de": ("{0} & Partner", "Gebrüder {0}", "{0} & Söhne", "{0} {1}", "{0} {1}", "{1} {0}"),
    "nl": ("{0} & Zonen", "Gebroeders {0}", "{0} {1}", "{0} {1}", "Groep {0}"),
    "it": ("Fratelli {0}", "{0} & Figli", "{0} {1}", "Gruppo {0}", "{1} {0}"),
    "es": ("Hermanos {0}", "{0} e Hijos", "{0} {1}", "Grupo {0}", "{0} y Asociados"),
}
_LEGAL = {
    "FR": (("SAS", 52), ("SARL", 34), ("SASU", 6), ("SA", 8)),
    "BE": (("SRL", 45), ("SA", 25), ("BV", 0), ("NV", 0)),
    "LU": (("S.à r.l.", 70), ("S.A.", 30)),
    "CH": (("SA", 55), ("Sàrl", 45)),
    "DE": (("GmbH", 78), ("AG", 6), ("GmbH & Co. KG", 16)),
    "IT": (("S.r.l.", 82), ("S.p.A.", 18)),
    "ES": (("S.L.", 80), ("S.A.", 20)),
}
_LEGAL_BY_LANGUAGE = {("BE", "nl"): (("BV", 65), ("NV", 35)), ("CH", "de"): (("AG", 55), ("GmbH", 45))}


def person_name(rng: np.random.Generator, language: str) -> str:
    """An invented person's first name and last name."""
    return f"{_pick(rng, _FIRST_NAMES[language])} {_pick(rng, _FAMILIES[language])}"


def company_names(rng: np.random.Generator, homes: list[tuple[str, str]], taken: set[str]) -> list[str]:
    """One trade name for each (language, place names nearby, parted by spaces) of ``homes``.

    Unique as text keys, also against ``taken`` (keys, extended).
    """
    names = []
    for language, near in homes:
        maker = _MAKERS[int(rng.choice(len(_MAKERS), p=_MAKER_SHARE))]
        name = maker(rng, language, near.split())
        while text_key(name) in taken:
            # A pattern may run out of new names; a coined word never does.
            name = f"{_coined(rng, language)} {_pick(rng, _TRADES[language])}"
        taken.add(text_key(name))
        names.append(name)
    return names


def legal_name(rng: np.random.Generator, trade: str, country: str, language: str) -> str:
    """The registered name: the trade name with a legal form, sometimes written as registers do, in capitals."""
    forms = _LEGAL_BY_LANGUAGE.get((country, language), _LEGAL[country])
    weights = np.array([w for _f, w in forms], dtype=float)
    form = forms[int(rng.choice(len(forms), p=weights / weights.sum()))][0]
    return f"{trade.upper() if rng.random() < 0.12 else trade} {form}"


def _pick(rng: np.random.Generator, words: list[str]) -> str:
    return words[int(rng.integers(len(words)))]


def _coined(rng: np.random.Generator, language: str) -> str:
    head, tail = _pick(rng, _HEADS[language]), _pick(rng, _TAILS[language])
    # Two consonants meet only through a vowel, three syllables at most.
    middle = _pick(rng, _MIDDLES[language]) if rng.random() < 0.7 or head[-1] == tail[0] else "aeio"[int(rng.integers(4))]
    return head + middle + tail


def _alone(rng: np.random.Generator, language: str, near: list[str]) -> str:
    return _coined(rng, language)


def _coined_trade(rng: np.random.Generator, language: str, near: list[str]) -> str:
    return f"{_coined(rng, language)} {_pick(rng, _TRADES[language])}"


def _landscape(rng: np.random.Generator, language: str, near: list[str]) -> str:
    word, trade = _pick(rng, _LANDSCAPE[language]), _pick(rng, _TRADES[language])
    return f"{word}-{trade}" if language == "de" and rng.random() < 0.4 else f"{word} {trade}"


def _house(rng: np.random.Generator, language: str, near: list[str]) -> str:
    pattern = _HOUSES[language][int(rng.integers(len(_HOUSES[language])))]
    return pattern.format(_pick(rng, _FAMILIES[language]), _pick(rng, _TRADES[language]))


def _placed(rng: np.random.Generator, language: str, near: list[str]) -> str:
    place, trade = _pick(rng, near), _pick(rng, _TRADES[language])
    return f"{place} {trade}" if rng.random() < 0.6 else f"{trade} {place}"


def _before(rng: np.random.Generator, language: str, near: list[str]) -> str:
    first = _pick(rng, _WORDS_BEFORE[language])
    second = _pick(rng, _LANDSCAPE[language] if rng.random() < 0.5 else near)
    return f"{first} {second}"


def _initials(rng: np.random.Generator, language: str, near: list[str]) -> str:
    letters = "".join("ABCDEFGHILMNOPRSTV"[int(rng.integers(18))] for _ in range(int(rng.integers(2, 4))))
    return f"{letters} {_pick(rng, _TRADES[language])} {_pick(rng, near)}"


_MAKERS: tuple[Callable[[np.random.Generator, str, list[str]], str], ...] = (
    _alone, _coined_trade, _landscape, _house, _placed, _before, _initials,
)  # fmt: skip
_MAKER_SHARE = (0.24, 0.22, 0.15, 0.14, 0.11, 0.09, 0.05)
