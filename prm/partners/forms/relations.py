"""Forms of a relationship: what is set of a partner, and introducing two people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from prm.partners.forms.fields import ShareField, currency_choices, language_choices, with_current
from prm.partners.models import Department, Partner
from prm.ui.forms import RefusableForm

Choices = Sequence[tuple[str, Any]]
#: Instead of somebody who is known: a new person.
NEW = "new"


class RelationshipForm(RefusableForm):
    """Who looks after a partner, where, in which currency and language; ``values`` is what the service takes."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    account_manager = forms.ChoiceField(label=gettext_lazy("Account manager"), required=False)
    territories = forms.MultipleChoiceField(
        label=gettext_lazy("Territories"), required=False, widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=gettext_lazy("Hold Ctrl or Cmd to choose several."),
    )  # fmt: skip
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)
    dedicated_share = ShareField(label=gettext_lazy("Share of its business with us, in %"))

    def __init__(
        self, *args: Any, partner: Partner, served: Sequence[str], managers: Choices, territories: Choices, may_assign: bool,
        **options: Any,
    ) -> None:  # fmt: skip
        options["initial"] = {
            "version": partner.version, "account_manager": str(partner.account_manager_id or ""), "territories": list(served),
            "currency": partner.currency or "", "language": partner.language or "", "dedicated_share": partner.dedicated_share,
        }  # fmt: skip
        super().__init__(*args, **options)
        kept = [(str(partner.account_manager_id), partner.account_manager.name)] if partner.account_manager else []
        people = [("", _("Nobody")), *managers, *(pair for pair in kept if pair[0] not in dict(managers))]
        self._choices("account_manager", people)
        self._choices("territories", with_current(territories, *served))
        self._choices("currency", with_current(currency_choices(), partner.currency))
        self._choices("language", with_current([("", _("Not known")), *language_choices()], partner.language))
        if not may_assign:
            del self.fields["account_manager"]

    def _choices(self, name: str, choices: Choices) -> None:
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        found = {name: self.typed(name) for name in ("territories", "currency", "language", "dedicated_share")}
        found["territories"] = found["territories"] or []
        if "account_manager" in self.fields:
            found["account_manager_id"] = self.typed("account_manager")
        return found


class IntroduceForm(RefusableForm):
    """Somebody of ours meets somebody of theirs, who may be new."""

    field_order = ["theirs", "department"]  # as on the page
    key = forms.CharField(widget=forms.HiddenInput, required=False)
    theirs = forms.ChoiceField(label=gettext_lazy("Who of theirs"))
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Of somebody new: first and last name."),
    )
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200, required=False)
    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254, required=False)
    department = forms.ChoiceField(label=gettext_lazy("Department"), required=False)
    ours = forms.ChoiceField(label=gettext_lazy("Who of ours"))
    spoken_on = forms.DateField(
        label=gettext_lazy("Last spoke on"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, theirs: Choices, ours: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["theirs"].choices = [*theirs, (NEW, _("Somebody new"))]  # type: ignore[attr-defined]
        self.fields["ours"].choices = list(ours)  # type: ignore[attr-defined]
        self.fields["department"].choices = [("", _("Not known")), *Department.choices]  # type: ignore[attr-defined]
        self.fields["spoken_on"].widget.attrs["max"] = timezone.localdate().isoformat()

    def clean(self) -> dict[str, Any]:
        """Somebody new has a name."""
        found = super().clean() or {}
        if found.get("theirs") == NEW and not (found.get("name") or "").strip():
            self.add_error("name", _("Say who it is: a name at least."))
        return found


class SpokenForm(RefusableForm):
    """When two people last spoke."""

    spoken_on = forms.DateField(
        label=gettext_lazy("Last spoke on"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
