"""Fields of forms that people fill in the way of their language: figures, shares, countries, currencies, and where it was learnt."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from prm.core.errors import Invalid
from prm.core.money import reporting_currency
from prm.partners.services.facts import Learnt
from prm.ui import formats
from prm.ui.figures import figure_typed
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


def country_choices() -> list[tuple[str, Any]]:
    """(code, name) of countries in the reader's language, unknown first."""
    return [("", _("Not known")), *formats.countries()]


def currency_choices() -> list[tuple[str, Any]]:
    """(code, "Euro (EUR)") in the reader's language, the installation's own first, then the usual ones."""
    names = formats.locale().currencies
    codes = dict.fromkeys((reporting_currency(), *CURRENCIES))
    return [("", _("Not known")), *((code, f"{capfirst(names.get(code, code))} ({code})") for code in codes)]


def language_name(code: str) -> str:
    """``fr`` → French, in the reader's language."""
    return capfirst(formats.locale().languages.get(code.replace("-", "_"), code))


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
    """A figure typed as people write them (``prm.ui.figures``): ``8 400 000,5``, ``8.4M`` and ``8,4 M€`` too. ``whole`` takes no decimals.

    ``named`` is the currency that was written beside it.
    """

    widget = FigureInput
    named: str | None = None
    takes_percent = False

    def __init__(self, *, whole: bool = False, **options: Any) -> None:
        self.whole = whole
        super().__init__(**{"required": False, **options})

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "numeric" if self.whole else "decimal"}

    def to_python(self, value: Any) -> Any:
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        try:
            found = figure_typed(value, is_small=isinstance(self.max_value, int) and self.max_value < 1000)
        except Invalid as refusal:
            raise forms.ValidationError(str(refusal.message)) from refusal
        if found.is_percent and not self.takes_percent:
            raise forms.ValidationError(_("A percentage, where an amount belongs"))
        self.named = found.currency
        if not self.whole:
            return found.value
        if found.value != found.value.to_integral_value():
            raise forms.ValidationError(_("Enter a number without decimals."))
        return found.value.to_integral_value()

    def run_validators(self, value: Any) -> None:
        """With the limits written as the reader writes figures."""
        try:
            super().run_validators(value)
        except forms.ValidationError as refused:
            for error in refused.error_list:
                if error.params and "limit_value" in error.params:
                    limit = Decimal(str(error.params["limit_value"]))
                    error.params = {**error.params, "limit_value": formats.number(limit, None)}
            raise

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        return int(found) if self.whole and found is not None else found


def refuse_other_currency(form: forms.Form, figures: Iterable[str], currency: str) -> None:
    """Puts an error where an amount names another currency than the field ``currency`` beside it."""
    chosen = form.cleaned_data.get(currency)
    for name in figures:
        field = form.fields.get(name)
        if isinstance(field, FigureField) and field.named and chosen and field.named != chosen and name not in form.errors:
            words = _("%(here)s stands here, %(beside)s beside it: which is it?")
            form.add_error(name, words % {"here": field.named, "beside": chosen})


class PercentField(FigureField):
    """A share typed in per cent; inside it is a part of one: 6.1 is 0.061."""

    takes_percent = True

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

    def order_fields(self, field_order: Any) -> None:
        """What is said of where it was learnt comes after the facts, as on the page."""
        super().order_fields(field_order)
        for name in ("learnt_from", "as_of"):
            if name in self.fields:
                self.fields[name] = self.fields.pop(name)

    def clean_as_of(self) -> Any:
        """A day that has been."""
        day = self.cleaned_data["as_of"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("This day is still to come."))
        return day

    def learnt(self) -> Learnt:
        """What the services take."""
        return Learnt(self.cleaned_data.get("learnt_from") or "", self.cleaned_data.get("as_of"))
