"""A new look-alike: its form, the references it offers, and what it refuses."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from prm.access.roles import as_role
from prm.partners.models import Partner, Product, ProductFamily, Sale
from prm.partners.rules.sales import month_back
from profiling.studies.models import Study
from profiling.studies.words import AMONG

pytestmark = pytest.mark.django_db


def test_a_new_look_alike_is_asked_in_a_form(universe, manager, client_of):
    client = client_of(manager)
    address = reverse("vendor:profiling:lookalike-new")
    form = client.get(address)
    assert form.context["references"] == []
    assert {group["label"] for group in form.context["compared"]} >= {"Offer sold", "Territory"}
    refused = client.post(address, {"start": "1", "title": "Nobody"})
    assert refused.status_code == 422
    response = client.post(address, {"start": "1", "title": "West", "ref": universe[0].public_id})
    assert response.status_code == 302
    with as_role(manager):
        assert Study.objects.get().title == "West"


def test_references_are_offered_by_what_they_bought_and_found_while_typing(universe, manager, client_of):
    client = client_of(manager)
    address = reverse("vendor:profiling:lookalike-new")
    with as_role(manager):
        sellers = [Partner.objects.get_or_create(company=c)[0] for c in universe[:2]]
        Partner.objects.filter(pk__in=[s.pk for s in sellers]).update(lifecycle="active")
        family = ProductFamily.objects.create(code="fw", name="Firewall")
        product = Product.objects.create(code="fw1", name="Firewall 1", family=family)
        for seller, amount in zip(sellers, (10**9, 10**10), strict=True):
            Sale.objects.create(
                partner=seller, product=product, sold_on=month_back(timezone.localdate(), 2), quantity=1, amount=amount,
                currency="EUR", amount_reporting=amount, source_key="crm", order_number=f"SO-{amount}",
            )  # fmt: skip
    offered = client.get(address).context["offered"]
    assert [offer["company"].pk for offer in offered][:2] == [universe[1].pk, universe[0].pk]
    typed = client.get(address, {"q": universe[2].name[:8], "ref": universe[1].public_id})
    assert universe[2].pk in {offer["company"].pk for offer in typed.context["offered"]}
    added = client.post(address, {"ref": universe[1].public_id, "add": universe[2].public_id, "q": "gone", "title": "Mine"})
    assert [c.pk for c in added.context["references"]] == [universe[1].pk, universe[2].pk]
    assert (added.context["q"], added.context["title"]) == ("", "Mine")


def test_a_look_alike_that_nobody_names_is_named_after_its_references_and_keeps_its_filters(universe, manager, client_of):
    sent = {
        "start": "1", "ref": [c.public_id for c in universe[:2]], "status": "not_partner", "min_known": "0.25", "with_filters": "1",
        "typologies": ["var"], "countries": "FR, be", "min_employees": "10",
    }  # fmt: skip
    assert client_of(manager).post(reverse("vendor:profiling:lookalike-new"), sent).status_code == 302
    with as_role(manager):
        study = Study.objects.get()
    assert study.title == f"Who looks like {universe[0].name} and 1 more"
    assert study.parameters["filters"] == {
        "status": "not_partner", "min_known": 0.25, "typologies": ["var"], "countries": ["BE", "FR"], "min_employees": 10,
    }  # fmt: skip


def test_what_was_chosen_stays_when_a_new_study_is_refused(universe, manager, client_of):
    for name in ("lookalike-new", "ranking-new"):
        refused = client_of(manager).post(
            reverse(f"vendor:profiling:{name}"),
            {
                "start": "1",
                "status": "partner",
                "min_known": "0.75",
                "with_filters": "1",
                "countries": "nowhere",
                "title": "T",
            },
        )
        assert refused.status_code == 422
        assert (refused.context["filters"]["status"], refused.context["filters"]["min_known"]) == ("partner", 0.75)
        assert refused.context["filters"]["countries"] == ["nowhere"]


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("status", "bogus"),
        ("min_known", "half"),
        ("typologies", "bogus"),
        ("min_employees", "many"),
        ("max_employees", "inf"),
        ("max_employees", "-3"),
    ],
)
def test_a_filter_that_means_nothing_is_refused_in_words_and_stays_as_it_was_sent(universe, manager, client_of, name, sent):
    form = {"start": "1", "with_filters": "1", "ref": universe[0].public_id, "title": "T", name: sent}
    for kind in ("lookalike-new", "ranking-new"):
        address = reverse(f"vendor:profiling:{kind}")
        refused = client_of(manager).post(address, form)
        assert refused.status_code == 422
        assert [one["message"] for one in refused.context["refused"]] == [refused.context["at"][AMONG[f"filters.{name}"][0]]]
        assert sent.replace("-", "−") in " ".join(chip["value"] for chip in refused.context["chips"])
    assert client_of(manager).get(reverse("vendor:profiling:lookalike-new"), form).status_code == 200
