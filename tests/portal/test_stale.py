"""Two colleagues at one company, at once and one after the other: nobody takes back what another said, nobody meets an error."""

from __future__ import annotations

import itertools
from html.parser import HTMLParser
from typing import Any

import pytest

from prm.access.actors import Actor, Role
from prm.access.roles import as_role, as_system
from prm.partners.facts.proposed import ProposalSource
from prm.partners.models import Company, FactProposal
from prm.partners.selectors.proposals import proposal_list
from prm.partners.services.proposals import fact_proposals_accept, fact_propose
from prm.portal.models import Brand
from prm.portal.services import brand_set
from tests.together import at_once

KNOWN = {
    "legal_name": "Kerlan Systèmes SARL", "typology": "var", "founded_year": 1998, "languages": ["fr", "en"], "employees": 46,
    "customers": 184, "revenue": "8736000", "revenue_currency": "EUR", "revenue_year": 2025, "growth": "0.125", "city": "Brest",
}  # fmt: skip


class _Fields(HTMLParser):
    """The fields of the form of facts as a browser sends them when nothing is touched."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self._select = ""
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {key: value or "" for key, value in attrs}
        self._inside = told.get("id") == "facts" if tag == "form" else self._inside
        if not self._inside:
            return
        if tag == "select":
            self._select = told["name"]
        elif tag == "option" and "selected" in told:
            self.sent.setdefault(self._select, []).append(told.get("value", ""))
        elif tag == "input" and (told.get("type") not in {"checkbox", "radio"} or "checked" in told) and "name" in told:
            self.sent.setdefault(told["name"], []).append(told.get("value", ""))


def opened(client: Any) -> dict[str, list[str]]:
    fields = _Fields()
    fields.feed(client.get("/portal/company/edit").content.decode())
    return fields.sent


def proposed(partner: Any) -> dict[str, Any]:
    with as_system("a test"):
        return dict(FactProposal.objects.filter(partner_id=partner.pk, state="pending").values_list("field", "value"))


@pytest.fixture
def two(partners_side: Any) -> tuple[Actor, Actor]:
    with as_system("a test"):
        Company.objects.filter(pk=partners_side.kerlan.company_id).update(**KNOWN)
    kerlan = partners_side.kerlan
    return partners_side.member(kerlan), partners_side.member(kerlan, Role.PARTNER_SALES, name="Maël Briand")


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_form_sent_as_it_was_opened_says_nothing(two, client_of, partners_side, language: str) -> None:
    client = client_of(two[0])
    client.cookies["prm_language"] = language
    answer = client.post("/portal/company/edit", opened(client))
    assert answer.status_code == 302, answer.content.decode()
    assert proposed(partners_side.kerlan) == {}


@pytest.mark.django_db
def test_a_form_that_was_open_for_long_changes_only_what_its_writer_changed(two, client_of, partners_side) -> None:
    yann, mael = map(client_of, two)
    sent = opened(yann)
    assert mael.post("/portal/company/edit", {**opened(mael), "customers": "333"}).status_code == 302
    assert yann.post("/portal/company/edit", {**sent, "phone": "+33 2 98 00 00 00"}).status_code == 302
    assert proposed(partners_side.kerlan) == {"customers": 333, "phone": "+33 2 98 00 00 00"}


@pytest.mark.django_db
def test_who_changes_what_a_colleague_changed_meanwhile_is_told_and_decides(two, client_of, partners_side) -> None:
    yann, mael = map(client_of, two)
    sent = {**opened(yann), "customers": "190"}
    mael.post("/portal/company/edit", {**opened(mael), "customers": "333"})
    refused = yann.post("/portal/company/edit", sent)
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "Maël Briand changed this meanwhile: it says “333” now" in page
    assert 'value="190"' in page
    assert proposed(partners_side.kerlan) == {"customers": 333}
    fields = _Fields()
    fields.feed(page)
    assert yann.post("/portal/company/edit", fields.sent).status_code == 302
    assert proposed(partners_side.kerlan) == {"customers": 190}


@pytest.mark.django_db
def test_what_the_vendor_decided_meanwhile_is_told_without_a_name(two, client_of, partners_side, manager: Actor) -> None:
    yann, mael = map(client_of, two)
    mael.post("/portal/company/edit", {**opened(mael), "customers": "333"})
    sent = {**opened(yann), "customers": "190"}
    with as_role(manager):
        waiting = proposal_list(actor=manager, partner_id=partners_side.kerlan.pk)
        fact_proposals_accept(actor=manager, proposal_ids=[one.pk for one in waiting], values={waiting[0].pk: 250})
    page = yann.post("/portal/company/edit", sent).content.decode()
    assert "Our company changed this meanwhile: it says “250” now" in page
    assert manager.name not in page


@pytest.mark.django_db(transaction=True)
def test_two_who_say_the_same_fact_at_the_same_moment_leave_one_that_waits(two, partners_side) -> None:
    kerlan, figures = partners_side.kerlan, itertools.count(10)
    source = ProposalSource("partner", "Kerlan", f"partner:{kerlan.pk}")

    def say() -> Any:
        with as_role(two[0]):
            facts = {"engineers": next(figures)}
            return fact_propose(actor=two[0], partner_id=kerlan.pk, company_id=kerlan.company_id, facts=facts, source=source)

    assert [type(found).__name__ for found in at_once(say)] == ["list"] * 4
    assert set(proposed(kerlan)) == {"engineers"}


@pytest.mark.django_db(transaction=True)
def test_a_first_colour_chosen_twice_at_the_same_moment_is_chosen_once(two) -> None:
    def choose() -> Any:
        with as_role(two[0]):
            return brand_set(actor=two[0], colour="blue")

    assert [type(found).__name__ for found in at_once(choose)] == ["Brand"] * 4
    with as_system("a test"):
        assert Brand.objects.count() == 1


@pytest.mark.django_db
def test_an_address_that_is_none_is_told_to_whoever_proposes_it(two, client_of, partners_side) -> None:
    client = client_of(two[0])
    answer = client.post("/portal/company/edit", {**opened(client), "website": "javascript:alert(1)"})
    assert answer.status_code == 422
    assert proposed(partners_side.kerlan) == {}
