"""The settings page of the rules of signing in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from prm.accounts.confirming import ConfirmedPage
from prm.accounts.forms.sign_in_rules import SignInRulesForm
from prm.accounts.models.sign_in_rules import THE_RULES
from prm.accounts.selectors.sign_in_rules import is_staff_let_off, sign_in_rules_get
from prm.accounts.services.sign_in_rules import sign_in_rules_change
from prm.events.selectors import history_list
from prm.ui.toasts import toast


class SignInRulesPage(ConfirmedPage):
    """The second step, how long sessions live, how long invitations do, whom they go to."""

    permission = "accounts.sign_in_rules:edit"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.shown(SignInRulesForm(rules=sign_in_rules_get(actor=self.actor)))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SignInRulesForm(request.POST, rules=sign_in_rules_get(actor=self.actor))

        def change() -> None:
            sign_in_rules_change(actor=self.actor, values=form.values(), seen=form.cleaned_data.get("seen", ""))

        if form.taken_by(change):
            toast(request, _("These rules hold from now on, for open sessions too"))
            return HttpResponseRedirect(reverse("vendor:accounts:provider-list"))
        return self.shown(form, status=form.status)

    def shown(self, form: SignInRulesForm, status: int = 200) -> HttpResponse:
        """The page with ``form``, and who changed what before."""
        history = history_list(actor=self.actor, subject_type="sign_in_rules", subject_id=THE_RULES, limit=20)
        context = {"form": form, "history": history, "is_staff_let_off": is_staff_let_off(actor=self.actor)}
        return TemplateResponse(self.request, "accounts/sign_in_rules.html", context, status=status)
