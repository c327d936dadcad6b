"""Fields of forms that people fill in the way of their language: figures, shares, countries, currencies, and where it was learnt."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from prm.partners.services.facts import Learnt
from prm.ui import formats
from prm.ui.forms import RefusableForm

CURRENCIES = (
    "EUR",
    "CHF",
    "GBP",
    "USD",
    "CAD",
    "SEK",
    "NOK",
    "DKK",
    "PLN",
    "CZK",
    "MAD",
    "TND",
    "XOF",
    "JPY",
    "AUD",
    "INR",
    "BRL",
)
LANGUAGES = ("fr", "en", "de", "nl", "it", "es", "pt", "lb", "pl", "sv", "da", "ar")
_SPACES = re.compile(r"[\s\u00a0\u202f]")
_FRENCH_THOUSANDS = re.compile(r"^-?\d{1,3}(\.\d{3})+$")
_ENGLISH_THOUSANDS = re.compile(r"^-?\d{1,3}(,\d{3})+$")


def country_choices() -> list[tuple[str, Any]]:
    """(code, name) of countries in the reader's language, unknown first."""
    return [("", _("Not known")), *formats.countries()]


def currency_choices() -> list[tuple[str, Any]]:
    """(code, "Euro (EUR)") in the reader's language, the installation's own first, then the usual ones."""
    names = formats.locale().currencies
    codes = dict.fromkeys((settings.REPORTING_CURRENCY, *CURRENCIES))
    return [("", _("Not known")), *((code, f"{names.get(code, code).capitalize()} ({code})") for code in codes)]


def language_name(code: str) -> str:
    """``fr`` → French, in the reader's language."""
    return formats.locale().languages.get(code.replace("-", "_"), code).capitalize()


def language_choices() -> list[tuple[str, Any]]:
    """(code, name) of languages, the usual ones first."""
    return [(code, language_name(code)) for code in LANGUAGES]


def with_current(choices: Iterable[tuple[str, Any]], *current: Any) -> list[tuple[str, Any]]:
    """``choices`` and whatever a record holds beyond them, so that saving a form changes nothing by itself."""
    found = list(choices)
    known = {key for key, _label in found}
    return found + [(value, value) for value in current if value and value not in known]


class FigureInput(forms.TextInput):
    """A figure as it is written in the reader's language, with the phone's keys for figures."""

    def __init__(self, **options: Any) -> None:
        super().__init__(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "num"}, **options)

    def format_value(self, value: Any) -> Any:
        if isinstance(value, Decimal | int | float):
            return formats.number(Decimal(str(value)), None).replace(formats.MINUS, "-")
        return value


class FigureField(forms.DecimalField):
    """A figure typed either way: ``8 400 000,5``, ``8,400,000.5`` and ``8400000.5`` are the same. ``whole`` takes no decimals."""

    widget = FigureInput

    def __init__(self, *, whole: bool = False, **options: Any) -> None:
        self.whole = whole
        super().__init__(**{"required": False, **({"decimal_places": 0} if whole else {}), **options})

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "numeric" if self.whole else "decimal"}

    def to_python(self, value: Any) -> Any:
        return super().to_python(
            plain_figure(value, french=formats.locale().language == "fr") if isinstance(value, str) else value
        )

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        return int(found) if self.whole and found is not None else found


def plain_figure(text: str, *, french: bool) -> str:
    """A figure without its marks of thousands, with a decimal point.

    >>> plain_figure("8 400 000,5", french=True), plain_figure("8,400,000.5", french=False), plain_figure("8.400.000", french=True)
    ('8400000.5', '8400000.5', '8400000')
    """
    plain = _SPACES.sub("", text).replace("\u2212", "-").replace("’", "").replace("'", "")
    if "," in plain and "." in plain:
        last = max(plain.rfind(","), plain.rfind("."))
        return re.sub(r"[.,]", "", plain[:last]) + "." + plain[last + 1 :]
    if (_FRENCH_THOUSANDS if french else _ENGLISH_THOUSANDS).match(plain) or plain.count(",") > 1 or plain.count(".") > 1:
        return plain.replace(",", "").replace(".", "")
    return plain.replace(",", ".")


class PercentField(FigureField):
    """A share typed in per cent; inside it is a part of one: 6.1 is 0.061."""

    def prepare_value(self, value: Any) -> Any:
        return value * 100 if isinstance(value, Decimal) else value

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        return None if found is None else Decimal(found) / 100


class ShareField(PercentField):
    """A part of a whole, in per cent: nothing to all."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": 100, "max_digits": 7, "decimal_places": 2, **options})


class LearntForm(RefusableForm):
    """The foot of every form of facts: where it was learnt, and the day it was true of. Left alone: the person, today."""

    learnt_from = forms.CharField(
        label=gettext_lazy("Learnt from"), required=False, max_length=200,
        widget=forms.TextInput(attrs={"list": "learnt-from"}),
        help_text=gettext_lazy("A call, a report, a website. Empty: you know it."),
    )  # fmt: skip
    as_of = forms.DateField(
        label=gettext_lazy("True as of"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["as_of"].initial = timezone.localdate
        self.fields["as_of"].widget.attrs["max"] = timezone.localdate().isoformat()

    def clean_as_of(self) -> Any:
        """A day that has been."""
        day = self.cleaned_data["as_of"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("This day is still to come."))
        return day

    def learnt(self) -> Learnt:
        """What the services take."""
        return Learnt(self.cleaned_data.get("learnt_from") or "", self.cleaned_data.get("as_of"))
