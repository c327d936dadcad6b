"""What a person says of an exchange rate."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from prm.core.currencies import CODES
from prm.core.money import reporting_currency
from prm.partners.forms.fields import CURRENCIES, FigureField
from prm.ui import formats
from prm.ui.forms import RefusableForm


def foreign_currencies() -> list[tuple[str, Any]]:
    """(code, "US Dollar (USD)") in the reader's language, of every currency but the installation's own, the usual ones first."""
    names = formats.locale().currencies
    codes = dict.fromkeys((*CURRENCIES, *sorted(CODES)))
    return [(code, f"{capfirst(names.get(code, code))} ({code})") for code in codes if code != reporting_currency()]


class RateForm(RefusableForm):
    """Currency, day, rate, and where it was read."""

    currency = forms.ChoiceField(label=_("Currency"), choices=foreign_currencies)
    day = forms.DateField(label=_("From this day on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    rate = FigureField(label=_("Worth of one"), required=True, max_digits=20, decimal_places=10)
    source = forms.CharField(
        label=_("Source"), required=False, max_length=100, help_text=_("A bank, a central bank, your books.")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["day"].initial = timezone.localdate
        self.fields["rate"].help_text = _("In %(currency)s: 0.92 when one is worth that much.") % {
            "currency": reporting_currency()
        }
