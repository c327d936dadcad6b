"""The actor of a job, kept as ids and built anew for each chunk, so that rights taken away stop the work."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from prm.access.actors import Actor, ActorKind, system_actor
from prm.accounts.selectors.actors import actor_of_key_id, actor_of_user_id
from prm.core.correlation import correlation
from prm.core.errors import Denied
from prm.core.ids import uuid7
from prm.jobs.kinds import JobKind
from prm.jobs.models import Job

# Jobs of earlier versions kept no place; only the vendor's people could start any.
_BEFORE = ActorKind.VENDOR.value


def actor_snapshot(actor: Actor) -> dict[str, Any]:
    """What is needed to act as ``actor`` again: ids, place and language, no rights; and what its work is part of."""
    return {
        "kind": actor.kind.value,
        "user_id": str(actor.user_id) if actor.user_id else None,
        "key_id": str(actor.key_id) if actor.key_id else None,
        "place": actor.place,
        "language": actor.language,
        "reason": actor.reason,
        "correlation_id": str(correlation() or uuid7()),
    }


def correlation_of_job(job: Job) -> UUID | None:
    """What the job is part of: the request, or the other work, that started it."""
    kept = job.actor.get("correlation_id")
    return UUID(kept) if kept else None


def actor_of_job(job: Job, kind: JobKind) -> Actor:
    """Who the job's work is done for, with today's rights. Raises Denied when they no longer include it."""
    kept = job.actor
    if kept["kind"] == ActorKind.SYSTEM:
        return system_actor(kept["reason"] or f"job {job.kind}")
    by_key = kept.get("key_id")
    actor = actor_of_key_id(UUID(by_key)) if by_key else actor_of_user_id(UUID(kept["user_id"]), kept.get("place", _BEFORE))
    if actor is None or not actor.may(kind.permission):
        raise Denied("rights_lost", _("The person who started this may no longer do it."), permission=kind.permission)
    return actor
