"""The portal: what a partner's people see of their own side, and nothing of anybody else's."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from prm.access.actors import Actor, Role
from prm.access.roles import as_role, as_system
from prm.accounts.models import Person
from prm.events.models import OutboxEvent
from prm.partners.models import FactProposal, FactSource, PartnerContact
from prm.partners.services.companies import company_edit
from prm.partners.services.partners import partner_edit
from prm.partners.services.proposals import fact_proposals_accept, fact_proposals_refuse

pytestmark = pytest.mark.django_db

PAGES = ["/portal/", "/portal/company", "/portal/company/edit", "/portal/people", "/portal/more", "/portal/help"]


@pytest.fixture
def yann(partners_side: Any) -> Actor:
    return partners_side.member(partners_side.kerlan)


def assign(partners_side: Any, director: Actor, manager: Actor, partner: Any = None) -> None:
    chosen = partner or partners_side.kerlan
    with as_role(director):
        partner_edit(actor=director, partner_id=chosen.pk, values={"account_manager_id": manager.person_id})


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_for_a_partner_and_does_not_exist_for_the_vendor(path, yann, manager, client_of) -> None:
    assert client_of(yann).get(path).status_code == 200
    assert client_of(manager).get(path).status_code == 404


def test_roles_stand_in_the_portal_in_the_words_of_those_who_work_there(yann, client_of) -> None:
    assert "Yann Guivarch, Administrator" in text_of(client_of(yann).get("/portal/more"))


def test_a_candidate_sees_home_and_company_and_may_tell_facts(partners_side, client_of) -> None:
    client = client_of(partners_side.candidate())
    assert "Ostrava Net" in text_of(client.get("/portal/company"))
    assert client.post("/portal/company/edit", {"employees": "12"}).status_code == 302
    assert client.get("/portal/people").status_code == 403
    assert client.get("/portal/brand").status_code == 403


# ---- whom of the vendor to call


def test_the_account_manager_reaches_the_partner_and_only_that_partner(
    partners_side, yann, director, manager, client_of
) -> None:
    with as_system("a test"):
        Person.objects.filter(pk=manager.person_id).update(title="Channel manager, West", phone="+33 2 61 91 40 12")
    assign(partners_side, director, manager)
    page = text_of(client_of(yann).get("/portal/"))
    assert "Claire Rousset" in page
    assert "Channel manager, West" in page
    assert 'href="tel:+33261914012"' in page
    assert "mailto:manager.claire@orvane.example" in page
    other = partners_side.member(partners_side.nordisk, name="Per Lund")
    assert "Claire Rousset" not in text_of(client_of(other).get("/portal/help"))
    for wall_1 in (True, False):
        with as_role(other):
            rows = PartnerContact.objects.visible_to(other) if wall_1 else PartnerContact.objects.all()
            assert list(rows) == []


def test_a_contact_follows_the_person_and_ends_when_they_leave(partners_side, yann, director, manager) -> None:
    assign(partners_side, director, manager)
    with as_system("a test"):
        person = Person.objects.get(pk=manager.person_id)
        person.name, person.phone = "Claire Rousset-Morin", "+33 2 61 91 40 99"
        person.save()
        contact = PartnerContact.objects.get(partner=partners_side.kerlan)
        assert (contact.name, contact.phone) == ("Claire Rousset-Morin", "+33 2 61 91 40 99")
        Person.objects.filter(pk=person.pk).update(archived_at=contact.created_at)
        assert not PartnerContact.objects.filter(partner=partners_side.kerlan).exists()
        Person.objects.filter(pk=person.pk).update(archived_at=None)
        assert PartnerContact.objects.filter(partner=partners_side.kerlan).exists()
    with as_role(director):
        partner_edit(actor=director, partner_id=partners_side.kerlan.pk, values={"account_manager_id": None})
    with as_system("a test"):
        assert not PartnerContact.objects.exists()


# ---- the company's profile


def test_a_partner_reads_its_facts_and_their_day_but_not_where_they_came_from(
    partners_side, yann, manager, client_of
) -> None:
    with as_role(manager):
        source = FactSource.objects.create(kind="registry", name="Secret broker report", key="registry:x")
        company_edit(
            actor=manager, company_id=partners_side.kerlan.company_id, values={"employees": 46}, source=source, confirmed=True
        )
    page = text_of(client_of(yann).get("/portal/company"))
    assert "46" in page
    assert "as of" in page
    assert "Secret broker report" not in page
    assert "Registry" not in page


def test_a_change_waits_then_is_told_taken_over_or_refused_with_the_reason(yann, manager, client_of, partners_side) -> None:
    client = client_of(yann)
    answer = client.post(
        "/portal/company/edit", {"employees": "52", "city": "Brest", "revenue": "8,400,000", "revenue_currency": "EUR"}
    )
    assert answer.url == "/portal/company"
    page = text_of(client.get("/portal/company"))
    assert "52, waits since" in page
    with as_role(manager):
        made = {p.field: p.pk for p in FactProposal.objects.all()}
        assert set(made) == {"employees", "city", "revenue"}
        fact_proposals_accept(actor=manager, proposal_ids=[made["employees"]])
        fact_proposals_refuse(actor=manager, proposal_ids=[made["city"]], reason="The registry says Guipavas.")
    page = text_of(client.get("/portal/company"))
    assert "Taken over on" in page
    assert "Not taken over: The registry says Guipavas." in page
    assert "Not taken over: City. The reason is below." in text_of(client.get("/portal/"))


def test_sending_what_stands_proposes_nothing_and_what_waits_is_in_the_form(yann, client_of) -> None:
    client = client_of(yann)
    client.post("/portal/company/edit", {"employees": "52", "country": "FR"})
    with as_role(yann):
        assert FactProposal.objects.count() == 1
    assert 'value="52"' in client.get("/portal/company/edit").content.decode()
    client.post("/portal/company/edit", {"employees": "52", "country": "FR"})
    with as_role(yann):
        assert FactProposal.objects.count() == 1


def test_a_figure_that_cannot_be_is_told_at_its_field_and_nothing_is_lost(yann, client_of) -> None:
    answer = client_of(yann).post("/portal/company/edit", {"employees": "many", "city": "Brest"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="many"' in page
    assert 'value="Brest"' in page
    assert "data-errors" in page
    with as_role(yann):
        assert FactProposal.objects.count() == 0


def test_a_partner_sees_no_proposal_of_another_with_either_wall(partners_side, yann, client_of) -> None:
    client_of(yann).post("/portal/company/edit", {"employees": "52,041"})
    assert "52,041" in text_of(client_of(yann).get("/portal/company"))
    other = partners_side.member(partners_side.nordisk, name="Per Lund")
    assert "52,041" not in text_of(client_of(other).get("/portal/company"))
    with as_role(other):
        assert FactProposal.objects.count() == 0
        assert FactProposal.objects.visible_to(other).count() == 0


# ---- colour and logo


def picture(kind: str = "PNG", size: tuple[int, int] = (900, 300)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "#2B5DB0").save(out, kind)
    return out.getvalue()


def send(client: Any, data: bytes, name: str = "logo.png") -> Any:
    return client.post("/portal/brand", {"colour": "blue", "logo": SimpleUploadedFile(name, data)})


def test_a_logo_is_drawn_anew_and_shown_to_the_own_people_only(partners_side, yann, client_of, settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    sent = picture("JPEG") + b"<script>alert(1)</script>"
    assert send(client_of(yann), sent, "../../evil.svg").status_code == 302
    answer = client_of(yann).get("/portal/logo")
    kept = b"".join(answer.streaming_content)
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert kept.startswith(b"\x89PNG")
    assert b"script" not in kept
    assert Image.open(BytesIO(kept)).size == (480, 160)
    [file] = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert "evil" not in file.name
    assert file.suffix == ".png"
    page = text_of(client_of(yann).get("/portal/"))
    assert 'data-brand="blue"' in page
    assert "/portal/logo?v=" in page
    other = partners_side.member(partners_side.nordisk, name="Per Lund")
    assert client_of(other).get("/portal/logo").status_code == 404
    with as_system("a test"):
        assert OutboxEvent.objects.filter(type="portal.brand_changed", partner_id=partners_side.kerlan.pk).exists()


@pytest.mark.parametrize("data", [
    b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    b"%PDF-1.4",
    b"",
    picture()[:200],
    b"\x89PNG" + b"0" * (2 * 1024 * 1024 + 10),
    picture(size=(5000, 5000)),
], ids=["svg", "pdf", "empty", "cut short", "too heavy", "too many points"])  # fmt: skip
def test_what_is_no_bounded_picture_is_refused_at_its_field(data, yann, client_of, settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    answer = send(client_of(yann), data, "logo.png")
    assert answer.status_code == 422
    assert 'id="id_logo-error"' in answer.content.decode()
    assert list(tmp_path.rglob("*.png")) == []


def test_a_former_logo_is_removed_and_the_name_comes_back(
    yann, client_of, settings, tmp_path, django_capture_on_commit_callbacks
) -> None:
    settings.MEDIA_ROOT = tmp_path
    client = client_of(yann)
    send(client, picture())
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/portal/brand", {"colour": "forest", "no_logo": "on"})
    assert client.get("/portal/logo").status_code == 404
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_only_administrators_choose_the_colour(partners_side, client_of) -> None:
    seller = partners_side.member(partners_side.kerlan, Role.PARTNER_SALES, name="Maël Briand")
    assert client_of(seller).get("/portal/brand").status_code == 403
    assert client_of(seller).post("/portal/brand", {"colour": "blue"}).status_code == 403
