"""Each wall alone keeps partners apart: queries without wall 1, and without wall 2."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import ProgrammingError

from prm.access.actors import Actor, ActorKind, Role
from prm.access.roles import DATABASE_ROLE, as_role, as_system
from prm.accounts.models import Person
from prm.core.ids import uuid7
from prm.events.models import OutboxEvent
from prm.partners.models import (
    Company,
    FactProposal,
    Partner,
    PartnerTerritory,
    Product,
    ProductFamily,
    Sale,
    Site,
    SourceKind,
    Territory,
)
from prm.partners.selectors.own import own_partner
from prm.partners.services.proposals import ProposalSource, fact_propose
from tests.conftest import PartnersSide

pytestmark = pytest.mark.django_db

#: Kernel tables that both partners have rows in. That no table is without a row for this question is asked in ``test_walls``.
MODELS = [Partner, Company, Person, Site, PartnerTerritory, Sale, FactProposal]


@pytest.fixture
def both_sides(partners_side: PartnersSide) -> tuple[Actor, Actor]:
    """A person of each of two partners, with a row of either in every table of ``MODELS``."""
    actors = partners_side.member(partners_side.kerlan), partners_side.member(partners_side.nordisk, Role.PARTNER_SALES)
    with as_system("a test") as system:
        family = ProductFamily.objects.create(code="switching", name="Switching")
        product = Product.objects.create(code="sw-1", name="Switch 1", family=family)
        territory = Territory.objects.create(code="west", name="West")
        for number, actor in enumerate(actors):
            partner = Partner.objects.get(pk=actor.partner_id)
            Site.objects.create(company_id=partner.company_id, city=f"City {number}", country="FR")
            PartnerTerritory.objects.create(partner=partner, territory=territory)
            Sale.objects.create(
                partner=partner, product=product, sold_on=date(2026, 1, 5), quantity=1, amount=100, currency="EUR",
                order_number=str(number),
            )  # fmt: skip
            source = ProposalSource(SourceKind.PARTNER, "A test", f"a-test:{number}")
            fact_propose(
                actor=system,
                partner_id=partner.pk,
                company_id=partner.company_id,
                facts={"employees": 40 + number},
                source=source,
            )
    return actors


@pytest.fixture
def no_second_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database takes partners for the product itself, and gives them every row."""
    monkeypatch.setitem(DATABASE_ROLE, ActorKind.PARTNER, DATABASE_ROLE[ActorKind.SYSTEM])


def owners(actor: Actor, model: type) -> set[str]:
    """Whose rows a plain query of the actor's role gives: no policy of the application narrows it."""
    with as_role(actor):
        return {whose(row) for row in model._default_manager.all()}


def whose(row: object) -> str:
    for name in ("partner_id", "company_id", "pk"):
        if getattr(row, name, None) is not None:
            return str(getattr(row, name))
    return ""


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_without_the_first_wall_a_partner_reads_its_own_rows_only(model: type, both_sides: tuple[Actor, Actor]) -> None:
    first, second = owners(both_sides[0], model), owners(both_sides[1], model)
    assert len(first) == len(second) == 1
    assert first != second
    assert first <= {str(both_sides[0].partner_id), str(both_sides[0].company_id)}


@pytest.mark.usefixtures("no_second_wall")
def test_the_second_wall_is_down_here(both_sides: tuple[Actor, Actor]) -> None:
    """Else the next test would show nothing."""
    assert len(owners(both_sides[0], Sale)) == 2


@pytest.mark.usefixtures("no_second_wall")
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_without_the_second_wall_a_partner_reads_its_own_rows_only(model: type, both_sides: tuple[Actor, Actor]) -> None:
    for actor in both_sides:
        with as_role(actor):
            seen = {whose(row) for row in model.objects.visible_to(actor)}  # type: ignore[attr-defined]
        assert seen <= {str(actor.partner_id), str(actor.company_id)}


@pytest.mark.usefixtures("no_second_wall")
def test_what_a_partner_may_read_is_read_by_the_first_wall_alone(both_sides: tuple[Actor, Actor]) -> None:
    for actor in both_sides:
        with as_role(actor):
            assert own_partner(actor=actor).pk == actor.partner_id
            assert [row.partner_id for row in FactProposal.objects.visible_to(actor)] == [actor.partner_id]


def test_a_partner_writes_nothing_in_anothers_name_though_the_application_lets_it(both_sides: tuple[Actor, Actor]) -> None:
    mine, other = both_sides
    with as_system("a test"):
        theirs = FactProposal.objects.get(partner_id=other.partner_id)
    with as_role(mine):
        assert FactProposal.objects.filter(pk=theirs.pk).update(note="mine") == 0
    copied = {f.attname: getattr(theirs, f.attname) for f in FactProposal._meta.concrete_fields if not f.primary_key}
    with pytest.raises(ProgrammingError, match="row-level security"), as_role(mine):
        FactProposal.objects.create(**{**copied, "field": "engineers"})


def test_a_partner_tells_the_outbox_only_of_its_own_side(both_sides: tuple[Actor, Actor]) -> None:
    mine, other = both_sides
    row = {"type": "a.b", "actor_kind": "partner", "subject_type": "a", "subject_id": uuid7()}
    with as_role(mine):
        OutboxEvent.objects.create(partner_id=mine.partner_id, **row)
    for partner_id in (other.partner_id, None):
        with pytest.raises(ProgrammingError, match="row-level security"), as_role(mine):
            OutboxEvent.objects.create(partner_id=partner_id, **row)
    with pytest.raises(ProgrammingError, match="permission denied"), as_role(mine):
        OutboxEvent.objects.count()
