"""The form of a new API key."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from prm.access.actors import Actor
from prm.access.policies import scopes_giving
from prm.api.served import permissions_asked
from prm.ui.forms import RefusableForm

LIFETIMES = {"30": _("30 days"), "90": _("90 days"), "365": _("1 year"), "": _("No end")}


#: What each scope is about, in words.
SCOPE_WORDS = {
    "companies": _("Companies"), "events": _("Audit chain"), "exports": _("Exports"), "imports": _("Imports"), "jobs": _("Jobs"),
    "notifications": _("Notifications"), "questionnaires": _("Questionnaires"),
    "market": _("Territories, industries, categories of offer"), "partners": _("Partners"), "persons": _("People"),
    "products": _("Products"), "roles": _("Roles"), "sales": _("Sales"), "saved_views": _("Saved views"),
    "sign_in_rules": _("Rules of signing in"), "studies": _("Studies"), "target_lists": _("Target lists"), "vendors": _("Vendors"),
}  # fmt: skip


class ApiKeyForm(RefusableForm):
    """What a key is for, what it may do, how long it lives."""

    name = forms.CharField(
        label=_("Program"), max_length=100, help_text=_("The program that will use the key, such as “CRM sync”.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("It may"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "A key never does more than you may do yourself, and gives nobody a role that may do more than the key."
            " Choose as little as the program needs."
        ),
    )
    lifetime = forms.ChoiceField(
        label=_("Ends after"), choices=list(LIFETIMES.items()), widget=forms.RadioSelect, required=False, initial="365"
    )

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        offered = scopes_giving(permissions_asked(actor.kind) & actor.permissions)
        self.fields["scopes"].choices = [(scope, scope) for scope in offered]  # type: ignore[attr-defined]

    def scope_rows(self) -> list[dict[str, Any]]:
        """The scopes as a grid: what, and a box for reading and one for writing where there is one."""
        offered = dict(self.fields["scopes"].choices)  # type: ignore[attr-defined]
        chosen = set(self["scopes"].value() or ())
        rows = []
        for what in dict.fromkeys(scope.partition(":")[0] for scope in offered):
            pair = [f"{what}:read", f"{what}:write"]
            boxes = [{"value": s, "checked": s in chosen} if s in offered else None for s in pair]
            rows.append({"what": SCOPE_WORDS[what], "boxes": boxes})
        return rows

    def expires_at(self) -> datetime | None:
        """The moment the key ends, or None."""
        days = self.cleaned_data["lifetime"]
        return timezone.now() + timedelta(days=int(days)) if days else None
