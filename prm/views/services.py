"""Keeping, changing and removing saved views."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from prm.access.actors import VENDOR_ROLES, Actor
from prm.access.policies import authorize
from prm.core.errors import Conflict, Denied, Invalid
from prm.events.publishing import publish
from prm.views import events
from prm.views.lists import lists_seen
from prm.views.models import SavedView
from prm.views.rules import query_kept
from prm.views.selectors import saved_view_get

MOST = 20


@transaction.atomic
def saved_view_create(
    *, actor: Actor, list_name: str, name: str, query: str, is_shared: bool = False, is_default: bool = False, role: str = ""
) -> SavedView:
    """Keeps a list as ``query`` shows it under a name.

    Raises Denied; Invalid (``list``, ``name``, ``query``, ``role``); Conflict when the name is taken by another view of one's
    own. Publishes SavedViewKept.
    """
    authorize(actor, "views.saved_view:edit")
    if list_name not in lists_seen(actor):
        raise Invalid("unknown_list", _("There is no such list."), field="list")
    if actor.person_id is None:
        raise Denied("not_allowed", _("Only people keep views."))
    view = SavedView(list_name=list_name, name=_name(name), query=_query(query), person_id=actor.person_id)
    if SavedView.objects.visible_to(actor, "edit").filter(list_name=list_name).count() >= MOST:
        raise Invalid("too_many", _("Remove a view before keeping another: 20 is the most."), field="name")
    _opens(actor, view, is_shared=is_shared, is_default=is_default, role=role)
    _saved(view)
    publish(events.SavedViewKept(subject_id=view.pk, list_name=list_name, is_shared=view.is_shared), actor=actor)
    return view


@transaction.atomic
def saved_view_update(
    *,
    actor: Actor,
    view_id: UUID | str,
    name: str | None = None,
    query: str | None = None,
    is_shared: bool | None = None,
    is_default: bool | None = None,
    role: str | None = None,
) -> SavedView:
    """Changes one of the actor's own views; what is None stays. ``is_default`` makes it the one that the list opens with for its
    owner, ``role`` for everybody of that role; a view that is no longer shared opens the list for no role.

    Raises NotFound, Denied; Invalid (``name``, ``query``, ``role``); Conflict when the name is taken by another view of one's own.
    Publishes SavedViewChanged.
    """
    view = saved_view_get(actor=actor, view_id=view_id, lock=True)
    authorize(actor, "views.saved_view:edit", view)
    if name is not None:
        view.name = _name(name)
    if query is not None:
        view.query = _query(query)
    _opens(
        actor, view,
        is_shared=view.is_shared if is_shared is None else is_shared,
        is_default=view.is_default if is_default is None else is_default,
        role=(view.role if is_shared is not False else "") if role is None else role,
    )  # fmt: skip
    _saved(view)
    changed = events.SavedViewChanged(subject_id=view.pk, list_name=view.list_name, is_shared=view.is_shared, role=view.role)
    publish(changed, actor=actor)
    return view


@transaction.atomic
def saved_view_delete(*, actor: Actor, view_id: UUID | str) -> SavedView:
    """Removes one of the actor's own views; gives what it was, for undo. Raises NotFound, Denied. Publishes SavedViewRemoved."""
    view = saved_view_get(actor=actor, view_id=view_id, lock=True)
    authorize(actor, "views.saved_view:edit", view)
    removed = events.SavedViewRemoved(subject_id=view.pk, list_name=view.list_name, is_shared=view.is_shared)
    view.delete()
    publish(removed, actor=actor)
    return view


def _opens(actor: Actor, view: SavedView, *, is_shared: bool, is_default: bool, role: str) -> None:
    """Who sees the view, and for whom the list opens with it: the views that did so before give way."""
    if role and role not in VENDOR_ROLES:
        raise Invalid("unknown_role", _("There is no such role."), field="role")
    if role and not is_shared:
        raise Invalid("not_shared", _("Share the view first: a role opens only what it sees."), field="role")
    if is_default and not view.is_default:
        own = SavedView.objects.visible_to(actor, "edit").filter(list_name=view.list_name, is_default=True)
        own.exclude(pk=view.pk).update(is_default=False)
    if role and role != view.role:
        authorize(actor, "views.saved_view:assign")
        given = SavedView.objects.visible_to(actor, "assign").filter(list_name=view.list_name, role=role)
        given.exclude(pk=view.pk).update(role="")
    view.is_shared, view.is_default, view.role = is_shared, is_default, role


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > 60:
        raise Invalid("required", _("Give the view a name of up to 60 characters."), field="name")
    return name


def _query(query: str) -> str:
    try:
        kept = query_kept(query)
    except ValueError:
        kept = None
    if kept is None or len(kept) > 2000:
        raise Invalid("too_long", _("This list has too many filters to be kept."), field="query")
    return kept


def _saved(view: SavedView) -> None:
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as error:
        if "views_name_once" in str(error):
            raise Conflict("name_taken", _("You have a view of this name already."), field="name") from error
        raise Conflict("opened_otherwise", _("Somebody chose another view at the same moment. Try again.")) from error
