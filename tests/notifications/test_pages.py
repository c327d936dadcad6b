"""The bell, the list and the preferences, behind both doors."""

from __future__ import annotations

import pytest

from prm.access.actors import Actor
from prm.access.roles import as_role
from prm.events.runner.work import deliver_all
from prm.notifications.selectors import channels_of, digest_time_of, notification_list, unread_count

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["vendor", "portal"])
def reader(request, manager, partners_side) -> Actor:
    """Somebody behind each door, with the notification that they were given access."""
    actor = manager if request.param == "vendor" else partners_side.member(partners_side.kerlan)
    deliver_all()
    return actor


def door(actor: Actor) -> str:
    return "/portal" if actor.partner_id else ""


def test_the_bell_stands_in_the_frame_and_counts_what_is_unread(reader, client_of) -> None:
    client = client_of(reader)
    page = client.get(f"{door(reader)}/notifications").content.decode()
    assert f'hx-get="{door(reader)}/notifications/count"' in page
    answer = client.get(f"{door(reader)}/notifications/count", headers={"HX-Request": "true"}).content.decode()
    assert answer.strip().startswith("1")


def test_opening_marks_as_read_and_goes_there_and_all_can_be_marked_at_once(reader, client_of) -> None:
    client = client_of(reader)
    with as_role(reader):
        row = notification_list(actor=reader).get()
    answer = client.post(f"{door(reader)}/notifications/{row.public_id}/open")
    assert answer.headers["Location"] == ("/portal/" if reader.partner_id else "/")
    with as_role(reader):
        assert unread_count(actor=reader) == 0
    assert client.post(f"{door(reader)}/notifications/read").status_code == 302
    assert client.get(f"{door(reader)}/notifications/count").content.decode().strip() == ""


def test_the_list_is_narrowed_to_a_kind(reader, client_of) -> None:
    client = client_of(reader)
    assert "You now have access" in client.get(f"{door(reader)}/notifications?kind=accounts.access_given").content.decode()
    other = "partners.facts_decided" if reader.partner_id else "jobs.done"
    assert "You now have access" not in client.get(f"{door(reader)}/notifications?kind={other}").content.decode()


def test_preferences_are_kept_and_a_wrong_zone_is_said(reader, client_of) -> None:
    client = client_of(reader)
    address = f"{door(reader)}/notifications/preferences"
    assert "Time zone" in client.get(address).content.decode()
    sent = {"accounts.access_given": "off", "hour": "17", "zone": "America/Montreal", "daily": "1"}
    assert client.post(address, sent).status_code == 302
    with as_role(reader):
        assert channels_of(actor=reader)["accounts.access_given"] == "off"
        time = digest_time_of(actor=reader)
    assert (time.hour, time.zone, time.is_wanted) == (17, "America/Montreal", True)
    answer = client.post(address, {"zone": "Mars/Olympus"})
    assert answer.status_code == 422
    assert "There is no such time zone." in answer.content.decode()


def test_the_pages_of_one_door_are_not_there_for_the_other(manager, partners_side, client_of) -> None:
    yann = partners_side.member(partners_side.kerlan)
    assert client_of(manager).get("/portal/notifications").status_code == 404
    assert client_of(yann).get("/notifications").status_code == 404


def test_the_bell_asking_by_itself_does_not_keep_a_session_alive(manager, client_of) -> None:
    client = client_of(manager)
    client.get("/notifications")
    session = client.session
    session["prm_seen"] -= 600
    session.save()
    before = session["prm_seen"]
    client.get("/notifications/count", headers={"X-Idle": "1"})
    assert client.session["prm_seen"] == before
    client.get("/notifications")
    assert client.session["prm_seen"] > before


def test_programs_read_and_mark_the_notifications_of_their_owner_only(reader, client_of) -> None:
    client = client_of(reader)
    listed = client.get("/api/v1/notifications").json()["data"]
    assert [row["kind"] for row in listed] == ["accounts.access_given"]
    assert listed[0]["text"].startswith("You now have access")
    address = f"/api/v1/notifications/{listed[0]['id']}"
    tag = client.get(address).headers["ETag"]
    changed = client.patch(address, {"is_read": True}, content_type="application/json", headers={"If-Match": tag})
    assert (changed.status_code, changed.json()["is_read"]) == (200, True)
    with as_role(reader):
        assert unread_count(actor=reader) == 0


def test_programs_read_and_change_how_their_owner_is_told(reader, client_of) -> None:
    client = client_of(reader)
    address = "/api/v1/notification-preferences"
    body = {"channels": {"accounts.access_given": "digest"}, "digest_hour": 18}
    changed = client.patch(address, body, content_type="application/json")
    assert changed.status_code == 200, changed.content
    told = client.get(address).json()
    assert (told["channels"]["accounts.access_given"], told["digest_hour"]) == ("digest", 18)
    assert client.patch(address, {"channels": {"a.b": "off"}}, content_type="application/json").status_code == 422
