"""Saved views: one's own, and those that colleagues share."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from prm.access.actors import Actor
from prm.views.models import SavedView

#: So many views of a list are offered.
MOST_OFFERED = 40


def saved_view_list(*, actor: Actor, list_name: str = "", mine: bool = False) -> QuerySet[SavedView]:
    """The views that ``actor`` sees, of one list or of all, in the order in which they were kept."""
    views = SavedView.objects.visible_to(actor)
    if list_name:
        views = views.filter(list_name=list_name)
    return views.filter(person_id=actor.person_id) if mine else views


def saved_views_offered(*, actor: Actor, list_name: str) -> list[SavedView]:
    """The views that the page of a list offers, own ones first. One query."""
    views = saved_view_list(actor=actor, list_name=list_name)[:MOST_OFFERED]
    return sorted(views, key=lambda view: (view.person_id != actor.person_id, view.position, view.pk))


def saved_view_get(*, actor: Actor, view_id: UUID | str) -> SavedView:
    """One of the actor's own or shared views, by key or TypeID. Raises NotFound."""
    view: SavedView = SavedView.objects.visible_to(actor).one(view_id)
    return view
