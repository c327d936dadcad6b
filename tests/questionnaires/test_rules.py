"""The document, its order, and what keeps it from being published."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prm.questionnaires.library import template_list
from prm.questionnaires.rules.checks import differences, lacks
from prm.questionnaires.rules.document import Condition, Form, FormFault, Kind, Question, Section, read_form, write_form
from prm.questionnaires.rules.edit import (
    fresh,
    question_add,
    question_change,
    question_copy,
    question_move,
    question_remove,
    section_add,
    section_move,
    section_remove,
    stepped,
)
from prm.questionnaires.rules.languages import language_for
from tests.questionnaires.conftest import EVERYTHING


def form() -> Form:
    return read_form(EVERYTHING)


def keys(found: Form) -> list[str]:
    return [question.key for question in found.questions]


def test_a_document_is_read_and_written_back_the_same() -> None:
    assert read_form(write_form(form())) == form()
    assert write_form(read_form({})) == {}


@pytest.mark.parametrize("template", template_list(), ids=lambda t: t.key)
def test_each_of_the_library_is_complete_in_both_languages(template) -> None:
    found = read_form(template.content)
    assert lacks(found, ["en", "fr"], is_anonymous=template.is_anonymous) == []
    assert set(template.title) == set(template.about) == {"en", "fr"}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ([], "not_object"),
        ({"colour": "red"}, "unknown_field"),
        ({"sections": {}}, "not_list"),
        ({"sections": [{"key": "S 1"}]}, "key"),
        ({"sections": [{"key": "a"}, {"key": "a"}]}, "key_twice"),
        ({"sections": [{"key": "a", "questions": [{"key": "b", "kind": "song"}]}]}, "kind"),
        ({"sections": [{"key": "a", "questions": [{"key": "b", "kind": "scale", "low": 1, "high": 30}]}]}, "scale"),
        ({"sections": [{"key": "a", "questions": [{"key": "b", "kind": "text", "is_required": "yes"}]}]}, "type"),
        ({"sections": [{"key": "a", "title": "Hello"}]}, "texts"),
        ({"sections": [{"key": str(n)} for n in range(31)]}, "too_many"),
    ],
)
def test_what_is_no_questionnaire_is_refused_with_its_place(content, code) -> None:
    with pytest.raises(FormFault) as refused:
        read_form(content)
    assert refused.value.code == code


@pytest.mark.parametrize("about", ["b", "c", "nothing"], ids=["itself", "a later one", "none"])
def test_a_condition_speaks_of_earlier_questions_only_so_that_there_is_no_circle(about: str) -> None:
    questions = [
        {"key": "b", "kind": "text", "when": [{"question": about, "relation": "answered"}]},
        {"key": "c", "kind": "text", "when": [{"question": "b", "relation": "answered"}]},
    ]
    with pytest.raises(FormFault) as refused:
        read_form({"sections": [{"key": "a", "questions": questions}]})
    assert refused.value.code == "condition_order"


def test_a_question_is_not_moved_before_what_its_condition_speaks_of() -> None:
    with pytest.raises(FormFault) as refused:
        question_move(form(), "staff", "s1", 0)
    assert refused.value.code == "condition_order"
    assert keys(question_move(form(), "topics", "s1", 0))[:3] == ["topics", "sell", "staff"]


def test_a_question_that_another_depends_on_is_not_removed() -> None:
    for remove in (lambda: question_remove(form(), "sell"), lambda: section_remove(with_dependence(), "s1")):
        with pytest.raises(FormFault) as refused:
            remove()
        assert refused.value.code == "depended_on"
    assert "topics" not in keys(question_remove(form(), "topics"))


def with_dependence() -> Form:
    day = form().question("day")
    return question_change(form(), "day", replace(day, when=(Condition("sell", "is", "yes"),)))


def test_a_copy_stands_after_its_pattern_and_tells_no_fact_twice() -> None:
    found, key = question_copy(form(), "staff")
    assert keys(found)[:3] == ["sell", "staff", key]
    assert found.question(key).fact == ""
    assert found.question(key).when == form().question("staff").when


def test_steps_go_over_the_edge_of_a_section_and_stop_at_the_end() -> None:
    down = stepped(form(), "topics", 1)
    assert down.sections[1].questions[0].key == "topics"
    assert stepped(stepped(form(), "grid", 1), "grid", 1) == form()
    assert stepped(down, "topics", -1) == form()


def test_sections_are_added_moved_and_questions_put_into_them() -> None:
    found, section = section_add(form())
    found, question = question_add(found, section, Kind.MATRIX)
    assert found.section(section).questions == (fresh(question, Kind.MATRIX),)
    assert [s.key for s in section_move(found, section, 0).sections] == [section, "s1", "s2"]


def test_publishing_says_everything_that_is_missing() -> None:
    content = {
        "intro": {"en": "Hello"},
        "sections": [
            {"key": "a", "questions": []},
            {"key": "b", "title": {"en": "B", "fr": "B"}, "questions": [
                {"key": "q1", "kind": "one", "text": {"en": "Which?"}, "options": [{"key": "x", "text": {"en": "X", "fr": "X"}}]},
                {"key": "q2", "kind": "text", "text": {"en": "T", "fr": "T"}, "fact": "employees"},
                {"key": "q3", "kind": "number", "text": {"en": "T", "fr": "T"}, "fact": "revenue", "low": 5, "high": 1},
                {"key": "q4", "kind": "file", "text": {"en": "T", "fr": "T"}},
            ]},
        ],
    }  # fmt: skip
    found = [(lack.section, lack.question, lack.code, lack.language) for lack in lacks(read_form(content), ["en", "fr"])]
    assert found == [
        ("", "", "language", "fr"), ("a", "", "language", "en"), ("a", "", "language", "fr"), ("a", "", "empty_section", ""),
        ("b", "q1", "language", "fr"), ("b", "q1", "options", ""), ("b", "q2", "fact_kind", ""), ("b", "q3", "range", ""),
        ("b", "q3", "fact_unit", ""),
    ]  # fmt: skip
    anonymous = {lack.code for lack in lacks(read_form(content), ["en", "fr"], is_anonymous=True)}
    assert anonymous >= {"anonymous_file", "anonymous_fact"}
    assert [lack.code for lack in lacks(Form(), ["en"])] == ["no_question"]


def test_versions_are_compared_in_words_of_what_happened() -> None:
    new = question_move(question_remove(form(), "topics"), "day", "s2", 0)
    new = question_change(new, "rate", replace(new.question("rate"), is_required=False, weight=2.0))
    new, _key = question_add(new, "s1", Kind.TEXT)
    found = [(c.act, c.is_section, c.text.get("en", ""), c.what) for c in differences(form(), new)]
    assert found == [
        ("added", False, "", ()), ("moved", False, "Which day?", ()), ("changed", False, "How are we?", ("is_required", "weight")),
        ("removed", False, "Which topics?", ()),
    ]  # fmt: skip
    assert differences(form(), form()) == []


@given(st.permutations(["a", "b", "c", "d"]))
def test_moving_one_question_is_told_as_moving_one(order: list[str]) -> None:
    def of(names: list[str]) -> Form:
        return Form(sections=(Section("s", questions=tuple(Question(n, "text", text={"en": n}) for n in names)),))

    found = differences(of(["a", "b", "c", "d"]), of(order))
    assert all(change.act == "moved" for change in found)
    assert len(found) <= 3
    assert (found == []) == (order == ["a", "b", "c", "d"])


@pytest.mark.parametrize(("country", "language"), [
    ("FR", "fr"), ("BE", "fr"), ("CH", "fr"), ("LU", "fr"), ("SN", "fr"),
    ("CA", "en"), ("GB", "en"), ("DE", "en"), ("ZZ", "en"), ("", "en"),
])  # fmt: skip
def test_whoever_never_said_their_language_is_asked_in_one_of_their_country(country: str, language: str) -> None:
    assert language_for(country, ["en", "fr"]) == language


def test_an_installation_that_speaks_german_asks_germans_in_german() -> None:
    assert [language_for(c, ["en", "de", "fr"]) for c in ("DE", "AT", "CH", "BE", "FR")] == ["de", "de", "de", "fr", "fr"]
