"""The company form: few fields first, the rest in sections. What passes becomes ``values`` for the services."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Self

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from prm.core.errors import Conflict, Invalid
from prm.partners.models import Company, Typology
from prm.partners.tables import COUNTRIES, country_name

SECTIONS = {
    "first": ("name", "typology", "country", "city", "website"),
    "size": ("employees", "sales_people", "engineers", "customers"),
    "business": ("revenue", "revenue_currency", "revenue_year", "growth_percent"),
    "identity": ("legal_name", "registration_number", "region", "postal_code", "phone", "founded_year", "languages"),
}
_PLAIN = [name for names in SECTIONS.values() for name in names if name not in {"growth_percent", "languages"}]


def _countries() -> list[tuple[str, Any]]:
    named = sorted(((code, country_name(code) or code) for code in COUNTRIES), key=lambda pair: pair[1])
    return [("", _("Not known")), *named]


def _count(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=10_000_000)


class CompanyForm(forms.Form):
    """All facts that a person can enter about a company. Only the name is required: unknown stays unknown."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    typology = forms.ChoiceField(
        label=gettext_lazy("Typology"), required=False, choices=[("", gettext_lazy("Not known")), *Typology.choices]
    )
    country = forms.ChoiceField(label=gettext_lazy("Country"), required=False, choices=_countries)
    city = forms.CharField(label=gettext_lazy("City"), required=False, max_length=100)
    website = forms.CharField(label=gettext_lazy("Website"), required=False, max_length=300)
    employees = _count(gettext_lazy("Employees"))
    sales_people = _count(gettext_lazy("Salespeople"))
    engineers = _count(gettext_lazy("Engineers"))
    customers = _count(gettext_lazy("Customers"))
    revenue = forms.DecimalField(
        label=gettext_lazy("Revenue"), required=False, min_value=0, max_digits=19, decimal_places=2, localize=True
    )
    revenue_currency = forms.CharField(label=gettext_lazy("Currency"), required=False, max_length=3, initial="EUR")
    revenue_year = forms.IntegerField(
        label=gettext_lazy("Revenue of the year"), required=False, min_value=1990, max_value=2100
    )
    growth_percent = forms.DecimalField(
        label=gettext_lazy("Growth a year, in %"),
        required=False,
        min_value=-100,
        max_value=10_000,
        decimal_places=2,
        localize=True,
    )
    legal_name = forms.CharField(label=gettext_lazy("Legal name"), required=False, max_length=200)
    registration_number = forms.CharField(label=gettext_lazy("Registration number"), required=False, max_length=40)
    region = forms.CharField(label=gettext_lazy("Region"), required=False, max_length=100)
    postal_code = forms.CharField(label=gettext_lazy("Postal code"), required=False, max_length=20)
    phone = forms.CharField(label=gettext_lazy("Phone"), required=False, max_length=40)
    founded_year = forms.IntegerField(label=gettext_lazy("Founded in"), required=False, min_value=1000, max_value=2100)
    languages = forms.CharField(
        label=gettext_lazy("Languages"), required=False, max_length=100, help_text=gettext_lazy("Codes, such as fr, en")
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    @classmethod
    def of(cls, company: Company) -> Self:
        """The form of a company as it stands now; ``version`` tells a stale edit."""
        values = {name: getattr(company, name) for name in _PLAIN}
        values["growth_percent"] = None if company.growth is None else (company.growth * 100).normalize()
        values["languages"] = ", ".join(company.languages or [])
        return cls(initial={**values, "version": company.version})

    def values(self) -> dict[str, Any]:
        """What was entered, as facts; an empty field is a fact that is not known."""
        data = self.cleaned_data
        entered = {name: data[name] if data[name] != "" else None for name in _PLAIN}
        if entered["revenue"] is None:
            entered["revenue_currency"] = None
        growth = data["growth_percent"]
        entered["growth"] = None if growth is None else growth / Decimal(100)
        languages = [code.strip().lower() for code in data["languages"].replace(";", ",").split(",") if code.strip()]
        entered["languages"] = languages or None
        return entered

    @property
    def opened(self) -> bool:
        """Whether the sections beyond the first fields are shown at once: there is something in them, or an error."""
        later = [
            name for name in self.fields if name not in SECTIONS["first"] and name not in {"version", "revenue_currency"}
        ]
        return bool(self.errors) or any(self.initial.get(name) for name in later)

    def add_refusal(self, refusal: Invalid) -> None:
        """Puts what a service refused at its field."""
        field = {"growth": "growth_percent"}.get(refusal.field or "", refusal.field)
        self.add_error(field if field in self.fields else None, str(refusal.message))


def changed_words(refusal: Conflict) -> str:
    """Who changed what while the form was open."""
    return str(refusal.message)
