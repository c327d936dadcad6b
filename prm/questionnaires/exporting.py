"""Answers as a file: one row an answer, one column a question (a table's rows each their own), scores at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.core.translated import said
from prm.exports.sources import Asked, Source, sources
from prm.exports.writers import Column
from prm.questionnaires.page import answer_words
from prm.questionnaires.rules.document import Form, Kind, Question
from prm.questionnaires.rules.scores import scores
from prm.questionnaires.selectors.answers import answer_list
from prm.questionnaires.selectors.rounds import round_get
from prm.ui.tables import Column as Shown
from prm.ui.tables import ListSpec


def _spec(actor: Actor, of: str) -> ListSpec:
    return ListSpec(name="answers", sort="", columns=(Shown(key="id", label=_("Answer"), cell=str, locked=True),))


def _name(actor: Actor, of: str) -> str:
    round_ = round_get(actor=actor, round_id=of)
    return f"{said(round_.questionnaire.title, get_language() or 'en').text}, {round_.name}"


def _columns(actor: Actor, asked: Asked) -> list[Column]:
    form, language = round_get(actor=actor, round_id=asked.of).version.form, get_language() or "en"
    columns = [
        Column("id", _("Id"), lambda a: a.public_id, width=30),
        Column("company", _("Company"), lambda a: a.invitation.company.name, width=32),
        Column("person", _("Person"), lambda a: a.invitation.person.name, width=24),
        Column("submitted_at", _("Sent"), lambda a: a.submitted_at, kind="datetime"),
    ]
    for question in form.questions:
        columns += _of(question, language)
    return [*columns, Column("score", _("Score"), _score(form), kind="decimal")]


def _of(question: Question, language: str) -> list[Column]:
    head = said(question.text, language).text
    if question.kind == Kind.MATRIX:
        return [
            Column(
                f"{question.key}.{row.key}",
                f"{head}: {said(row.text, language).text}",
                _cell(question.key, row.key),
                kind="number",
            )
            for row in question.rows
        ]
    if question.kind in {Kind.SCALE, Kind.NUMBER}:
        kind: Any = "number" if question.kind == Kind.SCALE or not question.decimals else "decimal"
        return [Column(question.key, head, _number(question.key), kind=kind)]
    return [Column(question.key, head, _words(question, language), width=28)]


def _cell(key: str, row: str) -> Callable[[Any], Any]:
    return lambda answer: (answer.values.get(key) or {}).get(row)


def _number(key: str) -> Callable[[Any], Any]:
    def read(answer: Any) -> Any:
        value = answer.values.get(key)
        return Decimal(value) if isinstance(value, str) else value

    return read


def _words(question: Question, language: str) -> Callable[[Any], Any]:
    return lambda answer: answer_words(question, answer.values.get(question.key), language) or None


def _score(form: Form) -> Callable[[Any], Any]:
    def read(answer: Any) -> Any:
        total = float(scores(form, [answer.values]).total[0])
        return None if total != total else round(total, 1)  # noqa: PLR0124  not a number is not itself

    return read


def _keys(actor: Actor, asked: Asked) -> Iterable[UUID]:
    rows = answer_list(actor=actor, round_=round_get(actor=actor, round_id=asked.of)).order_by("submitted_at", "id")
    return rows.values_list("pk", flat=True).iterator(2_000)


def _rows(actor: Actor, asked: Asked, wanted: Sequence[UUID]) -> Sequence[Any]:
    found = answer_list(actor=actor, round_=round_get(actor=actor, round_id=asked.of)).in_bulk(list(wanted))
    return [found[key] for key in wanted if key in found]


def register() -> None:
    """Called once, when the app is ready."""
    sources.register(
        Source(
            key="answers", label=gettext_lazy("Answers"), permission="questionnaires.round:export", spec=_spec, columns=_columns,
            keys=_keys, rows=_rows, name=_name,
        )
    )  # fmt: skip
