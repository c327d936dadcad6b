"""Two companies side by side, to become one: whose value holds fact by fact, what moves, and how it is undone."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from prm.access.pages import ScopedPage
from prm.core.errors import Conflict, Invalid
from prm.core.text import whole_number
from prm.partners.facts.words import SOURCE_ICONS, fact_label, fact_words, source_words
from prm.partners.models import Company
from prm.partners.rules.merging import GONE, KEPT
from prm.partners.selectors import merging as reading
from prm.partners.selectors.companies import company_list
from prm.partners.selectors.company import company_get, company_twins
from prm.partners.services.merging import company_merge, company_merge_undo
from prm.partners.vendor.acts import Selection
from prm.ui.toasts import toast

FOUND = 12


class CompanyMergePage(ScopedPage):
    """First says what would happen, then does it. Without another company it helps to find one."""

    permission = "partners.company:merge"

    def get(self, request: HttpRequest, company_id: str) -> HttpResponse:
        return self.compared() if self.other else self.found()

    def post(self, request: HttpRequest, company_id: str) -> HttpResponse:
        choices = {name.removeprefix("fact_"): str(value) for name, value in request.POST.items() if name.startswith("fact_")}
        versions = tuple(whole_number(request.POST.get(name), 0) for name in ("kept_version", "gone_version"))
        try:
            done = company_merge(
                actor=self.actor, kept_id=self.company.pk, gone_id=Company.key_of(self.other), choices=choices,
                versions=(versions[0], versions[1]),
            )  # fmt: skip
        except (Invalid, Conflict) as refusal:
            return self.compared(refusal)
        undo = reverse("vendor:partners:company-unmerge", args=[done.gone.public_id])
        words = _("%(gone)s is part of %(kept)s now.") % {"gone": done.gone.name, "kept": done.kept.name}
        toast(request, words, undo_url=undo)
        return redirect("vendor:partners:company-detail", done.kept.public_id)

    @cached_property
    def company(self) -> Company:
        return company_get(actor=self.actor, company_id=self.kwargs["company_id"])

    @property
    def other(self) -> str:
        return str(self.request.POST.get("with") or self.request.GET.get("with") or "")

    def found(self) -> HttpResponse:
        """Whom it may be the same as, and whoever is looked for."""
        company, words = self.company, self.request.GET.get("q", "").strip()
        twins = company_twins(
            actor=self.actor, name=company.name, country=company.country or "", website=company.website or "",
            registration_number=company.registration_number or "", besides=company.pk,
        )  # fmt: skip
        rows = company_list(actor=self.actor, q=words, limit=FOUND, count=False).rows if words else []
        context = {
            "company": company, "q": words, "twins": [twin.company for twin in twins],
            "rows": [row for row in rows if row.pk != company.pk],
        }  # fmt: skip
        return TemplateResponse(self.request, "partners/merge/find.html", context)

    def compared(self, refusal: Invalid | Conflict | None = None) -> HttpResponse:
        preview = reading.merge_preview(actor=self.actor, kept_id=self.company.pk, gone_id=Company.key_of(self.other))
        chosen = self.request.POST if refusal else {}
        context = {
            "preview": preview, "kept": preview.kept, "gone": preview.gone, "refusal": refusal,
            "pairs": [
                {
                    "fact": pair.fact, "label": fact_label(pair.fact),
                    "sides": [
                        _side(KEPT, pair.fact, pair.kept, chosen.get(f"fact_{pair.fact}") or pair.choice),
                        _side(GONE, pair.fact, pair.gone, chosen.get(f"fact_{pair.fact}") or pair.choice),
                    ],
                }
                for pair in preview.pairs
            ],
        }  # fmt: skip
        return TemplateResponse(
            self.request, "partners/merge/compare.html", context, status=refusal.status if refusal else 200
        )


def _side(whose: str, fact: str, told: Any, chosen: str) -> dict[str, Any]:
    origin = told.provenance if told.value is not None else None
    return {
        "whose": whose, "chosen": chosen == whose, "value": fact_words(fact, told.value),
        "source": source_words(origin.kind, origin.name, origin.person) if origin else "",
        "icon": SOURCE_ICONS.get(origin.kind, "") if origin else "", "as_of": origin.as_of if origin else None,
    }  # fmt: skip


class CompanyUnmergePage(ScopedPage):
    """Undo of a merge."""

    permission = "partners.company:merge"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, company_id: str) -> HttpResponse:
        try:
            done = company_merge_undo(actor=self.actor, gone_id=Company.key_of(company_id))
        except Conflict as refusal:
            toast(request, refusal.message)
            return redirect("vendor:partners:company-list")
        toast(request, _("%(gone)s and %(kept)s are two again.") % {"gone": done.gone.name, "kept": done.kept.name})
        return redirect("vendor:partners:company-detail", done.gone.public_id)


class CompanyMergeTwoPage(Selection):
    """From the list: the two that are ticked, side by side; the one with a relationship, else the better known, is proposed to stay."""

    permission = "partners.company:merge"

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            chosen = self.chosen(request)
            if len(chosen) != 2:
                raise Invalid("not_two", _("Tick exactly two companies to merge them."))
        except Invalid as refusal:
            toast(request, refusal.message)
            return self.back(request)
        two = [company_get(actor=self.actor, company_id=key) for key in chosen]
        kept, gone = sorted(two, key=lambda c: (getattr(c, "partner", None) is not None, c.known_count), reverse=True)
        return redirect(reverse("vendor:partners:company-merge", args=[kept.public_id]) + f"?with={gone.public_id}")
