"""Answers in which somebody names themselves. What became a fact of the company by them stays one."""

from __future__ import annotations

from prm.accounts.erasing import TextCopy, copies
from prm.questionnaires.models import Answer, AnswerFile

for copy in (
    TextCopy(model=AnswerFile, fields=("name",), whole=True),
    TextCopy(model=Answer, fields=("values",), whole=True),
):
    copies.register(copy)
