"""What happens to long work."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from prm.events.publishing import Event


class _JobEvent(Event):
    """The parent: what kind of work it is."""

    kind: str


class JobStarted(_JobEvent, subject="job", sentence=_("started this")):
    """Somebody asked for long work."""


class JobDone(_JobEvent, subject="job", sentence=_("finished this")):
    """All of it is done."""


class JobFailed(_JobEvent, subject="job", sentence=_("could not finish this")):
    """It stopped for a reason."""

    code: str


class JobCancelled(_JobEvent, subject="job", sentence=_("cancelled this")):
    """Somebody stopped it."""


class JobRetried(_JobEvent, subject="job", sentence=_("started this again")):
    """Somebody let it go on after a failure or a cancel."""
