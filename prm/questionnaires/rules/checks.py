"""What is missing before a questionnaire can be published, and how two versions differ. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from prm.questionnaires.rules.document import Form, Kind, Question, Texts

#: Facts of a company that an answer may propose, with the kinds of questions that can. ``mix.<industry>`` is a share of its customers.
FACT_KINDS: Mapping[str, frozenset[str]] = {
    "employees": frozenset({Kind.NUMBER}),
    "sales_people": frozenset({Kind.NUMBER}),
    "engineers": frozenset({Kind.NUMBER}),
    "customers": frozenset({Kind.NUMBER}),
    "founded_year": frozenset({Kind.NUMBER}),
    "revenue": frozenset({Kind.NUMBER}),
    "growth": frozenset({Kind.NUMBER}),
    "typology": frozenset({Kind.ONE}),
    "city": frozenset({Kind.TEXT}),
    "website": frozenset({Kind.TEXT}),
    "phone": frozenset({Kind.TEXT}),
    "registration_number": frozenset({Kind.TEXT}),
    "languages": frozenset({Kind.MANY}),
    "vendors": frozenset({Kind.MANY}),
}
MIX = "mix."


def fact_kinds(fact: str) -> frozenset[str]:
    """The kinds of questions whose answer can be that fact; none for what is no fact."""
    return frozenset({Kind.NUMBER}) if fact.startswith(MIX) and len(fact) > len(MIX) else FACT_KINDS.get(fact, frozenset())


@dataclass(frozen=True, slots=True)
class Lack:
    """Something to put right: in which section and question ("" = the whole), what, in words; ``language`` where a text is missing."""

    section: str
    question: str
    code: str
    words: Any
    language: str = ""


def lacks(form: Form, languages: Sequence[str], *, is_anonymous: bool = False) -> list[Lack]:
    """What keeps a questionnaire from being published to people who read ``languages``, in the order of the page."""
    found: list[Lack] = []
    if not any(True for _q in form.questions):
        found.append(Lack("", "", "no_question", _("Add a question.")))
    found += [
        Lack("", "", "language", words, code)
        for texts, words in ((form.intro, _("The introduction")), (form.thanks, _("The thanks")))
        for code in _untold(texts, languages)
    ]
    for section in form.sections:
        found += [
            Lack(section.key, "", "language", _("The title of the section"), code)
            for code in _needed(section.title, languages)
        ]
        found += [
            Lack(section.key, "", "language", _("The help of the section"), code) for code in _untold(section.help, languages)
        ]
        if not section.questions:
            found.append(Lack(section.key, "", "empty_section", _("The section has no question.")))
        if section.weight < 0:
            found.append(Lack(section.key, "", "weight", _("A weight is 0 or more.")))
        for question in section.questions:
            found += [
                replace(lack, section=section.key, question=question.key)
                for lack in _of_question(question, languages, is_anonymous)
            ]
    facts = [q.fact for q in form.questions if q.fact]
    for question in form.questions:
        if question.fact and facts.count(question.fact) > 1:
            found.append(Lack("", question.key, "fact_twice", _("Two questions tell the same fact.")))
    return found


def _of_question(question: Question, languages: Sequence[str], is_anonymous: bool) -> Iterator[Lack]:
    def text(texts: Texts, words: Any, *, is_needed: bool = False) -> Iterator[Lack]:
        for code in (_needed if is_needed else _untold)(texts, languages):
            yield Lack("", "", "language", words, code)

    yield from text(question.text, _("The question"), is_needed=True)
    yield from text(question.help, _("The help"))
    if question.kind in {Kind.ONE, Kind.MANY}:
        if len(question.options) < 2:
            yield Lack("", "", "options", _("Give at least two answers to choose from."))
        for option in question.options:
            yield from text(option.text, _("An answer"), is_needed=True)
            if option.points is not None and option.points < 0:
                yield Lack("", "", "points", _("Points are 0 or more."))
    if question.kind in {Kind.SCALE, Kind.MATRIX}:
        yield from text(question.low_text, _("The low end of the scale"))
        yield from text(question.high_text, _("The high end of the scale"))
    if question.kind == Kind.MATRIX:
        if not question.rows:
            yield Lack("", "", "rows", _("Give the table a row."))
        for row in question.rows:
            yield from text(row.text, _("A row"), is_needed=True)
    if (
        question.kind == Kind.NUMBER
        and question.low is not None
        and question.high is not None
        and question.low > question.high
    ):
        yield Lack("", "", "range", _("The least is more than the most."))
    yield from _of_use(question, is_anonymous)


def _of_use(question: Question, is_anonymous: bool) -> Iterator[Lack]:
    """What its weight, its fact and the promise of anonymity ask of a question."""
    if question.weight < 0:
        yield Lack("", "", "weight", _("A weight is 0 or more."))
    if question.fact and question.kind not in fact_kinds(question.fact):
        yield Lack("", "", "fact_kind", _("Answers of this kind cannot be that fact."))
    if question.fact == "revenue" and len(question.unit) != 3:
        yield Lack("", "", "fact_unit", _("Revenue needs a currency as its unit, such as EUR."))
    if is_anonymous and question.kind == Kind.FILE:
        yield Lack(
            "", "", "anonymous_file", _("A file would tell who answers: take it out, or make the questionnaire named.")
        )
    if is_anonymous and question.fact:
        yield Lack(
            "",
            "",
            "anonymous_fact",
            _("A fact of a company tells who answers: take it out, or make the questionnaire named."),
        )


def _untold(texts: Texts, languages: Sequence[str]) -> list[str]:
    """The languages that a text lacks which is written in some."""
    return [code for code in languages if not texts.get(code)] if any(texts.values()) else []


def _needed(texts: Texts, languages: Sequence[str]) -> list[str]:
    return [code for code in languages if not texts.get(code)]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two versions: ``added``, ``removed``, ``moved`` or ``changed`` (then ``what``, names of fields)."""

    act: str
    is_section: bool
    text: Texts
    what: tuple[str, ...] = ()


def differences(old: Form, new: Form) -> list[Change]:
    """How ``new`` differs from ``old``, in the order of the new one, removed things last."""
    before = {q.key: q for q in old.questions}
    place = {q.key: s.key for s in old.sections for q in s.questions}
    sections, found = {s.key: s for s in old.sections}, []
    ranks = _kept_order([q.key for q in old.questions], [q.key for q in new.questions])
    if (old.intro, old.thanks) != (new.intro, new.thanks):
        found.append(Change("changed", True, new.intro or new.thanks, ("intro",)))
    for section in new.sections:
        was = sections.pop(section.key, None)
        if was is None:
            found.append(Change("added", True, section.title))
        elif what := _unlike(was, section, skip="questions"):
            found.append(Change("changed", True, section.title, what))
        for question in section.questions:
            earlier = before.pop(question.key, None)
            if earlier is None:
                found.append(Change("added", False, question.text))
                continue
            if place[question.key] != section.key or question.key not in ranks:
                found.append(Change("moved", False, question.text))
            if what := _unlike(earlier, question):
                found.append(Change("changed", False, question.text, what))
    found += [Change("removed", False, question.text) for question in before.values()]
    return found + [Change("removed", True, section.title) for section in sections.values()]


def _unlike(old: Any, new: Any, skip: str = "") -> tuple[str, ...]:
    return tuple(f.name for f in fields(old) if f.name != skip and getattr(old, f.name) != getattr(new, f.name))


def _kept_order(old: Sequence[str], new: Sequence[str]) -> set[str]:
    """The keys that stand in the same order in both: a longest common subsequence. The others were moved."""
    common = [key for key in new if key in set(old)]
    ranks = [old.index(key) for key in common]
    best: list[list[int]] = []
    for at, rank in enumerate(ranks):
        longest = max((chain for chain in best if ranks[chain[-1]] < rank), key=len, default=[])
        best.append([*longest, at])
    return {common[at] for at in max(best, key=len, default=[])}
