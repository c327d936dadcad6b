"""An import by API step by step, as the wizard goes: upload, mapping, check, corrections, writing; and what leaves again."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from prm.access.actors import Actor, Role
from prm.access.roles import as_role
from prm.events.selectors import history_list
from prm.imports.models import ImportBatch
from prm.jobs.models import Job
from tests.conftest import Caller
from tests.imports.conftest import Program
from tests.imports.files import planted
from tests.imports.test_api import work

pytestmark = pytest.mark.django_db


def read(program: Program, content: str | bytes, **data: Any) -> tuple[str, dict[str, Any], str]:
    """Address, record and ETag of a file that is read and not started."""
    answer = program.send(content, start="false", **data)
    assert answer.status_code == 201, answer.content
    return answer["Location"].removeprefix("/api/v1/"), answer.json(), answer["ETag"]


def test_a_file_is_only_read_until_somebody_says_go(program: Program, manager: Actor, sql: Any) -> None:
    path, record, tag = read(program, "Ref;Nom;Pays;CA\nA;Alpha;FR;1,5\nB;Beta;BE;2,5\n", source="CRM")
    assert (record["state"], record["job"]) == ("uploaded", None)
    assert record["reading"] == {
        "kind": "csv",
        "encoding": "utf-8",
        "delimiter": ";",
        "sheet": None,
        "sheets": [],
        "head_row": 1,
    }
    assert record["mapping"] == {"Ref": "code", "Nom": "name", "Pays": "country", "CA": "revenue"}
    with as_role(manager):
        assert not Job.objects.exists()
    assert [i["target"] for i in program("GET", "imports?target=test_gadgets").json()["data"]] == ["test_gadgets"]
    assert program("GET", "imports?target=gadgets").json()["errors"][0]["parameter"] == "target"
    again = program("GET", path)
    assert (again.json(), again["ETag"]) == (record, tag)
    assert program("POST", f"{path}/check").json()["state"] == "checking"
    work(manager)
    checked = program("GET", path).json()
    assert (checked["state"], checked["rows"]["good"], checked["forecast"]["new"]) == ("checked", 2, 2)
    assert sql("SELECT count(*) FROM test_gadget") == [(0,)]
    assert program("POST", f"{path}/write").status_code == 202
    work(manager)
    assert sql("SELECT code, name, country, revenue FROM test_gadget ORDER BY code") == [
        ("A", "Alpha", "FR", 1.5), ("B", "Beta", "BE", 2.5),
    ]  # fmt: skip


def test_columns_say_what_was_detected_and_fields_what_they_may_become(program: Program) -> None:
    path, _record, _tag = read(program, "Ref;Nom;CA;Note\nA;Alpha;1,5;x\nB;Beta;;\n")
    columns = program("GET", f"{path}/columns").json()["data"]
    assert [(c["column"], c["field"], c["chosen_by"], c["filled"]) for c in columns] == [
        ("Ref", "code", "guess", 1.0), ("Nom", "name", "guess", 1.0), ("CA", "revenue", "guess", 0.5), ("Note", "", "", 0.5),
    ]  # fmt: skip
    assert (columns[2]["samples"], columns[2]["decimal_mark"]) == (["1,5"], ",")
    first = program("GET", f"{path}/columns?limit=3").json()
    assert program("GET", f"{path}/columns?limit=3&cursor={first['next_cursor']}").json()["data"] == columns[3:]
    fields = {f["field"]: f for f in program("GET", f"{path}/fields?limit=100").json()["data"]}
    assert (fields["name"]["is_required"], fields["country"]["kind"]) == (True, "country")
    assert len(fields) == 12


def test_mapping_options_and_reading_are_set_on_the_version_that_was_read(program: Program, manager: Actor, sql: Any) -> None:
    path, _record, tag = read(program, "from the shop\na,b,c\nA,Alpha,03/04/2020\n", head_row=1)
    read_again = program("PATCH", path, {"head_row": 2}, If_Match=tag)
    assert (read_again.status_code, read_again.json()["reading"]["head_row"]) == (200, 2)
    change = {
        "mapping": {"a": "code", "b": "name", "c": "since"}, "styles": {"c": {"date_order": "mdy"}}, "source": "Shop",
        "as_of": "2026-05-01", "currency": "USD", "policy": "skip",
    }  # fmt: skip
    assert program("PATCH", path, change).status_code == 428
    assert program("PATCH", path, change, If_Match=tag).status_code == 412, "the file was read again since"
    set_now = program("PATCH", path, change, If_Match=read_again["ETag"])
    assert set_now.status_code == 200, set_now.content
    told = set_now.json()
    assert {name: told[name] for name in ("mapping", "source", "as_of", "currency", "policy")} == {
        name: value for name, value in change.items() if name != "styles"
    }
    assert set_now["ETag"] == program("GET", path)["ETag"]
    program("POST", f"{path}/check")
    work(manager)
    program("POST", f"{path}/write")
    work(manager)
    assert sql("SELECT since::text FROM test_gadget") == [("2020-03-04",)]
    late = program("PATCH", path, {"currency": "EUR"}, If_Match=program("GET", path)["ETag"])
    assert (late.status_code, late.json()["code"]) == (409, "import_closed")


@pytest.mark.parametrize(("change", "pointer"), [
    ({"mapping": {"nowhere": "name"}}, "/mapping"), ({"mapping": {"a": "colour"}}, "/mapping"),
    ({"mapping": {"a": "name", "b": "name"}}, "/mapping"), ({"styles": {"z": {"date_order": "mdy"}}}, "/styles"),
    ({"styles": {"a": {"date_order": "ymd"}}}, "/styles/a/date_order"), ({"currency": "XXQ"}, "/currency"),
    ({"policy": "guess"}, "/policy"), ({"target": "boats"}, "/target"), ({"colour": 1}, "/colour"), ({"head_row": "2"}, "/head_row"),
])  # fmt: skip
def test_what_cannot_be_set_is_pointed_at_and_changes_nothing(program: Program, change: dict[str, Any], pointer: str) -> None:
    path, record, tag = read(program, "a,b\nA,Alpha\n")
    refused = program("PATCH", path, change, If_Match=tag)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer), refused.content
    assert program("GET", path).json() == record


def test_a_check_asks_for_what_the_mapping_lacks(program: Program) -> None:
    path, _record, _tag = read(program, "x,y\nA,Alpha\n", mapping=json.dumps({"x": "code", "y": ""}))
    refused = program("POST", f"{path}/check")
    assert (refused.status_code, refused.json()["code"]) == (422, "import_mapping")
    assert "Name" in refused.json()["detail"]


def checked(program: Program, manager: Actor, text: str, **data: Any) -> str:
    path, _record, _tag = read(program, text, **data)
    program("POST", f"{path}/check")
    work(manager)
    return path


def test_faults_are_listed_cell_by_cell_corrected_and_come_in(program: Program, manager: Actor, sql: Any) -> None:
    path = checked(program, manager, "code,name,country\nA,Alpha,Frnace\nB,Beta,Frnace\nC,,FR\nD,Delta,FR\n")
    assert program("GET", path).json()["rows"] == {
        "total": 4, "good": 1, "rejected": 3, "created": 0, "updated": 0, "unchanged": 0, "skipped": 0, "repeated": 0,
    }  # fmt: skip
    rows = f"{path}/rejected-rows"
    assert [r["row"] for r in program("GET", f"{rows}?code=not_country").json()["data"]] == [2, 3]
    assert [r["row"] for r in program("GET", f"{rows}?column=name&include=total").json()["data"]] == [4]
    assert program("GET", f"{rows}?column=colour").json()["errors"][0]["parameter"] == "column"
    many = {"column": "country", "code": "not_country", "old": "Frnace", "new": "France"}
    assert program("POST", f"{path}/fix-value", many).json() == {"fixed": 2}
    assert program("POST", f"{path}/fix-value", many).json() == {"fixed": 0}
    still = program("POST", f"{path}/fix-row", {"row": 4, "cells": {"name": "Gamma", "country": "Nowhere"}}).json()
    assert (still["is_fixed"], [e["column"] for e in still["errors"]]) == (False, ["country"])
    now = program("POST", f"{path}/fix-row", {"row": 4, "cells": {"country": "Belgique"}}).json()
    assert (now["is_fixed"], now["errors"]) == (True, [])
    assert program("GET", rows).json()["data"] == []
    assert program("GET", path).json()["rows"]["good"] == 4
    program("POST", f"{path}/write")
    work(manager)
    assert sql("SELECT code, country FROM test_gadget ORDER BY code") == [("A", "FR"), ("B", "FR"), ("C", "BE"), ("D", "FR")]
    late = program("POST", f"{path}/fix-value", many)
    assert (late.status_code, late.json()["code"]) == (409, "import_not_checked")


def test_a_correction_of_what_is_not_there_is_pointed_at(program: Program, manager: Actor) -> None:
    path = checked(program, manager, "code,name\nA,\n")
    for act, body, pointer in (
        ("fix-row", {"row": 9, "cells": {"name": "X"}}, "/row"),
        ("fix-row", {"row": 2, "cells": {"colour": "X"}}, "/cells"),
        ("fix-row", {"row": 2, "cells": {}}, "/cells"),
        ("fix-value", {"column": "colour", "code": "required", "old": "", "new": "X"}, "/column"),
    ):
        refused = program("POST", f"{path}/{act}", body)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer), refused.content


def test_a_correction_sent_twice_under_one_key_counts_once(program: Program, manager: Actor) -> None:
    path = checked(program, manager, "code,name,country\nA,Alpha,Frnace\nB,Beta,FR\n")
    body = {"column": "country", "code": "not_country", "old": "Frnace", "new": "France"}
    first = program("POST", f"{path}/fix-value", body, Idempotency_Key="fix-1")
    second = program("POST", f"{path}/fix-value", body, Idempotency_Key="fix-1")
    assert (first.json(), second.json(), second["Idempotency-Replayed"]) == ({"fixed": 1}, {"fixed": 1}, "true")
    assert program("GET", path).json()["rows"]["good"] == 2


def test_known_records_are_treated_as_the_word_to_write_says(program: Program, manager: Actor, sql: Any) -> None:
    program.send("code,name\nA,Alpha\n")
    work(manager)
    path = checked(program, manager, "code,name\nA,Other\nB,Beta\n")
    assert program("POST", f"{path}/write", {"policy": "guess"}).status_code == 422
    program("POST", f"{path}/write", {"policy": "skip"})
    work(manager)
    done = program("GET", path).json()
    assert (done["policy"], done["rows"]["created"], done["rows"]["skipped"]) == ("skip", 1, 1)
    assert sql("SELECT name FROM test_gadget ORDER BY code") == [("Alpha",), ("Beta",)]


def test_an_import_is_thrown_away_before_it_writes_and_not_after(program: Program, manager: Actor) -> None:
    path = checked(program, manager, "code,name\nA,Alpha\n")
    with as_role(manager):
        batch = ImportBatch.objects.get()
    assert program("DELETE", path, If_Match='"other"').status_code == 412
    assert program("DELETE", path).status_code == 204
    assert program("GET", path).status_code == 404
    with as_role(manager):
        assert not ImportBatch.objects.exists()
        told = [event.type for event in history_list(actor=manager, subject_type="import", subject_id=batch.pk)]
    assert "imports.import_discarded" in told
    written = program.send("code,name\nA,Alpha\n")["Location"].removeprefix("/api/v1/")
    work(manager)
    refused = program("DELETE", written)
    assert (refused.status_code, refused.json()["code"]) == (409, "import_started")


def test_rejected_rows_go_home_as_the_file_that_the_page_gives(program: Program, manager: Actor, client_of: Any) -> None:
    client = client_of(manager)
    path = checked(program, manager, "code,name,country\nA,Alpha,Frnace\nB,,FR\nC,Gamma,FR\n")
    answer = program("GET", f"{path}/rejected-rows/file")
    assert answer["Content-Type"].startswith("text/csv")
    by_api = b"".join(answer.streaming_content)
    assert by_api == b"".join(client.get(f"/{path}/rejected").streaming_content)
    assert by_api.decode("utf-8-sig").splitlines()[1].startswith("2,A,Alpha,Frnace,")
    book = program("GET", f"{path}/rejected-rows/file?format=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(book.streaming_content))).active
    assert [row[1].value for row in sheet.iter_rows(min_row=2)] == ["A", "B"]
    assert program("GET", f"{path}/rejected-rows/file?format=pdf").json()["errors"][0]["parameter"] == "format"


def test_the_wizard_and_the_api_reach_the_same_numbers(program: Program, manager: Actor, client_of: Any, sql: Any) -> None:
    client = client_of(manager)
    text, faults = planted(400)
    upload = {"target": "test_gadgets", "file": SimpleUploadedFile("a.csv", text.encode()), "source": "CRM"}
    page = client.post("/imports/new", upload)["Location"]
    heads = text.partition("\n")[0].split(",")
    form = {f"field-{i}": head for i, head in enumerate(heads)} | {"source": "CRM", "as_of": "2026-05-01", "currency": "EUR"}
    assert client.post(f"{page}/mapping", form).status_code == 302
    work(manager)
    by_page = program("GET", page.strip("/")).json()
    shown = client.get(page).content.decode()

    path, _record, tag = read(program, text, source="CRM")
    program("PATCH", path, {"mapping": {h: h for h in heads}, "as_of": "2026-05-01", "currency": "EUR"}, If_Match=tag)
    program("POST", f"{path}/check")
    work(manager)
    by_api = program("GET", path).json()
    assert by_api["rows"]["rejected"] > 30
    for name in ("rows", "forecast", "errors", "mapping", "reading"):
        assert by_api[name] == by_page[name], name
    for fault in by_api["errors"]:
        assert fault["detail"] in shown
    assert re.search(rf">\s*{by_api['rows']['good']}\b", shown)
    lists = [program("GET", f"{where}/rejected-rows?limit=100").json()["data"] for where in (path, page.strip("/"))]
    assert lists[0] == lists[1]
    assert len(lists[0]) == by_api["rows"]["rejected"]
    program("POST", f"{path}/write")
    work(manager)
    done = program("GET", path).json()["rows"]
    assert (done["created"], done["rejected"]) == (400 - faults, faults)
    assert sql("SELECT count(*) FROM test_gadget") == [(400 - faults,)]


def test_whoever_may_only_read_changes_nothing(manager: Actor, key_of: Any) -> None:
    program = Program(key_of(manager, ["imports:write", "companies:write"]))
    path, record, tag = read(program, "name,country\nAlpha,FR\n", target="companies")
    reader = Caller(key_of(manager, ["imports:read", "companies:write"]))
    assert reader("GET", f"{path}/columns").status_code == 200
    for method, act, body in (
        ("PATCH", "", {"currency": "USD"}), ("DELETE", "", None), ("POST", "/check", {}), ("POST", "/write", {}),
        ("POST", "/fix-row", {"row": 2, "cells": {"name": "X"}}),
        ("POST", "/fix-value", {"column": "name", "code": "required", "old": "", "new": "X"}),
    ):  # fmt: skip
        assert reader(method, path + act, body, If_Match=tag).status_code == 403, act
    assert Caller(key_of(manager, ["jobs:read"]))("GET", f"{path}/columns").status_code == 403
    assert program("GET", path).json() == record


def test_another_persons_import_is_carried_on_by_those_who_may(program: Program, make_member: Any, key_of: Any) -> None:
    """Imports belong to the vendor, as on the pages; its history says who did what."""
    path, _record, tag = read(program, "code,name\nA,Alpha\n")
    other = make_member(Role.MANAGER, name="Yann Le Goff")
    colleague = Caller(key_of(other, ["imports:write"]))
    assert colleague("PATCH", path, {"source": "Theirs"}, If_Match=tag).json()["source"] == "Theirs"
    stranger = Caller(key_of(other, ["companies:write"]))
    assert stranger("DELETE", path).status_code == 403
