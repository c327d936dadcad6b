"""Saved views: one's own, and those that colleagues share."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Case, Q, QuerySet, When

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
    """The views that the page of a list offers: own ones, then those that open the list for a role, then what else is shared, so that
    neither is pushed out by many of the last. One query."""
    views = saved_view_list(actor=actor, list_name=list_name)
    rank = Case(When(person_id=actor.person_id, then=0), When(~Q(role=""), then=1), default=2)
    return list(views.order_by(rank, "position", "id")[:MOST_OFFERED])


def saved_view_get(*, actor: Actor, view_id: UUID | str, lock: bool = False) -> SavedView:
    """One of the actor's own or shared views, by key or TypeID; ``lock`` keeps it for this transaction. Raises NotFound."""
    views = SavedView.objects.visible_to(actor)
    view: SavedView = (views.select_for_update() if lock else views).one(view_id)
    return view
