"""The company form: few fields first, the rest in sections. What passes becomes ``values`` for the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from prm.core.money import reporting_currency
from prm.partners.forms.fields import (
    LANGUAGES,
    FigureField,
    LearntForm,
    PercentField,
    country_choices,
    currency_choices,
    language_choices,
    language_name,
    refuse_other_currency,
    with_current,
)
from prm.partners.models import Company, Typology

SECTIONS = {
    "first": ("name", "typology", "country", "city", "website"),
    "size": ("employees", "sales_people", "engineers", "customers"),
    "business": ("revenue", "revenue_currency", "revenue_year", "growth"),
    "identity": ("legal_name", "registration_number", "region", "postal_code", "phone", "founded_year", "languages"),
}


def _count(label: Any) -> FigureField:
    return FigureField(label=label, whole=True, min_value=0, max_value=10_000_000)


def _text(label: Any, length: int) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=length)


class CompanyForm(LearntForm):
    """All facts that a person can enter about a company. Only the name is required: unknown stays unknown.

    ``key`` is a new company's own id, so that a form sent twice adds one company; ``sure`` says that one like it is another.
    """

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    typology = forms.ChoiceField(
        label=gettext_lazy("Typology"), required=False, choices=[("", gettext_lazy("Not known")), *Typology.choices]
    )
    country = forms.ChoiceField(label=gettext_lazy("Country"), required=False, choices=country_choices)
    city = _text(gettext_lazy("City"), 100)
    website = _text(gettext_lazy("Website"), 300)
    employees = _count(gettext_lazy("Employees"))
    sales_people = _count(gettext_lazy("Salespeople"))
    engineers = _count(gettext_lazy("Engineers"))
    customers = _count(gettext_lazy("Customers"))
    revenue = FigureField(label=gettext_lazy("Revenue"), min_value=0, max_digits=19, decimal_places=2)
    revenue_currency = forms.ChoiceField(
        label=gettext_lazy("Currency"), required=False, choices=currency_choices, initial=reporting_currency
    )
    revenue_year = forms.IntegerField(
        label=gettext_lazy("Revenue of the year"), required=False, min_value=1990, max_value=2100
    )
    growth = PercentField(label=gettext_lazy("Growth a year, in %"), min_value=-100, max_value=10_000, decimal_places=2)
    legal_name = _text(gettext_lazy("Legal name"), 200)
    registration_number = _text(gettext_lazy("Registration number"), 40)
    region = _text(gettext_lazy("Region"), 100)
    postal_code = _text(gettext_lazy("Postal code"), 20)
    phone = _text(gettext_lazy("Phone"), 40)
    founded_year = forms.IntegerField(label=gettext_lazy("Founded in"), required=False, min_value=1000)
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages"), required=False, choices=language_choices, widget=forms.CheckboxSelectMultiple
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    key = forms.CharField(widget=forms.HiddenInput, required=False)
    sure = forms.BooleanField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, company: Company | None = None, **options: Any) -> None:
        if company is not None:
            facts = {name: getattr(company, name) for names in SECTIONS.values() for name in names}
            facts["revenue_currency"] = facts["revenue_currency"] or reporting_currency()
            options["initial"] = {**facts, "version": company.version, **options.get("initial", {})}
        super().__init__(*args, **options)
        if company is not None:
            for name in ("typology", "country", "revenue_currency"):
                field: Any = self.fields[name]
                field.choices = with_current(field.choices, getattr(company, name))
            spoken: Any = self.fields["languages"]
            spoken.choices = [
                *language_choices(),
                *((c, language_name(c)) for c in company.languages or [] if c not in LANGUAGES),
            ]

    def clean(self) -> dict[str, Any]:
        """An amount and its currency agree."""
        found = super().clean() or self.cleaned_data
        refuse_other_currency(self, ["revenue"], "revenue_currency")
        return found

    def values(self) -> dict[str, Any]:
        """What was entered, as facts; an empty field is a fact that is not known."""
        entered = {name: self.typed(name) for names in SECTIONS.values() for name in names}
        if entered["revenue"] is None:
            entered["revenue_currency"] = None
        entered["languages"] = entered["languages"] or None
        return entered

    def opens(self, section: str) -> bool:
        """Whether a section beyond the first is shown at once: something is in it, or wrong in it."""
        names = [name for name in SECTIONS[section] if name != "revenue_currency"]
        return any(name in self.errors or self[name].value() not in (None, "", []) for name in names)

    @property
    def sections(self) -> list[tuple[Any, list[Any], bool]]:
        """The sections beyond the first: label, fields, whether shown at once."""
        return [
            (label, [self[name] for name in SECTIONS[key]], self.opens(key))
            for key, label in (("size", _("Size")), ("business", _("Business")), ("identity", _("Identity")))
        ]

    @property
    def first(self) -> list[Any]:
        """The fields that are always shown."""
        return [self[name] for name in SECTIONS["first"]]
