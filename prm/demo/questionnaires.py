"""What Orvane asks its partners: their profile, their needs, how they find it; sent, answered by some, facts proposed."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from django.utils import timezone

from prm.access.roles import as_role, as_system
from prm.demo.accounts import demo_actor
from prm.demo.registry import WorldContext, register_world
from prm.demo.world.people import PARTNER_MEMBERS
from prm.partners.models import Company, Lifecycle, Partner
from prm.questionnaires.models import Purpose, Questionnaire, Round
from prm.questionnaires.respondents import token_of
from prm.questionnaires.rules.answers import visible
from prm.questionnaires.rules.document import Form, Kind, Question
from prm.questionnaires.selectors.questionnaires import version_draft
from prm.questionnaires.selectors.results import companies_to_ask
from prm.questionnaires.selectors.rounds import audience_of, door_of, invitation_list
from prm.questionnaires.services.answers import answer_keep, answer_submit
from prm.questionnaires.services.questionnaires import questionnaire_create, version_publish
from prm.questionnaires.services.rounds import round_close, round_send

# Template, its owner, whom it asks, [(name of the round, how many are asked, share that answers, how content, closed)].
_ASKED: tuple[tuple[str, str, tuple[str, ...], tuple[tuple[str, int, float, float, bool], ...]], ...] = (
    (
        "satisfaction",
        "vidal",
        ("active", "extended"),
        (("Autumn", 60, 0.62, 0.58, True), ("Spring", 60, 0.55, 0.68, True), ("Summer", 40, 0.35, 0.64, False)),
    ),
    ("profile", "rousset", ("active", "extended"), (("Yearly refresh", 24, 0.5, 0.6, False),)),
    ("needs", "rousset", ("onboarding", "contracted", "engaged"), (("New partners", 12, 0.6, 0.55, False),)),
)
_PORTAL_ROUND = "Before the annual review"
_COMPANIES = {member.company for member in PARTNER_MEMBERS}
_LINES = (
    "Deal decisions got faster; claims are still slow.",
    "Le support technique répond bien, mais les fonds arrivent tard.",
    "More training for our juniors, in French.",
    "Une seule personne à appeler, c’est précieux.",
    "Prices move too often to quote with confidence.",
)
_SIZES = {
    "employees": (6, 180),
    "sales_people": (2, 24),
    "engineers": (2, 60),
    "customers": (20, 900),
    "revenue": (600_000, 24_000_000),
}


def _is_there(context: WorldContext) -> bool:
    return Questionnaire.objects.exists()


@register_world("questionnaires", order=430, is_there=_is_there, whole=False)
def build(context: WorldContext) -> str:
    """Built from the library, sent by whoever would, answered through their own links."""
    draw = random.Random(context.day.seed)  # noqa: S311  a story, not a secret
    answers = 0
    for template, whose, lives, rounds in _ASKED:
        actor = demo_actor(whose)
        with as_role(actor):
            made = questionnaire_create(actor=actor, title={}, template=template)
            draft = version_draft(actor=actor, questionnaire=made)
            if draft is not None:
                version_publish(actor=actor, version_id=draft.pk)
            wanted = [Lifecycle(life).value for life in lives]
            companies = list(companies_to_ask(actor=actor, lifecycles=wanted).values_list("pk", flat=True)[:90])
            people = [person for person in audience_of(actor=actor, company_ids=companies).people if person.is_first]
        for name, most, share, mood, is_closed in rounds:
            asked = draw.sample(people, min(most, len(people)))
            with as_role(actor):
                sent = round_send(
                    actor=actor, questionnaire_id=made.pk, company_ids=[p.company.pk for p in asked],
                    person_ids=[p.person_id for p in asked], due_at=timezone.now() + timedelta(days=12), name=name,
                )  # fmt: skip
                keys = list(invitation_list(actor=actor, round_=sent).values_list("pk", flat=True))
            for key in keys:
                answers += draw.random() < share and _answer(draw, token_of(key), mood)
            if is_closed:
                with as_role(actor):
                    round_close(actor=actor, round_id=sent.pk)
    _begin_another(demo_actor("vidal"))
    return f"{len(_ASKED) + 1} questionnaires, {answers} answers"


def _is_asked(context: WorldContext) -> bool:
    return Round.objects.filter(name=_PORTAL_ROUND).exists()


@register_world("questionnaires.portal", order=480, is_there=_is_asked, whole=False)
def ask_portal(context: WorldContext) -> str:
    """Those who come in by the portal are asked something too: it waits on their home."""
    actor = demo_actor("rousset")
    emails = [member.email for member in PARTNER_MEMBERS if member.role in {"partner_administrator", "candidate"}]
    with as_role(actor):
        made = Questionnaire.objects.visible_to(actor).filter(purpose=Purpose.PROFILE, archived_at__isnull=True).first()
        companies = list(
            Partner.objects.visible_to(actor).filter(company__name__in=_COMPANIES).values_list("company_id", flat=True)
        )
        people = [p for p in audience_of(actor=actor, company_ids=companies).people if p.email in emails]
        if made is None or not people:
            return "nobody to ask"
        round_send(
            actor=actor, questionnaire_id=made.pk, company_ids=[p.company.pk for p in people],
            person_ids=[p.person_id for p in people], due_at=timezone.now() + timedelta(days=6), name=_PORTAL_ROUND,
        )  # fmt: skip
    return f"{len(people)} people of partners asked"


def _begin_another(actor: Any) -> None:
    """One that is still worked on."""
    with as_role(actor):
        questionnaire_create(actor=actor, title={"en": "After the roadshow", "fr": "Après la tournée"}, purpose="other")


def _answer(draw: random.Random, token: str, mood: float) -> int:
    """One person answers everything that is asked of them, section by section."""
    with as_system("demo world: a link of a questionnaire") as system:
        door = door_of(actor=system, token=token)
    values: dict[str, Any] = {}
    with as_role(door.actor):
        for question in door.form.questions:
            if question in visible(door.form, values):
                told = _told(draw, question, mood, door.invitation.company)
                if told is not None:
                    values[question.key] = told
        answer_keep(actor=door.actor, door=door, answers=_drop_unasked(door.form, values))
        answer_submit(actor=door.actor, door=door)
    return 1


def _drop_unasked(form: Form, values: dict[str, Any]) -> dict[str, Any]:
    asked = {question.key for question in visible(form, values)}
    return {key: value for key, value in values.items() if key in asked}


def _told(draw: random.Random, question: Question, mood: float, company: Company) -> Any:
    if not question.is_required and draw.random() < 0.18:
        return None
    known = getattr(company, question.fact, None) if question.fact in {*_SIZES, "typology"} else None
    if known is not None:
        return _near(draw, question, known)
    if question.kind == Kind.ONE:
        return draw.choice(question.options).key
    if question.kind == Kind.MANY:
        return [o.key for o in question.options if draw.random() < 0.4] or [question.options[0].key]
    if question.kind == Kind.SCALE:
        return _step(draw, question, mood)
    if question.kind == Kind.MATRIX:
        return {row.key: _step(draw, question, mood) for row in question.rows}
    if question.kind == Kind.NUMBER:
        low, high = _SIZES.get(question.fact, (1, 60))
        value = int(low * (high / low) ** draw.random())
        return str(value if value < 1000 else round(value, -3))
    if question.kind == Kind.TEXT:
        return draw.choice(_LINES) if question.is_required or draw.random() < 0.5 else None
    return None


def _near(draw: random.Random, question: Question, known: Any) -> Any:
    """What a company says of a fact that is known: the same, or a little more than a year ago."""
    if question.kind == Kind.NUMBER:
        now = round(float(known) * draw.choice((1, 1, 1.04, 1.1, 0.96)))
        return str(now if now < 1000 else round(now, -3))
    offered = [option.key for option in question.options]
    return known if known in offered and draw.random() < 0.9 else draw.choice(offered)


def _step(draw: random.Random, question: Question, mood: float) -> int:
    low, high = int(question.low or 0), int(question.high or 0)
    return max(low, min(high, round(low + (high - low) * draw.betavariate(6 * mood, 6 * (1 - mood)))))
