"""What a partner's people read of their own side."""

from __future__ import annotations

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.errors import NotFound
from prm.partners.models import Partner


def own_partner(*, actor: Actor) -> Partner:
    """The partner that a person of the portal belongs to, with its company. One query. Raises Denied; NotFound for anybody else."""
    authorize(actor, "partners.partner:view")
    if actor.partner_id is None:
        raise NotFound
    found: Partner = Partner.objects.visible_to(actor).select_related("company").one(actor.partner_id)
    return found
