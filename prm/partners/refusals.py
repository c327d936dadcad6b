"""Refusals that several services share."""

from __future__ import annotations

from django.utils.translation import gettext as _

from prm.core.errors import Conflict
from prm.core.ids import typeid_encode
from prm.partners.models import Company


def refuse_merged(company: Company) -> None:
    """Raises Conflict (``company_merged``, with ``into``) for a company that became part of another while somebody looked at it."""
    if company.merged_into_id is not None:
        words = _("%(name)s is part of another company now: go on there.") % {"name": company.name}
        raise Conflict("company_merged", words, into=typeid_encode(Company.typeid_prefix, company.merged_into_id))
