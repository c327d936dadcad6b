"""Writing how a partner looks in its portal."""

from __future__ import annotations

from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.errors import Invalid, NotFound
from prm.core.locks import wait_in_turn
from prm.events.publishing import publish
from prm.portal.events import BrandChanged
from prm.portal.images import logo_png
from prm.portal.models import Brand, BrandColour


@transaction.atomic
def brand_set(*, actor: Actor, colour: str, logo: bytes | None = None, no_logo: bool = False) -> Brand:
    """Sets the colour, and the logo when one was sent or is to go. Publishes BrandChanged. Raises Denied; Invalid with the field;
    NotFound for those of no partner."""
    authorize(actor, "portal.brand:edit")
    if actor.partner_id is None:
        raise NotFound
    if colour not in BrandColour.values:
        raise Invalid("unknown_colour", _("Choose one of the colours shown."), field="colour")
    wait_in_turn(actor.partner_id)
    brand = Brand.objects.visible_to(actor, "edit").filter(partner_id=actor.partner_id).first()
    brand = brand or Brand(partner_id=actor.partner_id)
    changed = ["colour"] if brand.colour != colour else []
    brand.colour, former = colour, brand.logo
    if logo is not None:
        brand.logo = default_storage.save(f"logos/{uuid4().hex}.png", ContentFile(logo_png(logo)))
    elif no_logo:
        brand.logo = ""
    if brand.logo != former:
        changed.append("logo")
    if changed:
        brand.save()
        publish(BrandChanged(subject_id=brand.partner_id, partner_id=brand.partner_id, what=", ".join(changed)), actor=actor)
    if former and former != brand.logo:
        transaction.on_commit(lambda: default_storage.delete(former), robust=True)
    return brand
