"""Reading rounds: whom one may ask, whom one asked, how far they came; and what a link opens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from prm.access.actors import Actor, ActorKind
from prm.access.policies import authorize
from prm.accounts.of_person import OfPerson
from prm.core.errors import NotFound
from prm.core.translated import known_languages
from prm.partners.models import Company, Lifecycle, Position
from prm.questionnaires.models import Invitation, InvitationState, Questionnaire, Round
from prm.questionnaires.respondents import PERMISSIONS, Respondent, digest_of
from prm.questionnaires.rules.document import Form, read_form
from prm.questionnaires.rules.languages import language_for

#: Whom to ask first where somebody knows several people of a company.
LEVELS = ("executive", "head", "manager", "staff")


@dataclass(frozen=True)
class Asked(OfPerson):
    """Somebody who can be asked: their place of work, and of which partner."""

    person_id: UUID
    name: str
    email: str
    title: str
    company: Company
    partner_id: UUID
    language: str
    is_first: bool  # the one to ask where one is enough


@dataclass(frozen=True)
class Audience:
    """Who of some companies can be asked; the companies of which nobody can (no partner, nobody with an address)."""

    people: list[Asked] = field(default_factory=list)
    no_partner: list[Company] = field(default_factory=list)
    nobody: list[Company] = field(default_factory=list)


@dataclass(frozen=True)
class RoundFacts:
    """How far a round came."""

    asked: int = 0
    opened: int = 0
    answered: int = 0

    @property
    def share(self) -> float | None:
        """The share that answered; None of nobody."""
        return self.answered / self.asked if self.asked else None


def round_list(*, actor: Actor, questionnaire: Questionnaire | None = None) -> QuerySet[Round]:
    """Rounds, newest first; of one questionnaire or of all. Raises Denied."""
    authorize(actor, "questionnaires.round:view")
    rows = Round.objects.visible_to(actor).select_related("questionnaire", "version", "sender").order_by("-id")
    return rows.filter(questionnaire=questionnaire) if questionnaire else rows


def round_get(*, actor: Actor, round_id: UUID | str) -> Round:
    """One round. Raises NotFound, Denied."""
    found: Round = round_list(actor=actor).one(round_id)  # type: ignore[attr-defined]
    return found


def round_facts(*, actor: Actor, ids: Sequence[UUID]) -> dict[UUID, RoundFacts]:
    """How far each round came, by key. One query."""
    rows = Invitation.objects.visible_to(actor).filter(round_id__in=ids).order_by().values("round_id").annotate(
        asked=Count("pk"), opened=Count("pk", filter=~Q(state="sent")), answered=Count("pk", filter=Q(state="submitted"))
    )  # fmt: skip
    found = {row["round_id"]: RoundFacts(row["asked"], row["opened"], row["answered"]) for row in rows}
    return {key: found.get(key, RoundFacts()) for key in ids}


def rounds_ending(*, actor: Actor, now: datetime, before: datetime, sender_id: UUID | None = None) -> list[Round]:
    """Open rounds whose last day lies between, the soonest first; of one sender or of all. One query. Raises Denied."""
    rows = round_list(actor=actor).filter(closed_at__isnull=True, due_at__gt=now, due_at__lte=before)
    if sender_id is not None:
        rows = rows.filter(sender_id=sender_id)
    return list(rows.order_by("due_at", "id")[:50])


def invitation_list(*, actor: Actor, round_: Round, state: str = "") -> QuerySet[Invitation]:
    """Who was asked in a round, with person and company, in the order of asking."""
    rows = Invitation.objects.visible_to(actor).filter(round=round_).select_related("person", "company").order_by("id")
    return rows.filter(state=state) if state else rows


def invitations_waiting(*, actor: Actor, now: datetime) -> list[Invitation]:
    """What somebody of a partner is asked and has not answered, soonest first: for the portal (``respondents.link_of`` leads there)."""
    authorize(actor, "questionnaires.invitation:view")
    rows = Invitation.objects.visible_to(actor).filter(due_at__gt=now).exclude(state=InvitationState.SUBMITTED)
    return list(rows.order_by("due_at", "id")[:20])


def audience_of(*, actor: Actor, company_ids: Sequence[UUID]) -> Audience:
    """Who of these companies can be asked: people with an address, of partners and candidates. Three queries."""
    authorize(actor, "questionnaires.round:send")
    companies = (
        Company.objects.visible_to(actor).filter(pk__in=company_ids).select_related("partner").order_by("name_key", "id")
    )
    places = Position.objects.visible_to(actor).filter(company_id__in=company_ids, person__archived_at__isnull=True)
    known: dict[UUID, list[Position]] = {}
    for place in places.exclude(person__email="").select_related("person").order_by("id"):
        known.setdefault(place.company_id, []).append(place)
    found = Audience()
    for company in companies:
        partner = getattr(company, "partner", None)
        people = known.get(company.pk, [])
        if partner is None or partner.lifecycle == Lifecycle.EXITED or company.archived_at is not None:
            found.no_partner.append(company)
        elif not people:
            found.nobody.append(company)
        else:
            ranks = {level: at for at, level in enumerate(LEVELS)}
            people.sort(key=lambda place: ranks.get(place.level or "", len(LEVELS)))
            language = partner.language or language_for(company.country or "", known_languages())
            found.people.extend(
                Asked(p.person_id, p.person.name, p.person.email, p.person.title, company, partner.pk, language, at == 0)
                for at, p in enumerate(people)
            )
    return found


@dataclass(frozen=True)
class Door:
    """What a link opens: who comes (an actor of this invitation alone), what they are asked, on what terms."""

    actor: Respondent
    invitation: Invitation
    form: Form
    title: dict[str, str]
    message: dict[str, str]
    is_anonymous: bool
    due_at: datetime
    closed_at: datetime | None
    languages: list[str]
    round_id: UUID
    questionnaire_id: UUID
    sender: str
    person: str
    company: str


def _ended_at(invitation: Invitation) -> datetime | None:
    """Since when whoever is asked speaks for the partner no more: their access ended, they were put away, or the partnership ended."""
    if invitation.partner.lifecycle == Lifecycle.EXITED:
        return invitation.partner.lifecycle_since
    return invitation.person.archived_at


def door_of(*, actor: Actor, token: str) -> Door:
    """What a token opens. ``actor`` is the system: nobody is known before. Raises NotFound for what opens nothing."""
    rows = Invitation.objects.visible_to(actor).select_related(
        "round__version", "round__questionnaire", "round__sender", "person", "company", "partner"
    )
    found: Invitation | None = rows.filter(token_digest=digest_of(token)).first()
    if found is None:
        raise NotFound
    round_ = found.round
    kind = ActorKind.CANDIDATE if found.partner.lifecycle in {Lifecycle.CANDIDATE, Lifecycle.ENGAGED} else ActorKind.PARTNER
    person = Respondent(
        kind=kind, person_id=found.person_id, partner_id=found.partner_id, company_id=found.company_id, permissions=PERMISSIONS,
        name=found.person.name,
        language=found.partner.language or "en", invitation_id=found.pk,
    )  # fmt: skip
    return Door(
        actor=person, invitation=found, form=read_form(round_.version.content), title=round_.questionnaire.title,
        message=round_.message, is_anonymous=round_.is_anonymous, due_at=round_.due_at, closed_at=round_.closed_at or _ended_at(found),
        languages=list(round_.questionnaire.languages), round_id=round_.pk,
        questionnaire_id=round_.questionnaire_id, sender=round_.sender.name if round_.sender else "",
        person=found.person.name, company=found.company.name,
    )  # fmt: skip
