"""Where jobs stand in the sidebar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from prm.jobs.selectors import jobs_open_count
from prm.ui import nav
from prm.views.lists import ViewedList, viewed_lists


def register() -> None:
    """Called once when the app is ready."""
    nav.register(
        nav.NavItem(
            nav.Stage.ADMIN,
            _("Jobs"),
            "clock",
            "vendor:jobs:job-list",
            permission="jobs.job:view",
            order=10,
            key="j",
            count=lambda actor: jobs_open_count(actor=actor),
        )
    )
    viewed_lists.register(ViewedList("jobs", _("Jobs"), "vendor:jobs:job-list", permission="jobs.job:view"))
