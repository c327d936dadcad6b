"""Who outside sees a study: let in, for longer or shorter, no more; told by mail; what they remark reaches the study's owner."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone, translation

from prm.access.abilities import keys_of
from prm.access.actors import Actor, Role
from prm.access.policies import permissions_of
from prm.access.roles import as_role, as_sign_in, as_system
from prm.accounts.models import Invitation, StudyPass, User
from prm.accounts.selectors.actors import actor_of_user
from prm.accounts.services.accounts import member_add
from prm.accounts.services.invitations import Invited, invitation_change, invitation_send
from prm.accounts.services.members import member_set_roles
from prm.accounts.services.roles import custom_role_make
from prm.core.days import end_of, last_day
from prm.core.errors import Conflict, Denied, Invalid, NotFound
from prm.core.ids import typeid_encode
from prm.events.models import OutboxEvent
from prm.events.runner.work import deliver_all
from prm.notifications.selectors import notification_list, told_of
from prm.ui import formats
from prm.ui.panels import panels_of
from profiling.sharing.services import study_share
from profiling.sharing.services_specialists import specialist_admit, specialist_end
from profiling.studies.models import Study, StudyRun
from profiling.studies.services import study_archive
from tests.conftest import Caller, confirm

pytestmark = pytest.mark.django_db


@pytest.fixture
def west(manager: Actor) -> Study:
    """A shared study of the manager's."""
    with as_system("a test"):
        made = Study.objects.create(kind="ranking", title="West", parameters={}, last_number=1, owner_id=manager.person_id)
        StudyRun.objects.create(
            study=made, number=1, parameters={"values": {}, "filters": {}}, code_version="0", finished_at=timezone.now()
        )
    with as_role(manager):
        study_share(actor=manager, study_id=made.pk)
    return made


@pytest.fixture
def iva(db: None) -> Actor:
    """A specialist who sees nothing yet."""
    with as_system("a test") as actor:
        person = member_add(
            actor=actor, email="iva@outside.example", name="Iva Nováková", roles=[Role.SPECIALIST], language="fr",
            password="correct horse battery",
        )  # fmt: skip
    return fresh(person.user_id)


def fresh(user_id: object) -> Actor:
    with as_sign_in():
        return actor_of_user(User.objects.get(pk=user_id))


def code(actor: Actor) -> str:
    return typeid_encode("person", actor.person_id)


def test_a_specialist_is_let_in_by_page_until_a_day_told_by_mail_and_closed_out(
    manager: Actor, client_of, west: Study, iva: Actor
) -> None:
    ours, theirs = client_of(manager), client_of(iva)
    path = f"/studies/{west.public_id}/specialists"
    assert "Nobody outside sees this study." in ours.get(path).content.decode()
    assert theirs.get(f"/shared-studies/{west.public_id}").status_code == 404
    day = timezone.localdate() + timedelta(days=10)
    assert ours.post(path, {"person": code(iva), "until_on": day.isoformat()}).status_code == 302
    assert theirs.get(f"/shared-studies/{west.public_id}").status_code == 200
    page = ours.get(path).content.decode()
    assert f'value="{day.isoformat()}"' in page
    assert "Let in somebody" not in page, "all specialists are in"
    with as_role(manager):
        [head] = panels_of("study:head", manager, west)
    assert (head["data"]["seeing"], head["data"]["waiting"]) == (1, 0)
    deliver_all()
    [letter] = mail.outbox
    assert (letter.to, "une autre étude" in letter.body, "West" in letter.body) == (["iva@outside.example"], True, True)

    later = day + timedelta(days=20)
    ours.post(path, {"person": code(iva), "until_on": later.isoformat()})
    deliver_all()
    assert len(mail.outbox) == 1, "another day is no other letter"
    assert StudyPass.objects.get().valid_until == end_of(later)
    assert last_day(end_of(later)) == later
    assert ours.post(f"{path}/{code(iva)}/end").status_code == 302
    assert theirs.get(f"/shared-studies/{west.public_id}").status_code == 404
    with as_system("a test"):
        told = list(OutboxEvent.objects.filter(subject_id=west.pk).order_by("pk").values_list("type", flat=True))
    assert told[1:] == ["profiling.specialist_admitted", "profiling.specialist_admitted", "profiling.specialist_ended"]


def test_a_day_that_is_over_is_refused_at_the_persons_line(manager: Actor, client_of, west: Study, iva: Actor) -> None:
    with as_role(manager):
        specialist_admit(actor=manager, study_id=west.pk, person_id=iva.person_id)
    answer = client_of(manager).post(
        f"/studies/{west.public_id}/specialists", {"person": code(iva), "until_on": "2020-01-01"}
    )
    assert answer.status_code == 422
    assert "Choose a day in the future." in answer.content.decode()
    assert StudyPass.objects.get().valid_until is None


def test_who_is_invited_and_has_not_come_in_stands_among_those_who_see_it(
    administrator: Actor, manager: Actor, client_of, west: Study
) -> None:
    with as_role(administrator):
        invited = Invited(
            email="nils@outside.example", name="Nils Berg", roles=[Role.SPECIALIST], study_ids=[west.pk],
            studies_until=timezone.now() + timedelta(days=5),
        )  # fmt: skip
        invitation_send(actor=administrator, invited=invited)
    page = client_of(manager).get(f"/studies/{west.public_id}/specialists").content.decode()
    assert "Nils Berg" in page
    assert "sees it until" in page
    assert "/settings/invitations" not in page, "a manager sends no invitations"
    assert "/settings/invitations" in client_of(administrator).get(f"/studies/{west.public_id}/specialists").content.decode()


def test_only_specialists_are_let_in_to_studies_that_stand_by_those_who_share(
    manager: Actor, administrator: Actor, make_member, west: Study, iva: Actor
) -> None:
    with as_role(manager):
        with pytest.raises(NotFound):
            specialist_admit(actor=manager, study_id=west.pk, person_id=administrator.person_id)
        with pytest.raises(Invalid):
            specialist_admit(actor=manager, study_id=west.pk, person_id=iva.person_id, until=timezone.now())
    reader = make_member(Role.PROGRAMME_MANAGER, name="Pia Lund")
    with as_role(reader):
        for act in (specialist_admit, specialist_end):
            with pytest.raises(Denied):
                act(actor=reader, study_id=west.pk, person_id=iva.person_id)
    with as_role(manager):
        study_archive(actor=manager, study_id=west.pk)
        with pytest.raises(Conflict):
            specialist_admit(actor=manager, study_id=west.pk, person_id=iva.person_id)
    assert not StudyPass.objects.exists()


def test_no_specialist_lets_in_another_or_looks_who_else_reads(client_of, west: Study, iva: Actor, manager: Actor) -> None:
    with as_role(manager):
        specialist_admit(actor=manager, study_id=west.pk, person_id=iva.person_id)
    theirs: Client = client_of(iva)
    path = f"/studies/{west.public_id}/specialists"
    for answer in (theirs.get(path), theirs.post(path, {"person": code(iva)}), theirs.post(f"{path}/{code(iva)}/end"),
                   theirs.get(f"/api/v1{path}"), theirs.delete(f"/api/v1{path}/{code(iva)}")):  # fmt: skip
        assert answer.status_code == 404
    assert StudyPass.objects.get().user_id == iva.user_id


def test_programs_let_in_change_and_close(manager: Actor, key_of, west: Study, iva: Actor) -> None:
    ask = Caller(key_of(manager, ["studies:write", "persons:read"]))
    path = f"studies/{west.public_id}/specialists"
    until = (timezone.now() + timedelta(days=9)).replace(microsecond=0)
    body = {"person": code(iva), "until": until.isoformat()}
    made = ask("POST", path, body, Idempotency_Key="once")
    assert made.status_code == 201, made.content
    assert (made.json()["id"], made.json()["is_over"]) == (code(iva), False)
    assert ask("POST", path, body, Idempotency_Key="once").json() == made.json()
    assert ask("GET", path).json()["data"] == [made.json()]
    read = ask("GET", f"{path}/{code(iva)}")
    changed = ask("PATCH", f"{path}/{code(iva)}", {"until": None}, If_Match=read.headers["ETag"])
    assert (changed.status_code, changed.json()["until"]) == (200, None)
    assert ask("PATCH", f"{path}/{code(iva)}", {"until": None}, If_Match=read.headers["ETag"]).status_code == 412
    refused = ask("POST", path, {"person": code(iva), "until": "2020-01-01T00:00:00Z"})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/until")
    assert ask("DELETE", f"{path}/{code(iva)}").status_code == 204
    assert ask("GET", path).json()["data"] == []
    reader = Caller(key_of(manager, ["studies:read", "persons:read"]))
    assert reader("POST", path, body).status_code == 403
    with as_system("a test"):
        types = OutboxEvent.objects.filter(subject_id=west.pk, type__startswith="profiling.specialist").values_list(
            "type", flat=True
        )
        assert len(types) == 3, "once, changed, ended"


def test_the_owner_is_told_of_a_specialists_remark_and_of_none_of_their_own(
    manager: Actor, client_of, west: Study, iva: Actor
) -> None:
    with as_role(manager):
        specialist_admit(actor=manager, study_id=west.pk, person_id=iva.person_id)
    url = f"/shared-studies/{west.public_id}/remarks"
    client_of(manager).post(url, {"text": "Look at the first."})
    deliver_all()

    def told() -> list[tuple[str, str]]:
        with as_role(manager):
            rows = list(notification_list(actor=manager).filter(kind="profiling.remarked"))
            return [(item.sentence, item.url) for item in told_of(actor=manager, rows=rows)]

    assert told() == []
    client_of(iva).post(url, {"text": "The first was sold in May."})
    deliver_all()
    assert told() == [("A remark on West", f"/shared-studies/{west.public_id}#remarks")]


def test_sharing_asks_again_who_it_is_by_page_and_by_api(
    manager: Actor, client_of, west: Study, iva: Actor, settings
) -> None:
    client = client_of(manager)
    confirm(client, User.objects.get(pk=manager.user_id), ago=settings.ACCOUNT_REAUTHENTICATION_TIMEOUT + 1)
    path = f"/studies/{west.public_id}/specialists"
    assert client.get(path).status_code == 200  # reading asks nothing
    for act, form in ((path, {"person": code(iva)}), (f"/studies/{west.public_id}/unshare", {})):
        assert client.post(act, form).headers["Location"].startswith("/accounts/reauthenticate/")
    refused = client.post(f"/api/v1{path}", {"person": code(iva)}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "reauthentication_required")
    assert not StudyPass.objects.exists()
    confirm(client, User.objects.get(pk=manager.user_id))
    assert client.post(path, {"person": code(iva)}).status_code == 302


def test_an_invitation_to_studies_goes_with_the_right_to_share_them(
    administrator: Actor, director: Actor, west: Study
) -> None:
    with as_role(director):
        waits = invitation_send(
            actor=director,
            invited=Invited(email="jo@outside.example", name="Jo", roles=[Role.SPECIALIST], study_ids=[west.pk]),
        )
        other = invitation_send(
            actor=director, invited=Invited(email="el@orvane.example", name="El", roles=["support_engineer"])
        )
    with as_role(administrator):
        inviting = custom_role_make(
            actor=administrator, name="People", base=Role.DIRECTOR,
            abilities=sorted(keys_of(permissions_of({Role.DIRECTOR})) - {"profiling.publication:share"}),
        )  # fmt: skip
        changed = member_set_roles(actor=administrator, person_id=director.person_id, roles=[inviting.public_id])
    assert changed.taken_back == 1
    with as_sign_in():
        assert [Invitation.objects.get(pk=one.pk).state for one in (waits, other)] == ["revoked", "open"]


@pytest.fixture
def waiting(director: Actor, west: Study) -> Invitation:
    """Somebody whom the director invited to the study, and who has not come in."""
    jo = Invited(email="jo@outside.example", name="Jo Park", roles=[Role.SPECIALIST], study_ids=[west.pk])
    with as_role(director):
        return invitation_send(actor=director, invited=jo)


def another(manager: Actor, title: str = "North") -> Study:
    with as_system("a test"):
        return Study.objects.create(kind="ranking", title=title, parameters={}, last_number=0, owner_id=manager.person_id)


def test_what_a_waiting_invitation_opens_is_changed_by_page_and_its_link_stays_good(
    manager: Actor, director: Actor, client_of, west: Study, waiting: Invitation
) -> None:
    north, client = another(manager), client_of(director)
    page = f"/settings/invitations/{waiting.public_id}/studies"
    assert page in client.get("/settings/invitations").content.decode()
    assert page in client.get(f"/studies/{west.public_id}/specialists").content.decode()
    shown = client.get(page).context["form"]
    assert shown.initial["studies"] == [west.public_id]
    day = timezone.localdate() + timedelta(days=10)
    kept = {"seen": shown.initial["seen"], "opened": shown.opened}
    assert client.post(page, {**kept, "studies": []}).status_code == 422
    assert client.post(page, {**kept, "studies": [north.public_id], "studies_until": "2020-01-01"}).status_code == 422
    assert client.post(page, {**kept, "studies": [north.public_id], "studies_until": day.isoformat()}).status_code == 302
    stale = client.post(page, {**kept, "studies": [west.public_id], "studies_until": ""})
    assert stale.status_code == 409
    assert f"{director.name} changed this while the form was open." in html.unescape(stale.content.decode())
    assert client.post(page, {**kept, "opened": "[]", "studies": [west.public_id]}).status_code == 409, (
        "nobody's form sends that"
    )
    deliver_all()
    assert len(mail.outbox) == 1, "the letter of the invitation alone"
    link = re.search(r"/accounts/invitation/[^/]+/", mail.outbox[0].body)[0]
    theirs = Client()
    assert theirs.post(link, {"password": "eleven grey herons"}).status_code == 302
    held = StudyPass.objects.get()
    assert (held.study_id, held.valid_until) == (north.pk, end_of(day))
    assert client.post(page, {"studies": [west.public_id]}).status_code == 409
    with as_system("a test"):
        told = OutboxEvent.objects.get(type="accounts.invitation_changed")
    assert told.data == {"studies": 1, "until": end_of(day).isoformat()}


def test_nobody_gives_by_a_waiting_invitation_what_they_could_not_invite_to(
    manager: Actor, director: Actor, client_of, west: Study, waiting: Invitation
) -> None:
    path, client = f"/settings/invitations/{waiting.public_id}/studies", client_of(director)
    north = another(manager)
    with as_role(manager):
        study_archive(actor=manager, study_id=north.pk)
    assert client.post(path, {"studies": [north.public_id]}).status_code == 422
    with as_role(director):
        plain = invitation_send(actor=director, invited=Invited(email="el@orvane.example", name="El", roles=["manager"]))
        with pytest.raises(Invalid):
            invitation_change(actor=director, invitation_id=plain.pk, study_ids=[west.pk], studies_until=None)
    assert client.get(f"/settings/invitations/{plain.public_id}/studies").status_code == 404
    assert client_of(manager).post(path, {"studies": [west.public_id]}).status_code == 403


def test_it_is_changed_by_api_on_the_version_that_was_read(
    director: Actor, key_of, manager: Actor, west: Study, waiting: Invitation
) -> None:
    ask, north = Caller(key_of(director, ["persons:write", "studies:write"])), another(manager)
    path = f"invitations/{waiting.public_id}"
    read = ask("GET", path)
    assert ask("PATCH", path, {"studies": [north.public_id]}).status_code == 428
    done = ask("PATCH", path, {"studies": [west.public_id, north.public_id]}, If_Match=read.headers["ETag"])
    assert (done.status_code, done.json()["studies"]) == (200, [west.public_id, north.public_id])
    assert done.json()["studies_until"] is None
    assert ask("PATCH", path, {"studies_until": None}, If_Match=read.headers["ETag"]).status_code == 412
    until = ask("PATCH", path, {"studies_until": "2999-01-01T00:00:00Z"}, If_Match=done.headers["ETag"])
    assert until.json()["studies_until"] == "2999-01-01T00:00:00Z"
    for wrong, pointer in (({"studies": []}, "/studies"), ({"studies_until": "2020-01-01T00:00:00Z"}, "/studies_until")):
        refused = ask("PATCH", path, wrong, If_Match=until.headers["ETag"])
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)
    assert ask("PATCH", path, {"email": "x@outside.example"}, If_Match=until.headers["ETag"]).status_code == 422
    assert ask("POST", f"{path}/revoke").status_code == 200
    tag = ask("GET", path).headers["ETag"]
    assert ask("PATCH", path, {"studies": [west.public_id]}, If_Match=tag).json()["code"] == "not_open"


def test_an_invitation_keeps_a_study_that_was_archived_meanwhile_and_tells_it(
    director: Actor, key_of, manager: Actor, client_of, west: Study, waiting: Invitation
) -> None:
    ask, north = Caller(key_of(director, ["persons:write", "studies:write"])), another(manager)
    path, both = f"invitations/{waiting.public_id}", [west.public_id, north.public_id]
    first = ask("PATCH", path, {"studies": both}, If_Match=ask("GET", path).headers["ETag"])
    assert first.json()["studies_archived"] == []
    with as_role(manager):
        study_archive(actor=manager, study_id=north.pk)
    read = ask("GET", path)
    assert (read.json()["studies"], read.json()["studies_archived"]) == (both, [north.public_id])
    assert ask("GET", "invitations").json()["data"][0]["studies_archived"] == [north.public_id]
    until = ask("PATCH", path, {"studies_until": "2999-01-01T00:00:00Z"}, If_Match=read.headers["ETag"])
    assert (until.status_code, until.json()["studies"], until.json()["studies_archived"]) == (200, both, [north.public_id])
    page = f"/settings/invitations/{waiting.public_id}/studies"
    assert "One of its studies was archived" in client_of(director).get(page).content.decode()
    gone = another(manager, "East")
    with as_role(manager):
        study_archive(actor=manager, study_id=gone.pk)
    refused = ask("PATCH", path, {"studies": [*both, gone.public_id]}, If_Match=until.headers["ETag"])
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/studies")
    left = ask("PATCH", path, {"studies": [west.public_id]}, If_Match=until.headers["ETag"])
    assert (left.json()["studies"], left.json()["studies_archived"]) == ([west.public_id], [])


def test_a_specialist_sees_their_own_last_day_and_nobody_elses(manager: Actor, client_of, west: Study, iva: Actor) -> None:
    theirs, day = client_of(iva), timezone.localdate() + timedelta(days=10)
    with as_role(manager):
        specialist_admit(actor=manager, study_id=west.pk, person_id=iva.person_id)
    assert "sans fin" in theirs.get("/shared-studies").content.decode()
    with as_role(manager):
        specialist_admit(actor=manager, study_id=west.pk, person_id=iva.person_id, until=end_of(day))
    with translation.override("fr"):
        said = formats.day(day)
    assert f"jusqu’au {said}" in html.unescape(theirs.get("/shared-studies").content.decode())
    assert f"vous la voyez jusqu’au {said} inclus" in html.unescape(
        theirs.get(f"/shared-studies/{west.public_id}").content.decode()
    )
    ours = client_of(manager)
    for path in ("/shared-studies", f"/shared-studies/{west.public_id}"):
        assert "until" not in re.sub(r"<[^>]+>", "", ours.get(path).content.decode().split("<main")[1].split("</main")[0])
