"""Erasing a person (G10): after a whole life in the product no text of any table names them, and the audit chain verifies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from prm.access.actors import Actor, Role
from prm.access.roles import as_role, as_sign_in, as_system
from prm.accounts.erasing import is_telling, pseudonym_of, without
from prm.accounts.models import ApiKey, Invitation, Person, SignIn, User
from prm.accounts.selectors.sign_in import address_digest
from prm.accounts.services.accounts import Account
from prm.accounts.services.erasing import person_erase
from prm.api.models import IdempotencyRecord
from prm.core.errors import Conflict, Denied
from prm.core.ids import uuid7
from prm.events.models import Delivery, OutboxEvent
from prm.events.publishing import EVENT_TYPES, Personal, publish
from prm.events.runner.work import deliver_all
from prm.events.selectors_audit import audit_faults
from prm.imports.models import ImportBatch, ImportBefore, ImportRejectedRow
from prm.jobs.models import Job, JobLine
from prm.notifications.models import Channel, DigestTime, Notification, Preference
from prm.partners.models import Company, FactSource, Partner, PartnerMove, Position, SourceKind
from prm.partners.services.members import partner_member_add
from tests.conftest import PartnersSide, confirm
from tests.events.things import ThingHappened

pytestmark = pytest.mark.django_db
NAME, EMAIL, PHONE, TITLE = (
    "Yannick Guivarc'h-Le Bihan",
    "Yannick.LeBihan@kerlan.example",
    "+33 2 98 55 01 77",
    "Fjord warden",
)
MARKS = ("guivarc", "lebihan@kerlan", "98 55 01 77", "fjord warden")


@pytest.fixture(autouse=True)
def things() -> object:
    EVENT_TYPES[ThingHappened.type] = ThingHappened
    yield
    del EVENT_TYPES[ThingHappened.type]


@pytest.fixture
def lived(partners_side: PartnersSide, manager: Actor) -> Person:
    """Somebody of a partner who signed in, was invited, told, noted, imported, quoted, and stands in errors and logs."""
    kerlan = partners_side.kerlan
    with as_system("a test") as system:
        account = Account(email=EMAIL, name=NAME, password="correct horse battery")
        person = partner_member_add(actor=system, partner_id=kerlan.pk, account=account, role=Role.PARTNER_SALES)
        Person.objects.filter(pk=person.pk).update(phone=PHONE, title=TITLE)
        # The same account is known to the vendor too.
        Person.objects.create(name=NAME, email=EMAIL, user_id=person.user_id)
        company = Company.objects.get(pk=kerlan.company_id)
        Position.objects.get_or_create(company=company, person=person)
        FactSource.objects.create(kind=SourceKind.PARTNER, name=f"Told by {NAME}", key="person:x", person=person)
        PartnerMove.objects.create(partner=kerlan, to_lifecycle="active", reason=f"{NAME.upper()} signed")
        told = Notification.objects.create(
            partner_id=kerlan.pk, person=person, kind="partner_moved", channel=Channel.IN_APP, subject_type="partner",
            subject_id=kerlan.pk, entries=[{"id": "x", "data": {"who": NAME}}],
        )  # fmt: skip
        assert told.pk
        Preference.objects.create(partner_id=kerlan.pk, person=person, kind="partner_moved", channel=Channel.OFF)
        DigestTime.objects.create(partner_id=kerlan.pk, person=person)
        job = Job.objects.create(kind="x", title=f"Export for {NAME}", error=f"no mailbox {EMAIL}", result={"to": [EMAIL]})
        JobLine.objects.create(job=job, text=f"{EMAIL.lower()} refused")
        batch = ImportBatch.objects.create(
            target="companies", file_name="x.csv", file_size=1, as_of="2026-01-01", currency="EUR"
        )
        ImportRejectedRow.objects.create(batch=batch, row_no=1, cells=["Kerlan", EMAIL, PHONE])
        ImportBefore.objects.create(
            batch=batch, chunk_no=1, step=1, row_no=1, table_name="accounts_person", object_id=person.pk,
            written_at=timezone.now(), before={"name": NAME, "title": TITLE, "email": EMAIL},
        )  # fmt: skip
    with as_role(manager):
        publish(
            ThingHappened(subject_id=uuid7(), n=1), actor=manager,
            personal=Personal(person_id=person.pk, texts={"note": f"{NAME} called in sick, {PHONE}"}),
        )  # fmt: skip
    deliver_all()
    with as_system("a test"):
        Delivery.objects.filter(pk=Delivery.objects.first().pk).update(error=f"550 no such user {EMAIL}")
    with as_sign_in():
        now = timezone.now()
        Invitation.objects.create(
            email=EMAIL.lower(), name=NAME, roles=["partner_sales"], digest="2" * 64, sent_at=now,
            expires_at=now + timedelta(days=7), accepted_at=now, accepted_by_id=person.user_id,
        )  # fmt: skip
        Invitation.objects.create(
            email="another@kerlan.example", name="Another", roles=["partner_sales"], digest="3" * 64, sent_at=now,
            expires_at=now + timedelta(days=7), invited_by_id=person.user_id, inviter_name=NAME,
        )  # fmt: skip
        ApiKey.objects.create(user_id=person.user_id, name=f"{NAME}’s laptop", prefix="p", digest="4" * 64, scopes=[])
        SignIn.objects.create(
            address_digest=address_digest(actor=manager, email=EMAIL),
            outcome="refused",
            way="password",
            at=now,
            ip="198.51.100.7",
        )
        IdempotencyRecord.objects.create(
            caller=uuid7(), key="k", fingerprint="f", status=201, body=f'{{"name": "{NAME}"}}'.encode()
        )
    return person


def traces() -> list[str]:
    """Every text, JSON, array and byte column of every table in which a mark stands, whoever owns the table."""
    found = []
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c JOIN information_schema.tables t"
            " USING (table_schema, table_name) WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'"
            " AND c.data_type IN ('text', 'character varying', 'jsonb', 'json', 'ARRAY', 'bytea', 'inet', 'character')"
        )
        for table, column, kind in cursor.fetchall():
            text = f"encode(\"{column}\", 'escape')" if kind == "bytea" else f'"{column}"::text'
            for mark in MARKS:
                cursor.execute(f'SELECT count(*) FROM "{table}" WHERE strpos(lower({text}), %s) > 0', [mark])
                if rows := cursor.fetchone()[0]:
                    found.append(f"{table}.{column}: {mark} in {rows}")
    return found


def faults() -> list[str]:
    with as_system("a test") as actor:
        return [fault.kind for fault in audit_faults(actor=actor)]


@pytest.mark.django_db(transaction=True)
def test_nothing_of_an_erased_person_is_left_in_any_table_and_the_chain_verifies(lived: Person, administrator: Actor) -> None:
    before = {text.partition(":")[0] for text in traces()}
    assert {
        "accounts_person.name", "accounts_user.email", "account_emailaddress.email", "events_personalpayload.data",
        "partners_factsource.name", "partners_partnermove.reason", "jobs_job.title", "jobs_job.result", "jobs_jobline.text",
        "imports_importbefore.before", "imports_importrejectedrow.cells", "events_delivery.error", "accounts_invitation.email",
        "accounts_invitation.inviter_name", "accounts_apikey.name", "api_idempotencyrecord.body", "notifications_notification.entries",
    } <= before, "else this would show nothing"  # fmt: skip
    with as_role(administrator):
        erased = person_erase(actor=administrator, person_id=lived.pk)
    deliver_all()
    assert traces() == []
    assert faults() == []
    with as_sign_in():
        assert not User.objects.filter(pk=lived.user_id).exists()
        assert not SignIn.objects.filter(ip="198.51.100.7").exists()
        assert Invitation.objects.filter(name="Another").exists(), "another's invitation stays"
    with as_system("a test"):
        assert (erased.name, erased.email) == (pseudonym_of(lived), "")
        assert Position.objects.filter(person_id=lived.pk).exists(), "that somebody worked there is the business's"
        told = OutboxEvent.objects.filter(type="accounts.person_erased")
        assert told.filter(subject_id=lived.pk).exists()
        assert told.count() == 2, "at both places"
        assert all(event.data == {} for event in told)


def test_an_erased_persons_session_and_key_open_nothing(
    administrator: Actor, manager: Actor, client_of: Callable[[Actor], Client], key_of: Callable[..., str]
) -> None:
    client, key = client_of(manager), {"Authorization": f"Bearer {key_of(manager)}"}
    assert client.get("/companies").status_code == Client().get("/api/v1/me", headers=key).status_code == 200
    with as_role(administrator):
        person_erase(actor=administrator, person_id=manager.person_id)
    assert client.get("/companies").status_code == 302
    assert Client().get("/api/v1/me", headers=key).status_code == 401


def test_colleagues_of_an_erased_person_stay_as_they_are(partners_side: PartnersSide, administrator: Actor) -> None:
    gone = partners_side.member(partners_side.kerlan, name="Maël Kerbrat")
    stays = partners_side.member(partners_side.kerlan, Role.PARTNER_SALES, name="Anne Le Goff")
    with as_role(administrator):
        person_erase(actor=administrator, person_id=gone.person_id)
    with as_system("a test"):
        assert Person.objects.get(pk=stays.person_id).name == "Anne Le Goff"
        assert Partner.objects.filter(pk=partners_side.kerlan.pk).exists()
    with as_sign_in():
        assert User.objects.filter(pk=stays.user_id).exists()


def test_the_page_asks_who_it_is_for_the_name_and_does_it_once(
    partners_side: PartnersSide, administrator: Actor, client_of: Callable[[Actor], Client]
) -> None:
    member = partners_side.member(partners_side.kerlan, name="Maël Kerbrat")
    with as_system("a test"):
        person = Person.objects.get(pk=member.person_id)
    url, client = f"/settings/people/{person.public_id}/erase", client_of(administrator)
    assert "Maël Kerbrat" in client.get(url).content.decode()
    assert client.post(url, {"name": "Somebody else"}).status_code == 422
    with as_sign_in():
        confirm(client, User.objects.get(pk=administrator.user_id), ago=3_600 * 24)
    late = client.post(url, {"name": "Maël Kerbrat"})
    assert "reauthenticate" in late.headers["Location"]
    with as_sign_in():
        confirm(client, User.objects.get(pk=administrator.user_id))
    assert client.post(url, {"name": "Maël Kerbrat"}).status_code == 302
    with as_system("a test"):
        assert Person.objects.get(pk=person.pk).name == pseudonym_of(person)


def test_erasing_is_for_administrators_and_never_of_oneself_or_of_one(
    partners_side: PartnersSide, administrator: Actor, director: Actor, make_member: Callable[..., Actor]
) -> None:
    member = partners_side.member(partners_side.kerlan)
    other = make_member(Role.ADMINISTRATOR, name="Basile Roux")
    with as_role(director), pytest.raises(Denied):
        person_erase(actor=director, person_id=member.person_id)
    with as_role(member), pytest.raises(Denied):
        person_erase(actor=member, person_id=member.person_id)
    for person_id, code in ((administrator.person_id, "yourself"), (other.person_id, "administrator")):
        with as_role(administrator), pytest.raises(Conflict) as refused:
            person_erase(actor=administrator, person_id=person_id)
        assert refused.value.code == code


def test_words_are_taken_out_however_they_are_written_and_wherever_they_stand() -> None:
    said = ["Yann Guivarch", "y@k.example"]
    assert without("YANN GUIVARCH and yann guivarch (Y@K.example)", said, "#1") == "#1 and #1 (#1)"
    assert without({"a": ["Yann Guivarch", 4, None]}, said, "#1") == {"a": ["#1", 4, None]}
    assert without("Yannick", said, "#1") == "Yannick"


def test_what_only_looks_like_a_name_a_year_or_an_address_of_theirs_stays_as_it_was_written() -> None:
    assert not is_telling("Page")
    assert not is_telling("2025")
    said = ["Anne Le Goff", "anne@k.example", "02 98 55 01 77"]
    for kept in ("Anne Le Goffic", "Marianne Le Goff", "Anne Le Goff-Kermarec", "anne@k.example.com", "l.anne@k.example"):
        assert without(f"{kept} called", said, "#1") == f"{kept} called"
    assert without("Anne Le Goff, anne@k.example. (02 98 55 01 77)", said, "#1") == "#1, #1. (#1)"


def test_a_person_whose_name_is_a_word_takes_no_word_out_of_what_others_wrote(
    partners_side: PartnersSide, administrator: Actor
) -> None:
    """A partner says how its colleagues are called, and may ask to have one erased: what the others wrote is not theirs to spoil."""
    kerlan, nordisk = partners_side.kerlan, partners_side.nordisk
    gone = partners_side.member(kerlan, name="Page")
    with as_system("a test"):
        Person.objects.filter(pk=gone.person_id).update(phone="2025")
        own = FactSource.objects.create(kind=SourceKind.PARTNER, name="Page", key="person:page", person_id=gone.person_id)
        other = FactSource.objects.create(kind=SourceKind.REGISTRY, name="Homepage 2025", key="registry:x", note="page 3")
        move = PartnerMove.objects.create(partner=nordisk, to_lifecycle="active", reason="Signed on page 7 in 2025")
    with as_role(administrator):
        erased = person_erase(actor=administrator, person_id=gone.person_id)
    with as_system("a test"):
        for row in (own, other, move):
            row.refresh_from_db()
        assert own.name == pseudonym_of(erased), "what is theirs alone loses the word"
        assert (other.name, other.note, move.reason) == ("Homepage 2025", "page 3", "Signed on page 7 in 2025")
