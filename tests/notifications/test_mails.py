"""Mails: once in effect, in the reader's language, about what they may see; digests at their hour; one click ends them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from prm.access.actors import Actor
from prm.access.roles import as_role, as_system
from prm.accounts.models import User
from prm.core.ids import uuid7
from prm.events.models import Delivery, DeliveryState
from prm.events.runner.work import deliver, deliver_all
from prm.notifications import letters
from prm.notifications.kinds import KINDS
from prm.notifications.letters import token_of
from prm.notifications.mailbox import kept_list
from prm.notifications.models import Channel, DigestTime, Mail, Notification
from prm.notifications.rules import last_slot
from prm.notifications.selectors import channels_of
from prm.notifications.services import digest_time_set, notifications_read, preferences_set, tell
from prm.notifications.services_mail import digests_plan, mails_hand_over
from prm.partners.models import Company, Partner

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def partner(manager: Actor) -> Partner:
    """A partner of the manager; what the making of both told is over."""
    deliver_all()
    with as_system("a test"):
        Mail.objects.all().delete()
        Notification.objects.all().delete()
        company = Company.objects.create(name="Kerlan <Systèmes>", country="FR")
        made = Partner.objects.create(company=company, account_manager_id=manager.person_id)
    mail.outbox.clear()
    return made


def tell_moved(manager: Actor, partner: Partner, channel: str, after: str = "engaged") -> None:
    with as_role(manager):
        preferences_set(actor=manager, channels={"partners.moved": channel})
    with as_system("a test") as actor:
        entry = {"id": str(partner.pk), "cause": str(uuid7()), "data": {"after": after}}
        tell(actor=actor, kind=KINDS.get("partners.moved"), people=[manager.person_id], entry=entry)


def send_due(now: datetime | None = None) -> None:
    """As if minutes had gone by."""
    with as_system("a test") as actor:
        mails_hand_over(actor=actor, now=now or timezone.now() + timedelta(minutes=6))
    deliver_all()


def test_a_mail_waits_for_what_joins_and_then_leaves_once(partner, manager) -> None:
    tell_moved(manager, partner, "mail")
    send_due(timezone.now() + timedelta(minutes=3))
    assert mail.outbox == []
    for _again in range(2):
        send_due()
    [letter] = mail.outbox
    assert letter.subject == "Our company · Kerlan <Systèmes> moved: Trial"
    assert letter.to == ["manager.claire@orvane.example"]
    html = letter.alternatives[0][0]
    assert "Kerlan &lt;Systèmes&gt; moved" in html
    assert "<img" not in html
    assert "@import" not in html
    assert "/companies/company_" in letter.body


def test_a_mail_is_in_the_language_of_its_reader(partner, manager) -> None:
    User.objects.filter(pk=manager.user_id).update(language="fr")
    tell_moved(manager, partner, "mail")
    send_due()
    [letter] = mail.outbox
    assert letter.subject == "Our company · Kerlan <Systèmes> a changé d’étape : À l’essai"
    assert '<html lang="fr">' in letter.alternatives[0][0]
    assert "Comment je suis prévenu" in letter.body


def test_a_worker_killed_after_sending_and_before_the_mark_sends_once_in_effect(
    partner, manager, settings, tmp_path, monkeypatch
) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "prm.notifications.mailbox.FolderBackend", tmp_path
    tell_moved(manager, partner, "mail")
    sent, marks = [], letters.mail_end

    def killed(**_given: object) -> None:
        sent.append(1)
        raise KeyboardInterrupt

    monkeypatch.setattr(letters, "mail_end", killed)
    with pytest.raises(KeyboardInterrupt):
        send_due()
    assert sent == [1]
    assert len(kept_list()) == 1
    monkeypatch.setattr(letters, "mail_end", lambda **given: (sent.append(2), marks(**given)))
    with as_system("a test"):
        Delivery.objects.filter(subscriber="notifications.mail", state=DeliveryState.WAITING).update(claimed_by=None)
    deliver_all()
    assert sent == [1, 2]
    assert len(kept_list()) == 1  # the same Message-ID: one mail in any mail program
    deliver_all()
    assert sent == [1, 2]


def test_a_mail_server_that_is_away_is_tried_again_and_the_mail_is_not_lost(partner, manager, monkeypatch) -> None:
    tell_moved(manager, partner, "mail")
    with monkeypatch.context() as away:
        away.setattr("django.core.mail.EmailMultiAlternatives.send", lambda _self: (_ for _ in ()).throw(OSError("away")))
        with as_system("a test") as actor:
            mails_hand_over(actor=actor, now=timezone.now() + timedelta(minutes=6))
        deliver()
    with as_system("a test"):
        [row] = Delivery.objects.filter(subscriber="notifications.mail")
        assert (row.state, row.error) == ("waiting", "OSError: away")
    deliver_all()
    assert len(mail.outbox) == 1


def test_what_was_read_in_the_meantime_is_not_mailed(partner, manager) -> None:
    tell_moved(manager, partner, "mail")
    with as_role(manager):
        notifications_read(actor=manager)
    send_due()
    assert mail.outbox == []
    with as_system("a test"):
        assert Mail.objects.get().state == "needless"


def test_a_record_that_may_not_be_seen_any_more_is_not_mailed(partner, manager) -> None:
    tell_moved(manager, partner, "mail")
    with as_system("a test"):
        row = Notification.objects.get()
        row.entries = [{**row.entries[0], "id": str(uuid7())}]
        row.save()
    send_due()
    assert mail.outbox == []


def test_whoever_lost_the_account_gets_no_mail(partner, manager) -> None:
    tell_moved(manager, partner, "mail")
    User.objects.filter(pk=manager.user_id).update(is_active=False)
    send_due()
    assert mail.outbox == []


@pytest.mark.parametrize(("now", "day", "slot"), [
    (datetime(2026, 3, 28, 9, tzinfo=UTC), date(2026, 3, 28), datetime(2026, 3, 28, 7, tzinfo=UTC)),  # winter: 8 is 7 UTC
    (datetime(2026, 3, 29, 6, 30, tzinfo=UTC), date(2026, 3, 29), datetime(2026, 3, 29, 6, tzinfo=UTC)),  # the clock went on
    (datetime(2026, 3, 29, 5, 59, tzinfo=UTC), date(2026, 3, 28), datetime(2026, 3, 28, 7, tzinfo=UTC)),
    (datetime(2026, 10, 25, 6, 30, tzinfo=UTC), date(2026, 10, 24), datetime(2026, 10, 24, 6, tzinfo=UTC)),  # and back
    (datetime(2026, 10, 25, 7, 0, tzinfo=UTC), date(2026, 10, 25), datetime(2026, 10, 25, 7, tzinfo=UTC)),
])  # fmt: skip
def test_eight_o_clock_stays_eight_o_clock_when_the_clock_changes(now, day, slot) -> None:
    assert last_slot(now, PARIS, 8) == (day, slot)


def test_an_hour_that_is_leapt_over_or_comes_twice_is_one_slot() -> None:
    assert last_slot(datetime(2026, 3, 29, 12, tzinfo=UTC), PARIS, 2)[1] == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert last_slot(datetime(2026, 10, 25, 12, tzinfo=UTC), PARIS, 2)[1] == datetime(2026, 10, 25, 0, tzinfo=UTC)


def plan(now: datetime) -> int:
    with as_system("a test") as actor:
        made = digests_plan(actor=actor, now=now)
        mails_hand_over(actor=actor, now=now + timedelta(seconds=1))
    deliver_all()
    return made


def told_at(moment: datetime) -> None:
    with as_system("a test"):
        Notification.objects.filter(read_at__isnull=True).update(created_at=moment)


def test_the_digest_leaves_at_the_persons_hour_in_their_zone_once_a_day(partner, manager) -> None:
    with as_role(manager):
        digest_time_set(actor=manager, hour=18, zone="America/Montreal")
    tell_moved(manager, partner, "digest")
    told_at(datetime(2026, 6, 1, 12, tzinfo=UTC))
    assert plan(datetime(2026, 6, 1, 21, 59, tzinfo=UTC)) == 0
    assert plan(datetime(2026, 6, 1, 22, 0, tzinfo=UTC)) == 1  # 18:00 in Montréal
    assert plan(datetime(2026, 6, 1, 22, 5, tzinfo=UTC)) == 0
    assert plan(datetime(2026, 6, 2, 22, 5, tzinfo=UTC)) == 0  # nothing new
    [letter] = mail.outbox
    assert "Kerlan <Systèmes> moved: Trial" in letter.body


def test_the_digest_is_quiet_when_all_is_read_or_when_it_is_not_wanted(partner, manager) -> None:
    tell_moved(manager, partner, "digest")
    told_at(datetime(2026, 6, 1, 2, tzinfo=UTC))
    with as_role(manager):
        digest_time_set(actor=manager, is_wanted=False)
    assert plan(datetime(2026, 6, 1, 12, tzinfo=UTC)) == 0
    with as_role(manager):
        digest_time_set(actor=manager, is_wanted=True)
        notifications_read(actor=manager)
    assert plan(datetime(2026, 6, 1, 12, tzinfo=UTC)) == 0
    assert mail.outbox == []


def test_one_click_of_the_mail_program_ends_the_mails_without_a_session_or_a_token_of_ours(partner, manager) -> None:
    tell_moved(manager, partner, "mail")
    send_due()
    headers = mail.outbox[0].extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = headers["List-Unsubscribe"].strip("<>").partition("localhost:8000")[2]
    browser = Client(enforce_csrf_checks=True)
    assert "Receive no more of these e-mails?" in browser.get(path).content.decode()
    with as_role(manager):
        assert channels_of(actor=manager)["partners.moved"] == Channel.MAIL
    answer = browser.post(path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    with as_role(manager):
        assert channels_of(actor=manager)["partners.moved"] == Channel.IN_APP


def test_one_click_ends_the_daily_mail(manager) -> None:
    Client().post(f"/mail/unsubscribe/{token_of(manager.person_id, 'digest')}")
    with as_system("a test"):
        assert not DigestTime.objects.get(person_id=manager.person_id).is_wanted


def test_a_token_that_was_changed_ends_nothing(manager) -> None:
    token = token_of(manager.person_id, "partners.moved")
    assert Client().post(f"/mail/unsubscribe/{token[:-2]}xx").status_code == 404
    assert Client().get("/mail/unsubscribe/nonsense").status_code == 404


def test_the_mailbox_shows_mails_in_a_sandbox(partner, manager, settings, tmp_path) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "prm.notifications.mailbox.FolderBackend", tmp_path
    tell_moved(manager, partner, "mail")
    send_due()
    browser = Client()
    [kept] = kept_list()
    assert "Kerlan &lt;Systèmes&gt; moved" in browser.get("/mailbox").content.decode()
    page = browser.get(f"/mailbox/{kept.key}").content.decode()
    assert 'sandbox="allow-popups"' in page
    text = page[page.index('<pre class="mail-text"') :]
    assert '<a href="http' in text
    assert "Kerlan &lt;Systèmes&gt;" in text
    body = browser.get(f"/mailbox/{kept.key}/body")
    assert "sandbox allow-popups" in body.headers["Content-Security-Policy"]
    assert "script-src" not in body.headers["Content-Security-Policy"]
    for wrong in ("none", "..%2Fsecret"):
        assert browser.get(f"/mailbox/{wrong}").status_code == 404
        assert browser.get(f"/mailbox/{wrong}/body").status_code == 404


def test_the_mailbox_is_there_before_anything_was_sent() -> None:
    assert Client().get("/mailbox").status_code == 200
