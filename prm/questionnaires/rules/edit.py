"""Changes to a questionnaire, one function each: a form in, another out. What the change would break is refused (FormFault). Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from django.utils.translation import gettext_lazy as _

from prm.questionnaires.rules.document import Form, FormFault, Kind, Option, Question, Section, check_order

T = TypeVar("T", Section, Question, Option)


def free_key(form: Form, stem: str) -> str:
    """``stem1``, ``stem2`` …: a key that nothing in the form has."""
    taken = {s.key for s in form.sections} | {q.key for q in form.questions}
    return _free(taken, stem)


def free_option(options: Sequence[Option], stem: str = "o") -> str:
    """The same among the options of one question."""
    return _free({option.key for option in options}, stem)


def section_add(form: Form) -> tuple[Form, str]:
    """A new section at the end, and its key."""
    key = free_key(form, "s")
    return replace(form, sections=(*form.sections, Section(key))), key


def section_change(form: Form, key: str, **changes: Any) -> Form:
    """A section with other fields. Raises FormFault when it is gone."""
    _there(form.section(key))
    return replace(form, sections=tuple(replace(s, **changes) if s.key == key else s for s in form.sections))


def section_remove(form: Form, key: str) -> Form:
    """Without a section and its questions. Raises FormFault when something later depends on them."""
    section = _there(form.section(key))
    _check_free(form, {q.key for q in section.questions})
    return replace(form, sections=tuple(s for s in form.sections if s.key != key))


def section_move(form: Form, key: str, to: int) -> Form:
    """A section at another place. Raises FormFault when a condition would come before what it speaks of."""
    section = _there(form.section(key))
    rest = [s for s in form.sections if s.key != key]
    rest.insert(max(0, min(to, len(rest))), section)
    return _ordered(replace(form, sections=tuple(rest)))


def question_add(form: Form, section: str, kind: str, *, after: str = "") -> tuple[Form, str]:
    """A new question of a kind, at the end of a section or ``after`` another; and its key."""
    _there(form.section(section))
    key = free_key(form, "q")
    return _put(form, section, fresh(key, kind), after=after), key


def fresh(key: str, kind: str) -> Question:
    """An empty question with what its kind cannot do without. Raises FormFault for no kind."""
    if kind not in set(Kind):
        raise FormFault("kind", "kind", _("There is no such kind of question."))
    if kind in {Kind.ONE, Kind.MANY}:
        return Question(key, kind, options=(Option("o1"), Option("o2")))
    if kind == Kind.MATRIX:
        return Question(key, kind, low=1, high=5, rows=(Option("r1"), Option("r2")))
    return Question(key, kind, low=1, high=5) if kind == Kind.SCALE else Question(key, kind)


def question_change(form: Form, key: str, question: Question) -> Form:
    """Another question in the place of the one of this key. Raises FormFault when it is gone or breaks what depends on it."""
    _there(form.question(key))
    return _ordered(_map(form, lambda q: replace(question, key=key) if q.key == key else q))


def question_copy(form: Form, key: str) -> tuple[Form, str]:
    """A copy right after the question, without its fact (two questions tell no fact twice); and its key."""
    question, section = _there(form.question(key)), _section_of(form, key)
    new = free_key(form, "q")
    return _put(form, section.key, replace(question, key=new, fact=""), after=key), new


def question_remove(form: Form, key: str) -> Form:
    """Without a question. Raises FormFault when another is shown by its answer."""
    _there(form.question(key))
    _check_free(form, {key})
    return _map(form, lambda q: None if q.key == key else q)


def question_move(form: Form, key: str, section: str, to: int) -> Form:
    """A question at another place of a section. Raises FormFault when a condition would come before what it speaks of."""
    question = _there(form.question(key))
    without = _map(form, lambda q: None if q.key == key else q)
    goal = _there(without.section(section))
    questions = list(goal.questions)
    questions.insert(max(0, min(to, len(questions))), question)
    return _ordered(section_change(without, section, questions=tuple(questions)))


def place_of(form: Form, key: str) -> tuple[str, int]:
    """The key of the section that a question stands in, and at which place. Raises FormFault when it is gone."""
    section = _section_of(form, key)
    return section.key, [q.key for q in section.questions].index(key)


def stepped(form: Form, key: str, by: int) -> Form:
    """A question one place up (-1) or down (1), over the edge of its section into the next. At the end nothing happens."""
    section, at = place_of(form, key)
    keys = [s.key for s in form.sections]
    here = form.sections[keys.index(section)]
    if 0 <= at + by < len(here.questions):
        return question_move(form, key, section, at + by)
    beside = keys.index(section) + by
    if not 0 <= beside < len(keys):
        return form
    return question_move(form, key, keys[beside], 0 if by > 0 else len(form.sections[beside].questions))


def _put(form: Form, section: str, question: Question, *, after: str) -> Form:
    goal = _there(form.section(section))
    keys = [q.key for q in goal.questions]
    at = keys.index(after) + 1 if after in keys else len(keys)
    made = section_change(form, section, questions=(*goal.questions[:at], question, *goal.questions[at:]))
    return _ordered(made)


def _map(form: Form, change: Callable[[Question], Question | None]) -> Form:
    return replace(
        form,
        sections=tuple(
            replace(s, questions=tuple(new for q in s.questions if (new := change(q)) is not None)) for s in form.sections
        ),
    )


def _section_of(form: Form, key: str) -> Section:
    return _there(next((s for s in form.sections if any(q.key == key for q in s.questions)), None))


def _there(found: T | None) -> T:
    if found is None:
        raise FormFault("", "gone", _("This was removed meanwhile."))
    return found


def _check_free(form: Form, keys: set[str]) -> None:
    for question in form.questions:
        if question.key not in keys and any(condition.question in keys for condition in question.when):
            name = next(iter(question.text.values()), question.key)
            raise FormFault(
                question.key,
                "depended_on",
                _("“%(question)s” is shown by its answer: change that first.") % {"question": name},
            )


def _ordered(form: Form) -> Form:
    check_order(form)
    return form


def _free(taken: set[str], stem: str) -> str:
    number = 1
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"


def frame_change(form: Form, **changes: Any) -> Form:
    """A form with other words before and after the questions."""
    return replace(form, **changes)
