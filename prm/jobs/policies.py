"""Who sees long work, and who may stop it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from prm.access.actors import LEADING_ROLES, Actor
from prm.access.policies import Policy, vendor_verbs
from prm.jobs.models import Job, JobChunk, JobLine, PeriodicSlot


class JobPolicy(Policy):
    """The vendor's people see all jobs; a manager stops and retries only their own."""

    model = Job
    name = "jobs.job"
    label = _("Long work")
    api = "jobs"
    verbs = vendor_verbs(managers=["view", "cancel", "retry"])

    def scope(self, actor: Actor, verb: str) -> models.Q:
        rows = super().scope(actor, verb)
        if verb == "view" or actor.is_system or actor.roles & LEADING_ROLES:
            return rows
        return rows & models.Q(owner_id=actor.user_id, owner_id__isnull=False)


class JobChunkPolicy(Policy):
    """Chunks are seen with their job; only the product writes them."""

    model = JobChunk
    name = "jobs.chunk"
    part_of = "jobs.job"
    verbs = vendor_verbs(managers=["view"])


class JobLinePolicy(Policy):
    """So is the log."""

    model = JobLine
    name = "jobs.line"
    part_of = "jobs.job"
    verbs = vendor_verbs(managers=["view"])


class PeriodicSlotPolicy(Policy):
    """Operators look at the beat's pulse on the health page."""

    model = PeriodicSlot
    name = "jobs.slot"
    part_of = "jobs.job"
    verbs = vendor_verbs(managers=[], directors=["view"])
