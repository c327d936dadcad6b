"""Answers in which somebody is named: the answer stays, it is their partner's. What became a fact of the company by them stays one."""

from __future__ import annotations

from prm.accounts.erasing import TextCopy, copies
from prm.questionnaires.models import Answer, AnswerFile

for copy in (
    TextCopy(model=AnswerFile, fields=("name",), whole=True, partner="partner_id", path="path"),
    TextCopy(model=Answer, fields=("values",)),
):
    copies.register(copy)
