"""Who is told of what, once, and only of what they may see; how they want to be told; what joins."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from prm.access.actors import Actor, Role
from prm.access.roles import as_role, as_system
from prm.accounts.models import ApiKey
from prm.accounts.services.accounts import member_add
from prm.core.errors import Invalid, NotFound
from prm.core.ids import uuid7
from prm.events.models import Delivery, DeliveryState
from prm.events.publishing import _row, publish
from prm.events.runner.claims import fail
from prm.events.runner.work import deliver_all
from prm.events.subscribing import SUBSCRIBERS
from prm.jobs.events import JobDone, JobFailed
from prm.jobs.models import Job
from prm.notifications.models import Notification
from prm.notifications.selectors import notification_get, notification_list, told_of, unread_count
from prm.notifications.services import notification_read, notifications_read, preferences_set
from prm.notifications.services_keys import keys_warn
from prm.partners.events import FactProposalsAccepted, FactsProposed, PartnerAdvanced, PartnerEdited
from prm.partners.models import Company, FactProposal, Partner

pytestmark = pytest.mark.django_db


@pytest.fixture
def partners(manager: Actor) -> list[Partner]:
    """Three partners that the manager looks after."""
    deliver_all()
    with as_system("a test"):
        Notification.objects.all().delete()
        made = []
        for name in ("Kerlan", "Nordisk", "Ostrava"):
            company = Company.objects.create(name=name, country="FR")
            made.append(Partner.objects.create(company=company, account_manager_id=manager.person_id))
    return made


def move(partner: Partner, doer: Actor, after: str = "engaged") -> None:
    with as_role(doer):
        event = PartnerAdvanced(subject_id=partner.pk, company_id=partner.company_id, before="candidate", after=after)
        publish(event, actor=doer)
    deliver_all()


def sentences(actor: Actor, language: str = "en") -> list[str]:
    with as_role(actor), translation.override(language):
        rows = list(notification_list(actor=actor).order_by("is_read", "-id"))
        return [item.sentence for item in told_of(actor=actor, rows=rows)]


def test_the_account_manager_hears_that_a_partner_moved_and_the_director_who_did_it_does_not(
    partners, manager, director
) -> None:
    move(partners[0], director)
    assert sentences(manager) == ["Kerlan moved: Trial"]
    assert sentences(manager, "fr") == ["Kerlan a changé d’étape : À l’essai"]
    assert not any("moved" in said for said in sentences(director))


def test_nobody_is_told_of_what_they_did_themselves(partners, manager) -> None:
    move(partners[0], manager)
    assert sentences(manager) == []


def test_several_within_minutes_are_one_and_later_ones_are_not(partners, manager, director) -> None:
    for partner in partners:
        move(partner, director)
    assert sentences(manager) == ["3 partners moved"]
    with as_system("a test"):
        Notification.objects.update(created_at=timezone.now() - timedelta(minutes=10))
    move(partners[0], director, "contracted")
    assert sentences(manager) == ["Kerlan moved: Contracted", "3 partners moved"]


def test_what_was_read_is_not_joined_to(partners, manager, director) -> None:
    move(partners[0], director)
    with as_role(manager):
        assert notifications_read(actor=manager) == 1
    move(partners[1], director)
    assert sentences(manager) == ["Nordisk moved: Trial", "Kerlan moved: Trial"]


def test_an_event_delivered_again_tells_nothing_twice(partners, manager, director) -> None:
    move(partners[0], director)
    with as_system("a test"):
        Delivery.objects.filter(subscriber="partners.tell_move").update(state=DeliveryState.WAITING)
    deliver_all()
    with as_system("a test"):
        assert [row.count for row in Notification.objects.filter(kind="partners.moved")] == [1]


def test_old_news_is_told_to_nobody(partners, manager, director) -> None:
    with as_role(director):
        event = PartnerAdvanced(
            subject_id=partners[0].pk, company_id=partners[0].company_id, before="candidate", after="engaged"
        )
        row = _row(event, director)
        row.occurred_at = timezone.now() - timedelta(days=30)
        row.save(force_insert=True)
    deliver_all()
    assert sentences(manager) == []


def test_the_new_and_the_former_account_manager_are_told(partners, manager, director, make_member) -> None:
    other = make_member(Role.MANAGER, name="Paul Ndiaye")
    changes = {"account_manager": [str(manager.person_id), str(other.person_id)]}
    with as_role(director):
        event = PartnerEdited(
            subject_id=partners[0].pk, company_id=partners[0].company_id, what="account manager", changes=changes
        )
        publish(event, actor=director)
    deliver_all()
    for actor in (manager, other):
        assert "The account manager of Kerlan changed" in sentences(actor)


@pytest.mark.parametrize(("event", "said"), [("done", "Done: Import of sales"), ("failed", "Not finished: Import of sales")])
def test_whoever_started_long_work_hears_how_it_ended(manager, event, said) -> None:
    with as_system("a test") as actor:
        job = Job.objects.create(kind="imports.file", title="Import of sales", owner_id=manager.user_id, actor={})
        told = (
            JobDone(subject_id=job.pk, kind=job.kind)
            if event == "done"
            else JobFailed(subject_id=job.pk, kind=job.kind, code="x")
        )
        publish(told, actor=actor)
    deliver_all()
    assert said in sentences(manager)


def test_administrators_hear_of_a_dead_letter_and_managers_do_not(partners, administrator, manager, director) -> None:
    move(partners[0], director)
    with as_system("a test"):
        row = Delivery.objects.select_related("event").filter(subscriber="partners.tell_move").first()
        row.state, row.attempts, row.claimed_by = DeliveryState.WAITING, 99, 7
        row.save()
        assert fail(row, "ValueError: broken", SUBSCRIBERS.get("partners.tell_move"))
    deliver_all()
    assert "An event could not be delivered to partners.tell_move" in sentences(administrator)
    assert not any("delivered" in said for said in sentences(manager))


def test_facts_that_wait_go_to_the_manager_and_the_decision_to_whoever_proposed(partners_side, manager, director) -> None:
    partner = partners_side.kerlan
    yann = partners_side.member(partner)
    with as_system("a test"):
        Partner.objects.filter(pk=partner.pk).update(account_manager_id=manager.person_id)
    with as_role(yann):
        publish(
            FactsProposed(subject_id=partner.company_id, partner_id=partner.pk, fields=["employees"], count=1, source="x"),
            actor=yann,
        )
    deliver_all()
    assert "Kerlan Systèmes proposed facts about itself" in sentences(manager)
    with as_system("a test"):
        FactProposal.objects.create(
            partner=partner, company_id=partner.company_id, field="employees", value=12, as_of="2026-01-01", source_kind="partner",
            source_name="x", source_key="x", proposed_by_id=yann.person_id, state="accepted", decided_at=timezone.now(),
        )  # fmt: skip
    with as_role(director):
        event = FactProposalsAccepted(subject_id=partner.company_id, partner_id=partner.pk, fields=["employees"], count=1)
        publish(event, actor=director)
    deliver_all()
    assert "The facts that you proposed about Kerlan Systèmes were decided" in sentences(yann)


def test_somebody_given_access_is_told_where_and_as_what(administrator, manager) -> None:
    with as_role(administrator):
        member_add(actor=administrator, email="manager.claire@orvane.example", name="Claire", roles=[Role.FINANCE_APPROVER])
    deliver_all()
    assert any("Finance approver" in said for said in sentences(manager))


def test_the_owner_of_a_key_that_ends_soon_is_told_once(manager) -> None:
    ApiKey.objects.create(
        user_id=manager.user_id, name="CRM sync", prefix="prm_live_x", digest="1" * 64, scopes=["me:read"],
        expires_at=timezone.now() + timedelta(days=5),
    )  # fmt: skip
    with as_system("a test") as actor:
        assert keys_warn(actor=actor) == 1
        assert keys_warn(actor=actor) == 0
    assert "Your API key “CRM sync” ends within two weeks" in sentences(manager)


def test_of_a_record_that_may_not_be_seen_any_more_nothing_is_said(partners, manager, director) -> None:
    move(partners[0], director)
    with as_system("a test"):
        row = Notification.objects.get(kind="partners.moved")
        row.entries = [{**row.entries[0], "id": str(uuid7())}]
        row.save()
    assert sentences(manager) == ["Something that you may not see any more"]


def test_neither_a_competitor_nor_a_colleague_sees_what_somebody_was_told(partners_side) -> None:
    yann, colleague = (
        partners_side.member(partners_side.kerlan),
        partners_side.member(partners_side.kerlan, name="Nolwenn Le Bris"),
    )
    rival = partners_side.member(partners_side.nordisk, name="Lars Holm")
    deliver_all()
    with as_role(yann):
        mine = notification_list(actor=yann).first()
        assert mine.partner_id == partners_side.kerlan.pk
    for other in (colleague, rival):
        with as_role(other):
            assert mine.pk not in set(notification_list(actor=other).values_list("pk", flat=True))
            with pytest.raises(NotFound):
                notification_get(actor=other, notification_id=mine.pk)
            with pytest.raises(NotFound):
                notification_read(actor=other, notification_id=mine.pk)


def test_with_the_first_wall_away_the_second_still_keeps_partners_apart(partners_side) -> None:
    partners_side.member(partners_side.kerlan)
    rival = partners_side.member(partners_side.nordisk, name="Lars Holm")
    deliver_all()
    with as_system("a test"):
        assert Notification.objects.filter(partner_id=partners_side.kerlan.pk).exists()
    with as_role(rival):
        assert set(Notification.objects.values_list("partner_id", flat=True)) == {partners_side.nordisk.pk}
        assert Notification.objects.exclude(partner_id=partners_side.nordisk.pk).update(read_at=timezone.now()) == 0


@pytest.mark.parametrize("statement", ["SELECT * FROM notifications_mail", "DELETE FROM notifications_notification"])
def test_partners_reach_no_mails_and_remove_nothing(partners_side, statement) -> None:
    yann = partners_side.member(partners_side.kerlan)
    with pytest.raises(ProgrammingError, match="permission denied"), as_role(yann), connection.cursor() as cursor:
        cursor.execute(statement)


def test_who_wants_none_of_a_kind_is_not_told(partners, manager, director) -> None:
    with as_role(manager):
        preferences_set(actor=manager, channels={"partners.moved": "off"})
    move(partners[0], director)
    assert sentences(manager) == []


def test_a_kind_or_channel_that_is_none_is_refused(manager, partners_side) -> None:
    yann = partners_side.member(partners_side.kerlan)
    for actor, channels in ((manager, {"x.y": "off"}), (manager, {"jobs.done": "pigeon"}), (yann, {"jobs.done": "off"})):
        with as_role(actor), pytest.raises(Invalid):
            preferences_set(actor=actor, channels=channels)


def test_the_bell_asks_one_question_however_many_there_are(partners, manager, director) -> None:
    move(partners[0], director)
    with (
        as_role(manager),
        CaptureQueriesContext(
            connection,
        ) as asked,
    ):
        assert unread_count(actor=manager) == 1
    assert len(asked) == 1


def test_a_page_of_notifications_asks_for_names_once_a_kind(partners, manager, director) -> None:
    for partner in partners:
        move(partner, director)
        with as_system("a test"):
            Notification.objects.update(created_at=timezone.now() - timedelta(minutes=10))
    with as_role(manager):
        rows = list(notification_list(actor=manager))
        assert len(rows) == 3
        with CaptureQueriesContext(connection) as asked:
            told_of(actor=manager, rows=rows)
    assert len(asked) == 1
