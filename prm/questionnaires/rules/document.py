"""What a questionnaire is: sections of questions, read from one JSON document and written back. Pure.

A version is one document, so that it is compared, copied and kept as a whole (docs/adr). Texts are objects by language. Keys of sections,
questions, options and rows are unique in the document, never shown, and stay when things are moved: answers are kept by them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

Texts = Mapping[str, str]

_KEY = re.compile(r"[a-z0-9][a-z0-9_.-]{0,39}")
MOST_SECTIONS, MOST_QUESTIONS, MOST_OPTIONS, MOST_STEPS = 30, 150, 40, 11
TEXT_LENGTH = 2_000


class Kind(StrEnum):
    """What a question asks for. The order is that of the builder's menu."""

    ONE = "one"
    MANY = "many"
    SCALE = "scale"
    NUMBER = "number"
    TEXT = "text"
    DATE = "date"
    FILE = "file"
    MATRIX = "matrix"


KIND_LABELS: Mapping[str, Any] = {
    Kind.ONE: _("One of several"),
    Kind.MANY: _("Several of several"),
    Kind.SCALE: _("Scale"),
    Kind.NUMBER: _("Number"),
    Kind.TEXT: _("Text"),
    Kind.DATE: _("Date"),
    Kind.FILE: _("File"),
    Kind.MATRIX: _("Table of scales"),
}


class Relation(StrEnum):
    """How a condition compares. Of an unanswered question only ``not_answered`` holds."""

    IS = "is"
    IS_NOT = "is_not"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ANSWERED = "answered"
    NOT_ANSWERED = "not_answered"


@dataclass(frozen=True, slots=True)
class Option:
    """One of the choices, or one row of a table. ``points`` count for the score; None = none."""

    key: str
    text: Texts = field(default_factory=dict)
    points: float | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """The answer to an earlier question compared with a value (an option's key, or a number as text)."""

    question: str
    relation: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One question. ``low`` and ``high`` are the ends of a scale or the range of a number; ``fact`` what its answer proposes of the
    company (``facts.FACTS``). ``match`` says whether ``all`` or ``any`` of ``when`` must hold for it to be shown."""

    key: str
    kind: str
    text: Texts = field(default_factory=dict)
    help: Texts = field(default_factory=dict)
    is_required: bool = False
    options: tuple[Option, ...] = ()
    rows: tuple[Option, ...] = ()
    low: float | None = None
    high: float | None = None
    low_text: Texts = field(default_factory=dict)
    high_text: Texts = field(default_factory=dict)
    is_reversed: bool = False
    unit: str = ""
    decimals: int = 0
    is_long: bool = False
    weight: float = 1.0
    fact: str = ""
    match: str = "all"
    when: tuple[Condition, ...] = ()

    @property
    def steps(self) -> list[int]:
        """The steps of a scale, low to high."""
        return list(range(int(self.low or 0), int(self.high or 0) + 1))

    @property
    def is_promoter(self) -> bool:
        """0 to 10: the scale of the net promoter score."""
        return self.kind == Kind.SCALE and (self.low, self.high) == (0, 10)


@dataclass(frozen=True, slots=True)
class Section:
    """One page of questions."""

    key: str
    title: Texts = field(default_factory=dict)
    help: Texts = field(default_factory=dict)
    weight: float = 1.0
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """A whole version."""

    intro: Texts = field(default_factory=dict)
    thanks: Texts = field(default_factory=dict)
    sections: tuple[Section, ...] = ()

    @property
    def questions(self) -> Iterator[Question]:
        """All questions in their order."""
        for section in self.sections:
            yield from section.questions

    def question(self, key: str) -> Question | None:
        """The question of this key."""
        return next((q for q in self.questions if q.key == key), None)

    def section(self, key: str) -> Section | None:
        """The section of this key."""
        return next((s for s in self.sections if s.key == key), None)


class FormFault(ValueError):
    """A document that is no questionnaire: where (``sections.0.questions.2``), which rule, in words."""

    def __init__(self, path: str, code: str, words: Any) -> None:
        super().__init__(f"{path}: {code}")
        self.path, self.code, self.words = path, code, words


def read_form(content: Any) -> Form:
    """The questionnaire in a document. Raises FormFault for what cannot be one, conditions on later questions included."""
    found = _object(content, "", Form, sections="sections")
    sections = _list(content.get("sections", []), "sections", MOST_SECTIONS)
    form = Form(**found, sections=tuple(_section(entry, f"sections.{at}") for at, entry in enumerate(sections)))
    check_order(form)
    return form


def write_form(form: Form) -> dict[str, Any]:
    """The document of a questionnaire, without what is empty or usual."""
    return _slim(form)


def check_order(form: Form) -> None:
    """Raises FormFault where a key comes twice, or a condition speaks of the question itself, of a later one or of none: questions are
    asked in order, so what depends on earlier answers only can never go round in a circle."""
    seen: set[str] = set()
    earlier: dict[str, Question] = {}
    if sum(len(section.questions) for section in form.sections) > MOST_QUESTIONS:
        raise FormFault("sections", "too_many", _("At most %(most)s questions.") % {"most": MOST_QUESTIONS})
    for at, section in enumerate(form.sections):
        for place, key in [(f"sections.{at}", section.key)] + [
            (f"sections.{at}.questions.{n}", question.key) for n, question in enumerate(section.questions)
        ]:
            if key in seen:
                raise FormFault(place, "key_twice", _("This key is used twice."))
            seen.add(key)
        for n, question in enumerate(section.questions):
            place = f"sections.{at}.questions.{n}"
            for condition in question.when:
                told = earlier.get(condition.question)
                if told is None:
                    raise FormFault(place, "condition_order", _("A condition can only speak of an earlier question."))
                _check_condition(condition, told, place)
            earlier[question.key] = question


def _check_condition(condition: Condition, told: Question, place: str) -> None:
    if condition.relation in {Relation.IS, Relation.IS_NOT} and told.kind in {Kind.ONE, Kind.MANY}:
        if condition.value not in {option.key for option in told.options}:
            raise FormFault(place, "condition_value", _("A condition speaks of an answer that there is no longer."))
    elif condition.relation in {Relation.AT_LEAST, Relation.AT_MOST, Relation.IS, Relation.IS_NOT}:
        if told.kind not in {Kind.SCALE, Kind.NUMBER}:
            raise FormFault(place, "condition_kind", _("This question cannot be compared so."))
        try:
            Decimal(condition.value)
        except InvalidOperation as error:
            raise FormFault(place, "condition_value", _("A condition needs a number here.")) from error


def _section(entry: Any, place: str) -> Section:
    found = _object(entry, place, Section, questions="questions")
    questions = _list(entry.get("questions", []), f"{place}.questions", MOST_QUESTIONS)
    return Section(**found, questions=tuple(_question(one, f"{place}.questions.{at}") for at, one in enumerate(questions)))


def _question(entry: Any, place: str) -> Question:
    found = _object(entry, place, Question, options="options", rows="rows", when="when")
    if found.get("kind") not in set(Kind):
        raise FormFault(place, "kind", _("There is no such kind of question."))
    if found.get("match", "all") not in {"all", "any"}:
        raise FormFault(place, "match", _("Conditions match all or any."))
    lists = {
        name: tuple(
            Option(**_object(one, f"{place}.{name}.{at}", Option))
            for at, one in enumerate(_list(entry.get(name, []), f"{place}.{name}", MOST_OPTIONS))
        )
        for name in ("options", "rows")
    }
    for name, options in lists.items():
        if len({option.key for option in options}) != len(options):
            raise FormFault(f"{place}.{name}", "key_twice", _("This key is used twice."))
    when = tuple(
        Condition(**_object(one, f"{place}.when.{at}", Condition))
        for at, one in enumerate(_list(entry.get("when", []), f"{place}.when", 10))
    )
    for condition in when:
        if condition.relation not in set(Relation):
            raise FormFault(f"{place}.when", "relation", _("There is no such comparison."))
    question = Question(**found, **lists, when=when)  # type: ignore[arg-type]
    if question.kind in {Kind.SCALE, Kind.MATRIX}:
        _check_scale(question, place)
    return question


def _check_scale(question: Question, place: str) -> None:
    low, high = question.low, question.high
    if low is None or high is None or low != int(low) or high != int(high) or not 0 <= low < high <= low + MOST_STEPS - 1:
        raise FormFault(place, "scale", _("A scale goes from a whole number up to a higher one, in at most 11 steps."))


def _object(entry: Any, place: str, kind: type[Any], **apart: str) -> dict[str, Any]:
    """The plain fields of an object of the document, checked by the type that the dataclass gives them."""
    if not isinstance(entry, Mapping):
        raise FormFault(place, "not_object", _("An object is expected."))
    known = {f.name: f for f in fields(kind)}
    unknown = [name for name in entry if name not in known]
    if unknown:
        raise FormFault(f"{place}.{unknown[0]}", "unknown_field", _("There is no such field."))
    found = {
        name: _plain(entry[name], f"{place}.{name}".strip("."), str(known[name].type)) for name in entry if name not in apart
    }
    if "key" in known and not _KEY.fullmatch(str(found.get("key", ""))):
        raise FormFault(f"{place}.key", "key", _("A key is up to 40 small letters, digits and - _ ."))
    return found


def _plain(value: Any, place: str, kind: str) -> Any:
    if kind == "Texts":
        if not isinstance(value, Mapping) or not all(
            isinstance(t, str) and isinstance(c, str) and len(c) <= 8 for c, t in value.items()
        ):
            raise FormFault(place, "texts", _("Texts are given by language."))
        if any(len(text) > TEXT_LENGTH or "\x00" in text for text in value.values()):
            raise FormFault(place, "too_long", _("At most %(most)s characters.") % {"most": TEXT_LENGTH})
        return {code: text.strip() for code, text in value.items() if text.strip()}
    if kind == "str" and isinstance(value, str) and len(value) <= 200 and "\x00" not in value:
        return value
    if kind == "bool" and isinstance(value, bool):
        return value
    if value is None and "None" in kind:
        return None
    if (
        kind.startswith(("float", "int"))
        and isinstance(value, int | float)
        and not isinstance(value, bool)
        and abs(value) < 1e12
    ):
        if kind == "int" and (value != int(value) or not 0 <= value <= 4):
            raise FormFault(place, "decimals", _("0 to 4 decimals."))
        return value
    raise FormFault(place, "type", _("This value is not of the kind that is expected."))


def _list(entry: Any, place: str, most: int) -> Sequence[Any]:
    if not isinstance(entry, list):
        raise FormFault(place, "not_list", _("A list is expected."))
    if len(entry) > most:
        raise FormFault(place, "too_many", _("At most %(most)s of these.") % {"most": most})
    return entry


def _slim(model: Any) -> dict[str, Any]:
    """What differs from the usual, and what is always said."""
    kept: dict[str, Any] = {}
    for f in fields(model):
        value = getattr(model, f.name)
        usual = f.default_factory() if f.default_factory is not MISSING else f.default
        if isinstance(value, tuple):
            if value:
                kept[f.name] = [_slim(one) for one in value]
        elif value != usual:
            kept[f.name] = dict(value) if isinstance(value, Mapping) else value
    return kept
