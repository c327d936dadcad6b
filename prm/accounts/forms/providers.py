"""The form of a provider of sign-in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from prm.access.actors import Actor, Role
from prm.accounts.giving import cards_to_give
from prm.accounts.models import SignInProvider
from prm.accounts.rules.providers import domains_in
from prm.accounts.selectors.providers import organisation_choices
from prm.accounts.services.providers import Wanted
from prm.ui.forms import RefusableForm

Kind, LetsIn = SignInProvider.Kind, SignInProvider.LetsIn


class ProviderForm(RefusableForm):
    """What an administrator says of a provider; the fields are those of its kind. Whose people it is for is said once, at first."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("As its people know it, such as “Orvane sign-in”."))
    partner = forms.ChoiceField(label=_("For the people of"), required=False)
    domains = forms.CharField(
        label=_("E-mail domains"), widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One a line. You state that this provider speaks for every address of these domains."),
    )  # fmt: skip
    issuer = forms.URLField(
        label=_("Issuer"), max_length=400, assume_scheme="https", help_text=_("Such as https://login.example.com")
    )
    client_id = forms.CharField(label=_("Client id"), max_length=200)
    secret = forms.CharField(
        label=_("Client secret"), required=False, widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Kept sealed and never shown again. Empty keeps the one that is there."),
    )  # fmt: skip
    metadata_url = forms.URLField(label=_("Address of the metadata"), max_length=400, required=False, assume_scheme="https")
    metadata = forms.CharField(
        label=_("Or the metadata itself"), required=False, max_length=200_000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("XML, as the provider gives it."),
    )  # fmt: skip
    is_required = forms.BooleanField(label=_("Passwords are refused for these domains"), required=False)
    counts_as_second_step = forms.BooleanField(label=_("A second step is taken there: do not ask for ours"), required=False)
    lets_in = forms.ChoiceField(label=_("Lets in"), choices=LetsIn.choices, widget=forms.RadioSelect, initial=LetsIn.INVITED)
    role = forms.ChoiceField(label=_("Role of who is let in"), required=False)

    def __init__(self, *args: Any, actor: Actor, kind: str, provider: SignInProvider | None = None, **options: Any) -> None:
        if provider is not None:
            names = (
                "name",
                "issuer",
                "client_id",
                "metadata_url",
                "metadata",
                "is_required",
                "counts_as_second_step",
                "lets_in",
                "role",
            )
            known = {name: getattr(provider, name) for name in names}
            known["domains"] = "\n".join(domain.domain for domain in provider.domains.all())
            known["seen"] = provider.state
            options["initial"] = {**known, **options.get("initial", {})}
        super().__init__(*args, **options)
        self.partner_id = provider.partner_id if provider is not None else None
        for name in ("metadata_url", "metadata") if kind == Kind.OIDC else ("issuer", "client_id", "secret"):
            del self.fields[name]
        if provider is not None:
            del self.fields["partner"]
        else:
            choices = [("", _("Our own people")), *organisation_choices(actor=actor)]
            self.fields["partner"].choices = choices  # type: ignore[attr-defined]
            chosen = self.data.get("partner") if self.is_bound else ""
            self.partner_id = UUID(chosen) if chosen in dict(choices) and chosen else None
        barred = {Role.ADMINISTRATOR.value, Role.SPECIALIST.value, Role.CANDIDATE.value}
        sides = [self.partner_id] if provider is not None or self.is_bound else [None, UUID(int=0)]
        cards = [card for side in sides for card in cards_to_give(actor, partner_id=side) if card.code not in barred]
        self.fields["role"].choices = [(card.code, card.label) for card in cards]  # type: ignore[attr-defined]

    def wanted(self) -> Wanted:
        """What the service takes."""
        values = {key: value for key, value in self.cleaned_data.items() if key not in {"partner", "domains", "seen"}}
        return Wanted(**values, domains=domains_in(self.cleaned_data["domains"]))
