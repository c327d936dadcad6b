"""Who sees exports: one's own; directors and administrators see everybody's, but fetch only their own files."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from prm.access.actors import LEADING_ROLES, Actor
from prm.access.policies import Policy, vendor_verbs
from prm.exports.models import Export


class ExportPolicy(Policy):
    """``create`` lets somebody export at all; each list asks for its own permission besides."""

    model = Export
    name = "exports.export"
    label = _("Exports")
    api = "exports"
    verbs = vendor_verbs(managers=["view", "create", "export"])

    def scope(self, actor: Actor, verb: str) -> models.Q:
        rows = super().scope(actor, verb)
        if actor.is_system or (verb == "view" and actor.roles & LEADING_ROLES):
            return rows
        return rows & models.Q(owner_id=actor.user_id, owner_id__isnull=False)
