"""Which lists offer saved views: one ``ViewedList`` a list, declared by the feature that owns it, beside its navigation::

    from prm.views.lists import ViewedList, viewed_lists

    viewed_lists.register(ViewedList("jobs", _("Jobs"), "vendor:jobs:job-list", permission="jobs.job:view"))

Its page derives from ``prm.views.listing.ListPage``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from prm.access.actors import Actor
from prm.core.registry import Registry


@dataclass(frozen=True)
class ViewedList:
    """A list page: ``name`` is that of its ``ListSpec``, ``permission`` the page's own. Who lacks it sees none of the list's views."""

    name: str
    label: Any
    url_name: str
    permission: str


viewed_lists: Registry[ViewedList] = Registry("views.lists", key=lambda entry: entry.name, order=lambda entry: entry.name)


def lists_seen(actor: Actor) -> list[str]:
    """The names of the lists that ``actor`` may open."""
    return [entry.name for entry in viewed_lists if actor.may(entry.permission)]
