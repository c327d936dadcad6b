"""Where target lists stand in the sidebar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from prm.ui import nav

nav.register(
    nav.NavItem(
        nav.Stage.PROFILING, _("Target lists"), "target-arrow", "vendor:profiling:target-list-list",
        permission="profiling.target_list:view", order=30, key="t", under=("vendor:profiling:target-",),
    )
)  # fmt: skip
