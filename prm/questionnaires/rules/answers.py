"""What is asked and what was answered: conditions, values as they are typed, what is still missing. Pure.

``visible`` is told alike in the browser (frontend/js/conditions.js): a test runs both on the same cases.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext_lazy as _

from prm.questionnaires.rules.document import Condition, Form, Kind, Question, Relation

Values = Mapping[str, Any]

SHORT, LONG = 300, 5_000
_GROUPED = re.compile(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
_NUMBER = re.compile(r"-?[0-9]{1,15}([.,][0-9]{1,4})?")


class AnswerFault(ValueError):
    """An answer that the question does not take, in words."""

    def __init__(self, code: str, words: Any) -> None:
        super().__init__(code)
        self.code, self.words = code, words


def holds(condition: Condition, value: Any) -> bool:
    """Whether an answer meets a condition. Of an unanswered question only ``not_answered`` holds."""
    is_answered = value not in (None, "", [], {})
    if condition.relation in {Relation.ANSWERED, Relation.NOT_ANSWERED}:
        return is_answered == (condition.relation == Relation.ANSWERED)
    if not is_answered:
        return False
    if condition.relation in {Relation.IS, Relation.IS_NOT}:
        same = condition.value in value if isinstance(value, list) else _same(value, condition.value)
        return bool(same) == (condition.relation == Relation.IS)
    number, wanted = _number(value), _number(condition.value)
    if number is None or wanted is None:
        return False
    return number >= wanted if condition.relation == Relation.AT_LEAST else number <= wanted


def visible(form: Form, values: Values) -> list[Question]:
    """The questions that are asked of somebody who answered ``values``, in order. What is not asked counts as not answered."""
    asked: dict[str, Question] = {}
    for question in form.questions:
        told = [holds(c, values.get(c.question) if c.question in asked else None) for c in question.when]
        if not told or (all(told) if question.match == "all" else any(told)):
            asked[question.key] = question
    return list(asked.values())


def asked_only(form: Form, values: Values) -> dict[str, Any]:
    """The answers to what is asked: others were given before another answer took their question away."""
    return {q.key: values[q.key] for q in visible(form, values) if values.get(q.key) not in (None, "", [], {})}


def missing(form: Form, values: Values) -> list[Question]:
    """The questions that must be answered and are not, in order."""
    return [q for q in visible(form, values) if q.is_required and not is_whole(q, values.get(q.key))]


def is_whole(question: Question, value: Any) -> bool:
    """Whether a question is answered; a table in each of its rows."""
    if question.kind == Kind.MATRIX:
        return isinstance(value, Mapping) and all(row.key in value for row in question.rows)
    return value not in (None, "", [], {})


def progress(form: Form, values: Values) -> float:
    """The share of what is asked that is answered, 0 to 1."""
    asked = visible(form, values)
    return sum(is_whole(q, values.get(q.key)) for q in asked) / len(asked) if asked else 1.0


def posted(question: Question, getlist: Callable[[str], Sequence[str]]) -> Any:
    """What a form brought for a question: its field is ``q.<key>``, of a table ``q.<key>.<row>``."""
    if question.kind == Kind.MATRIX:
        cells = {row.key: getlist(f"q.{question.key}.{row.key}") for row in question.rows}
        return {key: cell[-1] for key, cell in cells.items() if cell and cell[-1]}
    found = [text for text in getlist(f"q.{question.key}") if text]
    return found if question.kind == Kind.MANY else (found[-1] if found else None)


def clean(question: Question, raw: Any, language: str = "en") -> Any:
    """An answer as it is kept, None for none: an option's key, a list of them, a step, a number as text, a text, a day, steps by row.
    Raises AnswerFault."""
    if raw in (None, "", [], {}):
        return None
    return _CLEANERS[question.kind](question, raw, language)


def _one(question: Question, raw: Any, language: str) -> str:
    if raw not in {option.key for option in question.options}:
        raise AnswerFault("no_option", _("Choose one of the answers."))
    return str(raw)


def _many(question: Question, raw: Any, language: str) -> list[str]:
    chosen = set(raw if isinstance(raw, list | tuple) else [raw])
    known = [option.key for option in question.options]
    if not chosen <= set(known):
        raise AnswerFault("no_option", _("Choose among the answers."))
    return [key for key in known if key in chosen]


def _step(question: Question, raw: Any, language: str) -> int:
    text = str(raw)
    if not text.isascii() or not text.isdigit() or len(text) > 4 or int(text) not in question.steps:
        raise AnswerFault("no_step", _("Choose a step of the scale."))
    return int(text)


def _figure(question: Question, raw: Any, language: str) -> str:
    text = re.sub(r"[\s\u00a0\u202f'’]", "", str(raw))
    if language[:2] == "en" and _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    if not _NUMBER.fullmatch(text):
        raise AnswerFault("no_number", _("Give a number."))
    number = Decimal(text.replace(",", "."))
    if -number.as_tuple().exponent > question.decimals:  # type: ignore[operator]
        words = (
            _("Give a whole number.") if not question.decimals else _("At most %(n)s decimals.") % {"n": question.decimals}
        )
        raise AnswerFault("decimals", words)
    if question.low is not None and number < Decimal(str(question.low)):
        raise AnswerFault("too_low", _("At least %(low)s.") % {"low": _short(question.low)})
    if question.high is not None and number > Decimal(str(question.high)):
        raise AnswerFault("too_high", _("At most %(high)s.") % {"high": _short(question.high)})
    return str(number)


def _text(question: Question, raw: Any, language: str) -> str | None:
    text, most = str(raw).strip(), LONG if question.is_long else SHORT
    if len(text) > most:
        raise AnswerFault("too_long", _("At most %(most)s characters.") % {"most": most})
    return text or None  # only spaces: nothing was said


def _day(question: Question, raw: Any, language: str) -> str:
    try:
        day = date.fromisoformat(str(raw))
    except ValueError:
        raise AnswerFault("no_day", _("Give a day.")) from None
    if not 1900 <= day.year <= 2200:
        raise AnswerFault("no_day", _("Give a day."))
    return day.isoformat()


def _table(question: Question, raw: Any, language: str) -> dict[str, int]:
    if not isinstance(raw, Mapping) or not set(raw) <= {row.key for row in question.rows}:
        raise AnswerFault("no_row", _("Choose a step of the scale."))
    return {row.key: _step(question, raw[row.key], language) for row in question.rows if row.key in raw}


def _file(question: Question, raw: Any, language: str) -> Any:
    if not isinstance(raw, Mapping) or set(raw) != {"file", "name", "size"}:
        raise AnswerFault("no_file", _("Choose a file."))
    return dict(raw)


_CLEANERS: Mapping[str, Callable[[Question, Any, str], Any]] = {
    Kind.ONE: _one, Kind.MANY: _many, Kind.SCALE: _step, Kind.NUMBER: _figure, Kind.TEXT: _text, Kind.DATE: _day,
    Kind.MATRIX: _table, Kind.FILE: _file,
}  # fmt: skip


def _same(value: Any, wanted: str) -> bool:
    number, other = _number(value), _number(wanted)
    return str(value) == wanted or (number is not None and number == other)


def _number(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _short(number: float) -> str:
    return str(int(number)) if number == int(number) else str(number)
