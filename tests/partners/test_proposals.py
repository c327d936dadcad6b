"""Facts that partners propose: kept apart until somebody decides, then written with their own source and day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from prm.access.actors import Actor, ActorKind, Role
from prm.access.roles import as_role, as_system
from prm.core.errors import Conflict, Denied, Invalid, NotFound
from prm.events.models import OutboxEvent
from prm.partners.facts.proposed import ProposalSource
from prm.partners.models import (
    Company,
    CompanyFact,
    CustomerMix,
    FactProposal,
    FactSource,
    Industry,
    Lifecycle,
    Partner,
    Vendor,
)
from prm.partners.selectors.proposals import details_now, proposals_count, proposals_waiting
from prm.partners.services.companies import company_edit
from prm.partners.services.proposals import fact_proposals_accept, fact_proposals_refuse, fact_propose

pytestmark = pytest.mark.django_db

SURVEY = ProposalSource("questionnaire", "Your profile, spring", "questionnaire:1")


@pytest.fixture
def partner(db: None) -> Partner:
    with as_system("a test"):
        company = Company.objects.create(name="Kerlan Systèmes", country="FR")
        Vendor.objects.create(code="nordwall", name="Nordwall")
        Vendor.objects.create(code="tessel", name="Tessel")
        Industry.objects.create(code="healthcare", name="Healthcare")
        return Partner.objects.create(company=company, lifecycle=Lifecycle.ACTIVE)


def propose(actor: Actor, partner: Partner, facts: dict, **more) -> list[FactProposal]:
    with as_role(actor):
        return fact_propose(
            actor=actor, partner_id=partner.pk, company_id=partner.company_id, facts=facts, source=SURVEY, **more
        )


def test_an_accepted_fact_is_written_with_the_source_and_day_of_the_answer(manager, partner) -> None:
    [made] = propose(manager, partner, {"employees": 46}, as_of=date(2026, 3, 12))
    with as_role(manager):
        assert Company.objects.get(pk=partner.company_id).employees is None
        fact_proposals_accept(actor=manager, proposal_ids=[made.pk])
        company = Company.objects.get(pk=partner.company_id)
        source, day, person = company.provenance["employees"]
        assert (company.employees, day, person) == (46, "2026-03-12", str(manager.person_id))
        assert FactSource.objects.get(pk=source).kind == "questionnaire"
        made.refresh_from_db()
        assert (made.state, made.decided_by_id) == ("accepted", manager.person_id)
        types = set(OutboxEvent.objects.filter(subject_id=company.pk).values_list("type", flat=True))
        assert types >= {"partners.facts_proposed", "partners.company_edited", "partners.fact_proposals_accepted"}


def test_accepting_overrules_what_was_entered_by_hand_and_keeps_it_in_the_history(manager, partner) -> None:
    with as_role(manager):
        company_edit(actor=manager, company_id=partner.company_id, values={"employees": 40})
    [made] = propose(manager, partner, {"employees": 46})
    with as_role(manager):
        fact_proposals_accept(actor=manager, proposal_ids=[made.pk])
        assert Company.objects.get(pk=partner.company_id).employees == 46
        assert list(CompanyFact.objects.values_list("field", "value", "status")) == [("employees", 40, "superseded")]


def test_the_same_value_confirmed_later_is_of_the_later_day(manager, partner) -> None:
    for day in (date(2025, 1, 10), date(2026, 2, 10)):
        [made] = propose(manager, partner, {"engineers": 12}, as_of=day)
        with as_role(manager):
            fact_proposals_accept(actor=manager, proposal_ids=[made.pk])
    with as_role(manager):
        company = Company.objects.get(pk=partner.company_id)
        assert company.provenance["engineers"][1] == "2026-02-10"
        assert company.stalest_on == date(2026, 2, 10)


def test_a_value_may_be_changed_before_it_is_accepted(manager, partner) -> None:
    [made] = propose(manager, partner, {"revenue": {"revenue": "84", "revenue_currency": "EUR", "revenue_year": 2025}})
    right = {"revenue": "8400000", "revenue_currency": "EUR", "revenue_year": 2025}
    with as_role(manager):
        fact_proposals_accept(actor=manager, proposal_ids=[made.pk], values={made.pk: right})
        company = Company.objects.get(pk=partner.company_id)
        assert (company.revenue, company.revenue_year) == (8_400_000, 2025)
        made.refresh_from_db()
        assert made.value["revenue"] == "84"
        assert made.written["revenue"] == "8400000"


def test_vendors_and_customers_are_written_beside_what_is_known(manager, partner) -> None:
    made = propose(manager, partner, {"vendors": ["nordwall", "tessel"], "mix.healthcare": "0.38"})
    with as_role(manager):
        fact_proposals_accept(actor=manager, proposal_ids=[p.pk for p in made])
        assert details_now(actor=manager, company_ids=[partner.company_id])[partner.company_id] == {
            "vendors": ["nordwall", "tessel"], "mix.healthcare": "0.38",
        }  # fmt: skip
        assert CustomerMix.objects.get().source.kind == "questionnaire"
    [again] = propose(manager, partner, {"mix.healthcare": "0.4"})
    with as_role(manager):
        fact_proposals_accept(actor=manager, proposal_ids=[again.pk])
        assert str(CustomerMix.objects.get().share.normalize()) == "0.4"


def test_a_refusal_keeps_its_reason_and_needs_one(manager, partner) -> None:
    [made] = propose(manager, partner, {"employees": 4600})
    with as_role(manager):
        with pytest.raises(Invalid):
            fact_proposals_refuse(actor=manager, proposal_ids=[made.pk], reason="  ")
        fact_proposals_refuse(actor=manager, proposal_ids=[made.pk], reason="The whole group, not Kerlan")
        made.refresh_from_db()
        assert (made.state, made.reason) == ("refused", "The whole group, not Kerlan")
        assert Company.objects.get(pk=partner.company_id).employees is None


def test_what_is_decided_stays_decided(manager, partner) -> None:
    [made] = propose(manager, partner, {"employees": 46})
    with as_role(manager):
        fact_proposals_accept(actor=manager, proposal_ids=[made.pk])
    with as_role(manager), pytest.raises(Conflict) as refused:
        fact_proposals_refuse(actor=manager, proposal_ids=[made.pk], reason="Too late")
    assert "Claire Rousset" in str(refused.value.message)


def test_a_later_answer_replaces_the_one_that_waits(manager, partner) -> None:
    [first] = propose(manager, partner, {"employees": 46})
    propose(manager, partner, {"employees": 47, "engineers": 9})
    with as_role(manager):
        first.refresh_from_db()
        assert first.state == "replaced"
        assert [(p.field, p.value) for p in proposals_waiting(actor=manager)] == [("employees", 47), ("engineers", 9)]
        assert proposals_count(actor=manager) == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [("employees", "many"), ("employees", -1), ("shoe_size", 44), ("vendors", "nordwall"), ("mix.healthcare", "38"),
     ("typology", "bakery"), ("revenue", {"revenue": "84", "revenue_currency": None})],
)  # fmt: skip
def test_what_a_fact_cannot_be_is_refused_at_its_field(manager, partner, field, value) -> None:
    with pytest.raises(Invalid) as refused:
        propose(manager, partner, {field: value})
    assert refused.value.field == field


def test_nobody_proposes_for_another_partner_or_without_the_right(manager, partner) -> None:
    stranger = replace(manager, kind=ActorKind.PARTNER, partner_id=manager.person_id)
    with as_role(manager), pytest.raises(NotFound):
        fact_propose(
            actor=stranger, partner_id=partner.pk, company_id=partner.company_id, facts={"employees": 1}, source=SURVEY
        )
    with pytest.raises(Denied):
        propose(replace(manager, permissions=frozenset()), partner, {"employees": 1})


def test_what_waits_to_be_decided_stands_on_the_managers_home_by_company(manager, make_member, client_of, partner) -> None:
    with as_system("a test"):
        Partner.objects.filter(pk=partner.pk).update(account_manager_id=manager.person_id)
    propose(manager, partner, {"employees": 46, "founded_year": 1998, "customers": 12, "engineers": 7})
    page = client_of(manager).get("/").content.decode()
    assert "Facts that partners tell" in page
    assert "and 1 more" in page
    assert f'href="/proposals#of-{partner.company.public_id}"' in page
    other = client_of(make_member(Role.MANAGER, name="Théo Marchal"))
    assert "Facts that partners tell" not in other.get("/").content.decode()
    assert "Facts that partners tell" in other.get("/?of=all").content.decode()
