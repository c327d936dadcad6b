"""Forms of the portal: what a company says of itself, how it looks, who comes in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from prm.accounts.forms.colleagues import PARTNER_ROLE_CHOICES
from prm.partners.facts.values import FACT_COLUMNS, columns_of
from prm.partners.forms.company import CompanyForm
from prm.partners.models import Company, FactProposal
from prm.portal.facts import GROUPS, OWN_FACTS
from prm.portal.images import MOST_BYTES
from prm.portal.models import Brand, BrandColour
from prm.ui.forms import RefusableForm

#: Before the names of what the fields showed.
SHOWN = "initial-"


class OwnFactsForm(CompanyForm):
    """The company form without what only the vendor says. It begins with what stands, or with what was proposed and still waits.
    ``who`` names whoever proposed something, or (None) decided it."""

    def __init__(self, *args: Any, company: Company, waiting: Mapping[str, FactProposal], who: Callable[[FactProposal | None], str],
                 **options: Any) -> None:  # fmt: skip
        self.waiting, self.who = waiting, who
        said = {column: part for p in waiting.values() for column, part in _read(p).items()}
        super().__init__(*args, company=company, initial=said, **options)
        columns = [column for fact in OWN_FACTS for column in FACT_COLUMNS[fact]]
        for name in [name for name in self.fields if name not in columns]:
            del self.fields[name]
        self.order_fields(columns)

    @property
    def groups(self) -> list[tuple[Any, list[Any]]]:
        """The fields by group."""
        return [(label, [self[column] for fact in facts for column in FACT_COLUMNS[fact]]) for label, facts in GROUPS]

    @property
    def shown(self) -> list[SafeString]:
        """What each field began with, hidden beside it: so a form that was open for long changes only what its writer changed."""
        return [
            field.hidden_widget().render(f"{SHOWN}{name}", field.prepare_value(self.get_initial_for_field(field, name)))
            for name, field in self.fields.items()
        ]

    def clean(self) -> dict[str, Any]:
        """Refuses what a colleague changed, or the vendor decided, since the form was opened."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for name in self.fields:
            if name in data and self._shown(name) is not None and self._is_written(name) and self._is_outdated(name):
                self.add_error(name, _("%(who)s changed this meanwhile: it says “%(value)s” now. Look, and send it again.")
                               % {"who": self._changed_by(name), "value": self._held_now(name)})  # fmt: skip
        return data

    def told(self) -> dict[str, Any]:
        """Facts that were changed to something, as ``fact_propose`` takes them; a field that was emptied says nothing."""
        data, found = self.cleaned_data, {}
        for fact in OWN_FACTS:
            columns = FACT_COLUMNS[fact]
            if data[fact] in (None, "", []) or not any(self._is_written(column) for column in columns):
                continue
            found[fact] = {column: _plain(data[column]) for column in columns} if len(columns) > 1 else data[fact]
        return found

    def _shown(self, name: str) -> Any:
        """What the form said when it was opened, as it was sent back; None where a program sent no such thing."""
        key = f"{SHOWN}{name}"
        return self.fields[name].hidden_widget().value_from_datadict(self.data, self.files, key) if self._is_told else None

    @property
    def _is_told(self) -> bool:
        return any(key.startswith(SHOWN) for key in self.data)

    def _is_written(self, name: str) -> bool:
        """Whether the writer changed it: from what they saw, and from what holds now."""
        sent, field = self[name].data, self.fields[name]
        shown = self._shown(name)
        return (shown is None or field.has_changed(_python(field, shown), sent)) and field.has_changed(
            self.get_initial_for_field(field, name), sent
        )

    def _is_outdated(self, name: str) -> bool:
        field = self.fields[name]
        return field.has_changed(self.get_initial_for_field(field, name), self._shown(name))

    def _changed_by(self, name: str) -> str:
        """Whoever said what holds now: what waits is a colleague's, what stands is the vendor's decision."""
        return self.who(next((self.waiting[fact] for fact in self.waiting if name in FACT_COLUMNS.get(fact, ())), None))

    def _held_now(self, name: str) -> str:
        """What holds now, as people read it."""
        field = self.fields[name]
        value = self.get_initial_for_field(field, name)
        chosen = value if isinstance(value, list | tuple) else [value]
        words = {str(key): str(label) for key, label in getattr(field, "choices", ())}
        return ", ".join(words.get(str(one), str(one)) for one in chosen if one not in (None, ""))


class BrandForm(RefusableForm):
    """Colour and logo."""

    colour = forms.ChoiceField(label=_("Your colour"), choices=BrandColour.choices, widget=forms.RadioSelect)
    logo = forms.FileField(
        label=_("Your logo"), required=False, help_text=_("PNG, JPEG, WebP or GIF, up to 2 MB. It is shown 28 points high."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}),
    )  # fmt: skip
    no_logo = forms.BooleanField(label=_("Show our name instead of a logo"), required=False)

    def __init__(self, data: Any = None, files: Any = None, *, brand: Brand) -> None:
        super().__init__(data, files, initial={"colour": brand.colour})
        if not brand.logo:
            del self.fields["no_logo"]

    def picture(self) -> bytes | None:
        """What was sent as a logo, at most one byte more than may be."""
        sent = self.cleaned_data.get("logo")
        return sent.read(MOST_BYTES + 1) if sent else None


def _read(proposal: FactProposal) -> dict[str, Any]:
    if proposal.field not in FACT_COLUMNS:
        return {}
    parts = columns_of(proposal.field, proposal.value).items()
    return {column: Company._meta.get_field(column).to_python(part) for column, part in parts}  # type: ignore[union-attr]


def _python(field: forms.Field, shown: Any) -> Any:
    try:
        return field.to_python(shown)
    except forms.ValidationError:
        return None


def _plain(value: Any) -> Any:
    return value if value not in ("", None) else None


class RoleForm(RefusableForm):
    """Another role of a colleague, opened on the one that they had then."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    role = forms.ChoiceField(label=_("Role"), choices=PARTNER_ROLE_CHOICES, widget=forms.RadioSelect)
