"""Acts on saved views, from the menus beside the filters of any list."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from prm.access.pages import ScopedPage
from prm.core.errors import Conflict, Denied, Invalid
from prm.ui.toasts import toast
from prm.views.lists import viewed_lists
from prm.views.models import SavedView
from prm.views.selectors import saved_view_get
from prm.views.services import saved_view_create, saved_view_delete, saved_view_update


class SavedViewCreatePage(ScopedPage):
    """Keeps the list as it is shown; undo of removing sends the same in the address."""

    permission = "views.saved_view:edit"
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        asked = request.POST if "list" in request.POST else request.GET
        list_name, query = asked.get("list", ""), asked.get("query", "")
        try:
            view = saved_view_create(
                actor=self.actor, list_name=list_name, name=asked.get("name", ""), query=query,
                is_shared=bool(asked.get("shared")), is_default=bool(asked.get("default")), role=asked.get("role", ""),
            )  # fmt: skip
        except (Invalid, Conflict, Denied) as refusal:
            if list_name not in viewed_lists:
                raise
            toast(request, refusal.message)
            return redirect(_address(list_name, query))
        toast(request, _("“%(name)s” is kept as a view.") % {"name": view.name})
        return redirect(_address(view.list_name, view.query))


class SavedViewEditPage(ScopedPage):
    """Renames a view of one's own, shares it, makes it the one that the list opens with, or gives it the order and columns shown."""

    permission = "views.saved_view:edit"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, view_id: str) -> HttpResponse:
        view = saved_view_get(actor=self.actor, view_id=view_id)
        try:
            view = saved_view_update(
                actor=self.actor, view_id=view.pk, name=request.POST.get("name", ""), query=request.POST.get("query"),
                is_shared=bool(request.POST.get("shared")), is_default=bool(request.POST.get("default")),
                role=request.POST.get("role"),
            )  # fmt: skip
        except (Invalid, Conflict) as refusal:
            toast(request, refusal.message)
        else:
            toast(request, _("The view “%(name)s” is saved.") % {"name": view.name})
        return redirect(_address(view.list_name, view.query))


class SavedViewDeletePage(ScopedPage):
    """Forgets a view of one's own; undone from the toast."""

    permission = "views.saved_view:edit"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, view_id: str) -> HttpResponse:
        gone = saved_view_delete(actor=self.actor, view_id=view_id)
        toast(request, _("The view “%(name)s” is removed.") % {"name": gone.name}, undo_url=_again(gone))
        return redirect(_address(gone.list_name, gone.query))


def _address(list_name: str, query: str) -> str:
    """The list as a view shows it; plain where it shows everything, without coming from elsewhere."""
    return reverse(viewed_lists.get(list_name).url_name) + (f"?{query.lstrip('?')}" if query else "")


def _again(view: SavedView) -> str:
    """The address that keeps a removed view once more."""
    query = QueryDict(mutable=True)
    query.update({"list": view.list_name, "name": view.name, "query": view.query, "role": view.role})
    for name, is_so in (("shared", view.is_shared), ("default", view.is_default)):
        if is_so:
            query[name] = "1"
    return reverse("vendor:views:saved-view-create") + "?" + query.urlencode()
