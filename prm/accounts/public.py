"""Pages under ``/accounts/`` for whoever is signed in, of the vendor or of a partner: what opens my account, and where it is open."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from prm.access.roles import as_role
from prm.accounts.confirming import ask_again, is_confirmed, place_of, took_second_step
from prm.accounts.selectors_security import has_second_step, security_get
from prm.accounts.services_security import session_end, sessions_end_others
from prm.core.errors import NotFound
from prm.ui.toasts import toast

#: Where somebody goes on after a second factor was asked for.
NEXT = "prm_second_step_next"


class OwnPage(View):
    """A page of one's own account: only signing in is asked for, no permission. ``confirmed`` asks again for what changes it."""

    confirmed = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
        if self.confirmed and not is_confirmed(request):
            return ask_again(request, place_of(request))
        return super().dispatch(request, *args, **kwargs)

    def shown(self, template: str, context: dict[str, Any]) -> HttpResponse:
        """Rendered in the actor's role: the frame around the page asks for the person's own work."""
        with as_role(self.request.actor):  # type: ignore[attr-defined]
            return render(self.request, template, context)


class SecurityPage(OwnPage):
    """Password, second step, passkeys, recovery codes, sessions."""

    def get(self, request: HttpRequest) -> HttpResponse:
        security = security_get(actor=request.actor, session_key=request.session.session_key)  # type: ignore[attr-defined]
        return self.shown("accounts/security.html", {"security": security})


class SessionEndPage(OwnPage):
    """Ends one of my sessions."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, session_id: int) -> HttpResponse:
        try:
            session_end(actor=request.actor, session_id=session_id)  # type: ignore[attr-defined]
        except NotFound as error:
            raise Http404 from error
        toast(request, _("That session is ended"))
        return HttpResponseRedirect(reverse("account_security"))


class SessionsEndOthersPage(OwnPage):
    """Ends all of my sessions but this one."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        actor, key = request.actor, request.session.session_key  # type: ignore[attr-defined]
        ended = sessions_end_others(actor=actor, session_key=key)
        toast(request, ngettext("%(n)s other session is ended", "%(n)s other sessions are ended", ended) % {"n": ended})
        return HttpResponseRedirect(reverse("account_security"))


class SecondStepPage(OwnPage):
    """A second step is required of this person: set one up, or take it now. Then back to where they wanted to go."""

    def get(self, request: HttpRequest) -> HttpResponse:
        wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
        if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
            request.session[NEXT] = wanted
        if took_second_step(request):
            return HttpResponseRedirect(request.session.pop(NEXT, "/"))
        is_set_up = has_second_step(actor=request.actor)  # type: ignore[attr-defined]
        return render(request, "accounts/second_step.html", {"is_set_up": is_set_up})
