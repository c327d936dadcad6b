"""What happens to saved views. The list only: how somebody calls a view of their own is theirs."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from prm.events.publishing import Event


class _SavedViewEvent(Event):
    """The parent: of which list it is, and whether colleagues see it."""

    list_name: str
    is_shared: bool


class SavedViewKept(_SavedViewEvent, subject="saved_view", sentence=_("kept this view")):
    """A list was kept as it was shown."""


class SavedViewChanged(_SavedViewEvent, subject="saved_view", sentence=_("changed this view")):
    """A view got another name, another content, or is shared or opened in another way."""

    role: str


class SavedViewRemoved(_SavedViewEvent, subject="saved_view", sentence=_("removed this view")):
    """A view is gone."""
