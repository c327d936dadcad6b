"""Corrections of potentials, as a merge of two companies treats them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from prm.partners.merging import Tie, merge
from profiling.ranking.models import Correction

merge.register(Tie(model=Correction, label=_("Corrected potentials"), once=[["what", "line", "withdrawn_at"]], order=220))
