"""Units of numbers as people write them: one reader for cells, heads of columns and rows of units. Pure.

"1,5 M€", a head "CA (k€)" or "Umsatz in Mio. EUR" and a row of units "EUR m" say the same thing in the same words, so they are read by
the same function. What it does not know it tells: an amount without its unit would be wrong by a thousand and look right.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import NamedTuple

from prm.core.currencies import find_currency
from prm.core.text import text_key


class Unit(NamedTuple):
    """What numbers are multiplied by, the ISO currency that they are in, and whether they are per cent."""

    scale: int = 1
    currency: str | None = None
    is_percent: bool = False


PLAIN = Unit()
#: Words and letters that multiply, whatever their case. What means two things ("mil": a thousand or a million) is left out.
_SCALES: dict[str, int] = {
    **dict.fromkeys("k tsd ths thsd thous thousand thousands mille milliers tausend miles migliaia".split(), 10**3),
    **dict.fromkeys("000 000s 1000 1.000 1,000 1'000 10^3".split(), 10**3),
    **dict.fromkeys("m mm mn mln mio mios million millions millionen millones milhoes milioni milionow 10^6 1000000".split(), 10**6),
    **dict.fromkeys("b bn bln g md mds mrd mld mlrd mia milliard milliards milliarden miliardi billion billions 10^9".split(), 10**9),
    **dict.fromkeys("tn trn trillion trillions".split(), 10**12),
    **dict.fromkeys("duizend tusen tys тыс тысяч χιλ χιλιαδες 千".split(), 10**3),
    **dict.fromkeys("mill mills mns milj miljoen miljoenen miljoner milion miliony milioane млн миллионов εκατ 百万".split(), 10**6),
    **dict.fromkeys("miljard miljarden miljarder miliard miliardy miliardow miliarde млрд миллиард миллиардов δισ".split(), 10**9),
    # Where people count by ten thousands.
    **dict.fromkeys("万 萬 만".split(), 10**4),
    **dict.fromkeys("億 亿 억".split(), 10**8),
    **dict.fromkeys("lakh lakhs lac lacs".split(), 10**5),
    **dict.fromkeys("crore crores cr".split(), 10**7),
}  # fmt: skip
#: "T€" is a thousand where German is spoken; beside a dollar it is a trillion.
_T_IS_THOUSAND = frozenset({"EUR", "CHF"})
#: Short words of Brazil that mean something else, or two things, elsewhere.
_OF_BRAZIL = {"mil": 10**3, "mi": 10**6, "bi": 10**9}
#: Words beside a number that change nothing.
_FILLERS = frozenset(
    "people persons personnes pers employees employes salaries collaborateurs collaborators staff headcount heads fte etp ftes etps "
    "mitarbeiter units unites pcs pieces pct percent pourcent pour cent of ht ttc hors taxe taxes excl incl tax vat tva net nets "
    "netto brut brute gross per year an ans par p a pa env environ in en im de du des d x der di".split()
)
#: Words of a head that say what or when its numbers are, not in what they are reckoned.
_QUALIFIERS = _FILLERS | frozenset(
    "the a of la le les l et and or und last latest dernier derniere current courant fiscal financial exercice year years annee "
    "annuel annuelle annual yearly jahr fy ytd ltm ttm quarter trimestre month mois monthly n n1 n2 est estimated estimate estimation "
    "estime estimee approx approximate forecast prevision budget actual reel realise plan total totals totaux sum amount amounts "
    "montant montants value values valeur betrag betrage group groupe konzern consolidated consolide consolides worldwide world monde "
    "global mondial international local reported declared declare public known connu optional optionnel required obligatoire number "
    "nombre nb nbr anzahl count currency devise wahrung all toutes tous figures chiffres average moyen moyenne avg mean france europe "
    "emea apac nord sud north south east west ouest dach benelux uk usa online web".split()
)
#: Currencies (lek, pa'anga) that heads in capitals mean otherwise.
_CODES_THAT_ARE_WORDS = frozenset({"ALL", "TOP"})
#: Years, quarters, "N-1".
_YEAR = re.compile(
    r"\b(?:FY|CY|[TQ][1-4]|[HS][12])?[ \-']?(?:19|20)\d\d(?:[/\-](?:19|20)?\d\d)?\b|\b(?:FY|CY)[ \-']?\d\d\b"
    r"|\bN ?[-+] ?\d\b|\b[QTHS][1-4]\b",
    re.I,
)
#: A thousand as three noughts after an apostrophe: "EUR '000".
THOUSANDS = re.compile(r"(?<!\d)['’‘´`]\s?000(?:['’]?s)?\b|(?<![\d.,'])000['’]s\b", re.I)
_SIGNS = str.maketrans(dict.fromkeys("\u00a0\u202f\u2009\u2007\u2002\u2003\u200a", " ") | dict.fromkeys("’ʼ´`‘", "'"))
_BRACKETS = re.compile(r"[(\[{<]([^)\]}>]*)[)\]}>]")
#: A line above a table that says in what its amounts are is a line; a page of text is none, and takes its time to read.
_LONGEST_TITLE = 300
_PARTS = re.compile(r"[\s/()\[\]{}|:;*×]+|(?<!\d)[.,]|[.,](?!\d)|\bd'")


@lru_cache(maxsize=4_000)
def read_unit(text: str) -> Unit | None:
    """What a text without digits says of numbers beside it; None when a word in it is not known, or means two things.

    >>> read_unit("in Mio. EUR"), read_unit("€ '000"), read_unit("furlongs")
    (Unit(scale=1000000, currency='EUR', is_percent=False), Unit(scale=1000, currency='EUR', is_percent=False), None)
    """
    text = THOUSANDS.sub(" k ", text.translate(_SIGNS)).strip(" .:=-\u200e\u200f")
    is_percent = "%" in text or "％" in text
    if is_percent:
        text = text.replace("%", " ").replace("％", " ")
    currency, text = find_currency(text)
    if find_currency(text)[0] not in {None, currency}:
        return None
    scale = 1
    for word in _PARTS.split(text):
        if not word:
            continue
        key = word.lower()
        factor = _SCALES.get(key) or (_SCALES.get(text_key(key)) if len(key) > 2 else None)
        if factor:
            scale *= factor
        elif key == "t" and currency in _T_IS_THOUSAND:
            scale *= 1000
        elif key in _OF_BRAZIL and currency == "BRL":
            scale *= _OF_BRAZIL[key]
        elif (key := text_key(word)) in {"percent", "pct", "pourcent"}:
            is_percent = True
        elif key and key not in _FILLERS:
            return None
    return Unit(scale, currency, is_percent)


def unit_of_column(head: str, row: str = "", *, names: Collection[str] = (), is_money: bool = True) -> tuple[Unit, str]:
    """The unit that a column's head and its cell in the row of units tell, and the words of them that were not understood ("").

    ``names`` are text keys that mean the column's field: what is left of the head beside them may be a unit. Only of money are all
    unknown words told: a head of people may say which people.
    """
    said: list[Unit] = []
    for part, reader in ((row, _bracketed), *((found, _bracketed) for found in _BRACKETS.findall(head)), (head, _loose)):
        unit, unknown = reader(part.translate(_SIGNS), names, is_money)
        if unknown:
            return Unit(currency=find_currency(part)[0]), unknown
        said.append(unit)
    scales, currencies = {u.scale for u in said} - {1}, {u.currency for u in said} - {None}
    if len(scales) > 1 or len(currencies) > 1:
        return PLAIN, " / ".join(part for part in (head, row) if part)
    return Unit(next(iter(scales), 1), next(iter(currencies), None), any(u.is_percent for u in said)), ""


def unit_in_title(text: str) -> str:
    """The words of a line above a table that say in what its amounts are written; "" where none do. A scale without a currency says so
    behind an "in" only, or in brackets: "Top 1000" and "10 million users" tell nothing of the cells below.

    >>> unit_in_title("Resellers 2025, in thousands of euros"), unit_in_title("CA (k€)"), unit_in_title("Our million-euro partners")
    ('in thousands of euros', 'k€', '')
    """
    if len(text) > _LONGEST_TITLE:
        return ""
    text = text.translate(_SIGNS)
    for inner in _BRACKETS.findall(text):
        unit = read_unit(_YEAR.sub(" ", inner))
        if unit and unit.scale != 1:
            return str(inner).strip()
    words = [word.strip(",;:()[]") for word in _YEAR.sub(" ", text).split()]
    for length in range(min(len(words), 7), 0, -1):
        for start in range(len(words) - length + 1):
            run = words[start : start + length]
            # Behind a number it says how many; with a hyphen it tells of something else.
            other = not all(run) or (start > 0 and words[start - 1][-1:].isdigit()) or (length == 1 and "-" in run[0])
            unit = None if other else read_unit(" ".join(run))
            if unit is None or unit.scale == 1 or any(word.isdigit() for word in run):
                continue
            if unit.currency or (run[0].lower() in {"in", "en", "im"} and any(_scale_word(word) for word in run)):
                return " ".join(run).rstrip(".")
    return ""


def without_unit(head: str) -> str:
    """A head without the unit that its last words are: "CA milliers d'euros" → "CA"."""
    words = head.replace("_", " ").split()
    for start in range(1, len(words)):
        if is_unit(" ".join(words[start:])):
            return " ".join(words[:start])
    return head


def is_unit(text: str) -> bool:
    """Whether a text says a scale, a currency or per cent, and nothing else."""
    return bool(text) and read_unit(text.strip("()[]{} ")) not in {None, PLAIN}


def _bracketed(text: str, _names: Collection[str], is_money: bool) -> tuple[Unit, str]:
    """What stands apart from the name: all of it is a unit, or says what and when."""
    text = text.strip("()[]{} ")
    bare = " ".join(_YEAR.sub(" ", text).split())
    unit = read_unit(bare)
    if unit is not None:
        # Of counts a letter alone may be anything: men, or millions.
        return (PLAIN, text) if not is_money and unit.scale != 1 and len(bare) == 1 else (unit, "")
    words = [word for word in bare.split() if text_key(word) not in _QUALIFIERS and text_key(word)]
    unit = read_unit(" ".join(words))
    if unit is not None:
        return unit, ""
    return PLAIN, (text if is_money or any(_scale_word(word) for word in words) else "")


def _loose(head: str, names: Collection[str], is_money: bool) -> tuple[Unit, str]:
    """A unit among the words of a head: "CA k€", "Revenue in thousands of US dollars", "revenue_keur", "M€ de CA"."""
    text = _YEAR.sub(" ", _BRACKETS.sub(" ", head)).replace("_", " ")
    text = re.sub(r"\s[-–—|]\s|[,;:|/]", " ", text)
    words = _without_names([word for word in text.split() if word not in _CODES_THAT_ARE_WORDS], names)
    if not words:
        return PLAIN, ""
    is_named = len(words) < len(text.split())
    for start in range(len(words)):
        unit = read_unit(" ".join(words[start:]))
        if unit is None or unit == PLAIN:
            continue
        if unit.scale != 1 and not unit.currency and not is_money and all(len(word) < 3 for word in words[start:]):
            return PLAIN, ""  # "Employees M"
        before = [word for word in words[:start] if text_key(word) not in _QUALIFIERS]
        if unit.scale == 1 and before and (is_named or _scale_word(before[-1]) or len(before[-1]) <= 4):
            break  # a word beside a currency
        if unit.currency is None:
            unit = unit._replace(currency=find_currency(" ".join(before))[0])
        return unit, ""
    if not is_money:
        return PLAIN, ""
    joined = " ".join(words)
    currency = find_currency(joined)[0]
    scales = {scale for word in words if (scale := _scale_word(word))}
    left = [word for word in words if text_key(word) not in _QUALIFIERS and not is_unit(word)]
    if len(scales) == 1:
        return Unit(scales.pop(), currency), ""
    if scales or (currency and (left if is_named else any(len(word) <= 4 for word in left))):
        return PLAIN, joined
    if currency:
        return Unit(currency=currency), ""
    # A word or two beside the known name, short as units are.
    return PLAIN, (" ".join(left) if is_named and 0 < len(left) <= 2 and all(len(word) <= 6 for word in left) else "")


def _without_names(words: Sequence[str], names: Collection[str]) -> list[str]:
    """The words of a head but for the longest run of them that means the field."""
    for length in range(len(words), 0, -1):
        for start in range(len(words) - length + 1):
            run = words[start : start + length]
            if text_key(run[0]) and text_key(run[-1]) and text_key(" ".join(run)) in names:
                return [*words[:start], *words[start + length :]]
    return list(words)


def _scale_word(word: str) -> int | None:
    """What one word multiplies by, where it can hardly be anything else: more than a letter, or beside a currency."""
    unit = read_unit(word)
    return unit.scale if unit and unit.scale != 1 and (unit.currency or len(word.strip(".'")) > 2) else None
