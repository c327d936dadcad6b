"""The rules of signing in that an administrator sets, and their bounds. No storage, no clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from prm.access.actors import Actor, ActorKind
from prm.accounts.rules.keys import state_of

#: The least and the most that each number may be: minutes, hours, days. A cookie lives as long as the longest session.
BOUNDS = {
    "staff_idle_minutes": (5, 10_080),
    "staff_most_hours": (1, 720),
    "partner_idle_minutes": (5, 10_080),
    "partner_most_hours": (1, 720),
    "invitation_days": (1, 30),
}
MOST_DOMAINS = 50


@dataclass(frozen=True, kw_only=True)
class Rules:
    """How people sign in. ``staff`` are the vendor's people; ``partner`` stands for partners' people, candidates and specialists.

    Sessions end after so many minutes without activity, and so many hours after they began. Of the vendor's people a second step is
    always asked; of the others where ``partner_second_step`` says so. The vendor's people are invited at ``invitation_domains`` only;
    without any at every address.
    """

    partner_second_step: bool = False
    staff_idle_minutes: int = 720
    staff_most_hours: int = 168
    partner_idle_minutes: int = 720
    partner_most_hours: int = 168
    invitation_days: int = 7
    invitation_domains: Sequence[str] = ()

    @property
    def state(self) -> str:
        """Changes with any of them."""
        return state_of(*((name, tuple(value) if isinstance(value, list) else value) for name, value in vars(self).items()))

    def limits_of(self, actor: Actor) -> tuple[int, int]:
        """Seconds without activity, and seconds in all, after which a session of theirs is over."""
        if is_outside(actor):
            return self.partner_idle_minutes * 60, self.partner_most_hours * 3600
        return self.staff_idle_minutes * 60, self.staff_most_hours * 3600


def is_outside(actor: Actor) -> bool:
    """Whether somebody comes in for another company than the vendor."""
    return actor.kind in {ActorKind.PARTNER, ActorKind.CANDIDATE, ActorKind.SPECIALIST}


def out_of_bounds(values: Mapping[str, Any]) -> dict[str, tuple[int, int]]:
    """The numbers among ``values`` that are too small or too large, with their bounds."""
    return {name: bounds for name, bounds in BOUNDS.items() if name in values and not bounds[0] <= values[name] <= bounds[1]}


def crossed(rules: Rules) -> list[str]:
    """Sides whose sessions would end by age before they could end by idleness: such an idle limit says nothing."""
    sides = {
        "staff_idle_minutes": (rules.staff_idle_minutes, rules.staff_most_hours),
        "partner_idle_minutes": (rules.partner_idle_minutes, rules.partner_most_hours),
    }
    return [name for name, (idle, most) in sides.items() if idle > most * 60]


def changed(before: Rules, values: Mapping[str, Any]) -> tuple[Rules, dict[str, Any], dict[str, Any]]:
    """The rules with ``values`` taken over; what of them was otherwise, and what it is now."""
    after = replace(before, **values)
    names = [name for name in values if getattr(before, name) != getattr(after, name)]
    return after, {name: getattr(before, name) for name in names}, {name: getattr(after, name) for name in names}
