"""How the actor's partner looks in its portal."""

from __future__ import annotations

from django.urls import reverse

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.errors import NotFound
from prm.partners.models import Partner
from prm.portal.models import Brand
from prm.ui.portal_shell import Mark


def own_brand(*, actor: Actor) -> Brand:
    """The colour and logo of the actor's partner; one that is not kept yet where nobody chose. One query. Raises Denied;
    NotFound for those of no partner."""
    authorize(actor, "portal.brand:view")
    if actor.partner_id is None:
        raise NotFound
    found: Brand | None = Brand.objects.visible_to(actor).filter(partner_id=actor.partner_id).first()
    return found or Brand(partner_id=actor.partner_id)


def own_mark(*, actor: Actor) -> Mark | None:
    """The mark of the actor's partner for the shell; None for whoever sees no partner. One query."""
    partner = Partner.objects.visible_to(actor).select_related("company", "brand").filter(pk=actor.partner_id).first()
    if partner is None:
        return None
    brand = getattr(partner, "brand", None) or Brand(partner=partner)
    # The name of the file is another with each logo: what a browser kept is never an old one.
    logo = f"{reverse('portal:logo')}?v={brand.logo[-16:-4]}" if brand.logo else ""
    return Mark(name=partner.company.name, colour=brand.colour, logo=logo)
