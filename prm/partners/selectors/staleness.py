"""Who changed a record while somebody had its form open (UX 4)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.accounts.selectors import person_names
from prm.events.models import OutboxEvent
from prm.partners.events import CompanyEdited
from prm.partners.models import Company


def stale_edit_words(*, actor: Actor, company: Company, version: int) -> str:
    """One sentence: who changed which facts of ``company`` after ``version``."""
    events = OutboxEvent.objects.visible_to(actor).filter(
        subject_type="company", subject_id=company.pk, type=CompanyEdited.type
    )
    later = [event for event in events[:20] if event.data.get("to_version", 0) > version]
    if not later:
        return _("This company was changed while the form was open. Look at what is there now, then save again.")
    names = person_names(actor=actor, user_ids=[event.actor_id for event in later if event.actor_id])
    people = sorted({names.get(event.actor_id, "PRM") if event.actor_id else "PRM" for event in later})
    fields = dict.fromkeys(field for event in reversed(later) for field in event.data.get("fields", ()))
    labels = [str(Company._meta.get_field(field).verbose_name) for field in fields]  # type: ignore[union-attr]
    return _("%(who)s changed %(what)s while this form was open. Look at what is there now, then save again.") % {
        "who": ", ".join(people),
        "what": ", ".join(labels),
    }
