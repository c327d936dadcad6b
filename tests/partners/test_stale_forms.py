"""Two people have the same form open: nobody's words are lost, and nobody overwrites what they have not seen (UX 4)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from prm.access.actors import Actor
from prm.access.roles import as_role
from prm.partners.catalogue import KINDS
from prm.partners.models import Company, Product
from prm.partners.services.catalogue import record_save
from prm.partners.services.companies import company_create, company_edit
from prm.partners.services.partners import partner_create, partner_edit
from prm.ui.forms import RefusableForm

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client_of: Callable[[Actor], Client], director: Actor) -> Client:
    return client_of(director)


def as_opened(page: Client, address: str) -> dict[str, Any]:
    """What a browser sends of the form that an address shows, untouched."""
    form: RefusableForm = page.get(address).context["form"]
    return {**form._now(), **{name: form.initial[name] for name in form._states()}, "opened": form.opened}


def test_what_others_changed_stands_beside_what_was_typed_and_the_rest_follows_them(
    page: Client, manager: Actor, director: Actor
) -> None:
    with as_role(manager):
        company = company_create(actor=manager, values={"name": "Kerlan", "country": "FR", "employees": 46, "city": "Brest"})
    address = f"/companies/{company.public_id}/edit"
    mine = as_opened(page, address) | {"employees": "50", "website": "kerlan.example"}
    with as_role(manager):
        company_edit(actor=manager, company_id=company.pk, values={"employees": 1047, "city": "Quimper"})
    told = page.post(address, mine)
    shown = told.content.decode()
    assert told.status_code == 409
    assert "Claire Rousset changed employees, city while this form was open" in shown
    assert "Meanwhile: 1,047. Save again to put yours in its place." in shown
    form = told.context["form"]
    assert [form[name].value() for name in ("employees", "website", "city")] == ["50", "kerlan.example", "Quimper"]
    assert page.post(address, form.data.dict()).status_code == 302
    with as_role(director):
        company = Company.objects.get(pk=company.pk)
    assert (company.employees, company.website, company.city) == (50, "kerlan.example", "Quimper")


def test_whoever_was_shown_what_is_there_now_is_told_again_of_what_changes_after_that(page: Client, manager: Actor) -> None:
    with as_role(manager):
        company = company_create(actor=manager, values={"name": "Kerlan", "country": "FR", "employees": 46})
    address = f"/companies/{company.public_id}/edit"
    mine = as_opened(page, address) | {"employees": "50"}
    for figure in (47, 48):
        with as_role(manager):
            company_edit(actor=manager, company_id=company.pk, values={"employees": figure})
        told = page.post(address, mine)
        assert (told.status_code, f"Meanwhile: {figure}." in told.content.decode()) == (409, True)
        mine = told.context["form"].data.dict()
    assert page.post(address, mine).status_code == 302


@pytest.mark.parametrize("slug", KINDS)
def test_a_record_of_the_catalogue_that_somebody_else_saved_is_not_overwritten(
    page: Client, manager: Actor, director: Actor, slug: str
) -> None:
    kind = KINDS[slug]
    with as_role(director):
        record = record_save(actor=director, kind=kind, values={"name": "Edge 1", "relation": "competing", "areas": ""})
    address = f"/catalogue/{slug}/{record.public_id}"
    mine = as_opened(page, address) | {"name": "Edge mine", "code": "edge"}
    with as_role(director):
        values = {"name": "Edge theirs", "code": "edge-1", "relation": "competing", "areas": ""}
        record_save(actor=director, kind=kind, record_id=record.pk, values=values)
    told = page.post(address, mine)
    assert told.status_code == 409
    assert "Daniel Weiss changed this while the form was open" in told.content.decode()
    assert "Meanwhile: Edge theirs." in told.content.decode()
    with as_role(director):
        assert kind.model.objects.get(pk=record.pk).name == "Edge theirs"
    assert page.post(address, told.context["form"].data.dict()).status_code == 302
    with as_role(director):
        kept = kind.model.objects.get(pk=record.pk)
    assert (kept.name, kept.code) == ("Edge mine", "edge")


def test_what_is_agreed_with_a_partner_is_not_overwritten_either(page: Client, manager: Actor, director: Actor) -> None:
    with as_role(director):
        company = company_create(actor=director, values={"name": "Kerlan", "country": "FR"})
        partner = partner_create(actor=director, company_id=company.pk)
    address = f"/companies/{company.public_id}/relationship/edit"
    mine = as_opened(page, address) | {"language": "fr", "currency": "CHF"}
    with as_role(director):
        partner_edit(actor=director, partner_id=partner.pk, values={"language": "de", "dedicated_share": "0.25"})
    told = page.post(address, mine)
    assert "Meanwhile: German. Save again" in told.content.decode()
    form = told.context["form"]
    assert [form[name].value() for name in ("language", "currency", "dedicated_share")] == ["fr", "CHF", "25"]
    assert page.post(address, form.data.dict()).status_code == 302
    with as_role(director):
        partner.refresh_from_db()
    assert (partner.language, partner.currency, str(partner.dedicated_share)) == ("fr", "CHF", "0.2500")


def test_prices_follow_as_they_are_written(page: Client, director: Actor) -> None:
    with as_role(director):
        made = record_save(
            actor=director,
            kind=KINDS["products"],
            values={"name": "Edge 1", "list_price": Decimal("1234.5"), "currency": "EUR"},
        )
    address = f"/catalogue/products/{made.public_id}"
    mine = as_opened(page, address) | {"line": "Edge"}
    with as_role(director):
        values = {"name": "Edge 1", "code": "edge-1", "list_price": Decimal("1300.25"), "currency": "EUR"}
        record_save(actor=director, kind=KINDS["products"], record_id=made.pk, values=values)
    told = page.post(address, mine)
    assert page.post(address, told.context["form"].data.dict()).status_code == 302
    with as_role(director):
        product = Product.objects.get(pk=made.pk)
    assert (product.line, str(product.list_price)) == ("Edge", "1300.2500")
