"""Remarks carry the name of then."""

from __future__ import annotations

from prm.accounts.erasing import TextCopy, copies
from profiling.sharing.models import Remark

for copy in (
    TextCopy(model=Remark, fields=("author", "text")),
    TextCopy(model=Remark, fields=("author", "text"), by="person"),
):
    copies.register(copy)
