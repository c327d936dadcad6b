"""Outside specialists: invited to studies, until a day, by whoever may share them (G4)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone, translation

from prm.access.actors import Actor, ActorKind, Role
from prm.access.roles import as_role, as_system
from prm.accounts.models import Invitation, StudyPass, User
from prm.accounts.services.coming_in import invitation_accept
from prm.accounts.services.members import member_set_roles
from prm.core.days import end_of
from prm.core.errors import Denied, Invalid
from prm.core.ids import uuid7
from prm.events.runner.work import deliver_all
from prm.ui import formats
from profiling.studies.models import Study
from tests.accounts.inviting import CHOSEN, actor_with, invite

pytestmark = pytest.mark.django_db


@pytest.fixture
def study() -> Study:
    with as_system("a test"):
        return Study.objects.create(kind="ranking", title="Who is alike in the west", parameters={})


def test_a_specialist_comes_in_to_the_studies_named_only_until_the_day_named(
    administrator: Actor, client_of: Callable[[Actor], Client], study: Study
) -> None:
    until = timezone.localdate() + timedelta(days=30)
    form = {
        "name": "Iva Nováková", "email": "elise@orvane.example", "roles": ["specialist"], "language": "fr",
        "studies": [study.public_id], "studies_until": until.isoformat(),
    }  # fmt: skip
    assert client_of(administrator).post("/settings/people/add", form).status_code == 302
    deliver_all()
    body = mail.outbox[0].body
    assert "Vous verrez\u202f:\n- Who is alike in the west" in body
    with translation.override("fr"):
        assert f"Jusqu’au {formats.day(until)} inclus." in body
    link = re.search(r"/accounts/invitation/\S+/", body)[0]
    Client().post(link, CHOSEN)
    came = actor_with("elise@orvane.example")
    assert (came.kind, came.study_ids) == (ActorKind.SPECIALIST, (study.pk,))
    held = StudyPass.objects.get()
    assert (held.user_id, held.valid_until) == (came.user_id, end_of(until))
    StudyPass.objects.update(valid_until=timezone.now())
    assert actor_with("elise@orvane.example").study_ids == ()


def test_the_form_offers_the_studies_to_search_and_opens_for_the_one_that_led_there(
    administrator: Actor, client_of: Callable[[Actor], Client], study: Study
) -> None:
    page = client_of(administrator).get(f"/settings/people/add?study={study.public_id}").content.decode()
    assert re.search(rf'name="studies"\s+value="{study.public_id}"\s+checked', page)
    assert re.search(r'value="specialist"[^>]*checked', page)
    assert '<details class="f" id="f-studies" open>' in page
    assert '<details class="f" id="f-studies" >' in client_of(administrator).get("/settings/people/add").content.decode()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"studies": []}, "studies"), ({"roles": ["manager"]}, "studies"), ({"studies_until": "2020-01-01"}, "studies_until"),
     ({"studies": ["study_01h455vb4pex5vsknk084sn02q"]}, "studies")],
)  # fmt: skip
def test_what_is_wrong_with_a_specialists_studies_is_told_there_and_nobody_is_invited(
    administrator: Actor, client_of: Callable[[Actor], Client], study: Study, wrong: dict[str, object], field: str
) -> None:
    form = {
        "name": "Iva Nováková", "email": "iva@outside.example", "roles": ["specialist"], "language": "fr",
        "studies": [study.public_id], "studies_until": "",
    }  # fmt: skip
    answer = client_of(administrator).post("/settings/people/add", form | wrong)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert not Invitation.objects.exists()


def test_studies_are_given_to_specialists_by_whoever_may_share_them(partners_side, administrator: Actor) -> None:
    study, boss = uuid7(), partners_side.member(partners_side.kerlan)
    for inviter, role in ((boss, Role.PARTNER_SALES), (administrator, Role.MANAGER)):
        with pytest.raises(Invalid) as refusal:
            invite(inviter, role, study_ids=[study])
        assert (refusal.value.code, refusal.value.field) == ("not_for_this_role", "studies")
    inviting = replace(
        administrator, roles=frozenset(), permissions=frozenset({"accounts.person:view", "accounts.person:invite"})
    )
    with pytest.raises(Denied):
        invite(inviting, Role.SPECIALIST, study_ids=[study])
    assert not Invitation.objects.exists()


def test_an_invitation_to_a_partner_opens_no_study_whatever_it_says(
    partners_side, administrator: Actor, study: Study
) -> None:
    seen, other = study.pk, uuid7()
    invitation_accept(actor=administrator, token=invite(administrator, Role.SPECIALIST, study_ids=[seen]), **CHOSEN)
    guest = User.objects.get(email="elise@orvane.example")
    token = invite(partners_side.member(partners_side.kerlan), Role.PARTNER_SALES)
    Invitation.objects.filter(accepted_at=None).update(study_ids=[other])  # one from before
    invitation_accept(actor=administrator, token=token, user_id=guest.pk)
    assert actor_with("elise@orvane.example", "specialist").study_ids == (seen,)


def test_what_a_specialist_saw_is_over_with_the_role(administrator: Actor, study: Study) -> None:
    invitation_accept(actor=administrator, token=invite(administrator, Role.SPECIALIST, study_ids=[study.pk]), **CHOSEN)
    guest = actor_with("elise@orvane.example", "specialist")
    with as_role(administrator):
        member_set_roles(actor=administrator, person_id=guest.person_id, roles=["manager"])
    assert not StudyPass.objects.exists()
