"""Long lists as jobs: one selection, chunk by chunk, one file for its owner, kept for some days."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.core.files.storage import default_storage
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from prm.access.actors import Actor
from prm.access.roles import as_role, as_sign_in
from prm.access.roles import as_system as system_role
from prm.accounts.models import User
from prm.events.models import OutboxEvent
from prm.exports import tasks
from prm.exports.models import Export
from prm.exports.services import export_start, exports_tidy
from prm.jobs.models import JobState
from prm.jobs.runner.work import advance, run_inline
from prm.jobs.services import job_cancel, job_retry
from prm.partners.models import Company
from tests.conftest import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _small(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(tasks, "CHUNK_ROWS", 10)


@pytest.fixture
def companies(db: None) -> None:
    with system_role("a test"):
        Company.objects.bulk_create(
            Company(name=f"Company {n:02d}", name_key=f"company {n:02d}", country="FR", employees=n or None)
            for n in range(35)
        )


def start(actor: Actor, query: str = "sort=-employees", **options: Any) -> Export:
    with as_role(actor):
        return export_start(actor=actor, source="companies", query=QueryDict(query), **options)


def fetched(client: Client, export: Export) -> bytes:
    answer = client.get(reverse("vendor:exports:export-file", args=[export.public_id]))
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def test_a_long_list_becomes_one_file_in_its_order(
    companies: None, manager: Actor, client_of: Callable[[Actor], Client], django_capture_on_commit_callbacks: Any
) -> None:
    export = start(manager)
    with django_capture_on_commit_callbacks(execute=True):
        job = run_inline(export.job)
    assert (job.state, job.units_done, job.result["rows"]) == (JobState.DONE, 35, 35)
    client = client_of(manager)
    rows = list(csv.reader(io.StringIO(fetched(client, export).decode("utf-8-sig"))))
    assert rows[0][:2] == ["Id", "Name"]
    assert [row[1] for row in rows[1:4]] == ["Company 34", "Company 33", "Company 32"]
    assert rows[-1][1] == "Company 00"
    assert len(rows) == 36
    assert not default_storage.exists(f"jobs/{job.pk}")
    page = client.get(reverse("vendor:exports:export-detail", args=[export.public_id])).content.decode()
    assert "Download" in page


def test_a_worksheet_put_together_from_parts_keeps_numbers_and_dates(
    companies: None, manager: Actor, client_of: Callable[[Actor], Client]
) -> None:
    export = start(manager, file_format="xlsx", query="columns=all")
    run_inline(export.job)
    sheet = openpyxl.load_workbook(io.BytesIO(fetched(client_of(manager), export))).active
    heads = [cell.value for cell in sheet[1]]
    assert sheet.max_row == 36
    assert [sheet.cell(row, heads.index("Employees") + 1).value for row in (2, 3, 36)] == [None, 1, 34]
    assert sheet.cell(3, heads.index("Changed") + 1).is_date


def test_a_killed_worker_loses_no_row_and_doubles_none(
    companies: None, manager: Actor, client_of: Callable[[Actor], Client]
) -> None:
    export = start(manager)
    advance(export.job_id, seconds=0)  # plans
    advance(export.job_id, seconds=0)  # one chunk, then the process is gone
    with system_role("a test"):
        Company.objects.bulk_create([Company(name="Company 99", name_key="company 99", employees=999)])
    run_inline(export.job)
    names = [row[1] for row in csv.reader(io.StringIO(fetched(client_of(manager), export).decode("utf-8-sig")))][1:]
    assert names == [f"Company {n:02d}" for n in range(34, -1, -1)]


def test_asking_twice_gives_the_same_export(companies: None, manager: Actor, client_of: Callable[[Actor], Client]) -> None:
    client = client_of(manager)
    first = client.post("/exports/of/companies?country=FR&format=csv")
    again = client.post("/exports/of/companies?country=FR&format=csv")
    assert first.status_code == 302
    assert first["Location"] == again["Location"]
    with system_role("a test"):
        run_inline(Export.objects.get().job)
    assert client.post("/exports/of/companies?country=FR&format=csv")["Location"] != first["Location"]


def test_only_the_owner_fetches_the_file(
    companies: None, manager: Actor, administrator: Actor, client_of: Callable[[Actor], Client]
) -> None:
    export = start(manager)
    run_inline(export.job)
    other = client_of(administrator)
    assert other.get(reverse("vendor:exports:export-detail", args=[export.public_id])).status_code == 200
    assert other.get(reverse("vendor:exports:export-file", args=[export.public_id])).status_code == 404
    fetched(client_of(manager), export)
    with system_role("a test"):
        kinds = list(OutboxEvent.objects.filter(subject_id=export.pk).order_by("id").values_list("type", flat=True))
    assert kinds == ["exports.export_asked", "exports.list_exported", "exports.export_fetched"]


def test_a_cancelled_export_goes_on_where_it_stopped(companies: None, manager: Actor) -> None:
    export = start(manager)
    advance(export.job_id, seconds=0)
    advance(export.job_id, seconds=0)
    with as_role(manager):
        job_cancel(actor=manager, job=export.job)
    assert run_inline(export.job).state == JobState.CANCELLED
    with as_role(manager):
        export.job.refresh_from_db()
        job_retry(actor=manager, job=export.job)
    job = run_inline(export.job)
    assert (job.state, job.result["rows"]) == (JobState.DONE, 35)


def test_files_are_kept_for_some_days_and_no_longer(
    companies: None, manager: Actor, client_of: Callable[[Actor], Client]
) -> None:
    export = start(manager)
    run_inline(export.job)
    with system_role("a test") as actor:
        assert exports_tidy(actor=actor) == 0
        assert exports_tidy(actor=actor, now=timezone.now() + timedelta(days=8)) == 1
        export.refresh_from_db()
    assert (export.file_name, default_storage.exists(f"exports/{export.pk}")) == ("", False)
    client = client_of(manager)
    assert client.get(reverse("vendor:exports:export-file", args=[export.public_id])).status_code == 404
    assert "no longer kept" in client.get(reverse("vendor:exports:export-detail", args=[export.public_id])).content.decode()


def test_rights_taken_away_stop_the_work(companies: None, director: Actor) -> None:
    with as_role(director):
        export = export_start(actor=director, source="companies", query=QueryDict(""))
    advance(export.job_id, seconds=0)
    with as_sign_in():
        User.objects.filter(pk=director.user_id).update(is_active=False)
    job = run_inline(export.job)
    assert (job.state, job.error_code) == (JobState.FAILED, "rights_lost")


def test_a_program_asks_polls_and_fetches(companies: None, manager: Actor, key_of: Callable[..., str]) -> None:
    call = Caller(key_of(manager, ["exports:write", "companies:read"]))
    answer = call("POST", "exports", {"list": "companies", "query": "q=company&sort=-employees", "format": "csv"})
    assert answer.status_code == 202
    body = answer.json()
    assert (body["state"], body["file"], body["rows"]) == ("queued", None, None)
    assert call("GET", f"exports/{body['id']}/file").status_code == 404
    with system_role("a test"):
        run_inline(Export.objects.get().job)
    body = call("GET", f"exports/{body['id']}").json()
    assert (body["state"], body["rows"]) == ("done", 35)
    file = call("GET", body["file"].removeprefix("/api/v1/"))
    text = b"".join(file.streaming_content)
    assert not text.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(text.decode())))
    assert rows[0]["name"] == "Company 34"
    assert rows[0]["updated"].endswith("+00:00")
    assert rows[-1]["employees"] == ""


def test_a_key_without_the_lists_scope_cannot_export_it(manager: Actor, key_of: Callable[..., str]) -> None:
    call = Caller(key_of(manager, ["exports:write"]))
    assert call("POST", "exports", {"list": "companies"}).status_code == 403
    assert call("POST", "exports", {"list": "nothing"}).status_code == 422


@pytest.mark.parametrize("query", ["colour=red", "country=FR&employees[gte]=10", "sort=-nothing", "employees_min=many"])
def test_a_program_is_refused_rather_than_given_more_than_it_asked_for(
    companies: None,
    director: Actor,
    key_of: Callable[..., str],
    query: str,
) -> None:
    call = Caller(key_of(director, ["exports:write", "companies:write"]))
    refused = call("POST", "exports", {"list": "companies", "query": query})
    assert (refused.status_code, refused.json()["code"]) == (422, "bad_query")
    assert refused.json()["errors"][0]["pointer"] == "/query"
    understood = {"list": "companies", "query": "country=FR&employees_min=10&q=company&sort=-employees"}
    assert call("POST", "exports", understood).status_code == 202


def test_a_list_of_nothing_is_refused_at_the_field_that_names_it(manager: Actor, key_of: Callable[..., str]) -> None:
    call = Caller(key_of(manager, ["exports:write", "target_lists:read"]))
    answer = call("POST", "exports", {"list": "targets", "of": "target_list_01h455vb4pex5vsknk084sn02q"})
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/of"]
