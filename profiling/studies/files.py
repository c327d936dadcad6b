"""Files of studies in file storage: snapshots by content, results by run and chunk.

A file is complete or absent: it is written beside its name and then moved. Local storage is read by memory map, so that
several workers share one copy; another storage (an object store) is read into memory.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
from django.core.files.base import File
from django.core.files.storage import default_storage


def run_file(run_id: UUID, name: str) -> str:
    """The path of a run's file: ``studies/runs/<run>/vectors.arrow``."""
    return f"studies/runs/{run_id}/{name}"


def chunk_file(run_id: UUID, chunk: int) -> str:
    """The path of one chunk's result."""
    return run_file(run_id, f"chunk-{chunk:05d}.arrow")


def snapshot_file(content_hash: str) -> str:
    """The path of a snapshot."""
    return f"studies/snapshots/{content_hash[:2]}/{content_hash}.arrow"


def beside_snapshot(snapshot: str, name: str) -> str:
    """The path of what was made of a snapshot once, for all the runs that read it."""
    return f"{snapshot.removesuffix('.arrow')}.{name}.arrow"


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """A path to write a new file to, on the disk of the storage where that is local; gone at the end unless ``publish`` took it."""
    folder = _local("studies/tmp")
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(suffix=".arrow", dir=folder)
    os.close(handle)
    path = Path(name)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def publish(path: Path, name: str) -> None:
    """Puts the finished file at ``path`` in storage under ``name``, in one step; an equal name is replaced."""
    target = _local(name)
    if target is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(path, target)
        return
    with path.open("rb") as source:
        if default_storage.exists(name):
            default_storage.delete(name)
        default_storage.save(name, File(source))


def write_table(name: str, table: pa.Table, *, batch_rows: int | None = None) -> None:
    """Stores an Arrow table, in batches of at most so many rows where told."""
    with scratch() as path:
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table, max_chunksize=batch_rows)
        publish(path, name)


def read_table(name: str, columns: list[str] | None = None) -> pa.Table:
    """An Arrow table from storage; memory-mapped where storage is local. FileNotFoundError when it is gone."""
    local = _local(name)
    if local is not None:
        table = pa.ipc.open_file(pa.memory_map(str(local))).read_all()
    else:
        with default_storage.open(name) as stored:
            table = pa.ipc.open_file(pa.py_buffer(stored.read())).read_all()
    return table if columns is None else table.select(columns)


def write_json(name: str, data: Any) -> None:
    """Stores JSON."""
    with scratch() as path:
        path.write_text(json.dumps(data, separators=(",", ":"), sort_keys=True))
        publish(path, name)


def read_json(name: str) -> Any:
    """JSON from storage."""
    with default_storage.open(name, "rb") as stored:
        return json.loads(stored.read())


def exists(name: str) -> bool:
    """Whether storage holds ``name``."""
    return default_storage.exists(name)


def remove(name: str) -> None:
    """Takes ``name`` out of storage if it is there."""
    default_storage.delete(name)


def _local(name: str) -> Path | None:
    try:
        return Path(default_storage.path(name))
    except NotImplementedError:
        return None
