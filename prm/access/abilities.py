"""What people may do, as they read it: the permissions that policies declare, grouped by area, with words.

An ability is a thing and a verb ("Companies: change"). It holds the permission of the policy that names the thing (``Policy.label``) and
those of its details (``Policy.part_of``) with the same verb, so that nobody ticks chunks and lines of imports one by one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from prm.access.policies import every_policy

VERB_WORDS = {
    "view": _("See"), "create": _("Create"), "edit": pgettext_lazy("permission", "Change"),
    "import": _("Import"), "export": _("Export"), "invite": _("Invite"),
    "assign": _("Assign"), "advance": _("Move on in the relationship"), "merge": _("Merge"), "decide": _("Decide"), "answer": _("Answer"),
    "send": _("Send"), "publish": _("Publish"), "close": _("Close"), "run": _("Run"), "pin": _("Pin"), "withdraw": _("Withdraw"),
    "restore": _("Take back in"), "cancel": _("Cancel"), "retry": _("Try again"), "replay": _("Deliver again"), "discard": _("Discard"),
    "undo": _("Undo"), "verify": _("Verify"), "erase": _("Erase"), "share": _("Show to specialists"),
    "write": _("Write"), "keys": _("Make API keys"),
    "sign_in": _("Decide how people sign in"), "archive": _("Put away or end"),
}  # fmt: skip


@dataclass(frozen=True)
class Ability:
    """``key`` is the permission that gives it its name; ``permissions`` all that it holds."""

    key: str
    area: str
    thing: Any
    verb: Any
    permissions: frozenset[str]


def abilities() -> list[Ability]:
    """Every ability of the product: areas as they stand on each other, the highest first; in each, things and verbs in order."""
    return _abilities(len(every_policy()))


def area_label(area: str) -> Any:
    """What an area is called: the name that its app gives itself."""
    return apps.get_app_config(area).verbose_name


def keys_of(permissions: Iterable[str]) -> frozenset[str]:
    """The keys of the abilities that ``permissions`` hold in full."""
    held = frozenset(permissions)
    return frozenset(ability.key for ability in abilities() if ability.permissions <= held)


def permissions_behind(keys: Iterable[str]) -> frozenset[str]:
    """The permissions of these abilities. KeyError for one that is not known."""
    known = {ability.key: ability.permissions for ability in abilities()}
    return frozenset(permission for key in keys for permission in known[key])


@cache
def _abilities(policies: int) -> list[Ability]:
    """Worked out once: policies are only ever added."""
    found: dict[str, tuple[Any, set[str]]] = {}
    labels = {policy.name: policy.label for policy in every_policy()}
    for policy in every_policy():
        thing = policy.part_of or policy.name
        for verb in policy.verbs:
            label = labels.get(thing) or thing.partition(".")[2].replace("_", " ")
            found.setdefault(f"{thing}:{verb}", (label, set()))[1].add(f"{policy.name}:{verb}")
    areas = [config.label for config in apps.get_app_configs()][::-1]
    things, verbs = list(labels), list(VERB_WORDS)

    def order(key: str) -> tuple[int, int, int]:
        name, _colon, verb = key.partition(":")
        area = name.partition(".")[0]
        return (
            areas.index(area) if area in areas else len(areas), things.index(name),
            verbs.index(verb) if verb in verbs else len(verbs),
        )  # fmt: skip

    return [
        Ability(key, key.partition(".")[0], found[key][0], VERB_WORDS.get(key.partition(":")[2], key.partition(":")[2]),
                frozenset(found[key][1]))
        for key in sorted(found, key=order)
    ]  # fmt: skip
