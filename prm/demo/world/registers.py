"""Identity papers of invented companies: registration numbers, domains, addresses, phone numbers.

Numbers have the form of their country's register but a check digit that is wrong on purpose, so that none can be the
number of a real company. Domains end in ``.example``, which the internet reserves for such use.
"""

from __future__ import annotations

import numpy as np

from prm.core.text import text_key

REGISTER = {"FR": "siren", "BE": "bce", "LU": "rcs", "CH": "ide", "DE": "ust-idnr", "IT": "partita-iva", "ES": "nif"}
_STREETS = {
    "fr": (
        "rue des {}",
        "rue du {}",
        "avenue des {}",
        "zone d'activité des {}",
        "boulevard du {}",
        "allée des {}",
        "quai du {}",
    ),
    "de": ("{}straße", "{}weg", "{}platz", "{}allee"),
    "nl": ("{}straat", "{}laan", "{}weg", "{}plein"),
    "it": ("via {}", "viale {}", "corso {}", "piazza {}"),
    "es": ("calle {}", "avenida {}", "paseo {}", "polígono {}"),
}
_STREET_WORDS = {
    "fr": "Tilleuls Aulnes Charmes Forges Tisserands Moulins Vergers Lilas Peupliers Cordiers Lavoirs Carrières Ormes",
    "de": "Birken Linden Mühlen Garten Bahnhof Wiesen Industrie Sonnen Kirch Schul Wald Ring",
    "nl": "Kerk Molen Haven Station Eiken Linden Industrie School Nieuw Park Beuken",
    "it": "Garibaldi Mazzini Roma Verdi Dante Trento Manzoni Marconi Torino Europa Matteotti",
    "es": "Mayor Nueva Real Industria Libertad Constitución Norte Sol Colón Europa Fuente",
}
_FRENCH_SINGULAR = "Moulin Port Lavoir Parc Château Verger Canal Stade Marché Rempart Vallon Golf Levant Couchant Chêne"


def registration_id(rng: np.random.Generator, country: str) -> str:
    """A number in the form of the country's company register, with a check digit that cannot be right."""
    digits = rng.integers(0, 10, size=12)
    digits[0] = rng.integers(1, 10)
    if country == "FR":
        body = [int(d) for d in digits[:8]]
        return _join([*body, _off(_luhn(body))], "ddd ddd ddd")
    if country == "BE":
        number = int("".join(str(int(d)) for d in digits[:7])) + 10_000_000
        wrong = (97 - number % 97 + 13) % 97
        text = f"0{number % 10_000_000:07d}{wrong:02d}"
        return f"{text[:4]}.{text[4:7]}.{text[7:]}"
    if country == "LU":
        return f"B{int(digits[0])}{_join([int(d) for d in digits[1:7]], 'dddddd')}"  # seven digits: one more than in use
    if country == "CH":
        body = [int(d) for d in digits[:8]]
        right = (11 - sum(d * w for d, w in zip(body, (5, 4, 3, 2, 7, 6, 5, 4), strict=True)) % 11) % 11
        return "CHE-" + _join([*body, _off(right % 10)], "ddd.ddd.ddd")
    if country == "DE":
        return "DE" + _join([0, *[int(d) for d in digits[1:9]]], "ddddddddd")  # never begins with 0 in use
    if country == "IT":
        body = [int(d) for d in digits[:10]]
        return _join([*body, _off(_luhn(body))], "ddddddddddd")
    body = [int(d) for d in digits[:7]]
    return "B" + _join([*body, _off(_luhn(body))], "dddddddd")


def domain(trade: str, country: str, taken: set[str]) -> str:
    """``kerlan-systemes.example``: unique against ``taken`` (extended)."""
    stem = text_key(trade).replace(" ", "-")[:50].strip("-")
    name, number = f"{stem}.example", 1
    while name in taken:
        number += 1
        name = f"{stem}-{country.lower()}{'' if number == 2 else number}.example"
    taken.add(name)
    return name


def street(rng: np.random.Generator, language: str) -> str:
    """A street and number that could exist anywhere."""
    pattern = _STREETS[language][int(rng.integers(len(_STREETS[language])))]
    singular = language == "fr" and " du " in pattern
    words = (_FRENCH_SINGULAR if singular else _STREET_WORDS[language]).split()
    name = pattern.format(words[int(rng.integers(len(words)))])
    number = int(rng.integers(1, 180))
    if language == "fr":
        return f"{number} {name}"
    return f"{name}, {number}" if language in {"it", "es"} else f"{name} {number}"


def _luhn(body: list[int]) -> int:
    total = 0
    for place, digit in enumerate(reversed(body)):
        doubled = digit * 2 if place % 2 == 0 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return (10 - total % 10) % 10


def _off(digit: int) -> int:
    return (digit + 3) % 10


def _join(digits: list[int], form: str) -> str:
    rest = iter(digits)
    return "".join(str(next(rest)) if c == "d" else c for c in form)
