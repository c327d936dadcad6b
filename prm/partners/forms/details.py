"""One form for every kind of detail of a company: its fields, and where it was learnt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from prm.partners.details import DetailKind
from prm.partners.forms.fields import FigureField, LearntForm, ShareField, country_choices, with_current
from prm.partners.models import Department, Level, OfferRelation, SiteKind, SizeBand

Choices = Mapping[str, list[tuple[str, str]]]
_UNKNOWN = ("", _("Not known"))
_ALL = ("", _("All of them"))


def _text(label: Any, length: int, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, required=False, **options)


def _pick(label: Any, choices: Any, *, required: bool = False, first: Any = _UNKNOWN) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[first, *choices], required=required)


def _fields(kind: DetailKind, choices: Choices) -> dict[str, forms.Field]:
    needed, pick = ("", _("Choose one")), {name: choices.get(name, []) for name in kind.references}
    known: dict[str, dict[str, forms.Field]] = {
        "people": {
            "name": forms.CharField(label=_("Name"), max_length=200, help_text=_("First name and last name.")),
            "title": _text(_("Title"), 200, help_text=_("As on the business card.")),
            "email": forms.EmailField(label=_("E-mail"), max_length=254, required=False),
            "phone": _text(_("Telephone"), 40, widget=forms.TextInput(attrs={"type": "tel"})),
            "department": _pick(_("Department"), Department.choices),
            "level": _pick(_("Level"), Level.choices),
        },
        "sites": {
            "kind": forms.ChoiceField(
                label=_("Kind"), choices=SiteKind.choices, initial=SiteKind.OFFICE, widget=forms.RadioSelect
            ),
            "street": _text(_("Street"), 300),
            "postal_code": _text(_("Postal code"), 20),
            "city": _text(_("City"), 100),
            "region": _text(_("Region"), 100),
            "country": forms.ChoiceField(label=_("Country"), choices=country_choices(), required=False),
            "name": _text(_("Name"), 200, help_text=_("When people call it by a name of its own.")),
            "employees": FigureField(label=_("Employees"), whole=True, min_value=0, max_value=2_000_000_000),
            "latitude": FigureField(
                label=_("Latitude"), min_value=-90, max_value=90, help_text=_("Puts it on the map: 48.39.")
            ),
            "longitude": FigureField(label=_("Longitude"), min_value=-180, max_value=180),
        },
        "customers": {
            "industry": _pick(_("Industry"), pick.get("industry", []), first=_ALL),
            "size": _pick(_("Size of customer, by employees"), SizeBand.choices, first=_ALL),
            "territory": _pick(_("Territory"), pick.get("territory", []), first=_ALL),
            "share": ShareField(label=_("Share of its business, in %")),
        },
        "vendors": {
            "vendor": _pick(_("Vendor"), pick.get("vendor", []), required=True, first=needed),
            "share_of_business": ShareField(label=_("Share of its business, in %")),
            "since_year": forms.IntegerField(label=_("Since the year"), required=False, min_value=1900, max_value=2200),
            "level": _text(_("Level in the vendor’s programme"), 60),
        },
        "offers": {
            "category": _pick(_("Category of offer"), pick.get("category", []), required=True, first=needed),
            "relation": _pick(_("What it is to ours"), OfferRelation.choices),
            "share_of_business": ShareField(label=_("Share of its business, in %")),
        },
        "market-shares": {
            "industry": _pick(_("Industry"), pick.get("industry", []), first=_ALL),
            "territory": _pick(_("Territory"), pick.get("territory", []), first=_ALL),
            "year": forms.IntegerField(label=_("Year"), required=False, min_value=1900, max_value=2200),
            "share": ShareField(label=_("Share of the market, in %"), required=True),
        },
        "external-ids": {
            "source": forms.CharField(label=_("System"), max_length=60, help_text=_("Such as CRM or ERP.")),
            "external_id": forms.CharField(label=_("Its id there"), max_length=120),
        },
    }
    return known[kind.slug]


#: Kinds with many fields: what stands together, and which fields take a third or the whole of the line (the others half).
_GROUPS: Mapping[str, tuple[tuple[Any, tuple[str, ...]], ...]] = {
    "sites": (
        (_("What it is"), ("kind", "name", "employees")),
        (_("Address"), ("street", "postal_code", "city", "region", "country")),
        (_("On the map"), ("latitude", "longitude")),
    ),
}
_WIDTHS = {"street": "whole", "postal_code": "third", "city": "two-thirds", "kind": "whole"}


class DetailForm(LearntForm):
    """What a person enters; ``values`` is what the service takes. ``seen`` tells a stale edit, ``key`` a form sent twice."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    key = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, kind: DetailKind, choices: Choices, *args: Any, record: Any = None, **options: Any) -> None:
        self.kind = kind
        if record is not None:
            said = {name: getattr(getattr(record, name), "code", getattr(record, name)) for name in kind.entered}
            options["initial"] = {**said, "seen": record.updated_at.isoformat(), **options.get("initial", {})}
        super().__init__(*args, **options)
        for name, field in _fields(kind, choices).items():
            if isinstance(field, forms.ChoiceField) and record is not None:
                field.choices = with_current(list(field.choices), self.initial.get(name))  # type: ignore[arg-type]
            self.fields[name] = field
        self.order_fields([name for _label, names in _GROUPS.get(kind.slug, ()) for name in names])
        if not kind.is_sourced:
            del self.fields["learnt_from"], self.fields["as_of"]

    @property
    def groups(self) -> list[tuple[Any, list[tuple[forms.BoundField, str]]]]:
        """The fields of the record itself as they stand together: label of the group, fields each with its width."""
        every = tuple(name for name in self.fields if name in self.kind.entered)
        return [
            (label, [(self[name], _WIDTHS.get(name, "")) for name in names])
            for label, names in _GROUPS.get(self.kind.slug, (("", every),))
        ]

    def values(self) -> dict[str, Any]:
        """What was entered, by field of the record; an empty field is not known."""
        return {name: self.typed(name) for name in self.kind.entered}
