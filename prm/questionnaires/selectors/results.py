"""What a round says: answers of a part of it, as far as it may be told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.partners.models import Company, Lifecycle, Partner, PartnerTerritory, Territory
from prm.questionnaires.models import AnonymousAnswer, Answer, Invitation, Round
from prm.questionnaires.rules.results import SMALL_GROUP, Said, Summary, summary, tellable_beside, untold_of

#: So long after its last day an answer that was on its way may still come.
SETTLES = timedelta(minutes=5)


class Untold(StrEnum):
    """Why the answers of an anonymous round are not told."""

    OPEN = "open"  # more may come: what changes from one look to the next would tell each answer
    FEW = "few"  # a few, or what is left of the whole is
    TWO_PARTS = "two_parts"  # a part of a part, which two tellings would narrow down


@dataclass(frozen=True)
class Results:
    """A round's answers summed up; ``untold`` says why ``summary`` is None. ``of`` is all that came."""

    size: int
    of: int
    summary: Summary | None
    untold: Untold | None = None


def results_of(
    *, actor: Actor, round_: Round, typology: str = "", territory: str = "", now: datetime | None = None
) -> Results:
    """What a round, or a part of it, says; of anonymous answers nothing that would tell who gave them. At most two queries. Raises
    Denied."""
    authorize(actor, "questionnaires.answer:view")
    if round_.is_anonymous:
        return _anonymous(actor, round_, typology, territory, now or timezone.now())
    all_ = Answer.objects.visible_to(actor).filter(round=round_)
    chosen = all_.filter(invitation__company__typology=typology) if typology else all_
    if territory:
        served = PartnerTerritory.objects.visible_to(actor).filter(territory__code=territory)
        chosen = chosen.filter(partner_id__in=served.values("partner_id"))
    values = list(chosen.values_list("values", flat=True))
    return Results(len(values), all_.count(), summary(round_.version.form, values))


def _anonymous(actor: Actor, round_: Round, typology: str, territory: str, now: datetime) -> Results:
    found = AnonymousAnswer.objects.visible_to(actor).filter(round=round_).values_list("values", "typology", "territory")
    rows = [Said(*row) for row in found]
    chosen = [
        one.values for one in rows if (not typology or one.kind == typology) and (not territory or one.place == territory)
    ]
    untold = None
    if not round_.is_over(now - SETTLES):
        untold = Untold.OPEN
    elif typology and territory:
        untold = Untold.TWO_PARTS
    elif typology or territory:
        kinds, places = tellable_beside(Counter((one.kind, one.place) for one in rows))
        untold = None if (typology in kinds if typology else territory in places) else Untold.FEW
    elif len(rows) < SMALL_GROUP:
        untold = Untold.FEW
    if untold is not None:
        return Results(len(chosen), len(rows), None, untold)
    form = round_.version.form
    few = untold_of(form, rows, kind=typology, place=territory)
    return Results(len(chosen), len(rows), summary(form, chosen, untold=few))


def rounds_before(*, actor: Actor, round_: Round) -> QuerySet[Round]:
    """Other rounds of the same questionnaire, newest first: to compare with."""
    rows = Round.objects.visible_to(actor).filter(questionnaire_id=round_.questionnaire_id).exclude(pk=round_.pk)
    return rows.select_related("version").order_by("-id")


def part_choices(*, actor: Actor, round_: Round) -> tuple[list[str], list[Territory]]:
    """Typologies and territories of those who were asked. Two queries."""
    asked = Invitation.objects.visible_to(actor).filter(round=round_)
    kinds = asked.exclude(company__typology=None).order_by().values_list("company__typology", flat=True).distinct()
    served = PartnerTerritory.objects.visible_to(actor).filter(partner_id__in=asked.values("partner_id"))
    places = Territory.objects.visible_to(actor).filter(pk__in=served.values("territory_id")).order_by("name_key")
    return sorted(kinds), list(places)


def companies_to_ask(
    *, actor: Actor, lifecycles: Sequence[str], territory: str = "", typology: str = ""
) -> QuerySet[Company]:
    """Partners and candidates at a place of their life, by territory and typology. Raises Denied."""
    authorize(actor, "questionnaires.round:send")
    partners = Partner.objects.visible_to(actor).filter(
        lifecycle__in=[life for life in lifecycles if life in Lifecycle.values]
    )
    if territory:
        served = PartnerTerritory.objects.visible_to(actor).filter(territory__code=territory)
        partners = partners.filter(pk__in=served.values("partner_id"))
    rows = Company.objects.visible_to(actor).filter(pk__in=partners.values("company_id"), archived_at__isnull=True)
    return (rows.filter(typology=typology) if typology else rows).order_by("name_key", "id")


def company_asked(*, actor: Actor, company: Company) -> tuple[int, int]:
    """How many of a company are asked at present, and how many of them answered."""
    rows = Invitation.objects.visible_to(actor).filter(company=company, round__closed_at__isnull=True)
    found = rows.aggregate(n=Count("pk"), done=Count("pk", filter=Q(state="submitted")))
    return found["n"], found["done"]
