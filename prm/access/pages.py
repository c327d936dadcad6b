"""``ScopedPage``: the only parent of a page. It cannot be written without saying which permission opens it.

``ScopedPage`` is a page of the vendor, ``PortalPage`` one of partners and candidates. To whoever came in by another door a page does
not exist.
"""

from __future__ import annotations

import inspect
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import resolve_url
from django.template.response import TemplateResponse
from django.views import View

from prm.access.actors import PORTAL_DOOR, VENDOR_DOOR, Actor, ActorKind
from prm.access.confirming import ask_again, is_to_confirm, place_of
from prm.access.policies import is_known
from prm.core.errors import Denied, DomainError, NotFound

SAFE = ("GET", "HEAD", "OPTIONS")


class ActorRequest(HttpRequest):
    """A request after the middleware: it has an actor."""

    actor: Actor


class ScopedPage(View):
    """A page for people who hold ``permission`` (``stage.thing:verb``).

    Anonymous → sign-in page; what nobody can have typed → 400; outside scope → 404; inside without the verb → 403.
    What is sent under a permission that asks again (``Policy.asks_again``) leads to "Is it you?" when signing in is a while ago.
    Services' refusals become the matching state page; a page that shows ``Invalid`` at its fields catches it itself.
    """

    permission: ClassVar[str]
    audiences: ClassVar[frozenset[ActorKind]] = VENDOR_DOOR
    request: ActorRequest

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if inspect.isabstract(cls) or cls.__dict__.get("abstract"):
            return
        if not is_known(getattr(cls, "permission", "")):
            raise ValueError(f"{cls.__module__}.{cls.__name__}: permission names a verb that some policy declares")

    @property
    def actor(self) -> Actor:
        return self.request.actor

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        actor: Actor = request.actor  # type: ignore[attr-defined]
        if actor.is_anonymous:
            return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
        try:
            refuse_unreadable(request)
            if actor.kind not in self.audiences:
                return self.turned_away(request)
            if not actor.may(self.permission):
                raise Denied("not_allowed", "", permission=self.permission)
            if request.method not in SAFE and is_to_confirm(request, self.permission):
                return ask_again(request, place_of(request))
            return super().dispatch(request, *args, **kwargs)
        except DomainError as refusal:
            return self.refused(request, refusal)

    def turned_away(self, request: HttpRequest) -> HttpResponseBase:
        """The answer to those for whom the page is not. Raises NotFound."""
        raise NotFound

    def refused(self, request: HttpRequest, refusal: DomainError) -> HttpResponse:
        """The state page for a refusal, with its status."""
        template = {404: "errors/404.html", 403: "errors/403.html"}.get(refusal.status, "errors/refused.html")
        # Rendered at once: the transaction is about to roll back.
        return TemplateResponse(request, template, {"refusal": refusal}, status=refusal.status).render()


class PortalPage(ScopedPage):
    """A page for a partner's people and candidates: file ``portal.py`` of a feature, address below ``/portal/``."""

    abstract = True
    audiences = PORTAL_DOOR


def refuse_unreadable(request: HttpRequest) -> None:
    """Raises BadRequest (400) when the address or the form holds a NUL: no text has one, and Postgres stores none."""
    if _holds_nul(request.GET) or (request.method == "POST" and _holds_nul(request.POST)):
        raise BadRequest("a value holds a NUL character")


def _holds_nul(values: QueryDict) -> bool:
    return any("\x00" in text for name, texts in values.lists() for text in (name, *texts))
