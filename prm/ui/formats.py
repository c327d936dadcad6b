"""Numbers, money and dates the way people of the active language write them.

None is unknown: every function answers "Not known" (or ``missing``) for it, never 0 and never nothing.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from babel import Locale
from babel.dates import format_date, format_time, format_timedelta
from babel.numbers import format_currency, format_decimal, get_currency_symbol
from django.utils import timezone
from django.utils.translation import get_language, gettext

from prm.core.countries import COUNTRIES
from prm.core.text import text_key

Number = int | float | Decimal
MINUS = "\u2212"
NBSP = "\u00a0"
THIN = "\u202f"
_LOCALES = {"en": Locale("en", "GB"), "fr": Locale("fr", "FR")}
_STEPS = ((Decimal("1e9"), "bn", "Md"), (Decimal("1e6"), "M", "M"), (Decimal("1e3"), "k", "k"))


def locale() -> Locale:
    """The locale of the active language: British English or French of France."""
    return _LOCALES.get((get_language() or "en")[:2], _LOCALES["en"])


def unknown() -> str:
    """The words for a value that nobody gave us."""
    return gettext("Not known")


def quoted(text: str) -> str:
    """Somebody's words between the marks of the active language: ``“Brest”``, « Brest »."""
    return gettext("“%(words)s”") % {"words": text}


def number(value: Number | None, digits: int | None = 0, *, signed: bool = False, missing: str | None = None) -> str:
    """``1234567.8`` → ``1,234,568`` or ``1 234 568``. ``digits`` None keeps up to 3 decimals as needed."""
    if value is None:
        return unknown() if missing is None else missing
    pattern = "#,##0" + ("" if digits == 0 else ".###" if digits is None else "." + "0" * digits)
    text = format_decimal(value, pattern, locale=locale()).replace("-", MINUS)
    return f"+{text}" if signed and value > 0 else text


def percent(share: Number | None, digits: int = 0, *, signed: bool = False, missing: str | None = None) -> str:
    """A share (0 to 1) as ``38 %``: with a narrow no-break space in both languages."""
    if share is None:
        return unknown() if missing is None else missing
    return f"{number(Decimal(str(share)) * 100, digits, signed=signed)}{THIN}%"


def money(
    amount: Number | None, currency: str = "EUR", *, short: bool = False, digits: int = 0, missing: str | None = None
) -> str:
    """``€84,000`` / ``84 000 €``; ``short`` gives ``€2.84 M`` / ``2,84 M €``: three significant figures."""
    if amount is None:
        return unknown() if missing is None else missing
    amount = Decimal(str(amount))
    french = locale().language == "fr"
    mark = symbol(currency)
    gap = NBSP if mark[-1:].isalpha() else ""  # CHF 1.73 M, but €1.73 M
    if short and abs(amount) >= 1000:
        step, english_unit, french_unit = next(s for s in _STEPS if abs(amount) >= s[0])
        scaled = amount / step
        places = 2 if abs(scaled) < 10 else 1 if abs(scaled) < 100 else 0
        if step == 1000:
            places = 1 if abs(scaled) < 10 else 0
        text = number(scaled.quantize(Decimal(1).scaleb(-places)), None)
        unit = french_unit if french else english_unit
        sign, text = (MINUS, text[1:]) if text.startswith(MINUS) else ("", text)
        return f"{sign}{text}{NBSP}{unit}{THIN}{mark}" if french else f"{sign}{mark}{gap}{text}{NBSP}{unit}"
    pattern = (
        ("#,##0" + ("." + "0" * digits if digits else "") + "\u00a0¤")
        if french
        else (f"¤{gap}#,##0" + ("." + "0" * digits if digits else ""))
    )
    return format_currency(amount, currency, pattern, locale=locale(), currency_digits=False).replace("-", MINUS)


def symbol(currency: str) -> str:
    """``€``, ``CHF``: the currency as people write it."""
    return get_currency_symbol(currency, locale=locale())


def thousands(currency: str) -> str:
    """``€k`` / ``k€``: the unit of a column or an axis in thousands."""
    return f"k{symbol(currency)}" if locale().language == "fr" else f"{symbol(currency)}k"


def day(value: date | datetime | None, *, year: bool | None = None, missing: str | None = None) -> str:
    """``19 May`` of this year, ``19 May 2024`` of another; ``year`` forces it."""
    if value is None:
        return unknown() if missing is None else missing
    if isinstance(value, datetime):
        value = timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    with_year = value.year != timezone.localdate().year if year is None else year
    first = "1ᵉʳ" if locale().language == "fr" and value.day == 1 else str(value.day)
    rest = format_date(value, "MMM y" if with_year else "MMM", locale=locale())
    return f"{first}{NBSP}{rest}"


def month(value: date | datetime | None, *, missing: str | None = None) -> str:
    """``Mar 2022``: for provenance and "since"."""
    if value is None:
        return unknown() if missing is None else missing
    return format_date(value, "MMM y", locale=locale())


def clock(value: datetime | None) -> str:
    """``14:02`` in the active zone, in French ``14 h 02``."""
    if value is None:
        return unknown()
    value = timezone.localtime(value) if timezone.is_aware(value) else value
    return format_time(value, f"H{NBSP}'h'{NBSP}mm" if locale().language == "fr" else "HH:mm", locale=locale())


def moment(value: datetime | None, *, missing: str | None = None) -> str:
    """``18 May 14:02``: a day and its time."""
    if value is None:
        return unknown() if missing is None else missing
    return f"{day(value)} {clock(value)}"


def when(value: datetime | None, *, now: datetime | None = None) -> str:
    """How long ago, as short as a timeline wants it: ``09:02`` today, ``Mon`` this week, then ``18 May``."""
    if value is None:
        return unknown()
    today = timezone.localtime(now).date() if now else timezone.localdate()
    that = timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    if that == today:
        return clock(value)
    if timedelta() < today - that < timedelta(days=7):
        return format_date(that, "EEE", locale=locale())
    return day(that)


def ago(value: datetime | None, *, now: datetime | None = None) -> str:
    """``3 minutes ago`` or ``in 2 days``: in words, for sentences."""
    if value is None:
        return unknown()
    return format_timedelta(value - (now or timezone.now()), add_direction=True, locale=locale())


def duration(seconds: Number | None) -> str:
    """``0.4 s``, ``20 s``, ``3 min``, ``1.4 h``, ``2 d``: how long something took or will take."""
    if seconds is None:
        return unknown()
    seconds = float(seconds)
    if seconds < 10:
        return f"{number(seconds, 1)}{NBSP}s"
    for limit, size, unit in ((60, 1, "s"), (3600, 60, "min"), (86400, 3600, "h"), (float("inf"), 86400, gettext("d"))):
        if seconds < limit:
            return f"{number(seconds / size, 0 if unit in {'s', 'min'} else 1)}{NBSP}{unit}"
    raise AssertionError("unreachable")


def count(value: int | None, *, capped: bool = False) -> str:
    """``312``; ``10,000+`` when counting stopped there."""
    return f"{number(value)}+" if capped else number(value)


def capital(text: Any) -> str:
    """With a capital letter first; of a lazy translation, the words of now."""
    return str(text)[:1].upper() + str(text)[1:]


def country_name(code: str | None) -> str | None:
    """``FR`` → France; None where no country is known, the code itself where the language has no name for it."""
    return locale().territories.get(code, code) if code else None


def countries() -> list[tuple[str, str]]:
    """(code, name) of all countries of ISO 3166-1, by name."""
    return list(_countries(locale()))


@cache
def _countries(where: Locale) -> tuple[tuple[str, str], ...]:
    named = ((code, name) for code, name in where.territories.items() if code in COUNTRIES)
    return tuple(sorted(named, key=lambda pair: text_key(pair[1])))


def initials(name: str) -> str:
    """``Kerlan Systèmes`` → ``KS``."""
    parts = [word for word in name.replace("-", " ").split() if word[0].isalnum()]
    if not parts:
        return "?"
    return (parts[0][0] + (parts[-1][0] if len(parts) > 1 else "")).upper()
