"""Whatever two partners and the vendor do, in any order, neither partner sees or changes a row of the other.

Each step is a service, called in the database role of whoever acts. After it, every row of the partner that had no part in it is as it was,
and what each reads by either wall alone is its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from prm.access.actors import Actor, Role, anonymous_actor
from prm.access.roles import as_role, as_sign_in, as_system
from prm.access.rowsecurity import rules_of
from prm.accounts.links import token_behind
from prm.accounts.models import User
from prm.accounts.selectors.actors import actor_of_user
from prm.accounts.selectors.colleagues import colleague_list
from prm.accounts.selectors.invitations import invitation_list
from prm.accounts.services.coming_in import invitation_accept
from prm.accounts.services.invitations import (
    Invited,
    invitation_resend,
    invitation_revoke,
    invitation_send,
)
from prm.accounts.services.members import member_remove, member_set_roles
from prm.core.errors import Denied, DomainError, NotFound
from prm.core.ids import typeid_key, uuid7
from prm.notifications.kinds import KINDS
from prm.notifications.models import Notification
from prm.notifications.selectors import notification_list
from prm.notifications.services import digest_time_set, notification_read, notifications_read, preferences_set, tell
from prm.partners.facts.proposed import ProposalSource
from prm.partners.models import Company, FactProposal, Partner, ProposalState, Site, SourceKind
from prm.partners.selectors.own import own_decisions, own_partner, own_waiting
from prm.partners.services.lifecycle import partner_advance, partner_take_back
from prm.partners.services.merging import company_merge
from prm.partners.services.proposals import fact_proposals_accept, fact_proposals_refuse, fact_propose
from prm.portal.models import Brand, BrandColour
from prm.portal.selectors import own_brand
from prm.portal.services import brand_set
from prm.questionnaires.selectors.rounds import Door, door_of
from prm.questionnaires.services.answers import answer_keep, answer_submit
from tests.access.canaries import Side, World, reached, told, whose
from tests.access.walls import without_the_first, without_the_second

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("canaries")]

#: What partners read; of the outbox they only add to it.
READ = [model for model in reached() if "SELECT" in rules_of(model)["prm_portal"].verbs]
FACTS = {
    "employees": st.integers(1, 9_000),
    "city": st.sampled_from(["Brest", "Lyon"]),
    "website": st.just("https://own.example"),
}

SIDES = st.sampled_from([0, 1])
PEOPLE = st.sampled_from([Role.PARTNER_ADMINISTRATOR, Role.PARTNER_SALES])


class TwoPartners(RuleBasedStateMachine):
    """The machine. ``world`` and ``vendor`` are given by the test; each run is undone at its end."""

    world: World
    vendor: Actor

    def __init__(self) -> None:
        super().__init__()
        self.run = transaction.atomic()
        self.run.__enter__()
        self.sides: list[Side] = self.world.sides[:2]
        #: Of the other side's, what this one typed itself: an address, and so the key of its account, which no page shows.
        self.typed: dict[str, set[str]] = {"a": set(), "b": set()}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.run.__exit__(None, None, None)

    # ---- who acts, and what is looked at afterwards

    def actor(self, side: int, role: Role) -> Actor:
        """The person as their next request finds them; nobody once their access has ended."""
        with as_sign_in():
            user = User.objects.get(pk=self.sides[side].people[role].user_id)
            return actor_of_user(user, str(self.sides[side].partner.pk))

    @contextmanager
    def only(self, side: int) -> Iterator[None]:
        """A step that may change rows of this partner. Refusals of the domain are as good as any outcome."""
        other = self.sides[1 - side]
        before = rows_of(other)
        try:
            with transaction.atomic():
                yield
        except DomainError:
            pass
        after = rows_of(other)
        changed = [label for label, was in before.items() if after[label] != was]
        assert not changed, (
            f"a step of side {self.sides[side].letter} changed rows of side {other.letter} in {', '.join(changed)}"
        )

    @contextmanager
    def refused(self, side: int) -> Iterator[None]:
        """A step that reaches for the other partner: it is told that there is nothing, and nothing happens."""
        with self.only(side):
            try:
                yield
            except (NotFound, Denied):
                return
            raise AssertionError(f"side {self.sides[side].letter} reached a row of side {self.sides[1 - side].letter}")

    # ---- what partners do

    @rule(side=SIDES, role=PEOPLE, fact=st.sampled_from(sorted(FACTS)), data=st.data())
    def propose(self, side: int, role: Role, fact: str, data: st.DataObject) -> None:
        actor = self.actor(side, role)
        with self.only(side), as_role(actor):
            partner = own_partner(actor=actor)
            _propose(actor, partner, partner.company_id, {fact: data.draw(FACTS[fact])})

    @rule(side=SIDES, role=PEOPLE, whose=st.sampled_from(["partner", "company"]))
    def propose_of_the_other(self, side: int, role: Role, whose: str) -> None:
        actor, other = self.actor(side, role), self.sides[1 - side].partner
        with self.refused(side), as_role(actor):
            partner = other if whose == "partner" else own_partner(actor=actor)
            _propose(actor, partner, other.company_id, {"employees": 1})

    @rule(side=SIDES, email=st.sampled_from(["new@a.example", "known"]), role=PEOPLE, is_accepted=st.booleans())
    def invite_a_colleague(self, side: int, email: str, role: Role, is_accepted: bool) -> None:
        """Also somebody who has an account at the other partner, and takes the invitation up with it."""
        actor, known = self.actor(side, Role.PARTNER_ADMINISTRATOR), None
        if email == "known":
            email = min(self.sides[1 - side].emails)
            with as_sign_in():
                known = User.objects.get(email__iexact=email).pk
            self.typed[self.sides[side].letter] |= {email.partition("@")[0], str(known)}
        with self.only(side):
            with as_role(actor):
                token = token_behind(
                    invitation_send(actor=actor, invited=Invited(email=email, name="Somebody", roles=[role]))
                )
            if is_accepted:
                invitation_accept(actor=anonymous_actor(), token=token, user_id=known, password="correct horse battery")

    @rule(side=SIDES, is_revoked=st.booleans(), is_theirs=st.booleans())
    def look_after_invitations(self, side: int, is_revoked: bool, is_theirs: bool) -> None:
        actor = self.actor(side, Role.PARTNER_ADMINISTRATOR)
        key = self.sides[1 - side if is_theirs else side].by_parameter["invitation_id"]
        with self.refused(side) if is_theirs else self.only(side), as_role(actor):
            (invitation_revoke if is_revoked else invitation_resend)(actor=actor, invitation_id=key)

    @rule(side=SIDES, number=st.integers(0, 5), role=PEOPLE, ends=st.booleans())
    def change_a_colleague(self, side: int, number: int, role: Role, ends: bool) -> None:
        actor = self.actor(side, Role.PARTNER_ADMINISTRATOR)
        with self.only(side), as_role(actor):
            colleagues = colleague_list(actor=actor)
            one = colleagues[number % len(colleagues)].person_id
            if ends:
                member_remove(actor=actor, person_id=one)
            else:
                member_set_roles(actor=actor, person_id=one, roles=[role])

    @rule(side=SIDES, ends=st.booleans())
    def change_somebody_of_the_other(self, side: int, ends: bool) -> None:
        actor = self.actor(side, Role.PARTNER_ADMINISTRATOR)
        theirs = next(iter(self.sides[1 - side].people.values())).person_id
        assert theirs is not None
        with self.refused(side), as_role(actor):
            if ends:
                member_remove(actor=actor, person_id=theirs)
            else:
                member_set_roles(actor=actor, person_id=theirs, roles=[Role.PARTNER_SALES])

    @rule(side=SIDES, colour=st.sampled_from(BrandColour.values), no_logo=st.booleans())
    def choose_a_look(self, side: int, colour: str, no_logo: bool) -> None:
        actor = self.actor(side, Role.PARTNER_ADMINISTRATOR)
        with self.only(side), as_role(actor):
            brand_set(actor=actor, colour=colour, no_logo=no_logo)

    @rule(side=SIDES, role=PEOPLE, hour=st.integers(0, 23), channel=st.sampled_from(["mail", "off"]))
    def read_and_prefer(self, side: int, role: Role, hour: int, channel: str) -> None:
        actor = self.actor(side, role)
        with self.only(side), as_role(actor):
            notifications_read(actor=actor)
            preferences_set(actor=actor, channels={"partners.facts_decided": channel})
            digest_time_set(actor=actor, hour=hour)

    @rule(side=SIDES, role=PEOPLE)
    def read_what_the_other_was_told(self, side: int, role: Role) -> None:
        actor = self.actor(side, role)
        key = typeid_key("notification", self.sides[1 - side].by_parameter["notification_id"])
        with self.refused(side), as_role(actor):
            notification_read(actor=actor, notification_id=key)

    @rule(side=SIDES, people=st.integers(1, 99), is_sent=st.booleans())
    def answer(self, side: int, people: int, is_sent: bool) -> None:
        with self.only(side):
            door = self.door(side)
            with as_role(door.actor):
                answer_keep(actor=door.actor, door=door, answers={"employees": people})
                if is_sent:
                    answer_submit(actor=door.actor, door=door)

    @rule(side=SIDES, role=PEOPLE, by_link=st.booleans())
    def answer_for_the_other(self, side: int, role: Role, by_link: bool) -> None:
        with self.refused(side):
            door = self.door(1 - side)
            actor = self.door(side).actor if by_link else self.actor(side, role)
            with as_role(actor):
                answer_keep(actor=actor, door=door, answers={"employees": 1})

    def door(self, side: int) -> Door:
        """What a side's link opens. Raises NotFound once it opens nothing."""
        with as_system("a link") as system:
            return door_of(actor=system, token=self.sides[side].by_parameter["token"])

    # ---- what the vendor does with one of them

    @rule(side=SIDES, is_accepted=st.booleans())
    def decide(self, side: int, is_accepted: bool) -> None:
        with self.only(side), as_role(self.vendor):
            waiting = FactProposal.objects.filter(partner=self.sides[side].partner, state=ProposalState.PENDING)
            keys = list(waiting.values_list("pk", flat=True))
            if is_accepted:
                fact_proposals_accept(actor=self.vendor, proposal_ids=keys)
            else:
                fact_proposals_refuse(actor=self.vendor, proposal_ids=keys, reason="Not so")

    @rule(side=SIDES, to=st.sampled_from(["active", "extended", "exiting", "exited", "candidate"]), is_undone=st.booleans())
    def move(self, side: int, to: str, is_undone: bool) -> None:
        key = self.sides[side].partner.pk
        with self.only(side), as_role(self.vendor):
            partner_advance(actor=self.vendor, partner_id=key, to=to, reason="A test", batch=uuid7())
            if is_undone:
                partner_take_back(actor=self.vendor, partner_id=key)

    @rule(side=SIDES, stays=st.booleans())
    def merge(self, side: int, stays: bool) -> None:
        """The partner's company takes another in, or becomes part of it; the partner follows."""
        with self.only(side), as_role(self.vendor):
            company = Partner.objects.get(pk=self.sides[side].partner.pk).company_id
            with as_system("a test"):
                third = Company.objects.create(name="Third", country="FR")
                Site.objects.create(company=third, city="Brest", country="FR")
            kept, gone = (company, third.pk) if stays else (third.pk, company)
            company_merge(actor=self.vendor, kept_id=kept, gone_id=gone)

    @rule(side=SIDES)
    def tell(self, side: int) -> None:
        people = [actor.person_id for actor in self.sides[side].people.values()]
        with self.only(side), as_system("a test") as system:
            company = Partner.objects.get(pk=self.sides[side].partner.pk).company_id
            entry = {"id": str(company), "cause": str(uuid7()), "data": {}}
            tell(actor=system, kind=KINDS.get("partners.facts_decided"), people=people, entry=entry)

    # ---- what each sees then

    @invariant()
    def each_wall_alone_gives_each_its_own_rows(self) -> None:
        for number, side in enumerate(self.sides):
            actor = self.actor(number, Role.PARTNER_ADMINISTRATOR)
            if (
                actor.is_anonymous
            ):  # the partner left the programme: its people have no place any more, and the database is closed
                with pytest.raises(ProgrammingError, match="permission denied"), as_role(actor):
                    list(Company.objects.all())
                own = set()
            else:
                own = {str(side.partner.pk), str(actor.company_id)}
                with as_role(actor):
                    for model in READ:
                        told(side, "the database", model._default_manager.all(), own)
            with as_system("the first wall alone"):
                for model in reached():
                    told(side, "its policy", model._default_manager.visible_to(actor), own)  # type: ignore[attr-defined]

    @invariant()
    def what_selectors_give_each_holds_no_mark_of_the_other(self) -> None:
        for number, side in enumerate(self.sides):
            actor = self.actor(number, Role.PARTNER_ADMINISTRATOR)
            if actor.is_anonymous:
                continue
            with as_role(actor):
                company = own_partner(actor=actor).company
                seen = [
                    [getattr(company, each.attname) for each in Company._meta.concrete_fields], own_waiting(actor=actor).values(),
                    own_decisions(actor=actor), colleague_list(actor=actor), own_brand(actor=actor),
                    invitation_list(actor=actor) if actor.may("accounts.person:invite") else [],
                ]  # fmt: skip
                texts = str([[_said(one) for one in part] if not hasattr(part, "pk") else _said(part) for part in seen])
                own = [row.person_id for row in notification_list(actor=actor)]
            crossed = self.world.foreign(side.letter, texts) - self.typed[side.letter]
            assert not crossed, f"selectors told side {side.letter} {', '.join(sorted(crossed))}"
            assert set(own) <= {actor.person_id}


def rows_of(side: Side) -> dict[str, list[str]]:
    """Every row of a side, by model, as text; asked as the product itself."""
    found = {}
    with as_system("a look at all rows"):
        own = {str(side.partner.pk), str(Partner.objects.values_list("company_id", flat=True).get(pk=side.partner.pk))}
        for model in READ:
            names = [each.attname for each in model._meta.concrete_fields]
            rows = [row for row in model._default_manager.order_by("pk") if whose(row) in own]
            found[model._meta.label] = [str([getattr(row, name) for name in names]) for row in rows]
    return found


def _said(one: Any) -> str:
    return str(vars(one)) if hasattr(one, "__dict__") else str(one)


def _propose(actor: Actor, partner: Partner, company_id: Any, facts: dict[str, Any]) -> None:
    source = ProposalSource(SourceKind.PARTNER, "A test", f"partner:{partner.pk}")
    fact_propose(actor=actor, partner_id=partner.pk, company_id=company_id, facts=facts, source=source)


@pytest.fixture
def machine(partners_side: Any, director: Actor, settings: Any, tmp_path: Any) -> type[TwoPartners]:
    settings.MEDIA_ROOT = tmp_path
    world = World(partners_side)
    for side in world.sides[:2]:
        with as_system("a test"):  # as they begin: told of nothing but their own company
            Notification.objects.exclude(subject_id=side.partner.company_id).filter(partner_id=side.partner.pk).delete()
    return type("Machine", (TwoPartners,), {"world": world, "vendor": director})


def walk(machine: type[TwoPartners], *, runs: int, steps: int, **more: Any) -> None:
    """Runs it, bounded."""
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=runs, stateful_step_count=steps, deadline=None, suppress_health_check=checks, database=None, **more
        ),
    )


def test_neither_partner_sees_or_changes_a_row_of_the_other(machine: type[TwoPartners]) -> None:
    walk(machine, runs=4, steps=12, derandomize=True, phases=[Phase.generate])


def test_the_people_of_a_partner_that_left_reach_nothing(machine: type[TwoPartners]) -> None:
    state = machine()
    try:
        for step in ("exiting", "exited"):
            state.move(side=1, to=step, is_undone=False)
        assert state.actor(1, Role.PARTNER_ADMINISTRATOR).is_anonymous
        state.each_wall_alone_gives_each_its_own_rows()
        state.what_selectors_give_each_holds_no_mark_of_the_other()
    finally:
        state.teardown()


@pytest.mark.slow
def test_neither_partner_sees_or_changes_a_row_of_the_other_in_long_histories(machine: type[TwoPartners]) -> None:
    walk(machine, runs=30, steps=30, print_blob=True, phases=[Phase.generate])


@pytest.mark.parametrize(
    ("without", "words"),
    [(without_the_first, "its policy gives side"), (without_the_second, "the database gives side")],
    ids=["first", "second"],
)
def test_a_wall_that_is_down_is_told(
    without: Callable[[pytest.MonkeyPatch], None], words: str, machine: type[TwoPartners], monkeypatch: pytest.MonkeyPatch
) -> None:
    without(monkeypatch)
    with pytest.raises(AssertionError, match=words):
        walk(machine, runs=1, steps=1, derandomize=True, phases=[Phase.generate])


def test_a_service_that_writes_on_the_other_side_is_told(machine: type[TwoPartners], monkeypatch: pytest.MonkeyPatch) -> None:
    """As if choosing one's look touched every brand, with the rights of the product."""

    def of_everybody(*, actor: Actor, colour: str, no_logo: bool) -> None:
        with as_system("careless"):
            Brand.objects.update(colour=colour, updated_at=timezone.now() + timedelta(seconds=1))

    monkeypatch.setattr("tests.access.test_two_partners.brand_set", of_everybody)
    with pytest.raises(AssertionError, match=r"changed rows of side \w in portal\.Brand"):
        walk(machine, runs=20, steps=20, derandomize=True, phases=[Phase.generate])
