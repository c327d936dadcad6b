"""Who changed a setting while somebody had its form open: for forms that put a whole set in the place of another."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.core.errors import Conflict
from prm.events.selectors import history_list


def stale_setting(*, actor: Actor, subject_type: str, subject_id: UUID) -> Conflict:
    """The refusal of a form that was opened on another state than the setting is in now; it names whoever changed it last."""
    last = history_list(actor=actor, subject_type=subject_type, subject_id=subject_id, limit=1)
    if not last:
        return Conflict(
            "stale_edit", _("This was changed while the form was open. Look at what is there now, then save again.")
        )
    words = _("%(who)s changed this while the form was open. Look at what is there now, then save again.")
    return Conflict("stale_edit", words % {"who": last[0].who})
