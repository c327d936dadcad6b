"""How allauth behaves here: nobody registers by themselves, people are invited."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Closed sign-up; the rest is allauth's."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
