"""What history tells of an import before anything is written, and that each step is whole or not at all."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from prm.access.actors import Actor
from prm.access.roles import as_role
from prm.events.selectors import history_list
from prm.imports.models import ImportBatch
from prm.imports.services import import_create, import_discard, import_map

pytestmark = pytest.mark.django_db

TEXT = "x1,x2\nA,Alpha\n"


def told(actor: Actor, batch: ImportBatch) -> list[str]:
    with as_role(actor):
        entries = history_list(actor=actor, subject_type="import", subject_id=batch.pk)
    return [entry.sentence for entry in reversed(entries)]


def no_history(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on nothing can be published."""

    def fail(event: object, *, actor: Actor) -> None:
        raise OSError("planted")

    monkeypatch.setattr("prm.imports.services.publish", fail)


def test_upload_mapping_and_discarding_are_told_once_each(
    upload: Any, manager: Actor, django_capture_on_commit_callbacks: Any
) -> None:
    batch = upload(TEXT)
    for _twice in range(2):
        with as_role(manager):
            import_map(actor=manager, batch=batch, mapping={"x1": "code", "x2": "name"})
    with as_role(manager):
        import_map(actor=manager, batch=batch, source="The CRM")
    with django_capture_on_commit_callbacks(execute=True), as_role(manager):
        import_discard(actor=manager, batch=batch)
    assert told(manager, batch) == [
        "uploaded the file",
        "chose what the columns are: 2 of 2 are read",
        "discarded the file",
    ]


def test_an_upload_that_cannot_be_told_leaves_neither_row_nor_file(
    gadgets: None, manager: Actor, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_history(monkeypatch)
    with as_role(manager), pytest.raises(OSError, match="planted"):
        import_create(actor=manager, target="test_gadgets", upload=io.BytesIO(TEXT.encode()), file_name="a.csv")
    with as_role(manager):
        assert not ImportBatch.objects.exists()
    assert [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()] == []


def test_a_mapping_that_cannot_be_told_is_not_kept(upload: Any, manager: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = upload(TEXT)
    no_history(monkeypatch)
    with as_role(manager), pytest.raises(OSError, match="planted"):
        import_map(actor=manager, batch=batch, mapping={"x1": "code", "x2": "name"})
    with as_role(manager):
        batch.refresh_from_db()
    assert batch.mapped_fields == {}


def test_the_file_of_a_discarded_import_goes_when_that_is_committed_and_not_before(
    upload: Any, manager: Actor, django_capture_on_commit_callbacks: Any
) -> None:
    batch = upload(TEXT)
    path = Path(batch.file.path)
    with django_capture_on_commit_callbacks() as after, as_role(manager):
        import_discard(actor=manager, batch=batch)
    assert path.exists()
    for callback in after:
        callback()
    assert not path.exists()


def test_a_discard_that_is_rolled_back_leaves_the_row_its_file(
    upload: Any, manager: Actor, django_capture_on_commit_callbacks: Any
) -> None:
    batch = upload(TEXT)

    def discard_in_vain() -> None:
        with as_role(manager):
            import_discard(actor=manager, batch=batch)
            raise OSError("planted")

    with django_capture_on_commit_callbacks(execute=True), pytest.raises(OSError, match="planted"):
        discard_in_vain()
    with as_role(manager):
        assert ImportBatch.objects.filter(pk=batch.pk).exists()
    assert Path(batch.file.path).exists()
