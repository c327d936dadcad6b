"""What the health page tells: what waits and since when, what was given up, the beat's pulse, queues, workers, the audit chain."""

from __future__ import annotations

from datetime import datetime, timedelta

import redis
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from prm.access.actors import Actor
from prm.core.health import VITALS, Reading, Vital
from prm.core.heartbeat import beating_workers, queued, redis_client
from prm.events.selectors import delivery_standing
from prm.events.selectors_audit import audit_checks
from prm.jobs.selectors import chunks_waiting_since, periodic_last
from prm.ui import formats

LATE, TOO_LATE = timedelta(minutes=1), timedelta(minutes=10)
NIGHTLY = timedelta(hours=36)
FULL_QUEUE = 1_000


def _since(moment: datetime | None, nothing: str, about: str) -> Reading:
    """How long something has waited, with the tone of its age."""
    if moment is None:
        return Reading(nothing)
    age = timezone.now() - moment
    tone = "no" if age > TOO_LATE else "wa" if age > LATE else "ok"
    return Reading(formats.duration(max(0.0, age.total_seconds())), tone, about)


def oldest_event(actor: Actor) -> Reading:
    """Since when the oldest event waits for one of its subscribers."""
    standing = delivery_standing(actor=actor)
    waiting = _("%(n)s deliveries wait, %(fresh)s events have just happened") % {
        "n": formats.number(standing.waiting), "fresh": formats.number(standing.fresh),
    }  # fmt: skip
    return _since(standing.oldest, _("Everything has arrived"), waiting)


def dead_letters(actor: Actor) -> Reading:
    """What was given up and waits for a person."""
    dead = delivery_standing(actor=actor).dead
    return Reading(formats.number(dead), "no" if dead else "ok", _("Deliver them again, or discard them.") if dead else "")


def oldest_work(actor: Actor) -> Reading:
    """Since when long work that could be done waits for a worker."""
    return _since(chunks_waiting_since(actor=actor), _("Nothing waits"), _("More workers would begin it sooner."))


def pulse(actor: Actor) -> Reading:
    """Whether what comes round comes round."""
    last = periodic_last(actor=actor, task="jobs.pulse")
    if last is None:
        return Reading(_("Never felt"), "no", _("Is the beat running, and a worker?"))
    age = timezone.now() - last.claimed_at
    words = _("%(time)s ago") % {"time": formats.duration(max(0.0, age.total_seconds()))}
    return Reading(words, "no" if age > 3 * LATE else "ok", _("Is the beat running, and a worker?") if age > 3 * LATE else "")


def queues(actor: Actor) -> Reading:
    """How many messages wait in Redis. They only wake workers; what is to be done stands in Postgres."""
    try:
        depth = queued(redis_client(), [queue.name for queue in settings.CELERY_TASK_QUEUES])
    except redis.RedisError:
        return Reading(_("Redis cannot be reached"), "no", _("Pages and writing go on; work waits until it is back."))
    words = ", ".join(f"{name} {formats.number(count)}" for name, count in depth.items())
    return Reading(words, "wa" if max(depth.values()) > FULL_QUEUE else "ok")


def workers(actor: Actor) -> Reading:
    """Whose pulse was felt lately."""
    try:
        alive = beating_workers(redis_client())
    except redis.RedisError:
        return Reading(_("Redis cannot be reached"), "no")
    return Reading(formats.number(len(alive)), "ok" if alive else "no", ", ".join(alive))


def chain(actor: Actor) -> Reading:
    """What the last verification of the audit chain found."""
    last = next(iter(audit_checks(actor=actor, limit=1)), None)
    if last is None:
        return Reading(_("Not verified yet"), "wa")
    if not last.is_whole:
        return Reading(_("Broken at entry %(n)s") % {"n": formats.number(last.broken_number or 0)}, "no")
    is_old = timezone.now() - last.created_at > NIGHTLY
    whole = _("Whole: %(n)s entries") % {"n": formats.number(last.entries)}
    return Reading(whole, "wa" if is_old else "ok", _("Verified %(when)s") % {"when": formats.moment(last.created_at)})


def register() -> None:
    """Called once when the app is ready."""
    for vital in (
        Vital("events.oldest", gettext_lazy("Oldest event on its way"), oldest_event, 10),
        Vital("events.dead", gettext_lazy("Dead letters"), dead_letters, 20),
        Vital("jobs.oldest", gettext_lazy("Oldest work waiting"), oldest_work, 30),
        Vital("jobs.pulse", gettext_lazy("Pulse of the beat"), pulse, 40),
        Vital("core.workers", gettext_lazy("Workers alive"), workers, 50),
        Vital("core.queues", gettext_lazy("Messages in queues"), queues, 60),
        Vital("events.audit", gettext_lazy("Audit chain"), chain, 70),
    ):
        VITALS.register(vital)
