"""``POST /api/v1/imports`` gives what the wizard and the command give."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from prm.access.roles import as_role, as_sign_in
from prm.accounts.models import User
from prm.imports.models import ImportBatch
from prm.jobs.models import Job
from prm.jobs.runner.work import run_inline
from tests.conftest import Caller
from tests.imports.files import planted

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(gadgets: None, manager: Any) -> Client:
    found = Client()
    with as_sign_in():
        found.force_login(User.objects.get(pk=manager.user_id), backend="allauth.account.auth_backends.AuthenticationBackend")
    return found


def work(manager: Any) -> None:
    with as_role(manager):
        jobs = list(Job.objects.filter(finished_at__isnull=True))
    for job in jobs:
        run_inline(job)


def send(client: Client, text: str, **data: Any):
    return client.post(
        "/api/v1/imports", {"target": "test_gadgets", "file": SimpleUploadedFile("a.csv", text.encode()), **data}
    )


def test_a_file_sent_is_worked_on_and_polled(client, manager, sql):
    text, faults = planted(400)
    answer = send(client, text, source="CRM")
    assert answer.status_code == 202, answer.content
    location = answer["Location"]
    assert answer.json()["state"] == "checking"
    assert answer.json()["job"].startswith("job_")
    work(manager)
    done = client.get(location).json()
    assert done["state"] == "done"
    assert (done["rows"]["total"], done["rows"]["created"], done["rows"]["rejected"]) == (400, 400 - faults, faults)
    rows = client.get(f"{location}/rejected-rows?limit=10").json()
    assert len(rows["data"]) == 10 and rows["has_more"]
    first = rows["data"][0]
    assert first["errors"][0]["detail"] and first["cells"]["code"].startswith("C")
    assert client.post(f"{location}/undo", {}, content_type="application/json").status_code == 202
    work(manager)
    assert client.get(location).json()["state"] == "undone"
    assert sql("SELECT count(*) FROM test_gadget") == [(0,)]


def test_a_key_reads_the_rejected_rows_and_meets_the_mapping_that_was_remembered(gadgets, manager, key_of):
    """Both follow their import: a key with the scopes of imports sees them, as a person does."""
    program = Client(headers={"Authorization": f"Bearer {key_of(manager, ['imports:write'])}"})
    text = "c,n,k\nA,Alpha,FR\nB,Beta,nowhere\n"
    first = send(program, text, mapping=json.dumps({"c": "code", "n": "name", "k": "country"}))
    work(manager)
    rows = program.get(f"{first['Location']}/rejected-rows").json()["data"]
    assert [(row["row"], row["cells"]["k"], row["errors"][0]["code"]) for row in rows] == [(3, "nowhere", "not_country")]
    second = send(program, text.replace("A,", "D,").replace("B,", "E,"))
    assert second.status_code == 202, second.content
    assert second.json()["mapping"] == {"c": "code", "n": "name", "k": "country"}


def test_a_dry_run_waits_for_the_word(client, manager, sql):
    answer = send(client, "a,b\nA,Alpha\n", dry_run="true", mapping=json.dumps({"a": "code", "b": "name"}))
    assert answer.status_code == 202, answer.content
    work(manager)
    assert client.get(answer["Location"]).json()["forecast"]["new"] == 1
    assert sql("SELECT count(*) FROM test_gadget") == [(0,)]
    client.post(f"{answer['Location']}/write", {}, content_type="application/json")
    work(manager)
    assert sql("SELECT code, name FROM test_gadget") == [("A", "Alpha")]


@pytest.mark.parametrize(("data", "code"), [
    ({"target": "nothing"}, "import_target"),
    ({"policy": "maybe"}, None),
    ({"mapping": "[]"}, "mapping_unreadable"),
    ({"mapping": "[" * 50_000}, "mapping_unreadable"),
    ({"mapping": '{"code": "nonsense"}'}, "mapping_unknown"),
    ({"currency": "XXX"}, "currency_unknown"),
    ({"file": SimpleUploadedFile("a.csv", b"")}, "file_empty"),
    ({"unheard_of": "1"}, None),
])  # fmt: skip
def test_bad_requests_are_refused_and_leave_nothing(client, manager, data, code):
    answer = client.post(
        "/api/v1/imports", {"target": "test_gadgets", "file": SimpleUploadedFile("a.csv", b"code,name\n1,2\n"), **data}
    )
    assert answer.status_code in {404, 422}
    if code:
        assert answer.json()["code"] == code
    with as_role(manager):
        assert ImportBatch.objects.count() == 0


def test_the_command_gives_the_same_and_writes_the_rejected_rows(gadgets, sql, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    text, faults = planted(400)
    path = tmp_path / "a.csv"
    path.write_text(text)
    out = io.StringIO()
    call_command("import_file", str(path), target="test_gadgets", json=True, rejected=tmp_path / "rejected.csv", stdout=out)
    answer = json.loads(out.getvalue())
    assert (answer["created"], answer["rejected"]) == (400 - faults, faults)
    assert len((tmp_path / "rejected.csv").read_text().splitlines()) == faults + 1


def test_the_command_says_what_is_wrong(gadgets, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    path = tmp_path / "a.csv"
    path.write_bytes(b"%PDF-1.4")
    with pytest.raises(CommandError, match="PDF"):
        call_command("import_file", str(path), target="test_gadgets")
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_file", str(tmp_path / "none.csv"), target="test_gadgets")


@pytest.mark.parametrize("encoding", ["zlib", "rot13", "hex", "undefined", "unicode_escape", "idna", "nonsense"])
def test_a_codec_that_is_no_encoding_of_files_is_refused(client, manager, encoding):
    answer = send(client, "code,name\n1,2\n", encoding=encoding)
    assert (answer.status_code, answer.json()["code"]) == (422, "encoding_unknown")
    with as_role(manager):
        assert ImportBatch.objects.count() == 0


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "windows-1252", "UTF8", "macroman"])
def test_an_encoding_may_be_called_by_any_of_its_names(client, encoding):
    assert send(client, "code,name\n1,2\n", encoding=encoding).status_code == 202


def test_an_import_is_taken_back_once(client, manager):
    """A second click while the first is at work would let two jobs remove and restore the same records."""
    location = send(client, "code,name\nA,Alpha\n")["Location"]
    work(manager)
    assert client.post(f"{location}/undo", {}, content_type="application/json").status_code == 202
    again = client.post(f"{location}/undo", {}, content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (409, "import_undoing")
    work(manager)
    assert client.get(location).json()["state"] == "undone"


def test_an_upload_is_read_by_no_other_user_of_the_machine(client, manager, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    send(client, "code,name\nA,Alpha\n")
    with as_role(manager):
        path = Path(ImportBatch.objects.get().file.path)
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


def test_a_program_that_may_not_see_jobs_takes_an_import_back_once(run_import: Any, manager: Any, key_of: Any) -> None:
    batch = run_import("code,name\nA,Alpha\n")
    call = Caller(key_of(manager, ["imports:write"]))
    first, again = (call("POST", f"imports/{batch.public_id}/undo", {}) for _time in range(2))
    assert first.status_code == 202, first.content
    assert (again.status_code, again.json()["code"]) == (409, "import_undoing")
