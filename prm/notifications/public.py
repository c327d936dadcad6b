"""Pages for whoever holds a link of a mail, and the mailbox of the demo. No session is asked for."""

from __future__ import annotations

from csp.decorators import csp, csp_update
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csrf import csrf_exempt

from prm.access.roles import as_system
from prm.notifications.kinds import KINDS
from prm.notifications.letters import read_token
from prm.notifications.mailbox import kept_get, kept_list
from prm.notifications.services import unsubscribe


@method_decorator(csrf_exempt, name="dispatch")
class UnsubscribePage(View):
    """Ends the mails of a kind: GET shows a button, POST does it (RFC 8058: mail programs post by themselves, without a session).

    Nothing is forged with it that the signed link does not allow, so it needs no CSRF token.
    """

    http_method_names = ["get", "post"]

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self._shown(request, token, is_done=False)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        read = read_token(token)
        if read is not None:
            with as_system("somebody ended mails by their link") as actor:
                unsubscribe(actor=actor, person_id=read[0], kind=read[1])
        return self._shown(request, token, is_done=True)

    def _shown(self, request: HttpRequest, token: str, *, is_done: bool) -> HttpResponse:
        read = read_token(token)
        if read is None:
            raise Http404
        label = KINDS.get(read[1]).label if read[1] in KINDS else ""
        context = {"label": label, "is_done": is_done}
        return TemplateResponse(request, "notifications/unsubscribe.html", context)


class MailboxPage(View):
    """The mails of the demo."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest) -> HttpResponse:
        return TemplateResponse(request, "notifications/mailbox.html", {"mails": kept_list()})


@method_decorator(csp_update({"frame-src": ["'self'"]}), name="dispatch")
class MailboxMailPage(View):
    """One of them."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        mail = kept_get(key)
        if mail is None:
            raise Http404
        return TemplateResponse(request, "notifications/mailbox_mail.html", {"mail": mail})


_ALONE = {
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "sandbox": ["allow-popups"],
    "frame-ancestors": ["'self'"],
}


@method_decorator([xframe_options_sameorigin, csp(_ALONE)], name="dispatch")
class MailboxBodyPage(View):
    """Its HTML by itself, in a sandbox: no script, nothing fetched."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        mail = kept_get(key)
        if mail is None:
            raise Http404
        return HttpResponse(mail.html)
