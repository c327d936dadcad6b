"""Reading order lines: what partners bought."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.errors import NotFound
from prm.partners.models import Sale


def sale_list(*, actor: Actor, family: Sequence[str] = ()) -> QuerySet[Sale]:
    """Order lines that ``actor`` sees, narrowed to codes of product families where given. Raises Denied."""
    authorize(actor, "partners.sale:view")
    rows = Sale.objects.visible_to(actor)
    return rows.filter(product__family__code__in=list(family)) if family else rows


def sale_get(*, actor: Actor, sale_id: UUID) -> Sale:
    """One order line. Raises NotFound, Denied."""
    found: Sale | None = sale_list(actor=actor).filter(pk=sale_id).first()
    if found is None:
        raise NotFound("not_found", _("This sale does not exist, or is not yours to see."))
    return found
