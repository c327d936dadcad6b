"""Pages under ``/accounts/`` for whoever is signed in, of the vendor or of a partner: what opens my account, and where it is open."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from prm.access.actors import Actor
from prm.access.confirming import ask_again, is_confirmed, place_of, took_second_step
from prm.access.roles import as_role
from prm.accounts.forms.members import InvitationForm
from prm.accounts.selectors.invitations import has_account, invitation_behind
from prm.accounts.selectors.providers import is_password_refused
from prm.accounts.selectors.security import has_second_step, security_get
from prm.accounts.selectors.sign_in import sign_in_list
from prm.accounts.services.coming_in import invitation_accept
from prm.accounts.services.security import session_end, sessions_end_others
from prm.accounts.sessions import act_at
from prm.core.errors import Conflict, NotFound
from prm.ui.errors import too_many_requests
from prm.ui.toasts import toast

#: Where somebody goes on after a second factor was asked for.
NEXT = "prm_second_step_next"
#: A token cannot be guessed; this keeps whoever tries from costing much.
TRIES = {"invitation": "20/m/ip"}


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
        tries = sign_in_list(actor=request.actor)  # type: ignore[attr-defined]
        return self.shown("accounts/security.html", {"security": security, "tries": tries})


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


class PlacePage(OwnPage):
    """Goes to another place where the account comes in: the vendor, a partner, studies."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        wanted = request.POST.get("place", "")
        if wanted not in dict(request.actor.places):  # type: ignore[attr-defined]
            raise Http404
        act_at(request, wanted)
        return HttpResponseRedirect("/")


class InvitationPage(View):
    """Coming in by an invitation: with the account that is signed in, or with a new one. The link is the right."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self.answer(request, token, InvitationForm(), 200)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        if not ratelimit.consume(request, app="allauth.account", action="invitation", config=TRIES):
            return too_many_requests(request)
        actor: Actor = request.actor  # type: ignore[attr-defined]
        form = InvitationForm(request.POST)
        user_id = request.user.pk if request.user.is_authenticated else None
        if user_id is None and not form.is_valid():
            return self.answer(request, token, form, 422)
        if user_id is None and self.own_way(token):
            return self.answer(request, token, form, 409)
        password = None if user_id else form.cleaned_data["password"]
        try:
            accepted = invitation_accept(actor=actor, token=token, user_id=user_id, password=password)
        except (Conflict, NotFound):
            return self.answer(request, token, form, 409)
        answer: HttpResponse = HttpResponseRedirect("/")
        if user_id is None:
            answer = perform_password_login(
                request, {"email": accepted.user.email}, Login(user=accepted.user, redirect_url="/")
            )
        act_at(request, accepted.place)
        return answer

    def own_way(self, token: str) -> bool:
        """Whether whoever is invited signs in by their company's provider only, which then accepts the invitation for them."""
        actor: Actor = self.request.actor  # type: ignore[attr-defined]
        invitation = invitation_behind(actor=actor, token=token)
        return invitation is not None and is_password_refused(actor=actor, email=invitation.email)

    def answer(self, request: HttpRequest, token: str, form: InvitationForm, status: int) -> HttpResponse:
        """The page in the language of whoever is invited; a link that opens nothing says so, whatever it was."""
        actor: Actor = request.actor  # type: ignore[attr-defined]
        invitation = invitation_behind(actor=actor, token=token)
        if invitation is None:
            return render(request, "accounts/invitation_gone.html", status=404)
        # Looked up only for whoever chose a password: opening the link tells nothing of who has an account.
        known = status == 409 and not request.user.is_authenticated and has_account(actor=actor, email=invitation.email)
        language = translation.get_language() if request.user.is_authenticated else invitation.language
        with translation.override(language):
            words = {"invitation": invitation, "form": form, "is_known": known, "roles": invitation.role_names}
            words["own_way"] = is_password_refused(actor=actor, email=invitation.email)
            return render(request, "accounts/invitation.html", words, status=status)


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
