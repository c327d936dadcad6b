"""Answers after somebody who is named in them was erased: they stay their partner's; a file with the name goes, from the disk too."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from prm.access.actors import Actor
from prm.access.roles import as_role, as_system
from prm.accounts.erasing import pseudonym_of
from prm.accounts.models import Person
from prm.accounts.services.erasing import person_erase
from prm.partners.models import Partner
from prm.questionnaires.models import Answer, AnswerFile, Round
from tests.conftest import PartnersSide

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "Yannick Guivarch"


def answer(round_: Round, partner: Partner, words: str, file_name: str = "") -> Answer:
    invitation = round_.invitations.get(partner_id=partner.pk)
    made = Answer.objects.create(partner=partner, invitation=invitation, round=round_, values={"staff": 12, "words": words})
    if file_name:
        path = default_storage.save(f"answers/{made.pk}", ContentFile(b"a contract"))
        AnswerFile.objects.create(
            partner=partner, answer=made, question="paper", path=path, name=file_name, content_type="application/pdf", size=10
        )
    return made


def test_an_answer_that_names_an_erased_person_stays_without_the_name(
    administrator: Actor, partners: list[Partner], publish_form: Callable[..., object], send: Callable[..., Round]
) -> None:
    round_ = send(publish_form())
    theirs, others = partners[0], partners[1]
    with as_system("a test"):
        person = Person.objects.create(name=NAME, email="yannick@partner0.example", partner_id=None)
        other = answer(round_, others, f"{NAME.upper()} of the other house told us", f"Contract {NAME}.pdf")
        alike = answer(round_, theirs, "Yannick Guivarchais told us")
        path = other.files.get().path
    with as_role(administrator):
        person_erase(actor=administrator, person_id=person.pk)
    with as_system("a test"):
        other.refresh_from_db()
        alike.refresh_from_db()
        mark = pseudonym_of(person)
        assert other.values == {"staff": 12, "words": f"{mark} of the other house told us"}
        assert alike.values["words"] == "Yannick Guivarchais told us"
        assert (other.files.get().name, default_storage.exists(path)) == (f"Contract {mark}.pdf", True)


def test_a_file_with_the_name_of_an_erased_person_of_the_partner_goes_from_the_disk_too(
    administrator: Actor, partners_side: PartnersSide, partners: list[Partner], publish_form: Callable[..., object],
    send: Callable[..., Round],
) -> None:  # fmt: skip
    round_ = send(publish_form())
    member = partners_side.member(partners[0], name=NAME)
    with as_system("a test"):
        made = answer(round_, partners[0], "Fine", f"CV {NAME}.pdf")
        path = made.files.get().path
        assert default_storage.exists(path)
    with as_role(administrator):
        person_erase(actor=administrator, person_id=member.person_id)
    with as_system("a test"):
        assert not made.files.exists()
        assert Answer.objects.filter(pk=made.pk).exists()
    assert not default_storage.exists(path)
