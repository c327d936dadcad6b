"""Roles as a partner's people call them among themselves: nobody there needs to be told that they are a partner's."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from prm.access.actors import Role

ROLE_WORDS = {
    Role.PARTNER_ADMINISTRATOR: pgettext_lazy("role at a partner", "Administrator"),
    Role.PARTNER_SALES: pgettext_lazy("role at a partner", "Sales"),
    Role.PARTNER_TECHNICAL: _("Technical"),
    Role.PARTNER_MARKETING: _("Marketing"),
    Role.CANDIDATE: _("Candidate"),
}
