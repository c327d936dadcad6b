"""Where a relationship stands: the only room that writes it. Beginning, moving on, and taking a step back that was a mistake.

Every step is a row of ``PartnerMove``, an event, and the door by which the partner's people come in. It is no edit: a form that was opened
before it still saves (``Partner.version`` stays).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.errors import Conflict, Invalid, NotFound
from prm.core.ids import uuid7
from prm.events.publishing import publish, publish_all
from prm.partners.events import PartnerAdvanced, PartnerCreated, PartnerMoveTakenBack
from prm.partners.models import Lifecycle, Partner, PartnerMove
from prm.partners.rules.lifecycle import ALLOWED_MOVES, may_move, needs_reason
from prm.partners.services.members import door_follow

#: So long a step can be taken back; later the relationship is moved, with a reason.
UNDO_FOR = timedelta(hours=24)
REASON_LENGTH = 300


@transaction.atomic
def partners_begin(*, actor: Actor, partners: Sequence[Partner], reason: str = "") -> None:
    """Keeps relationships that are new, each with its first step, for services that have looked at what they are given.

    Publishes one PartnerCreated each. Raises Conflict (``partner_exists``) when a company is a partner already; Invalid (``reason``).
    """
    try:
        with transaction.atomic():
            Partner.objects.bulk_create(partners)
    except IntegrityError as error:
        raise Conflict("partner_exists", _("This company is a partner already."), field="company") from error
    moves = PartnerMove.objects.bulk_create(_step(actor, partner, "", reason) for partner in partners)
    publish_all(
        (
            PartnerCreated(
                subject_id=p.pk, partner_id=p.pk, company_id=p.company_id, lifecycle=p.lifecycle, move_id=move.pk
            )
            for p, move in zip(partners, moves, strict=True)
        ),
        actor=actor,
    )  # fmt: skip


@transaction.atomic
def partner_advance(*, actor: Actor, partner_id: UUID, to: str, reason: str = "", batch: UUID | None = None) -> Partner:
    """Moves a relationship along its life (``rules.lifecycle.ALLOWED_MOVES``); leaving, coming back and stepping back are explained.

    ``batch`` names the act that the step belongs to, by which ``moves_take_back`` undoes it. Publishes PartnerAdvanced. Raises
    NotFound, Denied; Conflict (``move_not_allowed``, with what is; ``partner_merged``); Invalid (``reason``).
    """
    partner: Partner = Partner.objects.visible_to(actor).select_for_update(of=("self",)).one(partner_id)
    authorize(actor, "partners.partner:advance", partner)
    before = partner.lifecycle
    if partner.merged_into_id is not None:
        raise Conflict("partner_merged", _("This partner is part of another one now: look after that one."), field="to")
    if not may_move(before, to):
        raise Conflict("move_not_allowed", _refusal(before), field="to", allowed=list(ALLOWED_MOVES[before]))
    if needs_reason(before, to) and not reason.strip():
        raise Invalid("reason_missing", _("Say why: this step is explained."), field="reason")
    _move(actor, partner, to, reason, batch=batch or uuid7())
    return partner


@transaction.atomic
def partners_advance(*, actor: Actor, partner_ids: Sequence[UUID], to: str, reason: str = "") -> tuple[int, int, UUID]:
    """Moves many relationships to the same place; (moved, those that may not go there from where they are, the batch that
    ``moves_take_back`` undoes it by).

    Publishes one PartnerAdvanced each. Raises Denied; Invalid (``reason``).
    """
    authorize(actor, "partners.partner:advance")
    rows = Partner.objects.visible_to(actor, "advance").filter(pk__in=partner_ids).order_by("id")
    allowed = [partner for partner in rows if may_move(partner.lifecycle, to) and partner.merged_into_id is None]
    batch = uuid7()
    for partner in allowed:
        partner_advance(actor=actor, partner_id=partner.pk, to=to, reason=reason, batch=batch)
    return len(allowed), len(rows) - len(allowed), batch


@transaction.atomic
def partner_merge_into(*, actor: Actor, partner: Partner, kept: Partner) -> PartnerMove:
    """Lets a partner exit into the one that it became part of, for the merge of their companies, which may undo it at any time.

    Both are held by the caller. Publishes PartnerAdvanced.
    """
    partner.merged_into = kept
    partner.version += 1
    return _move(actor, partner, Lifecycle.EXITED, _("Merged into %(name)s") % {"name": kept.company.name})


@transaction.atomic
def partner_unmerge(*, actor: Actor, partner: Partner, move_id: UUID, since: datetime) -> None:
    """Takes back what ``partner_merge_into`` did: the step ``move_id``; the partner has stood where it stood ``since``.

    Publishes PartnerMoveTakenBack.
    """
    move: PartnerMove = PartnerMove.objects.visible_to(actor).one(move_id)
    partner.merged_into = None
    partner.version += 1
    _back(actor, [(partner, move, since)])


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
    back = []
    for partner in partners:
        latest, *earlier = last[partner.pk]
        if partner.merged_into_id is None and latest.pk == moves[partner.pk].pk and partner.lifecycle == latest.to_lifecycle:
            back.append((partner, latest, earlier[0].created_at if earlier else partner.created_at))
    _back(actor, back)
    return len(back), len(partners) - len(back)


def _move(actor: Actor, partner: Partner, to: str, reason: str, *, batch: UUID | None = None) -> PartnerMove:
    """One step on. A step without ``batch`` is not for ``moves_take_back``."""
    before, partner.lifecycle, partner.lifecycle_since = partner.lifecycle, to, timezone.now()
    move = _step(actor, partner, before, reason)
    move.batch = batch
    partner.save(update_fields=_COLUMNS)
    move.save()
    door_follow(actor=actor, partner=partner)
    publish(
        PartnerAdvanced(
            subject_id=partner.pk, partner_id=partner.pk, company_id=partner.company_id, before=before, after=str(to),
            move_id=move.pk,
        ),
        actor=actor,
    )  # fmt: skip
    return move


def _back(actor: Actor, steps: Sequence[tuple[Partner, PartnerMove, datetime]]) -> None:
    """Steps that were mistakes: partners stand again where they stood, each since the time beside it."""
    now = timezone.now()
    for partner, move, since in steps:
        partner.lifecycle, partner.lifecycle_since, partner.updated_at = move.from_lifecycle, since, now
    partners = [partner for partner, _move, _since in steps]
    Partner.objects.bulk_update(partners, _COLUMNS)
    for partner in partners:
        door_follow(actor=actor, partner=partner)
    moves = PartnerMove.objects.visible_to(actor).filter(pk__in=[move.pk for _partner, move, _since in steps])
    moves.update(taken_back_at=now, updated_at=now)
    publish_all(
        (
            PartnerMoveTakenBack(
                subject_id=partner.pk, partner_id=partner.pk, company_id=partner.company_id, before=move.from_lifecycle,
                after=move.to_lifecycle,
            )
            for partner, move, _since in steps
        ),
        actor=actor,
    )  # fmt: skip


def _step(actor: Actor, partner: Partner, before: str, reason: str) -> PartnerMove:
    reason = reason.strip()
    if len(reason) > REASON_LENGTH:
        raise Invalid("too_long", _("At most %(most)s characters.") % {"most": REASON_LENGTH}, field="reason")
    return PartnerMove(
        partner=partner, from_lifecycle=before, to_lifecycle=partner.lifecycle, reason=reason, person_id=actor.person_id
    )


def _refusal(before: str) -> str:
    words = ", ".join(str(Lifecycle(stage).label) for stage in ALLOWED_MOVES[before])
    return _("From here it can only become: %(words)s.") % {"words": words}


#: What a step may write of a partner.
_COLUMNS = ("lifecycle", "lifecycle_since", "merged_into", "version", "updated_at")
