"""Which column of a file is which field: heads compared with names and synonyms, and values with the field's kind. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import override
from rapidfuzz import fuzz

from prm.core.text import text_key
from prm.core.units import without_unit
from prm.imports.fields import FieldSpec, Kind
from prm.imports.rules.blanks import is_blank
from prm.imports.rules.cells import CellError
from prm.imports.rules.rejects import own_columns
from prm.imports.rules.styles import WITH_UNITS, column_style
from prm.imports.rules.values import converter

_BRACKETS = re.compile(r"[(\[{].*?[)\]}]")
_FRACTION = re.compile(r"[+-]?\d*[.,]\d*[1-9]\d*\s?%?\Z")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_NOISE = frozenset(
    "the of a an in en de du des d la le les l per par nombre number nb nbre no num eur usd keur k m total".split()
)
#: Under this a guess is not made: an ignored column is seen, a wrong one may not be.
ACCEPT = 72.0
#: From here on a head means the field, whatever its unit, year and small words say.
EXACT = 96.0


@dataclass(frozen=True, slots=True)
class Guess:
    """A column's field and how good the guess is (0 to 100)."""

    field: str
    score: float


def field_words(spec: FieldSpec) -> tuple[str, ...]:
    """The keys of all heads that mean a field: its name, its label in every language, its synonyms."""
    words = {text_key(spec.name): None}
    for language in ("en", "fr"):
        with override(language):
            words[text_key(str(spec.label))] = None
    words.update((text_key(word), None) for word in spec.synonyms)
    words.pop("", None)
    return tuple(words)


def known_heads(fields: Iterable[FieldSpec]) -> frozenset[str]:
    """All keys that mean some field; the head of a table is found by them."""
    return frozenset(word for spec in fields for word in (*field_words(spec), *map(text_key, spec.whole_heads)))


def guess_columns(names: Sequence[str], samples: Sequence[Sequence[Any]], fields: Sequence[FieldSpec]) -> dict[int, Guess]:
    """Column index → guess; each field is given at most once, the best pair first.

    ``samples[i]`` are cells of column i. A head that means a field exactly is taken unless its cells cannot be it; a similar head needs
    cells that can; a head that means nothing gets a field only by cells that can hardly be anything else.
    """
    words = {spec.name: field_words(spec) for spec in fields}
    pairs: list[tuple[float, int, int, str]] = []
    own = own_columns(names)
    for index in own:
        name = names[index]
        scores = _scores(name, samples[index], fields, words)
        # A head that means a field is not like another: "country (2)" is no county.
        meant = sum(score >= EXACT for score in scores.values())
        least = EXACT if meant else 60
        if len(names) == 1 and least < EXACT and _several_heads(name, words.values()):
            continue
        for spec in fields:
            score = scores[spec.name]
            if score < least:
                continue
            fit = _fit(spec, samples[index], name)
            if fit is not None:
                score += 12 * (fit - 0.5) if fit >= 0.5 else -60 * (0.5 - fit)
            pairs.append((score, meant, index, spec.name))
    guesses: dict[int, Guess] = {}
    taken: set[str] = set()
    # Of equals the column with the fewest meanings first: "annual sales" is the revenue, and "annual revenue" beside it is not.
    for score, _meant, index, field_name in sorted(pairs, key=lambda pair: (-pair[0], *pair[1:3])):
        if score >= ACCEPT and index not in guesses and field_name not in taken:
            guesses[index] = Guess(field_name, round(min(100.0, score), 1))
            taken.add(field_name)
    for index in own:
        if index in guesses:
            continue
        values = samples[index]
        for spec in fields:
            if (
                spec.name not in taken
                and spec.kind in {Kind.EMAIL, Kind.URL, Kind.COUNTRY}
                and (_fit(spec, values, "") or 0) > 0.9
            ):
                texts = {str(v).strip() for v in values if str(v or "").strip()}
                is_web = all("://" in text or text.startswith("www.") for text in texts)
                if is_web if spec.kind is Kind.URL else len(texts) >= 3 or spec.kind is Kind.EMAIL:
                    guesses[index] = Guess(spec.name, ACCEPT)
                    taken.add(spec.name)
                    break
    return guesses


def _scores(
    name: str, cells: Sequence[Any], fields: Sequence[FieldSpec], words: Mapping[str, Sequence[str]]
) -> dict[str, float]:
    """Field → how near a head comes to it; of numbers the unit behind their name does not count."""
    bare, key, found = without_unit(name), text_key(name), {}
    for spec in fields:
        score = head_similarity(name, words[spec.name])
        if bare != name and spec.kind in WITH_UNITS:
            score = max(score, min(97.0, head_similarity(bare, words[spec.name])))
        if key in map(text_key, spec.whole_heads) and _hardly_repeats(cells):
            score = 98.0
        found[spec.name] = score
    return found


def head_similarity(name: str, words: Sequence[str]) -> float:
    """How near a head comes to the best of ``words``: 100 equal, 96 equal without unit, year and small words, else fuzzy."""
    key = text_key(name)
    if not key:
        return 0.0
    if key in words:
        return 100.0
    bare = text_key(_YEAR.sub(" ", _BRACKETS.sub(" ", name)))
    if bare in words:
        return 97.0
    core = _core(bare)
    best = 0.0
    for word in words:
        core_word = _core(word)
        if core and core == core_word:
            return 96.0
        if len(core) < 4 or len(core_word) < 4:
            continue
        ratio = fuzz.ratio(core, core_word)
        tokens = fuzz.token_sort_ratio(core, core_word)
        best = max(best, 0.95 * ratio, 0.95 * tokens)
        # "Company name (legal)" holds "company name" and more: near, but a better head for another field may exist.
        if f" {core_word} " in f" {core} ":
            best = max(best, 70 + 20 * len(core_word) / len(core))
    return best


def _several_heads(name: str, words: Iterable[Sequence[str]]) -> bool:
    """Whether the only head of a file is several heads that no delimiter parts ("name   country   revenue")."""
    parts = text_key(name).split()
    return len(parts) > 1 and sum(any(word in parts for word in known) for known in words) > 1


def _hardly_repeats(values: Sequence[Any]) -> bool:
    known = [str(v).strip() for v in values if v is not None and not is_blank(str(v).strip())]
    return len(set(known)) >= 0.7 * len(known) > 0


def _core(key: str) -> str:
    return " ".join(word for word in key.split() if word not in _NOISE)


def _fit(spec: FieldSpec, values: Sequence[Any], head: str) -> float | None:
    """The share of the known cells that the field can read; None when no cell is known."""
    known = [v for v in values if v is not None and not (isinstance(v, str) and (not v.strip() or is_blank(v.strip())))][:60]
    if not known:
        return None
    if spec.kind is Kind.TEXT:
        # Long prose is no name, and a column of bare numbers is seldom one either; ids are.
        long = sum(1 for v in known if len(str(v)) > spec.max_length)
        # A share (0.9333) is hardly a word: a head must mean the field, not only be like one of its words.
        least = 0.4 if sum(1 for v in known if _FRACTION.match(str(v).strip())) > len(known) / 2 else 0.75
        return least - least * long / len(known)
    convert = converter(spec, column_style(known, spec.kind, head))
    good = sum(1 for v in known if not isinstance(convert(v), CellError))
    return good / len(known)


def usable_mapping(mapping: Mapping[str, str], names: Sequence[str], fields: Sequence[FieldSpec]) -> dict[int, str]:
    """A remembered or given mapping (head → field) as column index → field; heads and fields that are not there fall away."""
    known = {spec.name for spec in fields}
    by_key = {text_key(head) or head: value for head, value in mapping.items()}
    found: dict[int, str] = {}
    for index, name in enumerate(names):
        value = mapping.get(name) or by_key.get(text_key(name) or name)
        if value in known and value not in found.values():
            found[index] = value
    return found
