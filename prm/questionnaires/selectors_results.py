"""What a round says: answers of a part of it, as far as it may be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.partners.models import Company, Lifecycle, Partner, PartnerTerritory, Territory
from prm.questionnaires.models import AnonymousAnswer, Answer, Invitation, Round
from prm.questionnaires.rules_results import Summary, may_show, summary


@dataclass(frozen=True)
class Results:
    """A round's answers summed up; ``summary`` is None where a group is too small to be told. ``of`` is all that came."""

    size: int
    of: int
    summary: Summary | None


def answers_of(*, actor: Actor, round_: Round, typology: str = "", territory: str = "") -> tuple[list[dict[str, Any]], int]:
    """The values of the answers of one kind of company and territory, and how many came in all. Raises Denied."""
    authorize(actor, "questionnaires.answer:view")
    if round_.is_anonymous:
        every = AnonymousAnswer.objects.visible_to(actor).filter(round=round_)
        rows = every.filter(**({"typology": typology} if typology else {}), **({"territory": territory} if territory else {}))
        return list(rows.values_list("values", flat=True)), every.count()
    all_ = Answer.objects.visible_to(actor).filter(round=round_)
    chosen = all_.filter(invitation__company__typology=typology) if typology else all_
    if territory:
        served = PartnerTerritory.objects.visible_to(actor).filter(territory__code=territory)
        chosen = chosen.filter(partner_id__in=served.values("partner_id"))
    return list(chosen.values_list("values", flat=True)), all_.count()


def results_of(*, actor: Actor, round_: Round, typology: str = "", territory: str = "") -> Results:
    """What a round, or a part of it, says; nothing where a few anonymous answers would tell who gave them. Two queries."""
    values, of = answers_of(actor=actor, round_=round_, typology=typology, territory=territory)
    shown = may_show(len(values), of, is_anonymous=round_.is_anonymous)
    return Results(len(values), of, summary(round_.version.form, values) if shown else None)


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
