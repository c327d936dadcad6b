"""Answers of studies, as a merge of two companies treats them: what a run said, it said of the company as it was."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from prm.partners.merging import How, Tie, merge
from profiling.studies.models import RunResult

merge.register(Tie(model=RunResult, label=_("Rows of studies that ran"), how=How.STAY, order=230))
