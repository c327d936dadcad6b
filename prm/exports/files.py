"""Where the files of prepared exports lie: the keys of their rows, and what their owners fetch."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from itertools import islice
from typing import IO
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import default_storage

from prm.exports.models import Export

_KEY_BYTES = 16


def folder_of(export: Export) -> str:
    """Where the files of an export lie in file storage."""
    return f"exports/{export.pk}"


def folder_remove(export: Export) -> None:
    """Removes what lies there."""
    folder = folder_of(export)
    if not default_storage.exists(folder):
        return
    for name in default_storage.listdir(folder)[1]:
        default_storage.delete(f"{folder}/{name}")
    default_storage.delete(folder)


def file_save(export: Export, name: str, content: IO[bytes]) -> str:
    """Keeps a file of an export in place of an earlier one of that name; gives its name in storage."""
    wanted = f"{folder_of(export)}/{name}"
    if default_storage.exists(wanted):
        default_storage.delete(wanted)
    return str(default_storage.save(wanted, File(content)))


def keys_save(export: Export, keys: Iterable[UUID]) -> int:
    """Keeps the keys of all rows, in order, 16 bytes each: the selection stands still while chunks write it. How many they are."""
    count = 0
    waiting = iter(keys)
    with tempfile.TemporaryFile() as out:
        while batch := list(islice(waiting, 10_000)):
            out.write(b"".join(key.bytes for key in batch))
            count += len(batch)
        out.seek(0)
        file_save(export, "keys", out)
    return count


def keys_read(export: Export, start: int, count: int) -> list[UUID]:
    """The keys from place ``start`` on, at most ``count``."""
    with default_storage.open(f"{folder_of(export)}/keys") as file:
        file.seek(start * _KEY_BYTES)
        data = file.read(count * _KEY_BYTES)
    return [UUID(bytes=data[at : at + _KEY_BYTES]) for at in range(0, len(data), _KEY_BYTES)]
