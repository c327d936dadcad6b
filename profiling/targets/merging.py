"""Target lists, as a merge of two companies treats them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from prm.partners.merging import Tie, merge
from profiling.targets.models import TargetListEntry

merge.register(
    Tie(
        model=TargetListEntry, label=_("Places on target lists"), once=[["target_list_id", "removed_at"]], verbs=["view", "restore"],
        order=210,
    )
)  # fmt: skip
