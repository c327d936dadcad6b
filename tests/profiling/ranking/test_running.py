"""A ranking's run: quantiles in order, gaps that are potential less actual, drivers that add up, corrections that count."""

from __future__ import annotations

from decimal import Decimal

import pytest

from prm.access.roles import as_role, as_system
from prm.core.errors import Conflict, Invalid
from prm.jobs.runner.work import run_inline
from prm.jobs.services import job_retry
from prm.partners.models import Company
from profiling.ranking.basis import basis_read, potential_of
from profiling.ranking.models import Correction
from profiling.ranking.rules import waterfalls
from profiling.ranking.services import correction_withdraw, potential_correct
from profiling.ranking.universe import companies_of
from profiling.studies import files, services_run
from profiling.studies.models import RunResult
from profiling.studies.services import study_run
from tests.profiling.ranking.one_waterfall import one_waterfall
from tests.together import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def ranked(universe, manager, ask, answer):
    return answer(manager, ask(manager, "ranking", "What our network could sell"))


def results(actor, run, line=""):
    with as_role(actor):
        return list(RunResult.objects.filter(run=run, line=line).order_by("rank"))


def test_every_row_adds_up(ranked, manager):
    for line in ("", "firewall", "switching"):
        rows = results(manager, ranked, line)
        assert rows
        for row in rows:
            assert row.p10 <= row.p50 <= row.p90
            assert row.gap == row.p50 - row.actual
            assert sum(step for _name, step in row.drivers["steps"]) == round(row.p50)
        gaps = [row.gap for row in rows]
        assert gaps == sorted(gaps, reverse=True)


def test_the_total_of_a_company_is_the_sum_of_its_products(ranked, manager):
    total = {r.company_id: r.p50 for r in results(manager, ranked)}
    parts = [{r.company_id: r.p50 for r in results(manager, ranked, line)} for line in ("firewall", "switching")]
    for company, whole in total.items():
        assert abs(whole - sum(p[company] for p in parts)) < Decimal("0.01")


def test_drivers_are_those_of_the_formula(ranked, manager):
    basis = basis_read(ranked.files["basis"])
    with as_role(manager):
        table = files.read_table(ranked.snapshot.file)
    companies, part = companies_of(table, basis.segments, basis.products), potential_of(basis, table)
    many = waterfalls(basis.parameters, companies, part, [0])
    for row in range(0, len(part), 13):
        one = one_waterfall(basis.parameters, companies, part, row, basis.products[0])
        assert list(one.values()) == many[row].tolist()


def test_the_ranking_is_the_same_however_it_is_cut(universe, manager, ask, answer, monkeypatch):
    study = ask(manager, "ranking", "Cut")
    whole = answer(manager, study)
    monkeypatch.setattr(services_run, "chunk_bounds", lambda n: [(s, min(s + 11, n)) for s in range(0, n, 11)])
    cut = answer(manager, study)
    fields = [(r.company_id, r.rank, r.p50, r.gap, r.drivers, r.known_share) for r in results(manager, whole)]
    assert fields == [(r.company_id, r.rank, r.p50, r.gap, r.drivers, r.known_share) for r in results(manager, cut)]
    assert whole.summary == cut.summary


def test_a_managers_correction_is_used_and_told(universe, manager, ask, answer):
    study, company = ask(manager, "ranking", "Corrected"), universe[3]
    with as_role(manager):
        correction = potential_correct(
            actor=manager,
            company_id=company.pk,
            what="potential",
            line="firewall",
            value=Decimal(777_000),
            reason="They told us",
        )
    row = next(r for r in results(manager, answer(manager, study), "firewall") if r.company_id == company.pk)
    assert row.p50 == 777_000
    assert "corrected" in row.marks
    with as_role(manager):
        correction_withdraw(actor=manager, correction_id=correction.pk)
    row = next(r for r in results(manager, answer(manager, study), "firewall") if r.company_id == company.pk)
    assert row.p50 != 777_000


def test_a_correction_without_a_reason_is_refused(universe, manager):
    with as_role(manager), pytest.raises(Invalid) as refusal:
        potential_correct(actor=manager, company_id=universe[0].pk, what="share", value=Decimal("0.2"), reason=" ")
    assert refusal.value.field == "reason"


def test_a_parameter_set_by_hand_is_said_to_be_set(universe, manager, ask, answer):
    run = answer(manager, ask(manager, "ranking", "Set", values={"quota": 250_000, "share_quantile": 0.7}))
    value, _unit, origin, evidence = run.summary["parameters"]["quota"]
    assert (value, origin, evidence) == (250_000, "set", 0)
    assert run.summary["parameters"]["billable_days"][2] == "stand_in"


def test_a_parameter_that_the_formula_cannot_take_fails_the_run_by_its_question(universe, manager, ask):
    study = ask(manager, "ranking", "Odd", values={"share_quantile": 1.5})
    with as_role(manager):
        started = study_run(actor=manager, study_id=study.pk)
    job = run_inline(started.job)
    assert (job.state, job.error_code) == ("failed", "unusable_parameter")
    assert job.error == "The quantile of the share must lie between 0 and 1."
    with as_role(manager), pytest.raises(Conflict):
        job_retry(actor=manager, job=job)


def test_an_unknown_parameter_is_refused_at_its_field(universe, manager, ask):
    with pytest.raises(Invalid) as refusal:
        ask(manager, "ranking", "Odd", values={"magic": 1})
    assert refusal.value.field == "values.magic"


@pytest.mark.parametrize(("line", "field"), [("nothing-we-sell", "line"), ("x" * 500, "line"), ("", "line")])
def test_a_correction_names_a_family_that_there_is(universe, manager, line, field):
    with as_role(manager), pytest.raises(Invalid) as refusal:
        potential_correct(
            actor=manager, company_id=universe[0].pk, what="fit", line=line, value=Decimal("0.2"), reason="They told us"
        )
    assert refusal.value.field == field


def test_a_correction_as_fine_as_a_calculator_gives_it_is_kept_to_four_places(universe, manager):
    with as_role(manager):
        kept = potential_correct(
            actor=manager, company_id=universe[0].pk, what="share", value=Decimal("0.123456789"), reason="They told us"
        )
    assert kept.value == Decimal("0.1235")


@pytest.mark.django_db(transaction=True)
def test_of_corrections_made_at_once_the_last_one_holds(manager):
    with as_system("a test"):
        company = Company.objects.create(name="Kerlan", country="FR")

    def correct():
        with as_role(manager):
            return potential_correct(
                actor=manager, company_id=company.pk, what="share", value=Decimal("0.2"), reason="They told us"
            )

    made = at_once(correct)
    assert [type(one) for one in made] == [Correction] * 4
    with as_role(manager):
        assert Correction.objects.filter(withdrawn_at=None).count() == 1
