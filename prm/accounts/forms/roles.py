"""The form of a role of the vendor's own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from prm.access.abilities import Ability, abilities, area_label, keys_of
from prm.access.actors import ROLE_LABELS, VENDOR_ROLES, Actor, Role
from prm.access.policies import permissions_of
from prm.accounts.giving import may_build_on
from prm.accounts.models.roles import BASES
from prm.ui.forms import RefusableForm


class CustomRoleForm(RefusableForm):
    """Its name and what it may do: of what the actor may do themselves, and no partner's right."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("As you call the job, such as “Partner assistant”."))
    abilities = forms.MultipleChoiceField(label=pgettext_lazy("permission", "May"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.offered = abilities_to_give(actor)
        self.fields["abilities"].choices = [(one.key, f"{one.thing}: {one.verb}") for one in self.offered]  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """What the services take of a role: its name and its abilities."""
        return {"name": self.cleaned_data.get("name", ""), "abilities": self.cleaned_data.get("abilities", [])}

    def areas(self) -> list[dict[str, Any]]:
        """The abilities by area and thing, each with its box."""
        chosen = set(self["abilities"].value() or ())
        found: list[dict[str, Any]] = []
        for one in self.offered:
            if not found or found[-1]["area"] != one.area:
                found.append({"area": one.area, "label": area_label(one.area), "things": []})
            things = found[-1]["things"]
            if not things or things[-1]["label"] != one.thing:
                things.append({"label": one.thing, "boxes": []})
            things[-1]["boxes"].append({"value": one.key, "label": one.verb, "checked": one.key in chosen})
        return found


def abilities_to_give(actor: Actor) -> list[Ability]:
    """What a role of the vendor's own may hold when ``actor`` makes it."""
    of_the_vendor = keys_of(permissions_of(VENDOR_ROLES))
    return [one for one in abilities() if one.key in of_the_vendor and all(actor.may(p) for p in one.permissions)]


def bases_to_give(actor: Actor) -> list[tuple[str, Any]]:
    """(code, name) of the built-in roles that ``actor`` may make another one from."""
    return [(role.value, ROLE_LABELS[role]) for role in BASES if may_build_on(actor, role)]


def abilities_of(base: Role, actor: Actor) -> list[str]:
    """What is ticked to begin with: what ``base`` holds of what the actor may give."""
    held = keys_of(permissions_of({base}))
    return [one.key for one in abilities_to_give(actor) if one.key in held]
