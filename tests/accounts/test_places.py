"""Where an account comes in, and as whom: the vendor, one partner or another, chosen studies (G4)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from prm.access.actors import Actor, ActorKind, Role
from prm.access.roles import as_role, as_sign_in, as_system
from prm.accounts.links import token_behind
from prm.accounts.models import Invitation, Membership, Organisation, Person, StudyPass, User
from prm.accounts.places import Held, place_chosen, places_of
from prm.accounts.selectors.actors import actor_behind, actor_of_user, api_key_of
from prm.accounts.services.accounts import Account, account_give
from prm.accounts.services.coming_in import invitation_accept
from prm.accounts.services.invitations import Invited
from prm.accounts.services.keys import api_key_create
from prm.core.errors import Invalid
from prm.core.ids import uuid7
from prm.events.models import OutboxEvent
from prm.events.runner.work import deliver_all
from prm.notifications.selectors import notification_list, told_of
from prm.partners.models import Company, Lifecycle, Partner
from prm.partners.selectors.members import portal_access
from prm.partners.services.companies import company_edit
from prm.partners.services.lifecycle import partner_advance, partner_take_back
from prm.partners.services.members import partner_invite, partner_member_add
from tests.conftest import PartnersSide

KERLAN, NORDISK = uuid7(), uuid7()


def at(partner_id: object, name: str, role: Role = Role.PARTNER_SALES, door: str = "partner") -> Held:
    return Held(role=role, partner_id=partner_id, company_id=uuid7(), name=name, door=door)  # type: ignore[arg-type]


def test_the_vendor_comes_first_then_partners_by_name_then_the_specialists_place() -> None:
    held = [Held(role=Role.SPECIALIST), at(NORDISK, "Nordisk"), Held(role=Role.MANAGER), at(KERLAN, "Kerlan")]
    assert [place.name or place.key for place in places_of(held)] == ["vendor", "Kerlan", "Nordisk", "specialist"]


def test_roles_at_one_partner_are_one_place_and_give_nothing_elsewhere() -> None:
    places = places_of([at(KERLAN, "Kerlan"), at(KERLAN, "Kerlan", Role.PARTNER_ADMINISTRATOR), Held(role=Role.DIRECTOR)])
    assert [place.roles for place in places] == [{Role.DIRECTOR}, {Role.PARTNER_SALES, Role.PARTNER_ADMINISTRATOR}]


def test_a_closed_door_opens_no_place_and_a_candidates_door_makes_a_candidate() -> None:
    places = places_of([at(KERLAN, "Kerlan", door="closed"), at(NORDISK, "Nordisk", Role.CANDIDATE, door="candidate")])
    assert [(place.key, place.kind) for place in places] == [(str(NORDISK), ActorKind.CANDIDATE)]


def test_a_place_that_is_not_open_any_more_gives_way_to_the_first() -> None:
    places = places_of([Held(role=Role.MANAGER), at(KERLAN, "Kerlan")])
    assert place_chosen(places, str(KERLAN)) is places[1]
    assert place_chosen(places, str(NORDISK)) is places[0]
    assert place_chosen([], "vendor") is None


@pytest.mark.django_db
def test_somebody_of_two_partners_is_a_person_at_each_and_acts_for_one_at_a_time(partners_side: PartnersSide) -> None:
    first = partners_side.member(partners_side.kerlan, Role.PARTNER_ADMINISTRATOR)
    email = User.objects.get(pk=first.user_id).email
    with as_system("a test") as system:
        person = partner_member_add(
            actor=system, partner_id=partners_side.nordisk.pk, account=Account(email=email, name="Y. Guivarch (Nordisk)"),
            role=Role.PARTNER_SALES,
        )  # fmt: skip
    user = User.objects.get(pk=first.user_id)
    there = actor_of_user(user, str(partners_side.nordisk.pk))
    assert person.pk != first.person_id
    assert (first.partner_id, first.roles) == (partners_side.kerlan.pk, {Role.PARTNER_ADMINISTRATOR})
    assert (there.partner_id, there.person_id, there.roles) == (partners_side.nordisk.pk, person.pk, {Role.PARTNER_SALES})
    assert there.company_id == partners_side.nordisk.company_id
    with as_role(there):
        assert [name for _key, name in there.places] == ["Kerlan Systèmes", "Nordisk IT"]
        assert [row.name for row in Person.objects.all()] == ["Y. Guivarch (Nordisk)"], "wall 2 alone"


@pytest.mark.django_db
def test_a_person_of_the_vendor_finds_no_portal(manager: Actor, client_of) -> None:
    assert client_of(manager).get("/portal/").status_code == 404


@pytest.mark.django_db
def test_a_partner_that_leaves_finds_the_door_closed_and_open_again_when_it_comes_back(partners_side: PartnersSide) -> None:
    actor = partners_side.member(partners_side.kerlan)
    user = User.objects.get(pk=actor.user_id)

    def move(*steps: str) -> ActorKind:
        with as_system("a test") as system:
            for step in steps:
                partner_advance(actor=system, partner_id=partners_side.kerlan.pk, to=step, reason="a test")
        return actor_of_user(user).kind

    assert move("exiting") is ActorKind.PARTNER, "until it has left it settles its affairs"
    assert move("exited") is ActorKind.ANONYMOUS
    assert move("candidate") is ActorKind.CANDIDATE


@pytest.mark.django_db
def test_who_came_in_as_a_candidate_looks_after_the_partners_people_once_it_is_one(partners_side: PartnersSide) -> None:
    candidate = partners_side.candidate()
    assert candidate.kind is ActorKind.CANDIDATE
    with as_system("a test") as system:
        partner_advance(actor=system, partner_id=candidate.partner_id, to=Lifecycle.ENGAGED)
    now = actor_of_user(User.objects.get(pk=candidate.user_id))
    assert (now.kind, now.roles) == (ActorKind.PARTNER, {Role.PARTNER_ADMINISTRATOR})
    deliver_all()
    with as_role(now):
        told = [item.sentence for item in told_of(actor=now, rows=list(notification_list(actor=now)))]
    assert "Ostrava Net is a partner now: you look after who comes in for it" in told
    with as_system("a test"):
        assert OutboxEvent.objects.get(type="accounts.member_roles_changed").data == {
            "roles": ["partner_administrator"], "before": ["candidate"],
        }  # fmt: skip


@pytest.mark.django_db
def test_who_was_invited_as_a_candidate_comes_in_by_the_same_link_once_it_is_a_partner(
    manager: Actor, partners_side: PartnersSide
) -> None:
    partner_id = partners_side.candidate().partner_id
    invited = Invited(email="petr@ostrava.example", name="Petr Novák", roles=[Role.CANDIDATE])
    with as_role(manager):
        invitation = partner_invite(actor=manager, partner_id=partner_id, invited=invited)
        partner_advance(actor=manager, partner_id=partner_id, to=Lifecycle.ENGAGED)
    came = invitation_accept(actor=manager, token=token_behind(invitation), password="eleven grey herons").user
    now = actor_of_user(came)
    assert (now.kind, now.roles) == (ActorKind.PARTNER, {Role.PARTNER_ADMINISTRATOR})


@pytest.mark.django_db
def test_a_step_that_is_taken_back_makes_candidates_again_who_may_no_more_than_candidates(
    manager: Actor, partners_side: PartnersSide, client_of
) -> None:
    candidate = partners_side.candidate()
    with as_role(manager):
        partner_advance(actor=manager, partner_id=candidate.partner_id, to=Lifecycle.ENGAGED)
        partner_take_back(actor=manager, partner_id=candidate.partner_id)
    now = actor_of_user(User.objects.get(pk=candidate.user_id))
    assert (now.kind, now.roles, now.permissions) == (ActorKind.CANDIDATE, {Role.CANDIDATE}, candidate.permissions)
    assert client_of(now).get("/portal/people/new").status_code == 403
    with as_role(manager):
        [shown] = portal_access(actor=manager, partner=Partner.objects.get(pk=candidate.partner_id)).people
    assert shown.role_name == "Candidate"


@pytest.mark.django_db
def test_people_of_a_partner_that_comes_back_as_a_candidate_hold_what_they_held_only_once_it_is_one(
    partners_side: PartnersSide,
) -> None:
    seller = partners_side.member(partners_side.kerlan, Role.PARTNER_SALES)

    def moved(*steps: str) -> tuple[ActorKind, set[Role]]:
        with as_system("a test") as system:
            for step in steps:
                partner_advance(actor=system, partner_id=partners_side.kerlan.pk, to=step, reason="a test")
        now = actor_of_user(User.objects.get(pk=seller.user_id))
        return now.kind, set(now.roles)

    assert moved("exiting", "exited", "candidate") == (ActorKind.CANDIDATE, {Role.CANDIDATE})
    assert moved("engaged") == (ActorKind.PARTNER, {Role.PARTNER_SALES}), "nobody is raised by a detour"


@pytest.mark.django_db
def test_roles_of_one_side_are_refused_on_the_other_by_service_and_database(partners_side: PartnersSide) -> None:
    actor = partners_side.member(partners_side.kerlan)
    with as_system("a test") as system, pytest.raises(Invalid) as refusal:
        account_give(
            actor=system, account=Account(email="x@kerlan.example", name="X"), roles=[Role.ADMINISTRATOR],
            partner_id=partners_side.kerlan.pk,
        )  # fmt: skip
    assert refusal.value.field == "role"
    for role, partner in [(Role.DIRECTOR, partners_side.kerlan.pk), (Role.PARTNER_SALES, None)]:
        with pytest.raises(IntegrityError), transaction.atomic():
            Membership.objects.create(user_id=actor.user_id, role=role, partner_id=partner)


@pytest.mark.django_db
def test_a_specialist_holds_the_studies_it_was_invited_to_until_they_run_out() -> None:
    user = User.objects.create_user(email="guest@outside.example", password="correct horse battery")
    Membership.objects.create(user=user, role=Role.SPECIALIST)
    now, mine, over = timezone.now(), uuid7(), uuid7()
    StudyPass.objects.create(user=user, study_id=mine, valid_until=now + timedelta(days=1))
    StudyPass.objects.create(user=user, study_id=over, valid_until=now - timedelta(days=1))
    actor = actor_of_user(user)
    assert (actor.kind, actor.study_ids) == (ActorKind.SPECIALIST, (mine,))


@pytest.mark.django_db
def test_a_key_acts_for_the_place_that_it_was_made_at_and_no_other(administrator: Actor, partners_side: PartnersSide) -> None:
    with as_role(administrator):
        key, secret = api_key_create(actor=administrator, name="CRM sync", scopes=["companies:read"])
    assert key.partner_id is None
    found = api_key_of(secret)
    assert found is not None
    assert actor_behind(found).kind is ActorKind.VENDOR
    email = User.objects.get(pk=administrator.user_id).email
    with as_system("a test") as system:
        partner_member_add(
            actor=system, partner_id=partners_side.kerlan.pk, role=Role.PARTNER_SALES,
            account=Account(email=email, name="Agnès Morel"),
        )  # fmt: skip
    Membership.objects.filter(user_id=administrator.user_id, partner__isnull=True).delete()
    left = api_key_of(secret)
    assert left is not None
    assert actor_behind(left).is_anonymous, "never the partner's side by a vendor's key"


@pytest.mark.django_db
def test_signing_in_asks_one_question(partners_side: PartnersSide, django_assert_num_queries) -> None:
    actor = partners_side.member(partners_side.kerlan)
    user = User.objects.get(pk=actor.user_id)
    with django_assert_num_queries(1):
        actor_of_user(user, str(partners_side.kerlan.pk))


@pytest.mark.django_db
def test_a_partner_nobody_signs_in_for_has_no_organisation(partners_side: PartnersSide) -> None:
    assert not Organisation.objects.exists()
    with as_system("a test") as system:
        company = Company.objects.create(name="Quiet Ltd")
        partner_member_add(
            actor=system, partner_id=Partner.objects.create(company=company, lifecycle=Lifecycle.ACTIVE).pk,
            account=Account(email="a@quiet.example", name="A"), role=Role.PARTNER_SALES,
        )  # fmt: skip
    with as_sign_in():
        assert Organisation.objects.get().name == "Quiet Ltd"


@pytest.mark.django_db
def test_the_switcher_tells_the_name_that_the_company_has_now(partners_side: PartnersSide) -> None:
    actor = partners_side.member(partners_side.kerlan)
    with as_system("a test") as system:
        company_edit(actor=system, company_id=partners_side.kerlan.company_id, values={"name": "Kerlan Groupe"})
    now = actor_of_user(User.objects.get(pk=actor.user_id))
    assert [name for _key, name in now.places] == ["Kerlan Groupe"]


@pytest.mark.django_db
def test_an_idempotency_key_used_for_one_partner_answers_nothing_for_another(partners_side: PartnersSide, client_of) -> None:
    boss = partners_side.member(partners_side.kerlan)
    account = Account(email=User.objects.get(pk=boss.user_id).email, name=boss.name)
    with as_system("a test") as system:
        partner_member_add(
            actor=system, partner_id=partners_side.nordisk.pk, account=account, role=Role.PARTNER_ADMINISTRATOR
        )
    browser = client_of(boss)

    def invite():
        body = {"email": "sven@it.example", "name": "Sven", "roles": ["partner_sales"]}
        return browser.post(
            "/api/v1/invitations", body, content_type="application/json", headers={"idempotency-key": "two-places"}
        )

    def again(answer) -> tuple[int, bool]:
        return answer.status_code, "Idempotency-Replayed" in answer.headers

    first = invite()
    browser.post("/accounts/place/", {"place": str(partners_side.nordisk.pk)})
    assert again(first) == (201, False)
    assert again(invite()) == (201, False)
    assert again(invite()) == (201, True)
    with as_sign_in():
        invited = Invitation.objects.values_list("partner_id", flat=True)
        assert set(invited) == {partners_side.kerlan.pk, partners_side.nordisk.pk}
