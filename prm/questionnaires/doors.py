"""What a link's answer comes to: whether one is taken, and which facts it tells. Plain values, no reading."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from prm.partners.facts.proposed import MIX, is_proposable
from prm.questionnaires.models import Invitation, InvitationState
from prm.questionnaires.rules.document import Form, Kind, Question
from prm.questionnaires.selectors.rounds import Door


def door_state(door: Door, invitation: Invitation, now: datetime) -> str:
    """Why a link takes no answer: ``used``, ``closed``, ``expired``; "" when it does."""
    if invitation.state == InvitationState.SUBMITTED:
        return "used"
    if door.closed_at is not None:
        return "closed"
    return "expired" if now >= door.due_at else ""


def facts_of(form: Form, values: Mapping[str, Any]) -> dict[str, Any]:
    """The facts that answers tell (``FactProposal``'s field → value): percents as shares, revenue with the currency of its question."""
    facts: dict[str, Any] = {}
    for question in form.questions:
        value = values.get(question.key)
        if question.fact and value is not None:
            told = _fact(question, value)
            if is_proposable(question.fact, told):
                facts[question.fact] = told
    return facts


def _fact(question: Question, value: Any) -> Any:
    if question.fact == "revenue":
        return {"revenue": value, "revenue_currency": question.unit, "revenue_year": None}
    if question.fact == "growth" or question.fact.startswith(MIX):
        return str(Decimal(value) / 100)
    return int(Decimal(value)) if question.kind == Kind.NUMBER else value
