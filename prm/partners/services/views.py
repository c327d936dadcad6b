"""Writing saved views."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.errors import Conflict, Denied, Invalid
from prm.partners.models import SavedView
from prm.partners.selectors.views import saved_view_get

MOST = 20


@transaction.atomic
def saved_view_create(*, actor: Actor, page: str, name: str, query: str, is_shared: bool = False) -> SavedView:
    """Keeps a list as it is shown (``query`` without cursor) under a name. Raises Denied; Invalid (``name``); Conflict when the name
    is taken by another view of one's own."""
    authorize(actor, "partners.saved_view:edit")
    name = _checked(name)
    if len(query) > 2000:
        raise Invalid("too_long", _("This list has too many filters to be kept."), field="query")
    if actor.person_id is None:
        raise Denied("not_allowed", _("Only people keep views."))
    own = SavedView.objects.visible_to(actor, "edit").filter(page=page)
    if own.count() >= MOST:
        raise Invalid("too_many", _("Remove a view before keeping another: 20 is the most."), field="name")
    return _saved(SavedView(page=page, name=name, query=query, is_shared=is_shared, person_id=actor.person_id))


@transaction.atomic
def saved_view_edit(*, actor: Actor, view_id: UUID, name: str, is_shared: bool, is_default: bool) -> SavedView:
    """Renames one of the actor's own views, shares it or not, and makes it the one that the list opens with, or not.

    Raises NotFound, Denied; Invalid (``name``); Conflict when the name is taken by another view of one's own.
    """
    view = saved_view_get(actor=actor, view_id=view_id)
    authorize(actor, "partners.saved_view:edit", view)
    if is_default:
        others = SavedView.objects.visible_to(actor, "edit").filter(page=view.page, is_default=True)
        others.exclude(pk=view.pk).update(is_default=False)
    view.name, view.is_shared, view.is_default = _checked(name), is_shared, is_default
    return _saved(view)


@transaction.atomic
def saved_view_delete(*, actor: Actor, view_id: UUID) -> SavedView:
    """Forgets one of the actor's own views; gives it once more, for undo. Raises NotFound, Denied."""
    view = saved_view_get(actor=actor, view_id=view_id)
    authorize(actor, "partners.saved_view:edit", view)
    gone = SavedView(page=view.page, name=view.name, query=view.query, is_shared=view.is_shared)
    view.delete()
    return gone


def _checked(name: str) -> str:
    name = name.strip()
    if not name or len(name) > 60:
        raise Invalid("required", _("Give the view a name of up to 60 characters."), field="name")
    return name


def _saved(view: SavedView) -> SavedView:
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as error:
        raise Conflict("name_taken", _("You have a view of this name already."), field="name") from error
    return view
