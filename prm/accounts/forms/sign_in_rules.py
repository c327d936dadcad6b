"""The form of the rules of signing in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from prm.accounts.rules.providers import domains_in
from prm.accounts.rules.sign_in import Rules
from prm.accounts.words import minutes_words
from prm.ui.forms import RefusableForm

IDLE = (15, 30, 60, 120, 240, 480, 720, 1_440, 4_320, 10_080)
MOST = (8, 12, 24, 72, 168, 336, 720)
OPEN = (1, 3, 7, 14, 30)


def _length(label: Any, lengths: Iterable[int], unit: int, **options: Any) -> forms.TypedChoiceField:
    """A choice of lengths; ``unit`` is how many minutes one is."""
    words = lazy(minutes_words, str)
    return forms.TypedChoiceField(label=label, coerce=int, choices=[(n, words(n * unit)) for n in lengths], **options)


class SignInRulesForm(RefusableForm):
    """How people sign in. A length that a program set and nobody offers is offered as it stands."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    partner_second_step = forms.BooleanField(
        label=_("Also of people of partners, candidates and specialists"), required=False
    )
    staff_idle_minutes = _length(_("Our people: without activity"), IDLE, 1)
    staff_most_hours = _length(_("Our people: at the latest"), MOST, 60)
    partner_idle_minutes = _length(_("Partners’ people: without activity"), IDLE, 1)
    partner_most_hours = _length(_("Partners’ people: at the latest"), MOST, 60)
    invitation_days = _length(_("A link works for"), OPEN, 1_440, help_text=_("Of invitations sent from now on."))
    invitation_domains = forms.CharField(
        label=_("Our own people have addresses at"), required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One domain a line, such as orvane.example. Empty: anywhere. Specialists and partners’ people are invited anywhere."),
    )  # fmt: skip

    def __init__(self, *args: Any, rules: Rules, **options: Any) -> None:
        initial = {**asdict(rules), "invitation_domains": "\n".join(rules.invitation_domains), "seen": rules.state}
        options["initial"] = initial
        super().__init__(*args, **options)
        units = {"staff_idle_minutes": 1, "partner_idle_minutes": 1, "invitation_days": 1_440}
        for name, field in self.fields.items():
            if not isinstance(field, forms.TypedChoiceField):
                continue
            offered: Any = field.choices
            if initial[name] not in dict(offered):
                own = (initial[name], minutes_words(initial[name] * units.get(name, 60)))
                field.choices = sorted([*offered, own], key=lambda choice: int(choice[0]))

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        return (
            {**data, "invitation_domains": domains_in(data["invitation_domains"])} if "invitation_domains" in data else data
        )


def rules_in_words(rules: Rules, *, is_staff_let_off: bool) -> list[tuple[str, Any, str]]:
    """The rules as the page "Sign-in" tells them: icon, what it is about, how it is."""
    asked = {
        (False, True): _("Asked of everybody: our own people and those of partners"),
        (False, False): _("Asked of our own people; partners’ people may set one up"),
        (True, True): _("Asked of partners’ people; this installation was started without asking our own"),
        (True, False): _("Asked of nobody: this installation was started without asking our own people"),
    }
    limits = _("Our people after %(idle)s without activity or %(most)s in all; partners’ after %(their_idle)s or %(their_most)s") % {
        "idle": minutes_words(rules.staff_idle_minutes), "most": minutes_words(rules.staff_most_hours * 60),
        "their_idle": minutes_words(rules.partner_idle_minutes), "their_most": minutes_words(rules.partner_most_hours * 60),
    }  # fmt: skip
    told = [_("Links work for %(days)s") % {"days": minutes_words(rules.invitation_days * 1_440)}]
    if rules.invitation_domains:
        told.append(_("our own people at %(domains)s") % {"domains": ", ".join(rules.invitation_domains)})
    return [
        ("shield-lock", _("Second step"), str(asked[is_staff_let_off, rules.partner_second_step])),
        ("clock", _("Sessions end"), limits),
        ("mail", _("Invitations"), " · ".join(told)),
    ]
