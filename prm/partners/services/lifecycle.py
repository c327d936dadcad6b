"""Taking back a step of a relationship that was a mistake, or a whole act on many."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.errors import Conflict, NotFound
from prm.events.publishing import publish_all
from prm.partners.events import PartnerMoveTakenBack
from prm.partners.models import Partner, PartnerMove
from prm.partners.services.members import door_follow

#: So long a step can be taken back; later the relationship is moved, with a reason.
UNDO_FOR = timedelta(hours=24)


@transaction.atomic
def partner_take_back(*, actor: Actor, partner_id: UUID, now: datetime | None = None) -> None:
    """Takes the last step of one partner back, whatever act it was part of. Raises and publishes what ``moves_take_back`` does."""
    partner = Partner.objects.visible_to(actor).one(partner_id)
    authorize(actor, "partners.partner:advance", partner)
    steps = PartnerMove.objects.visible_to(actor).filter(partner=partner, taken_back_at__isnull=True).order_by("-id")
    last = steps.first()
    if last is None or not last.from_lifecycle or last.batch is None:
        raise Conflict("nothing_to_take_back", _("There is nothing to take back."))
    moves_take_back(actor=actor, batch=last.batch, partner_id=partner_id, now=now)


@transaction.atomic
def moves_take_back(
    *, actor: Actor, batch: UUID, partner_id: UUID | None = None, now: datetime | None = None
) -> tuple[int, int]:
    """Takes the steps of one act back, or that of one partner: (taken back, those that went on since and stay).

    A step stays in the history and counts no more. Publishes one PartnerMoveTakenBack each. Raises Denied; NotFound for no such act;
    Conflict (``too_late``) after a day.
    """
    authorize(actor, "partners.partner:advance")
    now = now or timezone.now()
    steps = PartnerMove.objects.visible_to(actor).filter(batch=batch, taken_back_at__isnull=True)
    if partner_id is not None:
        steps = steps.filter(partner_id=partner_id)
    moves = {move.partner_id: move for move in steps.exclude(from_lifecycle="")}
    if not moves:
        raise NotFound("not_found", _("There is nothing to take back."))
    if min(move.created_at for move in moves.values()) < now - UNDO_FOR:
        raise Conflict("too_late", _("A step can be taken back for 24 hours. Move it on instead, and say why."))
    rows = Partner.objects.visible_to(actor, "advance").filter(pk__in=moves).select_related("company").order_by("pk")
    partners = list(rows.select_for_update(of=("self",)))
    last: dict[UUID, list[PartnerMove]] = {}
    living = PartnerMove.objects.visible_to(actor).filter(partner_id__in=moves, taken_back_at__isnull=True)
    for move in living.order_by("-id"):
        last.setdefault(move.partner_id, []).append(move)
    back = [
        p for p in partners
        if p.merged_into_id is None and last[p.pk][0].pk == moves[p.pk].pk and p.lifecycle == moves[p.pk].to_lifecycle
    ]  # fmt: skip
    for partner in back:
        earlier = last[partner.pk][1:]
        partner.lifecycle = moves[partner.pk].from_lifecycle
        partner.lifecycle_since = earlier[0].created_at if earlier else partner.created_at
        partner.updated_at = now
    Partner.objects.bulk_update(back, ["lifecycle", "lifecycle_since", "updated_at"])
    for partner in back:
        door_follow(actor=actor, partner=partner)
    keys = [moves[partner.pk].pk for partner in back]
    PartnerMove.objects.visible_to(actor).filter(pk__in=keys).update(taken_back_at=now, updated_at=now)
    publish_all(
        (
            PartnerMoveTakenBack(
                subject_id=p.pk, partner_id=p.pk, company_id=p.company_id, before=moves[p.pk].from_lifecycle,
                after=moves[p.pk].to_lifecycle,
            )
            for p in back
        ),
        actor=actor,
    )  # fmt: skip
    return len(back), len(partners) - len(back)
