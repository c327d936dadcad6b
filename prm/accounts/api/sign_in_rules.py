"""``/api/v1/sign-in-rules``: how people sign in, as an administrator sets it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from prm.accounts.models.sign_in_rules import THE_RULES
from prm.accounts.rules.sign_in import BOUNDS, MOST_DOMAINS, Rules
from prm.accounts.selectors.sign_in_rules import is_staff_let_off, rules_now, sign_in_rules_get
from prm.accounts.services.sign_in_rules import sign_in_rules_change
from prm.api.etags import check_match, version_of
from prm.api.fields import FlagField, TextField, WholeField
from prm.api.serializers import ApiSerializer
from prm.api.viewsets import ScopedViewSet


def _number(name: str, words: str) -> WholeField:
    least, most = BOUNDS[name]
    return WholeField(min_value=least, max_value=most, help_text=words)


class SignInRulesSerializer(ApiSerializer):
    """How people sign in. `staff` are the vendor's people, `partner` those of partners, candidates and specialists."""

    staff_second_step = FlagField(read_only=True, help_text="Always true, unless the installation was started without it.")
    partner_second_step = FlagField(help_text="Whoever has none sets one up at their next click.")
    staff_idle_minutes = _number("staff_idle_minutes", "A session ends so long after its last use.")
    staff_most_hours = _number("staff_most_hours", "A session ends so long after it began.")
    partner_idle_minutes = _number("partner_idle_minutes", "A session ends so long after its last use.")
    partner_most_hours = _number("partner_most_hours", "A session ends so long after it began.")
    invitation_days = _number("invitation_days", "So long the link of an invitation works, of those sent from now on.")
    invitation_domains = serializers.ListField(
        child=TextField(max_length=200), max_length=MOST_DOMAINS,
        help_text="Domains of the addresses at which the vendor's people are invited; empty: any.",
    )  # fmt: skip

    example = {
        "staff_second_step": True,
        "partner_second_step": True,
        "staff_idle_minutes": 240,
        "staff_most_hours": 24,
        "partner_idle_minutes": 720,
        "partner_most_hours": 168,
        "invitation_days": 7,
        "invitation_domains": ["orvane.example"],
    }
    example_request = {"partner_second_step": True, "partner_idle_minutes": 720}


class SignInRulesViewSet(ScopedViewSet):
    """The rules of signing in."""

    resource = "sign-in-rules"
    label = _("Rules of signing in")
    is_single = True
    permissions = {"retrieve": "accounts.sign_in_rules:view", "partial_update": "accounts.sign_in_rules:edit"}
    serializer_class = SignInRulesSerializer

    def retrieve(self, request: Request) -> Response:
        """The rules that hold now."""
        return self.answer(self.told(sign_in_rules_get(actor=self.actor)))

    def partial_update(self, request: Request) -> Response:
        """Changes the rules that are named, at once and for open sessions too. On the version that If-Match names."""
        values = self.body(partial=True)
        held = self.told(rules_now(actor=self.actor, locked=True))
        check_match(request, version_of(self.represent([held])[0]))
        return self.answer(self.told(sign_in_rules_change(actor=self.actor, values=values)))

    def told(self, rules: Rules) -> dict[str, Any]:
        """The rules as they are written."""
        return {**vars(rules), "pk": THE_RULES, "staff_second_step": not is_staff_let_off(actor=self.actor)}
