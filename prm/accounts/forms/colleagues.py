"""Who is invited to a partner: by a colleague there, or by the vendor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from prm.access.actors import PARTNER_ROLES, ROLE_WORDS, Role
from prm.accounts.services.invitations import Invited
from prm.ui.forms import RefusableForm

PARTNER_ROLE_CHOICES = [(role.value, label) for role, label in ROLE_WORDS.items() if role in PARTNER_ROLES]


class ColleagueForm(RefusableForm):
    """Somebody who is invited to a partner: who, and what they do there."""

    name = forms.CharField(label=_("Name"), max_length=200, help_text=_("First name and last name."))
    email = forms.EmailField(label=_("E-mail"), max_length=254, help_text=_("They get a link there, which works once."))
    role = forms.ChoiceField(
        label=_("Role"), choices=PARTNER_ROLE_CHOICES, widget=forms.RadioSelect, initial=Role.PARTNER_SALES
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=[("fr", "Français"), ("en", "English")], widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, roles: Sequence[Role] = (), **options: Any) -> None:
        """``roles``: those to choose among, a partner's unless said; where there is but one, nothing is asked."""
        super().__init__(*args, **options)
        self.only = roles[0] if len(roles) == 1 else None
        if self.only is not None:
            del self.fields["role"]

    def invited(self) -> Invited:
        """What the service takes."""
        values = self.cleaned_data
        return Invited(
            email=values["email"], name=values["name"], roles=[self.only or Role(values["role"])], language=values["language"]
        )
