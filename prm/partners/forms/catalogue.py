"""One form for each kind of small table: name, French name, code, and what the kind asks for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from prm.partners.catalogue import Kind
from prm.partners.forms.fields import FigureField, currency_choices, refuse_other_currency, with_current
from prm.partners.models import VendorRelation
from prm.ui.forms import RefusableForm

_PRICE: dict[str, Any] = {"min_value": 0, "max_digits": 19, "decimal_places": 4}


def _fields(choices: dict[str, list[tuple[str, str]]]) -> dict[str, forms.Field]:
    return {
        "relation": forms.ChoiceField(label=_("What it is to us"), choices=VendorRelation.choices, widget=forms.RadioSelect),
        "website": forms.CharField(label=_("Website"), required=False, max_length=300),
        "family": forms.ChoiceField(label=_("Family"), required=False, choices=[("", _("None")), *choices.get("family", [])]),
        "parent": forms.ChoiceField(label=_("Lies within"), required=False, choices=[("", _("Nothing")), *choices.get("parent", [])]),
        "sku": forms.CharField(label=_("SKU"), required=False, max_length=60),
        "line": forms.CharField(label=_("Line"), required=False, max_length=100),
        "currency": forms.ChoiceField(label=_("Currency"), required=False, choices=currency_choices),
        "list_price": FigureField(label=_("List price"), **_PRICE),
        "dealer_price": FigureField(label=_("Dealer price"), **_PRICE),
        "unit_cost": FigureField(label=_("Unit cost"), **_PRICE),
        "areas": forms.CharField(
            label=_("What it covers"), required=False, widget=forms.Textarea(attrs={"rows": 6}),
            help_text=_("One a line: a country such as FR, or a region such as FR: Bretagne."),
        ),
    }  # fmt: skip


class RecordForm(RefusableForm):
    """What a person enters; ``values`` is what the service takes, ``seen`` tells a stale edit."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    name = forms.CharField(label=_("Name"), max_length=200)
    name_fr = forms.CharField(label=_("Name in French"), required=False, max_length=200)
    code = forms.CharField(label=_("Code"), required=False, max_length=60, help_text=_("Made from the name when empty."))

    def __init__(self, kind: Kind, choices: dict[str, list[tuple[str, str]]], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        known = _fields(choices)
        for name in kind.fields:
            self.fields[name] = known[name]
        if "currency" in self.fields:
            currency: Any = self.fields["currency"]
            currency.choices = with_current(currency.choices, self.initial.get("currency"))

    def clean(self) -> dict[str, Any]:
        """Prices and their currency agree."""
        found = super().clean() or self.cleaned_data
        refuse_other_currency(self, ["list_price", "dealer_price", "unit_cost"], "currency")
        return found

    def values(self) -> dict[str, Any]:
        """What was entered; an empty field is not known."""
        data = {name: self.typed(name) for name in self.fields if name != "seen"}
        french = data.pop("name_fr")
        return {**data, "names": {"fr": french} if french else {}}
