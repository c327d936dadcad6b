"""What people are told of shared answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from prm.access.actors import Actor
from prm.notifications.kinds import KINDS, Named, NotificationKind
from prm.notifications.models import Channel
from profiling.sharing.selectors_specialists import study_names


def register() -> None:
    """Called once, when the app is ready."""
    KINDS.register(
        NotificationKind(
            key="profiling.remarked", label=_("A remark on a study of mine"), subject_type="study", icon="message",
            one=_("A remark on %(name)s"), many=_("%(n)s remarks on studies of yours"), named=_studies, default=Channel.MAIL,
            order=60,
        )
    )  # fmt: skip


def _studies(actor: Actor, ids: Sequence[UUID]) -> Mapping[UUID, Named]:
    found = study_names(actor=actor, ids=ids)
    return {
        key: Named(title, f"{reverse('vendor:profiling:shared', args=[public_id])}#remarks")
        for key, (title, public_id) in found.items()
    }
