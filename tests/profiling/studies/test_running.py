"""A study's run: the same answer however it is cut, a snapshot by content, a question that is frozen."""

from __future__ import annotations

import threading

import pytest
from django.db import connections

from prm.access.roles import as_role, as_system
from prm.core.errors import Conflict, Invalid
from prm.partners.models import Company
from profiling.scoring import coded
from profiling.scoring.question import evaluation_words
from profiling.scoring.rules import weighing
from profiling.studies import files, services, services_run
from profiling.studies.models import RunResult, Snapshot, Study
from profiling.studies.services import study_run, study_update
from tests.profiling.universe import build

pytestmark = pytest.mark.django_db


def rows(actor, run):
    with as_role(actor):
        found = RunResult.objects.filter(run=run).order_by("line", "rank")
        return list(found.values_list("line", "rank", "company_id", "score", "known_share", "p50", "gap", "contributions"))


def test_the_answer_is_the_same_however_the_universe_is_cut(universe, manager, ask, answer, monkeypatch):
    study = ask(manager, references=[c.public_id for c in universe[:3]])
    whole = answer(manager, study)
    monkeypatch.setattr(services_run, "chunk_bounds", lambda n: [(s, min(s + 17, n)) for s in range(0, n, 17)])
    cut = answer(manager, study)
    assert rows(manager, whole) == rows(manager, cut)
    assert whole.summary == cut.summary
    assert whole.snapshot_id == cut.snapshot_id


def test_contributions_add_up_to_the_score_to_the_tenth(universe, manager, ask, answer):
    run = answer(manager, ask(manager, references=[c.public_id for c in universe[:3]]))
    with as_role(manager):
        for row in RunResult.objects.filter(run=run):
            assert sum(v or 0 for v in row.contributions.values()) == round(row.score * 10)


def test_equal_data_is_one_snapshot_and_a_changed_fact_another(universe, director, as_system):
    first = services_run.snapshot_take(actor=director)
    again = services_run.snapshot_take(actor=director)
    assert first == again
    universe[5].employees = 4_321
    universe[5].save()
    assert services_run.snapshot_take(actor=director).content_hash != first.content_hash
    assert Snapshot.objects.count() == 2


def test_a_snapshot_says_in_which_currency_its_amounts_are(universe, director, settings):
    euros = services_run.snapshot_take(actor=director)
    assert files.read_table(euros.file).schema.metadata == {b"currency": b"EUR"}
    settings.REPORTING_CURRENCY = "CHF"
    francs = services_run.snapshot_take(actor=director)
    assert francs.content_hash != euros.content_hash


def test_partners_alike_are_found_before_the_others(universe, manager, ask, answer):
    study = ask(manager, references=[c.public_id for c in universe[:6]], filters={"status": "any"})
    run = answer(manager, study)
    alike = {c.pk for c in universe[6:24]}
    with as_role(manager):
        best = list(RunResult.objects.filter(run=run).order_by("rank").values_list("company_id", flat=True)[:18])
    assert len(alike & set(best)) >= 15
    assert not {c.pk for c in universe[:6]} & set(best)


def test_weights_are_held_against_partners_that_were_put_aside(universe, manager, ask, answer):
    run = answer(manager, ask(manager, references=[c.public_id for c in universe[:3]]))
    assert run.evaluation["whom"] == "similar"  # active integrators, as the references are
    assert run.evaluation["partners"] == 24
    assert run.evaluation["methods"]["chosen"][1] > 0
    assert run.evaluation["methods"]["chosen"][0] > 1


def test_the_references_suggest_the_weights_unless_a_person_sets_them(universe, manager, ask, answer):
    references = [c.public_id for c in universe[:12]]
    suggested = answer(manager, ask(manager, references=references))
    assert suggested.summary["weights"] == "suggested"
    weights = {g["key"]: g["weight"] for g in suggested.summary["groups"]}
    assert max(weights.values()) > 2 * min(weights.values())
    assert sum(weights.values()) == pytest.approx(100, abs=0.01)
    by_hand = answer(manager, ask(manager, references=references, groups={"offer": 1, "strike": 1}))
    assert by_hand.summary["weights"] == "set"
    assert {g["key"] for g in by_hand.summary["groups"] if g["weight"]} == {"offer", "strike"}
    alone = answer(manager, ask(manager, references=references[:1]))
    assert alone.summary["weights"] == "equal"
    assert len({g["weight"] for g in alone.summary["groups"]}) == 1


def test_weights_that_do_worse_on_partners_put_aside_are_not_used(universe, manager, ask, answer, monkeypatch):
    worse = {"status": "worse", "whom": "references", "partners": 12, "methods": {}, "gain": -3, "gain_error": 1}
    monkeypatch.setattr(weighing, "evaluation_of", lambda *args, **options: worse)
    run = answer(manager, ask(manager, references=[c.public_id for c in universe[:12]]))
    assert run.summary["weights"] == "equal"
    assert run.evaluation == worse


def test_runs_of_one_snapshot_share_its_codes(universe, manager, ask, answer, monkeypatch):
    study = ask(manager, references=[c.public_id for c in universe[:3]])
    first = answer(manager, study)
    monkeypatch.setattr(coded, "describe", None)  # nobody may survey the universe again
    again = answer(manager, study)
    assert rows(manager, first) == rows(manager, again)


def test_too_few_partners_say_nothing_of_the_weights(as_system, manager, ask, answer):
    few = build(count=30, partners=4)
    run = answer(manager, ask(manager, references=[few[0].public_id]))
    assert run.evaluation == {"status": "too_few", "partners": 4, "needed": 10}


def test_suggested_weights_are_said_to_be_suggested_also_where_nothing_can_be_said_of_them(as_system, manager, ask, answer):
    few = build(count=30, partners=4)
    run = answer(manager, ask(manager, references=[company.public_id for company in few[:4]]))
    assert (run.summary["weights"], run.evaluation["status"]) == ("suggested", "too_few")
    assert evaluation_words(run.evaluation, "suggested")["conclusion"] == "The references suggest these weights."
    assert "conclusion" not in evaluation_words(run.evaluation, "set")


def test_a_run_keeps_its_question_when_the_study_changes(universe, manager, ask, answer):
    study = ask(manager, references=[universe[0].public_id])
    run = answer(manager, study)
    with as_role(manager):
        study_update(actor=manager, study_id=study.pk, parameters={**study.parameters, "references": [universe[1].public_id]})
        run.refresh_from_db()
    assert run.parameters["references"] == [universe[0].public_id]


def test_a_second_run_waits_for_the_first(universe, manager, ask):
    study = ask(manager, references=[universe[0].public_id])
    with as_role(manager):
        study_run(actor=manager, study_id=study.pk)
        with pytest.raises(Conflict):
            study_run(actor=manager, study_id=study.pk)


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"references": []}, "references"),
        ({"references": ["company_nope"]}, "references.0"),
        ({"references": "x"}, "references"),
        ({"groups": {"offer": -1}}, "groups.offer"),
        ({"groups": {"offer": 0}}, "groups"),
        ({"groups": {"magic": 1}}, "groups.magic"),
        ({"filters": {"status": "rich"}}, "filters.status"),
        ({"filters": {"min_known": 2}}, "filters.min_known"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_an_unusable_question_is_refused_at_its_field(universe, manager, ask, parameters, field):
    with pytest.raises(Invalid) as refusal:
        ask(manager, **{"references": [universe[0].public_id], **parameters})
    assert refusal.value.field == field


@pytest.mark.django_db(transaction=True)
def test_who_renames_a_study_beside_somebody_who_runs_it_puts_no_number_back(manager, ask, monkeypatch):
    """Renaming saves the whole row: read before a run was counted, it took the count back, and the next run could not begin."""
    with as_system("a test"):
        references = [Company.objects.create(name=name, country="FR").public_id for name in ("Kerlan", "Armor")]
    study = ask(manager, references=references)

    def runs() -> None:
        try:
            with as_role(manager):
                study_run(actor=manager, study_id=study.pk)
        finally:
            connections.close_all()

    beside = threading.Thread(target=runs)
    tidied = services._title

    def slowly(title):
        beside.start()
        beside.join(timeout=1)
        return tidied(title)

    monkeypatch.setattr(services, "_title", slowly)
    with as_role(manager):
        study_update(actor=manager, study_id=study.pk, title="Renamed")
    beside.join()
    with as_role(manager):
        found = Study.objects.get()
        assert (found.title, found.last_number, [run.number for run in found.runs.all()]) == ("Renamed", 1, [1])
