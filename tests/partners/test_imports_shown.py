"""What is known already, told alike by the check's page, the API and the command (P2)."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from prm.access.actors import Actor
from prm.access.roles import as_role, as_sign_in
from prm.accounts.models import User
from prm.imports.models import ImportBatch
from prm.jobs.models import Job
from prm.jobs.runner.work import run_inline

pytestmark = pytest.mark.django_db

KNOWN = "Company,Country,Website,Employees\nKerlan Systèmes,FR,kerlan.example,46\nIsère Cloud,FR,,12\n"
FAIR = (
    "Company,Country,Website,Employees\nKerlan Group,FR,kerlan.example,58\nISERE CLOUD,FR,,14\nOpaline,FR,opaline.example,\n"
    "Opaline IT,FR,www.opaline.example,3\n"
)


@pytest.fixture
def client(director: Actor) -> Client:
    found = Client()
    with as_sign_in():
        found.force_login(
            User.objects.get(pk=director.user_id), backend="allauth.account.auth_backends.AuthenticationBackend"
        )
    return found


def work(director: Actor) -> None:
    with as_role(director):
        jobs = list(Job.objects.filter(finished_at__isnull=True))
    for job in jobs:
        run_inline(job)


@pytest.fixture
def location(bring: Any, client: Client, director: Actor) -> str:
    """The API's address of a checked file, some of whose rows are known."""
    bring("companies", KNOWN, source="CRM")
    answer = client.post(
        "/api/v1/imports",
        {"target": "companies", "file": SimpleUploadedFile("fair.csv", FAIR.encode()), "dry_run": "true", "source": "Fair"},
    )
    work(director)
    return str(answer["Location"])


@pytest.fixture
def page(location: str, director: Actor) -> str:
    with as_role(director):
        return reverse("vendor:imports:import-detail", args=[ImportBatch.objects.get(source="Fair").public_id])


def words(client: Client, address: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", client.get(address).content.decode()).split())


def test_the_page_shows_rows_records_and_cells_before_and_after(client: Client, page: str, sql: Any) -> None:
    told = words(client, page)
    assert (
        "If known records are updated, 3 cells change. 1 stays as it is, whatever the file says: 1 cell: the same, only written otherwise"
        in told
    )
    assert (
        "2 Kerlan Group Kerlan Systèmes by Domain of the website Name Kerlan Systèmes → Kerlan Group Employees 46 → 58 Not the same"
        in told
    )
    assert "Employees 12 → 14 Name stays Isère Cloud, not ISERE CLOUD the same, only written otherwise (CRM ·" in told
    assert "1 row repeats another of the file" in told
    assert "Row 5 (Opaline IT) repeats row 4 (Opaline), by Domain of the website" in told
    key = client.get("/api/v1/companies?q=kerlan").json()["data"][0]["id"]
    assert (
        f'class="link" href="{reverse("vendor:partners:company-detail", args=[key])}">Kerlan Systèmes</a>'
        in client.get(page).content.decode()
    )


def test_a_row_is_set_apart_and_compared_again_with_a_button(client: Client, page: str, location: str) -> None:
    assert client.post(f"{page}/apart", {"row": "2", "apart": "1"}).status_code == 302
    told = words(client, page)
    assert "2 Kerlan Group Kept apart: a record of its own" in told
    assert "46 → 58" not in told
    assert "0 by" not in told, "a key that meets nothing any more is not named"
    assert client.get(location).json()["forecast"]["new"] == 2
    client.post(f"{page}/apart", {"row": "2", "apart": "0"})
    assert "46 → 58" in words(client, page)
    client.post(f"{page}/apart", {"row": "4", "apart": "1"})
    assert "This row meets no known record." in words(client, page)


def test_the_page_speaks_french(client: Client, page: str, director: Actor) -> None:
    client.cookies["django_language"] = "fr"
    with as_sign_in():
        User.objects.filter(pk=director.user_id).update(language="fr")
    told = words(client, page)
    assert "reste Isère Cloud, et non ISERE CLOUD la même chose, écrite autrement" in told
    assert "La ligne 5 (Opaline IT) répète la ligne 4 (Opaline)" in told


def test_the_api_tells_the_same(client: Client, location: str, director: Actor, sql: Any) -> None:
    forecast = client.get(location).json()["forecast"]
    assert (forecast["cells"], forecast["repeats"]) == ({"changed": 3, "spelling": 1}, [[5, 4, "domain"]])
    answer = client.get(f"{location}/matches?limit=1&include=total").json()
    assert (answer["total"], answer["has_more"]) == (2, True)
    [first] = answer["data"]
    assert (first["row"], first["called"], first["record_name"], first["matched_by"]) == (
        2,
        "Kerlan Group",
        "Kerlan Systèmes",
        "domain",
    )
    assert client.get(f"/api/v1/companies/{first['record']}").json()["name"] == "Kerlan Systèmes"
    assert {"field": "employees", "before": 46, "after": 58, "is_added": False} in first["changes"]
    [second] = client.get(f"{location}/matches?cursor={answer['next_cursor']}").json()["data"]
    assert [(c["field"], c["before"], c["offered"], c["reason"], c["told_by"]) for c in second["kept"]] == [
        ("name", "Isère Cloud", "ISERE CLOUD", "spelling", "CRM")
    ]
    apart = {"content_type": "application/json"}
    refused = client.post(f"{location}/keep-apart", {"row": 4}, **apart)
    assert (refused.status_code, refused.json()["code"]) == (422, "not_found"), "of the row that the body names"
    assert client.post(f"{location}/keep-apart", {"row": 2}, **apart).json()["forecast"]["new"] == 2
    assert [match["row"] for match in client.get(f"{location}/matches").json()["data"]] == [3]
    client.post(f"{location}/write", {}, **apart)
    work(director)
    done = client.get(location).json()
    assert (done["rows"]["created"], done["cells_kept"]) == (2, {"spelling": 1})
    assert client.get(f"{location}/matches").json()["data"] == [], "nothing is left to compare once it is written"


def test_the_summary_counts_cells_not_taken(client: Client, page: str, location: str, director: Actor) -> None:
    client.post(f"{location}/write", {}, content_type="application/json")
    work(director)
    assert "1 cell was not taken 1 cell: the same, only written otherwise" in words(client, page)


def test_the_command_tells_the_same(bring: Any, tmp_path: Any) -> None:
    bring("companies", KNOWN, source="CRM")
    path = tmp_path / "fair.csv"
    path.write_text(FAIR)
    out = io.StringIO()
    call_command("import_file", str(path), target="companies", dry_run=True, stdout=out)
    told = out.getvalue()
    assert (
        "row 2: Kerlan Group is Kerlan Systèmes, by domain\n    name: Kerlan Systèmes → Kerlan Group\n    employees: 46 → 58"
        in told
    )
    assert "name: stays Isère Cloud, not ISERE CLOUD: the same, only written otherwise" in told
    assert "row 5 repeats row 4, by domain" in told
    out = io.StringIO()
    call_command("import_file", str(path), target="companies", json=True, stdout=out)
    assert json.loads(out.getvalue())["cells_kept"] == {"spelling": 1}
