"""Pages of exchange rates: those that were said, what lacks one, and saying one."""

from __future__ import annotations

from functools import cached_property

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from prm.access.pages import ScopedPage
from prm.core.money import reporting_currency
from prm.partners.forms.rates import RateForm
from prm.partners.models import ExchangeRate
from prm.partners.selectors.rates import rate_get, rate_list, unreckoned
from prm.partners.services.rates import rate_remove, rate_say
from prm.partners.tables.rates import RATES, order_of, rate_words
from prm.partners.vendor.catalogue import catalogue_tabs
from prm.ui.listings import Empty, Listing, render_list
from prm.ui.pages import keyset_listing_page
from prm.ui.toasts import toast


class RateListPage(ScopedPage):
    """All rates, newest first, and above them the currencies whose amounts nothing brings into ours."""

    permission = "partners.exchange_rate:view"

    def get(self, request: HttpRequest) -> HttpResponse:
        state = RATES.state(request)
        order = order_of(state.sort, descending=state.descending)
        may = self.actor.may("partners.exchange_rate:edit")
        new = reverse("vendor:partners:rate-new") if may else ""
        listing = Listing(
            spec=RATES, state=state, noun=_("Exchange rates"), export="rates",
            page=keyset_listing_page(rate_list(actor=self.actor), order, state, RATES.page_size),
            empty=Empty(
                title=_("No rate yet"), act_label=_("Add") if may else "", act_url=new,
                text=_("Amounts in other currencies are in no sum and in no order until their rate is said."),
            ),
        )  # fmt: skip
        context = {
            "tabs": catalogue_tabs("rates"),
            "new_url": new,
            "lacking": unreckoned(actor=self.actor),
            "into": reporting_currency(),
        }
        return render_list(request, listing, "partners/catalogue/rate_list.html", context)


class RateNewPage(ScopedPage):
    """Says a rate."""

    permission = "partners.exchange_rate:edit"
    record: ExchangeRate | None = None

    def get(self, request: HttpRequest, **kwargs: str) -> HttpResponse:
        return self.shown(RateForm(initial={"currency": request.GET.get("currency", "")}))

    def post(self, request: HttpRequest, **kwargs: str) -> HttpResponse:
        form = RateForm(request.POST)
        if not form.taken_by(lambda: self.said(form)):
            return self.shown(form, form.status)
        toast(request, _("Said. Amounts are reckoned anew; it shows in a moment."))
        return redirect("vendor:partners:rate-list")

    def said(self, form: RateForm) -> None:
        rate_say(
            actor=self.actor, currency=form.typed("currency") or "", day=form.typed("day"), rate=form.typed("rate"),
            source=form.typed("source") or "",
        )  # fmt: skip

    def shown(self, form: RateForm, status: int = 200) -> HttpResponse:
        words = rate_words(self.record) if self.record else _("Add an exchange rate")
        context = {"form": form, "record": self.record, "words": words}
        return TemplateResponse(self.request, "partners/catalogue/rate_form.html", context, status=status)


class RateEditPage(RateNewPage):
    """Says another rate for the same day, or a later one; takes it away."""

    @cached_property
    def record(self) -> ExchangeRate:  # type: ignore[override]
        return rate_get(actor=self.actor, rate_id=self.kwargs["rate_id"])

    def get(self, request: HttpRequest, **kwargs: str) -> HttpResponse:
        rate = self.record
        return self.shown(RateForm(initial={
            "currency": rate.from_currency, "day": rate.day, "rate": rate.rate.normalize(), "source": rate.source,
        }))  # fmt: skip


class RateRemovePage(ScopedPage):
    """Takes a rate away; the one before holds again."""

    permission = "partners.exchange_rate:edit"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, rate_id: str) -> HttpResponse:
        rate = rate_get(actor=self.actor, rate_id=rate_id)
        rate_remove(actor=self.actor, rate_id=rate.pk)
        toast(request, _("%(words)s is taken away.") % {"words": rate_words(rate)})
        return redirect("vendor:partners:rate-list")
