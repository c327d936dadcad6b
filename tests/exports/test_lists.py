"""Every list as a file: what the page shows, in its order, for those who may, and kept in the record of who took what."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from html import unescape
from re import findall
from typing import Any

import openpyxl
import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import translation

from prm.access.actors import Actor
from prm.access.roles import as_role, as_sign_in
from prm.access.roles import as_system as system_role
from prm.accounts.models import User
from prm.accounts.services.keys import api_key_create
from prm.events.models import OutboxEvent
from prm.exports import services
from prm.exports.models import Export
from prm.exports.sources import sources
from prm.partners.models import Company, Vendor, VendorCarried
from prm.partners.services.companies import company_create

pytestmark = pytest.mark.django_db


@pytest.fixture
def companies(manager: Actor) -> list[Company]:
    made = []
    with as_role(manager):
        for name, country, employees in (
            ("Kerlan", "FR", 80), ("=Kerlouan", "FR", None), ("Kermor", "FR", 1200), ("Kerlite", "DE", 7), ("Armor", "FR", 5)
        ):  # fmt: skip
            values = {"name": name, "country": country, "employees": employees, "city": "Brest"}
            made.append(company_create(actor=manager, values={k: v for k, v in values.items() if v is not None}))
        vendor = Vendor.objects.create(code="nordwall", name="Nordwall")
        VendorCarried.objects.create(company=made[0], vendor=vendor)
    return made


def links(client: Client, address: str) -> dict[str, str]:
    """The export menu of a list page: words → address."""
    content = client.get(address).content.decode()
    found = findall(r'<a class="it"\s+href="(/exports/of/[^"]+)">.*?</svg>(CSV|XLSX)</a>', content)
    return {f"{name}{' all' if 'columns=all' in url else ''}": unescape(url) for url, name in found}


def table(answer: Any, delimiter: str = ",") -> list[list[str]]:
    data = b"".join(answer.streaming_content)
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=delimiter))


def test_the_file_holds_the_rows_order_and_columns_that_the_list_shows(
    companies: list[Company], manager: Actor, client_of: Callable[[Actor], Client]
) -> None:
    client = client_of(manager)
    page = "/companies?q=ker&country=FR&sort=-employees&col=company&col=employees&col=carries"
    rows = table(client.get(links(client, page)["CSV"]))
    assert rows[0] == ["Id", "Name", "City", "Employees", "Carries"]
    assert [row[1:] for row in rows[1:]] == [
        ["Kermor", "Brest", "1200", ""],
        ["Kerlan", "Brest", "80", "Nordwall"],
        ["'=Kerlouan", "Brest", "", ""],
    ]
    every = table(client.get(links(client, page)["CSV all"]))
    assert len(every[0]) > 15
    assert [row[1] for row in every[1:]] == ["Kermor", "Kerlan", "'=Kerlouan"]


def test_a_worksheet_holds_numbers_dates_and_text_as_such(
    companies: list[Company], manager: Actor, client_of: Callable[[Actor], Client]
) -> None:
    client = client_of(manager)
    answer = client.get(links(client, "/companies?q=ker&sort=-employees")["XLSX all"])
    assert answer["Content-Disposition"].startswith('attachment; filename="Companies-')
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    heads = [cell.value for cell in sheet[1]]
    first = dict(zip(heads, sheet[2], strict=True))
    assert (first["Employees"].value, first["Employees"].data_type) == (1200, "n")
    assert first["Changed"].is_date
    formula = next(row for row in sheet.iter_rows(min_row=2) if row[heads.index("Name")].value == "=Kerlouan")
    assert formula[heads.index("Name")].data_type == "s"
    assert formula[heads.index("Employees")].value is None


def test_heads_and_numbers_are_in_the_persons_language(
    companies: list[Company], make_member: Any, client_of: Callable[[Actor], Client]
) -> None:
    french = make_member(name="Elise Vidal", language="fr")
    client = client_of(french)
    answer = client.get("/exports/of/companies?q=kermor&columns=all")
    rows = table(answer, ";")
    with translation.override("fr"):
        assert "Effectif" in rows[0] or "Salariés" in rows[0] or "Employés" in rows[0]
    assert 'filename="Entreprises-' in answer["Content-Disposition"]


@pytest.mark.parametrize("address", [
    "/companies", "/jobs", "/imports", "/studies", "/target-lists", "/exports", "/settings/people", "/settings/api-keys",
    "/catalogue/vendors", "/catalogue/families", "/catalogue/products", "/catalogue/territories", "/catalogue/industries",
    "/catalogue/offers",
])  # fmt: skip
def test_every_list_page_has_an_export_that_works(
    address: str, companies: list[Company], administrator: Actor, client_of: Callable[[Actor], Client]
) -> None:
    with as_role(administrator):
        api_key_create(actor=administrator, name="A program", scopes=["companies:read"])
    client = client_of(administrator)
    shown = links(client, address)
    assert set(shown) == {"CSV", "XLSX", "CSV all", "XLSX all"}
    for url in shown.values():
        answer = client.get(url)
        assert answer.status_code == 200
        assert answer["Content-Disposition"].startswith("attachment")
        assert b"".join(answer.streaming_content)


def test_every_column_of_a_list_stands_in_its_file(administrator: Actor) -> None:
    silent = {"act"}  # buttons
    missing = []
    with as_role(administrator):
        for source in sources:
            if source.name is not None:
                continue
            asked = source.asked(administrator, QueryDict(""))
            names = {column.name for column in source.columns(administrator, asked)}
            for column in source.spec(administrator, "").columns:
                if column.key not in silent and not names & set(source.shown.get(column.key, (column.key,))):
                    missing.append(f"{source.key}.{column.key}")
    assert not missing


def test_who_took_what_is_kept_and_shown(
    companies: list[Company], manager: Actor, director: Actor, client_of: Callable[[Actor], Client]
) -> None:
    client_of(manager).get("/exports/of/companies?country=DE&format=xlsx")
    with system_role("a test"):
        kept = Export.objects.get()
        event = OutboxEvent.objects.get(type="exports.list_exported")
    assert (kept.source, kept.query, kept.file_format, kept.row_count) == ("companies", "country=DE", "xlsx", 1)
    assert (event.actor_id, event.subject_id, event.data) == (manager.user_id, kept.pk, {"source": "companies", "count": 1})
    seen = client_of(director).get("/exports").content.decode()
    assert "Claire Rousset" in seen
    page = client_of(director).get(reverse("vendor:exports:export-detail", args=[kept.public_id])).content.decode()
    assert "Germany" in page


def test_a_manager_sees_only_the_own_exports(
    companies: list[Company], manager: Actor, director: Actor, client_of: Callable[[Actor], Client]
) -> None:
    client_of(director).get("/exports/of/companies")
    with system_role("a test"):
        theirs = Export.objects.get()
    client = client_of(manager)
    assert theirs.public_id not in client.get("/exports").content.decode()
    assert client.get(reverse("vendor:exports:export-detail", args=[theirs.public_id])).status_code == 404


def test_a_list_that_one_may_not_see_is_not_exported(manager: Actor, client_of: Callable[[Actor], Client]) -> None:
    client = client_of(manager)
    assert client.get("/exports/of/members").status_code == 403
    assert client.post("/exports/of/members").status_code == 403
    assert client.get("/exports/of/nothing").status_code == 404
    with system_role("a test"):
        assert not Export.objects.exists()


def test_a_list_beyond_one_answer_says_so_and_asks_for_a_job(
    companies: list[Company], manager: Actor, client_of: Callable[[Actor], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "AT_ONCE", 2)
    client = client_of(manager)
    answer = client.get("/exports/of/companies?q=ker&format=csv")
    assert "Prepare the file" in answer.content.decode()
    with system_role("a test"):
        assert not Export.objects.exists()


def test_the_search_for_people_and_keys_narrows_their_lists(
    administrator: Actor, client_of: Callable[[Actor], Client]
) -> None:
    with as_role(administrator):
        api_key_create(actor=administrator, name="Warehouse", scopes=["companies:read"])
        api_key_create(actor=administrator, name="Billing", scopes=["companies:read"])
    client = client_of(administrator)
    content = client.get("/settings/api-keys?q=ware").content.decode()
    assert ("Warehouse" in content, ">Billing<" in content) == (True, False)
    rows = table(client.get(links(client, "/settings/api-keys?q=ware")["CSV all"]))
    assert [row[1] for row in rows] == ["Name", "Warehouse"]
    with as_sign_in():
        assert (
            User.objects.get(pk=administrator.user_id).email.partition("@")[0]
            in client.get("/settings/people?q=agn").content.decode()
        )
    assert "None found" in client.get("/settings/people?q=nobody").content.decode()
