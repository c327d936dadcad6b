"""``/api/v1/partners``: born at one place, moved only where the table of moves allows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from prm.access.actors import Actor
from prm.access.roles import as_role, as_system
from prm.core.ids import typeid_encode
from prm.events.models import OutboxEvent
from prm.partners.models import Company, Partner, Territory
from prm.partners.selectors.partners import partner_list
from tests.conftest import Caller

pytestmark = pytest.mark.django_db
KeyOf = Callable[..., str]
SCOPES = ["partners:write", "companies:read"]


@pytest.fixture
def call(manager: Actor, key_of: KeyOf) -> Caller:
    return Caller(key_of(manager, SCOPES))


@pytest.fixture
def company() -> Company:
    with as_system("a test"):
        Territory.objects.create(code="brittany", name="Brittany")
        Territory.objects.create(code="north", name="North")
        return Company.objects.create(name="Kerlan Systèmes", country="FR")


@pytest.fixture
def partners() -> list[Partner]:
    with as_system("a test"):
        companies = [Company.objects.create(name=f"Réseaux {n:02}") for n in range(13)]
        return [
            Partner.objects.create(company=c, lifecycle="active" if n % 2 else "candidate") for n, c in enumerate(companies)
        ]


def born(call: Caller, company: Company, **more: Any) -> dict[str, Any]:
    answer = call("POST", "partners", {"company": company.public_id, **more})
    assert answer.status_code == 201, answer.content
    return {**answer.json(), "tag": answer.headers["ETag"], "at": answer.headers["Location"].removeprefix("/api/v1/")}


def test_a_company_becomes_a_candidate(call: Caller, company: Company) -> None:
    body = born(call, company, territories=["brittany"], currency="EUR", dedicated_share=0.18)
    assert (body["company"], body["company_name"], body["lifecycle"]) == (company.public_id, "Kerlan Systèmes", "candidate")
    assert (body["territories"], body["currency"], body["dedicated_share"]) == (["brittany"], "EUR", 0.18)
    assert body["allowed_moves"] == ["engaged", "contracted", "exited"]
    moves = call("GET", f"{body['at']}?expand[]=moves").json()["moves"]
    assert [(m["before"], m["after"], m["person"]) for m in moves] == [("", "candidate", "Claire Rousset")]


def test_one_that_sells_already_begins_as_active(call: Caller, company: Company) -> None:
    assert born(call, company, lifecycle="active")["lifecycle"] == "active"


@pytest.mark.parametrize(("more", "status", "pointer"), [
    ({"company": "company_01h455vb4pex5vsknk084sn02q"}, 422, "/company"),
    ({"company": "nonsense"}, 422, "/company_id"),
    ({"lifecycle": "exiting"}, 422, "/lifecycle"),
    ({"territories": ["mars"]}, 422, "/territories"),
    ({"currency": "euro"}, 422, "/currency"),
    ({"dedicated_share": 1.2}, 422, "/dedicated_share"),
    ({"tier_code": "gold"}, 422, "/tier_code"),
])  # fmt: skip
def test_a_wrong_beginning_is_pointed_at(
    call: Caller, company: Company, more: dict[str, Any], status: int, pointer: str
) -> None:
    answer = call("POST", "partners", {"company": company.public_id, **more})
    assert answer.status_code == status, answer.content
    assert answer.json()["errors"][0]["pointer"] in {pointer, pointer.removesuffix("_id")}
    with as_system("a test"):
        assert Partner.objects.count() == 0


def test_a_company_is_a_partner_once(call: Caller, company: Company) -> None:
    born(call, company)
    again = call("POST", "partners", {"company": company.public_id})
    assert (again.status_code, again.json()["code"]) == (409, "partner_exists")


def test_an_archived_company_becomes_no_partner(call: Caller, company: Company) -> None:
    with as_system("a test"):
        company.archived_at = company.created_at
        company.save()
    assert call("POST", "partners", {"company": company.public_id}).json()["code"] == "company_gone"


def test_a_partner_moves_along_the_table_of_moves_and_says_so(call: Caller, company: Company) -> None:
    at = born(call, company)["at"]
    for to in ("engaged", "contracted", "onboarding", "active", "extended"):
        answer = call("POST", f"{at}/advance", {"to": to})
        assert (answer.status_code, answer.json()["lifecycle"]) == (200, to), answer.content
    moves = call("GET", f"{at}?expand[]=moves").json()["moves"]
    assert [m["after"] for m in moves] == ["extended", "active", "onboarding", "contracted", "engaged", "candidate"]
    with as_system("a test"):
        last = OutboxEvent.objects.filter(type="partners.partner_advanced").order_by("-id").first()
        assert (last.data["before"], last.data["after"]) == ("active", "extended")


def test_a_move_that_is_not_in_the_table_is_refused_with_what_is(call: Caller, company: Company) -> None:
    at = born(call, company)["at"]
    answer = call("POST", f"{at}/advance", {"to": "active"})
    assert (answer.status_code, answer.json()["code"]) == (409, "move_not_allowed")
    assert "Trial, Contracted, Exited" in answer.json()["detail"]
    assert call("GET", at).json()["lifecycle"] == "candidate"
    assert call("POST", f"{at}/advance", {"to": "famous"}).status_code == 422


def test_leaving_is_explained(call: Caller, company: Company) -> None:
    at = born(call, company)["at"]
    for silent in ({"to": "exited"}, {"to": "exited", "reason": "  "}):
        answer = call("POST", f"{at}/advance", silent)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/reason")
    assert call("POST", f"{at}/advance", {"to": "exited", "reason": "Sold to Nordwall."}).json()["lifecycle"] == "exited"


def test_an_advance_sent_twice_under_one_key_is_one_step(call: Caller, company: Company) -> None:
    at = born(call, company)["at"]
    first = call("POST", f"{at}/advance", {"to": "engaged"}, Idempotency_Key="k")
    second = call("POST", f"{at}/advance", {"to": "engaged"}, Idempotency_Key="k")
    assert (first.content, second.headers["Idempotency-Replayed"]) == (second.content, "true")
    assert len(call("GET", f"{at}?expand[]=moves").json()["moves"]) == 2


def test_a_change_rests_on_the_state_that_was_read(call: Caller, company: Company) -> None:
    body = born(call, company, territories=["brittany"], currency="EUR")
    assert call("PATCH", body["at"], {"language": "fr"}).status_code == 428
    changed = call("PATCH", body["at"], {"language": "fr", "territories": ["north"]}, If_Match=body["tag"])
    assert changed.status_code == 200, changed.content
    assert (changed.json()["language"], changed.json()["territories"], changed.json()["currency"]) == ("fr", ["north"], "EUR")
    assert call("PATCH", body["at"], {"language": "en"}, If_Match=body["tag"]).status_code == 412
    whole = call("PUT", body["at"], {"language": "fr"}, If_Match=changed.headers["ETag"]).json()
    assert (whole["currency"], whole["territories"], whole["lifecycle"]) == (None, [], "candidate")


def test_directors_say_who_looks_after_a_partner(
    call: Caller,
    company: Company,
    director: Actor,
    manager: Actor,
    key_of: KeyOf,
) -> None:
    body = born(call, company)
    manager_id = typeid_encode("person", manager.person_id)
    refused = call("PATCH", body["at"], {"account_manager": manager_id}, If_Match=body["tag"])
    assert refused.status_code == 403
    above = Caller(key_of(director, [*SCOPES, "persons:read"]))
    given = above("PATCH", body["at"], {"account_manager": manager_id}, If_Match=body["tag"])
    assert (given.status_code, given.json()["account_manager_name"]) == (200, "Claire Rousset"), given.content
    wrong = above(
        "PATCH", body["at"], {"account_manager": "person_01h455vb4pex5vsknk084sn02q"}, If_Match=given.headers["ETag"]
    )
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/account_manager")
    assert len(call("GET", f"partners?account_manager={manager_id}").json()["data"]) == 1


def test_the_list_has_what_the_selector_has_and_is_filtered(call: Caller, manager: Actor, partners: list[Partner]) -> None:
    with as_role(manager):
        shown = [p.public_id for p in partner_list(actor=manager).order_by("-created_at", "-id")]
    body = call("GET", "partners?limit=100&include=total").json()
    assert ([item["id"] for item in body["data"]], body["total"]) == (shown, 13)
    assert len(call("GET", "partners?lifecycle=active").json()["data"]) == 6
    assert [p["company_name"] for p in call("GET", "partners?q=reseaux 07").json()["data"]] == ["Réseaux 07"]
    assert call("GET", f"partners?company={partners[3].company.public_id}").json()["data"][0]["id"] == partners[3].public_id
    with as_role(manager):
        Territory.objects.create(code="brittany", name="Brittany")
    assert call("GET", "partners?territory=brittany").json()["data"] == []
    assert call("GET", "partners?territory=nowhere").json()["errors"][0]["parameter"] == "territory"
    assert call("GET", "partners?stage=active").status_code == 400


def test_the_list_asks_the_database_as_often_for_two_rows_as_for_twelve(call: Caller, partners: list[Partner]) -> None:
    def queries(limit: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            answer = call("GET", f"partners?limit={limit}&expand[]=company&expand[]=moves")
            assert len(answer.json()["data"]) == limit
        return len(captured)

    queries(2)
    assert queries(2) == queries(12) <= 25


def test_a_narrow_key_does_only_its_own(manager: Actor, key_of: KeyOf, company: Company, partners: list[Partner]) -> None:
    reader = Caller(key_of(manager, ["partners:read"]))
    path = f"partners/{partners[0].public_id}"
    assert reader("GET", f"{path}?expand[]=company").json()["company"] is None, "companies need their own scope"
    assert reader("POST", f"{path}/advance", {"to": "engaged"}).status_code == 403
    writer = Caller(key_of(manager, ["partners:write"]))
    refused = writer("POST", "partners", {"company": company.public_id})
    assert refused.status_code == 403
    assert "companies:read" in refused.json()["detail"]
    assert Caller(key_of(manager, ["companies:read"]))("GET", path).status_code == 403


def test_a_missing_partner_is_404(call: Caller) -> None:
    for path in ("partners/partner_01h455vb4pex5vsknk084sn02q", "partners/nonsense"):
        assert call("GET", path).status_code == 404
        assert call("POST", f"{path}/advance", {"to": "engaged"}).status_code == 404


def test_many_companies_become_candidates_in_one_act(call: Caller, company: Company, partners: list[Partner]) -> None:
    with as_system("a test"):
        away = Company.objects.create(name="Away", archived_at="2026-01-01T00:00:00Z")
    asked = {"companies": [company.public_id, partners[0].company.public_id, away.public_id], "reason": "Best of the study"}
    done = call("POST", "partners/candidates", asked).json()
    assert (len(done["partners"]), done["already_partners"], done["archived"]) == (1, 1, 1)
    born_now = call("GET", f"partners/{done['partners'][0]}?expand[]=moves").json()
    assert (born_now["company"], born_now["lifecycle"], born_now["moves"][0]["reason"]) == (
        company.public_id,
        "candidate",
        "Best of the study",
    )
    assert call("POST", "partners/candidates", asked).json()["partners"] == [], "twice is once"
    assert call("POST", "partners/candidates", {"companies": []}).status_code == 422
