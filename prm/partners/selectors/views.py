"""Saved views of a list page: one's own, then those that colleagues share."""

from __future__ import annotations

from uuid import UUID

from prm.access.actors import Actor
from prm.partners.models import SavedView


def saved_view_list(*, actor: Actor, page: str) -> list[SavedView]:
    """The views of ``page`` that ``actor`` sees, own ones first. One query."""
    views = SavedView.objects.visible_to(actor).filter(page=page)
    return sorted(views[:40], key=lambda view: (view.person_id != actor.person_id, view.position, view.pk))


def saved_view_get(*, actor: Actor, view_id: UUID) -> SavedView:
    """One of the actor's own or shared views. Raises NotFound."""
    view: SavedView = SavedView.objects.visible_to(actor).one(view_id)
    return view
