"""What is asked, what counts as an answer; told alike on the server and in the browser."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prm.questionnaires.rules.answers import AnswerFault, asked_only, clean, holds, missing, progress, visible
from prm.questionnaires.rules.document import Condition, Form, Kind, Option, Question, Section, read_form, write_form
from tests.questionnaires.conftest import EVERYTHING

FORM = read_form(EVERYTHING)
ROOT = Path(__file__).resolve().parents[2]


def asked(values: dict[str, Any]) -> list[str]:
    return [question.key for question in visible(FORM, values)]


def test_what_depends_on_an_answer_is_asked_once_it_is_given() -> None:
    assert "staff" not in asked({})
    assert "staff" in asked({"sell": "yes"})
    assert "why" in asked({"rate": 6})
    assert "why" not in asked({"rate": 7})


def test_an_answer_whose_question_went_away_counts_no_more() -> None:
    values = {"sell": "no", "staff": "12", "rate": 9, "why": "Old"}
    assert asked_only(FORM, values) == {"sell": "no", "rate": 9}
    b, c = (Question(key, "text", when=(Condition(earlier, "answered"),)) for key, earlier in (("b", "a"), ("c", "b")))
    chain = Form(sections=(Section("s", questions=(Question("a", "text"), b, c)),))
    assert [q.key for q in visible(chain, {"b": "left over"})] == ["a"]


def test_of_an_unanswered_question_only_not_answered_holds() -> None:
    for relation in ("is", "is_not", "at_least", "at_most", "answered"):
        assert holds(Condition("q", relation, "3"), None) is False
    assert holds(Condition("q", "not_answered"), None) is True


def test_what_must_be_answered_is_told_in_order_and_a_table_in_each_row() -> None:
    assert [q.key for q in missing(FORM, {"rate": 2})] == ["sell", "why"]
    assert missing(FORM, {"sell": "no", "rate": 8}) == []
    table = Form(
        sections=(
            Section(
                "s", questions=(Question("t", "matrix", low=1, high=2, is_required=True, rows=(Option("x"), Option("y"))),)
            ),
        )
    )
    assert [q.key for q in missing(table, {"t": {"x": 1}})] == ["t"]
    assert progress(FORM, {"sell": "no", "rate": 8}) == pytest.approx(2 / 6)


@pytest.mark.parametrize(
    ("question", "raw", "language", "kept"),
    [
        (Question("n", "number"), "1 200", "fr", "1200"),
        (Question("n", "number"), "1,200", "en", "1200"),
        (Question("n", "number", decimals=1), "6,5", "fr", "6.5"),
        (Question("n", "number", decimals=1), "6.5", "en", "6.5"),
        (Question("n", "number", low=-5), "-3", "en", "-3"),
        (Question("n", "scale", low=0, high=10), "10", "en", 10),
        (Question("n", "text"), "  Fine  ", "en", "Fine"),
        (Question("n", "date"), "2026-03-01", "en", "2026-03-01"),
        (Question("n", "many", options=(Option("a"), Option("b"))), ["b", "a"], "en", ["a", "b"]),
        (Question("n", "matrix", low=1, high=3, rows=(Option("r"),)), {"r": "2"}, "en", {"r": 2}),
        (Question("n", "text"), "", "en", None),
    ],
)  # fmt: skip
def test_answers_are_kept_in_one_way_however_they_are_typed(question, raw, language, kept) -> None:
    assert clean(question, raw, language) == kept


@pytest.mark.parametrize(
    ("question", "raw", "code"),
    [
        (Question("n", "number"), "twelve", "no_number"), (Question("n", "number"), "1.5", "decimals"),
        (Question("n", "number", low=0), "-1", "too_low"), (Question("n", "number", high=9), "10", "too_high"),
        (Question("n", "number"), "9" * 40, "no_number"), (Question("n", "scale", low=1, high=5), "6", "no_step"),
        (Question("n", "scale", low=1, high=5), "²", "no_step"), (Question("n", "one", options=(Option("a"),)), "z", "no_option"),
        (Question("n", "many", options=(Option("a"),)), ["a", "z"], "no_option"), (Question("n", "text"), "x" * 301, "too_long"),
        (Question("n", "date"), "31/12/2026", "no_day"), (Question("n", "date"), "0026-01-01", "no_day"),
        (Question("n", "matrix", low=1, high=3, rows=(Option("r"),)), {"z": "1"}, "no_row"),
    ],
)  # fmt: skip
def test_what_a_question_does_not_take_is_refused(question, raw, code) -> None:
    with pytest.raises(AnswerFault) as refused:
        clean(question, raw)
    assert refused.value.code == code


def test_a_text_of_spaces_alone_is_no_answer() -> None:
    assert clean(Question("n", "text"), " \r\n\t") is None


@given(st.text(max_size=12), st.sampled_from(["number", "scale", "date", "one", "text"]))
def test_nothing_that_is_typed_breaks(raw: str, kind: str) -> None:
    question = Question("n", kind, low=1, high=5, options=(Option("a"), Option("b")))
    with suppress(AnswerFault):
        kept = clean(question, raw)
        assert kept is None or clean(question, kept) == kept


def cases(count: int) -> list[dict[str, Any]]:
    """Forms of chained conditions with answers, drawn from a fixed seed."""
    draw, made = random.Random(7), []
    pool: list[Any] = [None, "", "a", "b", ["a"], ["a", "b"], [], 0, 3, 10, "3", "3.0", "12", "-1", {"r": 1}, {}]
    for _case in range(count):
        questions: list[dict[str, Any]] = []
        for at in range(6):
            kind = draw.choice(["one", "many", "scale", "number", "text"])
            question: dict[str, Any] = {"key": f"q{at}", "kind": kind, "match": draw.choice(["all", "any"])}
            if kind in {"one", "many"}:
                question["options"] = [{"key": "a"}, {"key": "b"}]
            if kind == "scale":
                question |= {"low": 0, "high": 10}
            for earlier in draw.sample(questions, min(len(questions), draw.choice([0, 0, 1, 2]))):
                relations = ["answered", "not_answered"]
                relations += {"text": []}.get(earlier["kind"], ["is", "is_not"])
                if earlier["kind"] in {"scale", "number"}:
                    relations += ["at_least", "at_most"]
                value = (
                    draw.choice(["a", "b"]) if earlier["kind"] in {"one", "many"} else draw.choice(["0", "3", "3.0", "10"])
                )
                question.setdefault("when", []).append(
                    {"question": earlier["key"], "relation": draw.choice(relations), "value": value}
                )
            questions.append(question)
        values = {question["key"]: draw.choice(pool) for question in questions}
        content = write_form(read_form({"sections": [{"key": "s", "questions": questions}]}))
        made.append({"questions": content["sections"][0]["questions"], "values": values})
    return made


def test_the_browser_asks_the_same_questions_as_the_server() -> None:
    node = shutil.which("node") or str(ROOT / ".venv" / "bin" / "node")
    drawn = cases(2_000)
    script = f"import {{ asked }} from '{ROOT / 'frontend/js/conditions.js'}';\n" + (
        "let text = ''; for await (const part of process.stdin) text += part;\n"
        "console.log(JSON.stringify(JSON.parse(text).map((one) => asked(one.questions, one.values))));"
    )
    ran = subprocess.run(
        [node, "--input-type=module", "-e", script], input=json.dumps(drawn), capture_output=True, text=True, check=True
    )
    expected = [
        [q.key for q in visible(read_form({"sections": [{"key": "s", "questions": one["questions"]}]}), one["values"])]
        for one in drawn
    ]
    assert json.loads(ran.stdout) == expected
    assert 0 < sum(len(keys) < 6 for keys in expected) < len(drawn)


@pytest.mark.parametrize("raw", ["0010999999", "0010" + "9" * 330, "9" * 4404, "11", "-1", "٣"])
def test_a_step_that_the_scale_has_not_is_no_answer_however_it_begins(raw: str) -> None:
    scale = Question(key="rate", kind=Kind.SCALE, text={"en": "How are we?"}, low=0, high=10)
    with pytest.raises(AnswerFault):
        clean(scale, raw)
    assert clean(scale, "0010") == 10
