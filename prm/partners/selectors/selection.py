"""Companies that somebody ticked in the list, or all that the list holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.core.errors import Invalid
from prm.core.ids import typeid_decode
from prm.partners.models import Company
from prm.partners.selectors.companies import company_rows

MOST = 10_000


def selected_companies(
    *, actor: Actor, ids: Sequence[str] = (), q: str = "", filters: Mapping[str, Any] | None = None, everything: bool = False
) -> list[UUID]:
    """The keys of the ticked companies (TypeIDs), or with ``everything`` of all that ``q`` and ``filters`` find, as far as the actor
    sees them. Raises Invalid when there are none, or more than 10,000."""
    if everything:
        found = list(company_rows(actor=actor, q=q, filters=filters).order_by().values_list("pk", flat=True)[: MOST + 1])
        if len(found) > MOST:
            raise Invalid("too_many", _("Narrow the list first: at most 10,000 companies at once."))
    else:
        try:
            asked = [typeid_decode(Company.typeid_prefix, text) for text in ids[:MOST]]
        except ValueError as error:
            raise Invalid("not_company", _("One of these is no company.")) from error
        found = list(Company.objects.visible_to(actor).filter(pk__in=asked).order_by().values_list("pk", flat=True))
    if not found:
        raise Invalid("none_selected", _("Tick at least one company."))
    return found
