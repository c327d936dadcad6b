"""Acts on the companies of a list, or of the universe: each first says what it would do, then does it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from prm.access.pages import ScopedPage
from prm.core.errors import Conflict, Invalid
from prm.exports.sources import source_of
from prm.partners.selectors.companies import companies_of
from prm.partners.selectors.partners import candidates_preview
from prm.partners.selectors.selection import selected_companies
from prm.partners.services.partners import candidates_create
from prm.ui import formats
from prm.ui.toasts import toast
from profiling.targets.selectors import companies_on_lists, target_list_choices, target_list_get
from profiling.targets.services import Wanted, target_list_merge, targets_put, targets_put_from
from profiling.targets.vendor import chosen_entries, detail_url, goal_of

SAMPLE = 20


class _Act(ScopedPage):
    """What the previews share."""

    abstract = True
    http_method_names = ["post"]

    def preview(self, **context: Any) -> HttpResponse:
        request = self.request
        kept = [("query", request.POST.get("query", "")), ("all", request.POST.get("all", ""))]
        kept += [("id", value) for value in request.POST.getlist("id")]
        names = context.pop("names")
        shown = {"kept": kept, "names": names[:SAMPLE], "more": max(0, len(names) - SAMPLE), **context}
        return TemplateResponse(request, "profiling/targets/act_preview.html", shown)

    def is_sure(self) -> bool:
        return self.request.POST.get("sure") == "1"


class TargetListCandidatesPage(_Act):
    """Makes candidates of the ticked companies, or of all that the list shows; partners already are skipped, and said."""

    permission = "partners.partner:create"

    def post(self, request: HttpRequest, list_id: str) -> HttpResponse:
        target_list = target_list_get(actor=self.actor, list_id=list_id)
        entries = chosen_entries(self.actor, request, target_list)
        companies = [entry.company_id for entry in entries]
        if not self.is_sure():
            found = candidates_preview(actor=self.actor, company_ids=companies)
            n = len(found.new)
            says = [
                ngettext("%(n)s is a partner already and is skipped.", "%(n)s are partners already and are skipped.", found.partners)
                % {"n": formats.number(found.partners)} + f" {', '.join(found.partner_names)}" if found.partners else "",
                ngettext("%(n)s is archived and is skipped.", "%(n)s are archived and are skipped.", found.archived)
                % {"n": formats.number(found.archived)} + f" {', '.join(found.archived_names)}" if found.archived else "",
            ]  # fmt: skip
            title = ngettext("Make %(n)s company a candidate", "Make %(n)s companies candidates", n)
            return self.preview(
                title=title % {"n": formats.number(n)}, back=detail_url(target_list), crumb=target_list.name, says=says,
                names=[company.name for company in found.new], may=bool(n), label=_("Make candidates"), ask_reason=True,
            )  # fmt: skip
        reason = request.POST.get("reason", "") or target_list.name
        made = candidates_create(actor=self.actor, company_ids=companies, reason=reason)
        words = ngettext("%(n)s company is a candidate now.", "%(n)s companies are candidates now.", len(made.new))
        toast(request, words % {"n": formats.number(len(made.new))})
        return HttpResponseRedirect(detail_url(target_list))


class TargetListTakePage(_Act):
    """Copies or moves the ticked companies to another list."""

    permission = "profiling.target_list:edit"

    def post(self, request: HttpRequest, list_id: str) -> HttpResponse:
        source = target_list_get(actor=self.actor, list_id=list_id)
        entries = chosen_entries(self.actor, request, source)
        others = [one for one in target_list_choices(actor=self.actor) if one.pk != source.pk]
        if not self.is_sure():
            n = len(entries)
            title = ngettext("Put %(n)s company on another list", "Put %(n)s companies on another list", n)
            return self.preview(
                title=title % {"n": formats.number(n)}, back=detail_url(source), crumb=source.name, lists=others,
                says=[_("What the other list holds already stays as it is there.")],
                names=[entry.company.name for entry in entries], may=bool(n), label=_("Put on the list"), ask_move=True,
            )  # fmt: skip
        try:
            goal, taken = targets_put_from(
                actor=self.actor,
                list_id=source.pk,
                goal=goal_of(request),
                entry_ids=[entry.pk for entry in entries],
                is_move=request.POST.get("move") == "1",
            )
        except (Invalid, Conflict) as refusal:
            toast(request, refusal.message)
            return HttpResponseRedirect(detail_url(source))
        toast(request, ngettext("%(count)s company added", "%(count)s companies added", taken.new) % {"count": taken.new})
        return HttpResponseRedirect(reverse("vendor:profiling:target-list-detail", args=[goal]))


class TargetListMergePage(_Act):
    """Moves everything to another list and archives this one."""

    permission = "profiling.target_list:archive"

    def post(self, request: HttpRequest, list_id: str) -> HttpResponse:
        goal = request.POST.get("into", "")
        try:
            taken = target_list_merge(actor=self.actor, list_id=list_id, into_id=goal)
        except (Invalid, Conflict) as refusal:
            toast(request, refusal.message)
            return HttpResponseRedirect(reverse("vendor:profiling:target-list-detail", args=[list_id]))
        words = ngettext("%(n)s company came over", "%(n)s companies came over", taken.new)
        toast(request, words % {"n": formats.number(taken.new)})
        return HttpResponseRedirect(reverse("vendor:profiling:target-list-detail", args=[goal]))


class TargetAddCompaniesPage(_Act):
    """Puts companies ticked in the list of companies, or all that it shows, onto a target list, which may be new."""

    permission = "profiling.target_list:edit"

    def post(self, request: HttpRequest) -> HttpResponse:
        back = reverse("vendor:partners:company-list") + "?" + request.POST.get("query", "").lstrip("?")
        try:
            chosen = self.chosen(request)
            if not self.is_sure():
                return self.asked(chosen, back)
            goal, count = targets_put(
                actor=self.actor,
                goal=goal_of(request),
                wanted=[Wanted(key) for key in chosen],
                reason=request.POST.get("reason", ""),
            )
        except (Invalid, Conflict) as refusal:
            toast(request, refusal.message)
            return HttpResponseRedirect(back)
        toast(request, ngettext("%(count)s company added", "%(count)s companies added", count) % {"count": count})
        return HttpResponseRedirect(reverse("vendor:profiling:target-list-detail", args=[goal]))

    def chosen(self, request: HttpRequest) -> list[UUID]:
        query = QueryDict(request.POST.get("query", "").lstrip("?"))
        state = source_of("companies").asked(self.actor, query).state
        return selected_companies(
            actor=self.actor, ids=request.POST.getlist("id"), q=state.q, filters=state.values,
            everything=request.POST.get("all") == "1",
        )  # fmt: skip

    def asked(self, chosen: list[UUID], back: str) -> HttpResponse:
        n, listed = len(chosen), len(companies_on_lists(actor=self.actor, company_ids=chosen))
        title = ngettext("Add %(n)s company to a target list", "Add %(n)s companies to a target list", n)
        says = [
            ngettext("%(n)s is on a target list already.", "%(n)s are on a target list already.", listed)
            % {"n": formats.number(listed)} if listed else ""
        ]  # fmt: skip
        names = [company.name for company in companies_of(actor=self.actor, ids=chosen[: SAMPLE + 1])]
        names += [""] * (n - len(names))
        return self.preview(
            title=title % {"n": formats.number(n)}, back=back, crumb=_("Companies"), says=says, names=names, may=True,
            lists=target_list_choices(actor=self.actor), label=_("Add to target list"), ask_reason=True, is_wide=True,
        )  # fmt: skip
