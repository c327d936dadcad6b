"""Where target lists stand in the sidebar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from prm.ui import nav
from prm.views.lists import ViewedList, viewed_lists

nav.register(
    nav.NavItem(
        nav.Stage.PROFILING, _("Target lists"), "target-arrow", "vendor:profiling:target-list-list",
        permission="profiling.target_list:view", order=30, key="t", under=("vendor:profiling:target-",),
    )
)  # fmt: skip
viewed_lists.register(
    ViewedList(
        "target-lists", _("Target lists"), "vendor:profiling:target-list-list", permission="profiling.target_list:view"
    )
)
