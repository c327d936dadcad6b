"""Forms of people with access: a new colleague, roles, what a specialist is invited to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from prm.access.actors import Actor, Role
from prm.accounts.giving import cards_to_give
from prm.accounts.guests import study_choices, study_titles
from prm.accounts.models import Invitation
from prm.accounts.selectors.members import Member
from prm.accounts.selectors.roles import role_names
from prm.accounts.services.invitations import Invited
from prm.core.days import end_of, last_day
from prm.core.ids import typeid_decode, typeid_encode
from prm.ui.forms import RefusableForm


class RolesForm(RefusableForm):
    """Which roles somebody holds; offered are those that the actor may give, and those already held."""

    roles = forms.MultipleChoiceField(label=_("Roles"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, actor: Actor, held: Iterable[str] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        offered = {card.code: card.label for card in cards_to_give(actor, partner_id=actor.partner_id)}
        names = role_names(actor=actor, codes=[code for code in held if code not in offered])
        self.fields["roles"].choices = list({**names, **offered}.items())  # type: ignore[attr-defined]
        self.fields["roles"].initial = list(held)


class HeldRolesForm(RolesForm):
    """The same of somebody who has access: opened on the roles that they held then."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, actor: Actor, member: Member, **options: Any) -> None:
        super().__init__(*args, actor=actor, held=member.roles, initial={"seen": member.state}, **options)


@dataclass(frozen=True)
class Options:
    """What the narrowable list of choices takes (``ui/filters/choice.html``)."""

    key: str
    label: Any
    options: list[tuple[str, str]]
    multiple: bool = True


class StudiesForm(RefusableForm):
    """Studies that an outside specialist sees, and until when."""

    studies = forms.MultipleChoiceField(label=_("Studies that a specialist sees"), required=False)
    studies_until = forms.DateField(
        label=_("Last day on which a specialist sees them"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip

    def offer(self, actor: Actor, *, held: Sequence[UUID] = ()) -> None:
        """Lets choose among the studies that ``actor`` may share; those ``held`` too that are not among the first of these."""
        choices = dict(study_choices(actor))
        others = {typeid_encode("study", key): title for key, title in study_titles(actor, held).items()}
        self.fields["studies"].choices = list({**others, **choices}.items())  # type: ignore[attr-defined]

    @property
    def studies_offered(self) -> Options:
        """The studies to choose among."""
        field: Any = self.fields["studies"]
        return Options("studies", field.label, list(field.choices))

    def given(self) -> dict[str, Any]:
        """What the services take of it."""
        day = self.cleaned_data.get("studies_until")
        keys = [typeid_decode("study", study) for study in self.cleaned_data.get("studies", ())]
        return {"study_ids": keys, "studies_until": end_of(day) if day else None}


class InvitedStudiesForm(StudiesForm):
    """The same of somebody whose invitation waits, opened on what it opened then."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: QueryDict | None = None, *, actor: Actor, invitation: Invitation) -> None:
        until = invitation.studies_until
        known = {
            "studies": [typeid_encode("study", key) for key in invitation.study_ids],
            "studies_until": last_day(until) if until else None, "seen": invitation.studies_state,
        }  # fmt: skip
        super().__init__(data, initial=known)
        self.offer(actor, held=invitation.study_ids)


class MemberForm(StudiesForm, RolesForm):
    """Somebody who is invited; an outside specialist to chosen studies, until a day."""

    field_order = ["name", "email", "roles", "studies", "studies_until", "language"]
    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    language = forms.ChoiceField(label=_("Language"), widget=forms.RadioSelect, choices=settings.LANGUAGES)

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, actor=actor, **options)
        self.fields["language"].initial = actor.language
        self.offer(actor)

    @property
    def is_about_studies(self) -> bool:
        """Whether what is filled in is about a specialist."""
        return Role.SPECIALIST in (self["roles"].value() or ()) or bool(
            self["studies"].value() or self["studies_until"].value()
        )

    def invited(self) -> Invited:
        """What the service takes."""
        values = self.cleaned_data
        return Invited(
            email=values["email"],
            name=values["name"],
            roles=values["roles"],
            language=values["language"],
            **self.given(),
        )


class InvitationForm(forms.Form):
    """The password of a new account."""

    password = forms.CharField(
        label=_("Choose a password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("12 characters or more; a sentence is best."),
        strip=False,
    )

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password
