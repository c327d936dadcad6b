"""Reading the rules of signing in: for administrators, and wherever somebody signs in or is invited."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models import QuerySet, Subquery
from django.db.models.functions import JSONObject

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.access.roles import as_sign_in
from prm.accounts.models import SignInRules
from prm.accounts.rules.sign_in import BOUNDS, Rules

_NAMES = ("partner_second_step", *BOUNDS, "invitation_domains")


def sign_in_rules_get(*, actor: Actor) -> Rules:
    """The rules, for their page and the API. One query. Raises Denied."""
    authorize(actor, "accounts.sign_in_rules:view")
    return rules_now(actor=actor)


def rules_now(*, actor: Actor, locked: bool = False) -> Rules:
    """The rules that hold now; ``locked`` keeps them so until the transaction ends."""
    with as_sign_in(actor):
        rows = SignInRules.objects.select_for_update() if locked else SignInRules.objects.all()
        return rules_of(rows.values(*_NAMES).first())


def with_rules(rows: QuerySet[Any]) -> QuerySet[Any]:
    """``rows`` with the rules beside them (``rules_of(row.rules)``), so that who asks and by which rules is one statement."""
    kept = SignInRules.objects.values(row=JSONObject(**{name: name for name in _NAMES}))
    return rows.annotate(rules=Subquery(kept[:1]))


def rules_of(row: Mapping[str, Any] | None) -> Rules:
    """The rules in a row; those of the installation's settings where nobody set any."""
    if row is not None:
        return Rules(**{**row, "invitation_domains": tuple(row["invitation_domains"])})
    idle, most = settings.PRM_SESSION_IDLE.total_seconds(), settings.PRM_SESSION_MAX.total_seconds()
    minutes, hours = max(1, round(idle / 60)), max(1, round(most / 3600))
    return Rules(staff_idle_minutes=minutes, partner_idle_minutes=minutes, staff_most_hours=hours, partner_most_hours=hours)


def is_staff_let_off(*, actor: Actor) -> bool:
    """Whether this installation was started without asking its own people for a second step: the demo, a development machine."""
    return not settings.PRM_MFA_REQUIRED_OF_STAFF
