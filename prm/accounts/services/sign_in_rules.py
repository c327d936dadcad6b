"""Setting the rules of signing in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.access.roles import as_sign_in
from prm.accounts.events import SignInRulesChanged
from prm.accounts.models import SignInRules
from prm.accounts.models.sign_in_rules import THE_RULES
from prm.accounts.rules.providers import wrong_domains
from prm.accounts.rules.sign_in import MOST_DOMAINS, Rules, changed, crossed, out_of_bounds
from prm.accounts.selectors.sign_in_rules import rules_now
from prm.accounts.selectors.stale import stale_setting
from prm.core.errors import Invalid
from prm.events.publishing import publish


@transaction.atomic
def sign_in_rules_change(*, actor: Actor, values: Mapping[str, Any], seen: str = "") -> Rules:
    """Takes over the rules that are named. They hold from the next click on, for sessions that are open too; an invitation keeps the
    day that it was sent with. ``seen`` is the ``Rules.state`` that was looked at, where that is to be the one that is changed.

    Raises Denied, Invalid by field, Conflict (``stale_edit``). Publishes SignInRulesChanged with what was and what is, when that changed
    anything.
    """
    authorize(actor, "accounts.sign_in_rules:edit")
    values = dict(values)
    if "invitation_domains" in values:
        values["invitation_domains"] = _domains(values["invitation_domains"])
    wrong: list[tuple[str, Any]] = [
        (name, _("Between %(least)s and %(most)s.") % {"least": least, "most": most})
        for name, (least, most) in out_of_bounds(values).items()
    ]
    held = rules_now(actor=actor, locked=True)
    if seen and seen != held.state:
        raise stale_setting(actor=actor, subject_type="sign_in_rules", subject_id=THE_RULES)
    rules, before, after = changed(held, values)
    wrong += [(name, _("No longer than a session may last in all.")) for name in crossed(rules)] if not wrong else []
    if wrong:
        raise Invalid("out_of_bounds", wrong[0][1], field=wrong[0][0], errors=wrong)
    if after:
        kept = {**asdict(rules), "invitation_domains": list(rules.invitation_domains)}
        with as_sign_in(actor):
            SignInRules.objects.update_or_create(id=THE_RULES, defaults=kept)
        publish(SignInRulesChanged(subject_id=THE_RULES, before=before, after=after), actor=actor)
    return rules


def _domains(domains: list[str]) -> tuple[str, ...]:
    found = sorted({domain.strip().casefold() for domain in domains})
    wrong = wrong_domains(found)
    if wrong:
        words = _("Not a company’s domain: %(which)s") % {"which": ", ".join(wrong)}
        raise Invalid("domain", words, field="invitation_domains")
    if len(found) > MOST_DOMAINS:
        raise Invalid("too_many", _("At most %(n)s domains.") % {"n": MOST_DOMAINS}, field="invitation_domains")
    return tuple(found)
