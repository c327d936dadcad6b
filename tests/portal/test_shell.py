"""The portal's shell: colours that can be read, panels, the way between places, what a phone asks for to install it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from prm.access.actors import Role
from prm.access.roles import as_role, as_system
from prm.accounts.services.accounts import Account
from prm.partners.facts.proposed import ProposalSource
from prm.partners.models import Partner, SourceKind
from prm.partners.services.members import partner_member_add
from prm.partners.services.proposals import fact_propose
from prm.portal.facts import OWN_FACTS
from prm.portal.models import BrandColour

TOKENS = Path(__file__).resolve().parents[2] / "static" / "css" / "tokens.css"


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("colour", BrandColour.values)
def test_white_letters_are_read_on_every_colour_that_a_partner_may_choose(colour: str) -> None:
    [shade] = re.findall(rf"--brand-{colour}: (#[0-9A-F]{{6}})", TOKENS.read_text())
    assert 1.05 / (luminance(shade) + 0.05) >= 4.5


@pytest.mark.django_db
def test_the_tier_is_shown_once_one_is_known(partners_side: Any, client_of: Any) -> None:
    client = client_of(partners_side.member(partners_side.kerlan))
    assert "fcard" not in client.get("/portal/").content.decode()
    with as_system("a test"):
        Partner.objects.filter(pk=partners_side.kerlan.pk).update(tier_code="silver")
    page = client.get("/portal/").content.decode()
    assert "fcard" in page
    assert "Silver" in page


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/portal/", "/portal/company", "/portal/company/edit"])
def test_pages_ask_as_much_for_twelve_proposals_as_for_two(path: str, partners_side: Any, client_of: Any) -> None:
    yann = partners_side.member(partners_side.kerlan)
    facts = {
        "employees": 5, "customers": 6, "engineers": 7, "sales_people": 8, "city": "Brest", "region": "Bretagne",
        "postal_code": "29200", "phone": "+33 2 61 91 40 12", "founded_year": 1998, "legal_name": "Kerlan SARL",
        "website": "kerlan.example", "registration_number": "812",
    }  # fmt: skip
    assert set(facts) <= set(OWN_FACTS)

    def tell(names: list[str]) -> None:
        with as_role(yann):
            fact_propose(
                actor=yann, partner_id=partners_side.kerlan.pk, company_id=partners_side.kerlan.company_id,
                facts={name: facts[name] for name in names}, source=ProposalSource(SourceKind.PARTNER, "Kerlan", "partner:1"),
            )  # fmt: skip

    client = client_of(yann)
    tell(list(facts)[:2])
    client.get(path)
    with CaptureQueriesContext(connection) as two:
        client.get(path)
    tell(list(facts)[2:])
    with CaptureQueriesContext(connection) as twelve:
        client.get(path)
    assert len(two) == len(twelve) <= 20


@pytest.mark.django_db
def test_somebody_of_two_partners_chooses_for_which_they_act(partners_side: Any, client_of: Any) -> None:
    yann = partners_side.member(partners_side.kerlan)
    with as_system("a test") as actor:
        account = Account(
            email=f"yann.guivarch.partner_administrator@{partners_side.kerlan.pk}.example", name="Yann Guivarch"
        )
        partner_member_add(actor=actor, partner_id=partners_side.nordisk.pk, account=account, role=Role.PARTNER_SALES)
    client = client_of(yann)
    for path in ("/portal/", "/portal/more"):
        page = client.get(path).content.decode()
        assert f'name="place" value="{partners_side.kerlan.pk}" aria-current="true"' in page
        assert "Nordisk IT" in page
    assert client.post("/accounts/place/", {"place": "vendor"}).status_code == 404
    client.post("/accounts/place/", {"place": str(partners_side.nordisk.pk)})
    assert "Nordisk IT" in client.get("/portal/company").content.decode()
    assert client.get("/portal/brand").status_code == 403


@pytest.mark.django_db
def test_the_manifest_names_home_and_icons_that_are_there(settings: Any) -> None:
    answer = Client().get("/portal/manifest.webmanifest")
    manifest = json.loads(answer.content)
    assert answer["Content-Type"] == "application/manifest+json"
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/portal/", "/portal/", "standalone")
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    for icon in manifest["icons"]:
        name = re.sub(r"\.[0-9a-f]{12}(?=\.png)", "", icon["src"].split("/img/")[1])
        assert (TOKENS.parents[1] / "img" / name).is_file()


@pytest.mark.django_db
def test_the_offline_page_knows_nobody_and_speaks_the_language_asked_for(partners_side: Any, client_of: Any) -> None:
    for client in (Client(), client_of(partners_side.member(partners_side.kerlan))):
        page = client.get("/portal/offline?language=fr").content.decode()
        assert '<html lang="fr"' in page
        assert "Yann" not in page
        assert "Kerlan" not in page
    assert '<html lang="en"' in client.get("/portal/offline?language=xx").content.decode()
    worker = client.get("/portal/worker.js")
    assert worker["Content-Type"].startswith("text/javascript")
    assert b"/portal/offline" in worker.content
