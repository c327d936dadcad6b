"""The letter of an invitation: it leaves because the invitation stands, whatever is killed in between, and its link is kept nowhere."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.utils import timezone

from prm.access.actors import Actor, Role
from prm.access.roles import as_role, as_system
from prm.accounts import receivers
from prm.accounts.links import token_behind
from prm.accounts.models import Invitation
from prm.accounts.services.invitations import Invited, invitation_resend, invitation_revoke, invitation_send
from prm.events.models import Delivery, DeliveryState
from prm.events.runner.work import deliver, deliver_all
from prm.notifications.mailbox import kept_list

pytestmark = pytest.mark.django_db
SUBSCRIBER = "accounts.mail_invitation"


def invite(actor: Actor) -> Invitation:
    with as_role(actor):
        return invitation_send(
            actor=actor,
            invited=Invited(email="elise@orvane.example", name="Elise Vidal", roles=[Role.MANAGER], language="fr"),
        )


def link_of(body: str) -> str:
    return re.search(rf"{settings.PRM_ADDRESS}(/accounts/invitation/\S+/)", body)[1]


def deliveries(**changes: object) -> list[Delivery]:
    with as_system("a test"):
        rows = Delivery.objects.filter(subscriber=SUBSCRIBER)
        if changes:
            rows.update(**changes)
        return list(rows.order_by("position"))


def test_a_process_killed_between_the_commit_and_the_mail_loses_no_letter(administrator: Actor, monkeypatch) -> None:
    invite(administrator)  # and the process that took the form is gone: nothing of it lives on but the rows

    def killed(**_given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as first:
        first.setattr(receivers, "invitation_mail", killed)
        with pytest.raises(KeyboardInterrupt):
            deliver()
    assert mail.outbox == []
    deliveries(claimed_by=None)  # the worker's session is over
    deliver_all()
    [letter] = mail.outbox
    assert "Bonjour Elise Vidal" in letter.body
    assert Client().post(link_of(letter.body), {"password": "eleven grey herons"}).status_code == 302


def test_a_worker_killed_after_sending_sends_one_mail_in_effect(
    administrator: Actor, monkeypatch, settings, tmp_path
) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "prm.notifications.mailbox.FolderBackend", tmp_path
    invite(administrator)
    real = receivers.invitation_mail

    def sent_and_killed(**given: object) -> None:
        assert real(**given)
        raise KeyboardInterrupt

    with monkeypatch.context() as first:
        first.setattr(receivers, "invitation_mail", sent_and_killed)
        with pytest.raises(KeyboardInterrupt):
            deliver()
    deliveries(claimed_by=None)
    deliver_all()
    assert [row.state for row in deliveries()] == [DeliveryState.DONE]
    assert len(kept_list()) == 1, "the same Message-ID: one mail in any mail program"


def test_a_mail_server_that_is_away_is_tried_again(administrator: Actor, monkeypatch) -> None:
    invite(administrator)
    with monkeypatch.context() as away:
        away.setattr("django.core.mail.EmailMessage.send", lambda _self: (_ for _ in ()).throw(OSError("away")))
        deliver()
    assert [(row.state, row.attempts) for row in deliveries()] == [(DeliveryState.WAITING, 1)]
    deliveries(due_at=timezone.now() - timedelta(seconds=1))
    deliver()
    assert [letter.to for letter in mail.outbox] == [["elise@orvane.example"]]


def test_of_two_letters_that_were_asked_for_only_the_one_whose_link_opens_leaves(administrator: Actor) -> None:
    sent = invite(administrator)
    with as_role(administrator):
        again = invitation_resend(actor=administrator, invitation_id=sent.pk)
    deliver_all()
    [letter] = mail.outbox
    assert link_of(letter.body).split("/")[-2] == token_behind(again) != token_behind(sent)


def test_an_invitation_that_was_taken_back_before_its_letter_left_sends_none(administrator: Actor) -> None:
    sent = invite(administrator)
    with as_role(administrator):
        invitation_revoke(actor=administrator, invitation_id=sent.pk)
    deliver_all()
    assert mail.outbox == []
    assert [row.state for row in deliveries()] == [DeliveryState.DONE]


def test_a_key_that_changed_meanwhile_still_writes_the_letter_and_a_lost_one_is_told(administrator: Actor, settings) -> None:
    invite(administrator)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY, settings.PRM_SEAL_KEY = [settings.SECRET_KEY], "another key", ""
    deliver_all()
    assert Client().get(link_of(mail.outbox[0].body)).status_code == 200
    again = invite(administrator)
    settings.SECRET_KEY = "a third, and the others are forgotten"
    with pytest.raises(LookupError, match=again.public_id):
        token_behind(again)
