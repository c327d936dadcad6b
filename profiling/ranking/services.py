"""Correcting a potential by hand (P5): author and reason are kept, and the next run uses it."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.errors import Invalid
from prm.core.validation import validate
from prm.events.publishing import publish
from prm.partners.models import Company
from prm.partners.selectors.company import company_get
from profiling.ranking.events import CorrectionWithdrawn, PotentialCorrected
from profiling.ranking.models import Correction
from profiling.ranking.selectors import correction_get, correction_list, product_names

SHARES = (Correction.What.SHARE, Correction.What.FIT)
OF_A_PRODUCT = (Correction.What.POTENTIAL, Correction.What.FIT)


@transaction.atomic
def potential_correct(
    *,
    actor: Actor,
    company_id: UUID,
    what: str,
    value: Decimal,
    reason: str,
    line: str = "",
    computed: Decimal | None = None,
) -> Correction:
    """Sets a factor or a potential of a company by hand, in place of an earlier correction of the same.

    Money is in the reporting currency a year, a share lies between 0 and 1. Raises NotFound, Denied, Invalid.
    Publishes PotentialCorrected.
    """
    authorize(actor, "profiling.correction:create")
    if what not in Correction.What.values:
        raise Invalid("unknown_factor", _("Choose what you correct."), field="what")
    if not reason.strip():
        raise Invalid("required", _("Say why: the next person will ask."), field="reason")
    if value < 0 or (what in SHARES and value > 1):
        raise Invalid("out_of_range", _("A share lies between 0 and 1, an amount is not below 0."), field="value")
    line = line if what in OF_A_PRODUCT else ""
    if what in OF_A_PRODUCT and line not in product_names(actor=actor):
        raise Invalid("required", _("Choose the product family."), field="line")
    company = company_get(actor=actor, company_id=company_id)
    # Two who correct the same wait for each other: the later one replaces the earlier.
    Company.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=company.pk).first()
    earlier = correction_list(actor=actor, company_id=company.pk).filter(what=what, line=line)
    earlier.update(withdrawn_at=timezone.now())
    correction = Correction(
        company=company,
        what=what,
        line=line,
        value=round(value, 4),
        computed=computed,
        reason=reason.strip()[:500],
        author_id=actor.person_id,
    )
    validate(correction)
    correction.save()
    publish(PotentialCorrected(subject_id=company.pk, what=what, line=line, value=str(value)), actor=actor)
    return correction


@transaction.atomic
def correction_withdraw(*, actor: Actor, correction_id: UUID) -> Correction:
    """Takes a correction back; the formula counts again. One that is not in force any more stays as it is. Raises NotFound, Denied.
    Publishes CorrectionWithdrawn."""
    correction = correction_get(actor=actor, correction_id=correction_id)
    authorize(actor, "profiling.correction:withdraw", correction)
    if correction.withdrawn_at is not None:
        return correction
    correction.withdrawn_at = timezone.now()
    correction.save(update_fields=["withdrawn_at", "updated_at"])
    publish(CorrectionWithdrawn(subject_id=correction.company_id, what=correction.what, line=correction.line), actor=actor)
    return correction
