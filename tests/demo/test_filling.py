"""The demo world in the database: filled once, as promised, by the application's login."""

from __future__ import annotations

import functools
import io
from datetime import date
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Max, Min, Sum

from prm.access.roles import as_sign_in
from prm.access.roles import as_system as system_role
from prm.accounts.models import Membership, Person, User
from prm.core.errors import Conflict
from prm.demo import filling
from prm.demo.accounts import password_of
from prm.demo.filling import world_fill
from prm.demo.world import build
from prm.demo.world.people import MEMBERS
from prm.partners.models import (
    Company,
    CompanyFact,
    CompanyWord,
    CustomerMix,
    Partner,
    PartnerMove,
    ProductFamily,
    Sale,
    Site,
    Vendor,
    VendorCarried,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 5, 19)


@pytest.fixture(autouse=True)
def _one_world(monkeypatch: pytest.MonkeyPatch) -> None:
    """The frames are made once for all tests; only the database is filled again."""
    monkeypatch.setattr(build, "build_world", _build_once)
    # What stages add is proved with them.
    monkeypatch.setattr(filling, "parts", [part for part in filling.parts if part.order < 500])


_build_once = functools.cache(build.build_world)


def fill(**options: Any) -> list[str]:
    said: list[str] = []
    world_fill(**{"today": TODAY, "companies": 1_000, "say": said.append, **options})
    return said


def test_fills_an_empty_installation_once() -> None:
    said = fill()
    assert len(said) >= 4
    assert "1,015 companies" in said[2]
    assert fill() == []
    with system_role("a test"):
        assert Company.objects.count() == 1_015
        assert Partner.objects.count() == 120
        assert ProductFamily.objects.count() == 8
        assert {"Nordwall", "Kestrel"} <= set(Vendor.objects.filter(relation="competing").values_list("name", flat=True))


def test_rows_are_whole_and_searchable() -> None:
    fill()
    with system_role("a test"):
        kerlan = Company.objects.get(name="Kerlan Systèmes")
        assert kerlan.name_key == "kerlan systemes"
        assert kerlan.registration_key == "812404117"
        assert (kerlan.region, kerlan.city, kerlan.revenue) == ("Bretagne", "Brest", 8_400_000)
        assert kerlan.revenue_reporting == kerlan.revenue
        assert kerlan.languages == ["fr", "en"]
        source, day, _person = kerlan.provenance["*"]
        assert len(source) == 36
        assert (
            kerlan.stalest_on
            == min(date.fromisoformat(d) for _s, d, _p in kerlan.provenance.values())
            <= date.fromisoformat(day)
        )
        assert CompanyWord.objects.filter(word="kerlan", company_id=kerlan.pk).exists()
        assert set(Site.objects.filter(company=kerlan).values_list("city", flat=True)) == {"Brest", "Rennes", "Lorient"}
        shares = CustomerMix.objects.filter(company=kerlan).aggregate(whole=Sum("share"))["whole"]
        assert float(shares) == pytest.approx(1, abs=0.002)
        carried = VendorCarried.objects.get(company=kerlan, vendor__code="nordwall")
        assert float(carried.share_of_business) == 0.22
        assert CompanyFact.objects.filter(status="superseded").exists()
        partner = Partner.objects.get(company=kerlan)
        assert partner.account_manager.name == "Claire Rousset"
        assert PartnerMove.objects.filter(partner=partner).first().to_lifecycle == "active"


def test_unknown_stays_unknown() -> None:
    fill()
    with system_role("a test"):
        assert Company.objects.filter(revenue=None, revenue_year__isnull=False).count() == 0
        girondine = Company.objects.get(name="Girondine de Réseaux")
        assert girondine.sales_people is None
        assert girondine.engineers == 40


def test_sales_are_inside_partners_lives_and_in_the_reporting_currency() -> None:
    fill()
    with system_role("a test"):
        assert Sale.objects.filter(partner__lifecycle__in=["candidate", "engaged", "contracted", "onboarding"]).count() == 0
        assert Sale.objects.filter(amount_reporting=None).count() == 0
        span = Sale.objects.aggregate(first=Min("sold_on"), last=Max("sold_on"))
        assert span["first"].year == 2023
        assert span["last"] <= TODAY
        swiss = Sale.objects.filter(currency="CHF").first()
        assert swiss is None or swiss.amount_reporting > swiss.amount


def test_accounts_have_their_roles_languages_and_passwords() -> None:
    fill()
    with as_sign_in():
        for member in MEMBERS:
            user = User.objects.get(email=member.email)
            assert user.check_password(password_of(member))
            assert user.language == member.language
            assert Membership.objects.filter(user=user, role=member.role).exists()
    with system_role("a test"):
        assert Person.objects.get(email="claire.rousset@orvane.example").title == "Channel manager, West"


def test_demo_never_mixes_with_real_companies(settings: Any) -> None:
    with system_role("a test"):
        Company.objects.create(name="Somebody real")
    with pytest.raises(Conflict, match="needs an empty one"):
        fill()


def test_demo_is_refused_outside_demo_settings(settings: Any) -> None:
    settings.PRM_DEMO = False
    with pytest.raises(CommandError, match="PRM_DEMO"):
        call_command("demo_world", stdout=io.StringIO())
    with pytest.raises(CommandError, match="PRM_DEMO"):
        call_command("demo_accounts", stdout=io.StringIO())


def test_demo_accounts_tells_where_and_as_whom_to_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="demo_world first"):
        call_command("demo_accounts", stdout=io.StringIO())
    fill()
    monkeypatch.setenv("PORT", "8123")
    told = io.StringIO()
    call_command("demo_accounts", stdout=told)
    text = told.getvalue()
    assert "http://localhost:8123" in text
    for member in MEMBERS:
        assert member.email in text
        assert password_of(member) in text
    assert "Channel director" in text
    assert "Hannah Lindqvist, Outside specialist" in text
    assert "Camille Ferrand, Candidate of Isère Cloud" in text


def test_a_changed_secret_renews_the_passwords(settings: Any) -> None:
    fill()
    settings.SECRET_KEY = "another secret of the installation"
    call_command("demo_accounts", stdout=io.StringIO())
    with as_sign_in():
        assert User.objects.get(email=MEMBERS[0].email).check_password(password_of(MEMBERS[0]))
