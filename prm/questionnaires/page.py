"""What the pages of an answer and of the builder show, put in order: plain data, no reading, no markup."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from prm.core.translated import Said, said
from prm.questionnaires.rules.answers import visible
from prm.questionnaires.rules.document import Condition, Form, Kind, Option, Question, Relation, Section
from prm.ui import formats


@dataclass(frozen=True)
class Choice:
    """One option of a question as it is drawn, or one step of a scale."""

    value: str
    text: Said
    is_chosen: bool


@dataclass(frozen=True)
class Row:
    """One row of a table of scales, with its steps."""

    key: str
    name: str
    text: Said
    steps: list[Choice]


@dataclass(frozen=True)
class Field:
    """One question as it is drawn: its words in the reader's language, what was answered, what is wrong with it."""

    question: Question
    text: Said
    help: Said
    low_text: Said
    high_text: Said
    value: Any
    error: str
    is_shown: bool
    choices: list[Choice]
    rows: list[Row]

    @property
    def name(self) -> str:
        """The name of its control."""
        return f"q.{self.question.key}"

    @property
    def kind(self) -> str:
        return self.question.kind

    @property
    def is_wide(self) -> bool:
        """Whether its choices stand one below the other: they are long."""
        return any(len(choice.text.text) > 24 for choice in self.choices)

    @property
    def control(self) -> str:
        """The id of its first control, where a summary of errors leads."""
        if self.rows:
            return f"c-{self.question.key}-{self.rows[0].key}-{self.rows[0].steps[0].value}"
        return f"c-{self.question.key}-{self.choices[0].value}" if self.choices else f"c-{self.question.key}"


def field_of(question: Question, language: str, value: Any = None, *, error: str = "", is_shown: bool = True) -> Field:
    """A question in a language, with what was answered or typed."""

    def steps(chosen: Any) -> list[Choice]:
        return [
            Choice(str(step), Said(formats.number(step), language, False), str(step) == str(chosen))
            for step in question.steps
        ]

    def options() -> list[Choice]:
        chosen = value if isinstance(value, list) else [value]
        return [Choice(o.key, said(o.text, language), o.key in chosen) for o in question.options]

    cells: Mapping[str, Any] = value if isinstance(value, Mapping) else {}
    return Field(
        question=question, text=said(question.text, language), help=said(question.help, language),
        low_text=said(question.low_text, language), high_text=said(question.high_text, language),
        value=value, error=error, is_shown=is_shown,
        choices=options() if question.kind in {Kind.ONE, Kind.MANY} else steps(value) if question.kind == Kind.SCALE else [],
        rows=[Row(r.key, f"q.{question.key}.{r.key}", said(r.text, language), steps(cells.get(r.key))) for r in question.rows]
        if question.kind == Kind.MATRIX
        else [],
    )  # fmt: skip


def fields_of(
    form: Form,
    section: Section,
    values: Mapping[str, Any],
    language: str,
    *,
    typed: Mapping[str, Any] = {},
    errors: Mapping[str, str] = {},
) -> list[Field]:
    """The questions of a section; those that an answer may still bring stand hidden among them."""
    shown = {question.key for question in visible(form, values)}
    return [
        field_of(q, language, typed.get(q.key, values.get(q.key)), error=errors.get(q.key, ""), is_shown=q.key in shown)
        for q in section.questions
    ]


def pages_of(form: Form, values: Mapping[str, Any]) -> list[Section]:
    """The sections that are asked of somebody who answered so: those with a question that is."""
    shown = {question.key for question in visible(form, values)}
    return [section for section in form.sections if any(q.key in shown for q in section.questions)]


def conditions_json(form: Form) -> str:
    """What the browser needs to tell which questions are asked (frontend/js/conditions.js)."""
    return json.dumps(
        [
            {
                "key": q.key, "match": q.match,
                "when": [{"question": c.question, "relation": c.relation, "value": c.value} for c in q.when],
            }
            for q in form.questions
        ]
    )  # fmt: skip


def condition_words(form: Form, question: Question, language: str) -> str:
    """``Shown when “Do you sell services?” is “Yes”``; "" for what is always asked."""
    if not question.when:
        return ""
    parts = [statement_words(form, condition, language) for condition in question.when]
    word = _("and") if question.match == "all" else _("or")
    joined = f" {word} ".join(parts)
    return _("Shown when %(conditions)s") % {"conditions": joined}


def statement_words(form: Form, condition: Condition, language: str) -> str:
    """``“Do you sell services?” is “Yes”``."""
    told = form.question(condition.question)
    name = short(said(told.text, language).text if told else condition.question)
    option: Option | None = next((o for o in told.options if o.key == condition.value), None) if told else None
    value = _("“%(answer)s”") % {"answer": said(option.text, language).text} if option else condition.value
    patterns: Mapping[str, str] = {
        Relation.IS: _("“%(question)s” is %(value)s"),
        Relation.IS_NOT: _("“%(question)s” is not %(value)s"),
        Relation.AT_LEAST: _("“%(question)s” is at least %(value)s"),
        Relation.AT_MOST: _("“%(question)s” is at most %(value)s"),
        Relation.ANSWERED: _("“%(question)s” is answered"),
        Relation.NOT_ANSWERED: _("“%(question)s” is not answered"),
    }
    return patterns[condition.relation] % {"question": name, "value": value}


def short(text: str, most: int = 48) -> str:
    """A text that may be long, at most so many characters."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def minutes(form: Form) -> int:
    """About how long an answer takes: 12 seconds a click, 40 a text."""
    seconds = sum(
        40 if q.kind in {Kind.TEXT, Kind.FILE} else 8 * max(1, len(q.rows)) + 4 for q in form.questions if not q.when
    )
    return max(1, round(seconds / 60))


def lines_of(values: Mapping[str, Any], form: Form, language: str) -> list[tuple[str, list[tuple[Field, str]]]]:
    """A whole answer in words: (section, [(question, answer)]), for reading one."""
    return [
        (
            said(section.title, language).text,
            [
                (field_of(q, language, values.get(q.key)), answer_words(q, values.get(q.key), language))
                for q in section.questions
            ],
        )
        for section in form.sections
    ]


def answer_words(question: Question, value: Any, language: str) -> str:
    """An answer as people read it; "" for none."""
    if value in (None, "", [], {}):
        return ""
    texts = {option.key: said(option.text, language).text for option in (*question.options, *question.rows)}
    if question.kind in {Kind.ONE, Kind.MANY}:
        return ", ".join(texts.get(key) or key for key in (value if isinstance(value, list) else [value]))
    if question.kind == Kind.MATRIX:
        return ", ".join(f"{texts.get(key, key)} {formats.number(step)}" for key, step in value.items())
    if question.kind == Kind.SCALE:
        return _("%(step)s of %(most)s") % {"step": formats.number(value), "most": formats.number(int(question.high or 0))}
    if question.kind == Kind.FILE:
        return str(value.get("name", ""))
    if question.kind == Kind.NUMBER:
        return " ".join(part for part in (formats.number(float(value), question.decimals), question.unit) if part)
    return str(value)


def errors_first(fields: Sequence[Field]) -> list[Field]:
    """Those with an error, in order: the summary on top."""
    return [field for field in fields if field.error]
