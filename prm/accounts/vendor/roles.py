"""Settings pages about roles: who may do what, and roles of the vendor's own."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from prm.access.abilities import keys_of
from prm.access.actors import ROLE_LABELS, Role
from prm.access.pages import ScopedPage
from prm.accounts.confirming import ConfirmedPage
from prm.accounts.forms.roles import CustomRoleForm, abilities_of, bases_to_give
from prm.accounts.models import CustomRole
from prm.accounts.selectors.roles import custom_role_get, custom_role_list
from prm.accounts.services.roles import custom_role_archive, custom_role_change, custom_role_make, custom_role_restore
from prm.accounts.tables.roles import matrix_of
from prm.accounts.words import with_taken_back
from prm.core.errors import Conflict, Denied, Invalid
from prm.ui.toasts import toast


class RoleListPage(ScopedPage):
    """Roles across, what they may do down, of the vendor's people or of partners'. Read from the policies."""

    permission = "accounts.role:view"

    def get(self, request: HttpRequest) -> HttpResponse:
        of_partners = request.GET.get("side") == "partners"
        here = reverse("vendor:accounts:role-list")
        tabs = [
            {"label": _("Our people"), "url": here, "current": not of_partners},
            {"label": _("Partners’ people"), "url": f"{here}?side=partners", "current": of_partners},
        ]
        export = reverse("vendor:exports:list-export", args=["roles"])
        side = "&side=partners" if of_partners else ""
        files = [(name, f"{export}?format={name.lower()}&columns=all{side}") for name in ("CSV", "XLSX")]
        context = {"matrix": matrix_of(actor=self.actor, of_partners=of_partners), "tabs": tabs, "files": files}
        if self.actor.may("accounts.role:archive"):
            context["archived"] = custom_role_list(actor=self.actor, archived=True)
        return TemplateResponse(request, "accounts/role_list.html", context)


class RoleMakePage(ConfirmedPage):
    """Another role, from a built-in one: first which, then what it may do."""

    permission = "accounts.role:create"

    def get(self, request: HttpRequest) -> HttpResponse:
        base = self.base()
        ticked = {"abilities": abilities_of(base, self.actor)} if base else {}
        return self.shown(CustomRoleForm(actor=self.actor, initial=ticked), base)

    def post(self, request: HttpRequest) -> HttpResponse:
        base, form = self.base(), CustomRoleForm(request.POST, actor=self.actor)
        if base and form.is_valid():
            try:
                role = custom_role_make(actor=self.actor, base=base, **form.values())
            except (Invalid, Conflict, Denied) as refusal:
                form.add_refusal(refusal)
            else:
                toast(request, _("%(name)s can be given from now on") % {"name": role.name})
                return HttpResponseRedirect(reverse("vendor:accounts:role-list"))
        return self.shown(form, base, status=422)

    def base(self) -> Role | None:
        """The role to begin with, from the address; None while it is not chosen."""
        wanted = self.request.GET.get("base", "")
        return Role(wanted) if wanted in dict(bases_to_give(self.actor)) else None

    def shown(self, form: CustomRoleForm, base: Role | None, status: int = 200) -> HttpResponse:
        """The page: roles to begin with, or the form."""
        context: dict[str, Any] = {"form": form, "base": base, "bases": bases_to_give(self.actor)}
        context["base_label"] = ROLE_LABELS[base] if base else ""
        return TemplateResponse(self.request, "accounts/role_form.html", context, status=status)


class RolePage(ConfirmedPage):
    """One role of the vendor's own: its name and what it may do."""

    permission = "accounts.role:edit"

    def get(self, request: HttpRequest, role_id: str) -> HttpResponse:
        role = custom_role_get(actor=self.actor, role_id=role_id)
        return self.shown(CustomRoleForm(actor=self.actor, initial=self.known(role)), role)

    def post(self, request: HttpRequest, role_id: str) -> HttpResponse:
        role = custom_role_get(actor=self.actor, role_id=role_id)
        form = CustomRoleForm(request.POST, actor=self.actor, initial=self.known(role))

        done: list[CustomRole] = []

        def change() -> None:
            seen = form.cleaned_data.get("seen", "")
            done.append(custom_role_change(actor=self.actor, role_id=role.pk, seen=seen, **form.values()))

        try:
            if form.taken_by(change):
                words = _("Whoever holds this role has it so from now on")
                toast(request, with_taken_back(words, done[0].taken_back))
                return HttpResponseRedirect(reverse("vendor:accounts:role-list"))
        except Denied as refusal:
            form.add_refusal(refusal)
        return self.shown(form, role, status=form.status)

    def known(self, role: CustomRole) -> dict[str, Any]:
        """What the form shows of the role, and of which state that is."""
        return {"name": role.name, "abilities": sorted(keys_of(role.permissions)), "seen": role.state}

    def shown(self, form: CustomRoleForm, role: Any, status: int = 200) -> HttpResponse:
        """The page with ``form``."""
        context = {"form": form, "role": role, "base": role.base, "base_label": ROLE_LABELS[Role(role.base)]}
        return TemplateResponse(self.request, "accounts/role_form.html", context, status=status)


class RoleArchivePage(ConfirmedPage):
    """Puts a role away; the toast holds the way back."""

    permission = "accounts.role:archive"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, role_id: str) -> HttpResponse:
        role = custom_role_archive(actor=self.actor, role_id=role_id)
        undo = reverse("vendor:accounts:role-restore", args=[role.public_id])
        toast(request, _("%(name)s is put away") % {"name": role.name}, undo_url=undo)
        return HttpResponseRedirect(reverse("vendor:accounts:role-list"))


class RoleRestorePage(ConfirmedPage):
    """Brings a role back."""

    permission = "accounts.role:archive"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, role_id: str) -> HttpResponse:
        role = custom_role_restore(actor=self.actor, role_id=role_id)
        toast(request, _("%(name)s can be given from now on") % {"name": role.name})
        return HttpResponseRedirect(reverse("vendor:accounts:role-list"))
