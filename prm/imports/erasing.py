"""Rows of files as they were, and records as they were before: both may name people."""

from __future__ import annotations

from prm.accounts.erasing import TextCopy, copies
from prm.imports.models import ImportBefore, ImportRejectedRow

for copy in (
    TextCopy(model=ImportRejectedRow, fields=("cells", "errors")),
    TextCopy(model=ImportBefore, by="object_id", whole=True),
    # What an undo would write back: it brings nobody back who was erased.
    TextCopy(model=ImportBefore, fields=("before",)),
):
    copies.register(copy)
