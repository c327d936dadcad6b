"""Where long work may repeat what names somebody."""

from __future__ import annotations

from prm.accounts.erasing import TextCopy, copies
from prm.jobs.models import Job, JobChunk, JobLine

for copy in (
    TextCopy(model=Job, fields=("title", "error", "result")),
    TextCopy(model=JobChunk, fields=("error", "result")),
    TextCopy(model=JobLine, fields=("text",)),
):
    copies.register(copy)
