"""Pages of the small tables: vendors, product families, products, territories, industries, categories of offer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from prm.access.pages import ScopedPage
from prm.partners.catalogue import KINDS, Kind
from prm.partners.forms.catalogue import RecordForm
from prm.partners.models import ProductFamily
from prm.partners.models.market import Named
from prm.partners.selectors.catalogue import code_choices, record_get, record_list, record_values
from prm.partners.services.catalogue import record_archive, record_save
from prm.partners.tables.catalogue import record_spec
from prm.ui.listings import Empty, Listing, render_list
from prm.ui.pages import keyset_listing_page
from prm.ui.toasts import toast


def catalogue_tabs(current: str) -> list[dict[str, Any]]:
    """The tables of the catalogue and the market; ``current`` is the slug of one, or ``rates``."""
    places = [(kind.slug, kind.label, reverse("vendor:partners:catalogue-list", args=[kind.slug])) for kind in KINDS.values()]
    places.append(("rates", _("Exchange rates"), reverse("vendor:partners:rate-list")))
    return [{"label": label, "url": url, "current": slug == current} for slug, label, url in places]


class _OfKind(ScopedPage):
    """What the pages share: the kind and the record of the URL. The services ask for the kind's own permission."""

    abstract = True
    permission = "partners.vendor:view"

    @property
    def kind(self) -> Kind:
        try:
            return KINDS[self.kwargs["kind"]]
        except KeyError as error:
            raise Http404 from error

    def key(self) -> UUID:
        return self.kind.model.key_of(self.kwargs["record_id"])

    def form(self, *args: Any, **options: Any) -> RecordForm:
        choices = {}
        if "family" in self.kind.fields:
            choices["family"] = code_choices(actor=self.actor, model=ProductFamily)
        if "parent" in self.kind.fields:
            choices["parent"] = code_choices(actor=self.actor, model=self.kind.model)
        form = RecordForm(self.kind, choices, *args, **options)
        if not self.actor.may(f"{self.kind.policy}:edit"):
            form.fields.pop("relation", None)  # what a vendor is to us is decided above
        return form

    def shown(self, form: RecordForm, record: Any = None, status: int = 200) -> HttpResponse:
        context = {"form": form, "record": record, "kind": self.kind}
        return TemplateResponse(self.request, "partners/catalogue/record_form.html", context, status=status)

    def saved(self, form: RecordForm, record: Any = None) -> HttpResponse:
        """Saves what passed, or shows the form again with what is wrong."""
        key = record.pk if record else None
        if not form.taken_by(lambda: record_save(
            actor=self.actor, kind=self.kind, values=form.values(), record_id=key, seen=form.typed("seen") or ""
        )):  # fmt: skip
            return self.shown(form, record, form.status)
        toast(self.request, _("%(name)s is saved.") % {"name": form.cleaned_data["name"]})
        return redirect("vendor:partners:catalogue-list", self.kind.slug)


class CatalogueHomePage(ScopedPage):
    """The entry of the sidebar: the first of the tables."""

    permission = "partners.vendor:view"

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect("vendor:partners:catalogue-list", next(iter(KINDS)))


class CatalogueListPage(_OfKind):
    """One of the tables, with a tab for each of the others."""

    def get(self, request: HttpRequest, kind: str) -> HttpResponse:
        spec = record_spec(self.kind)
        state = spec.state(request)
        rows = record_list(actor=self.actor, kind=self.kind, q=state.q, archived=bool(state.values.get("archived")))
        order = ["-name_key" if state.descending else "name_key"]
        may_add = self.actor.may(f"{self.kind.policy}:create")
        new = reverse("vendor:partners:catalogue-new", args=[kind])
        listing = Listing(
            spec=spec, state=state, noun=self.kind.label,
            page=keyset_listing_page(rows, order, state, spec.page_size), export=f"catalogue-{kind}",
            empty=Empty(
                title=_("Nothing here yet"), text=_("What is added here can be chosen everywhere."),
                act_label=_("Add") if may_add else "", act_url=new if may_add else "",
            ),
        )  # fmt: skip
        context = {"kind": self.kind, "tabs": catalogue_tabs(kind), "new_url": new if may_add else ""}
        return render_list(request, listing, "partners/catalogue/record_list.html", context)


class CatalogueNewPage(_OfKind):
    """Adds a record."""

    permission = "partners.vendor:create"

    def get(self, request: HttpRequest, kind: str) -> HttpResponse:
        return self.shown(self.form(initial={"relation": "complementary"}))

    def post(self, request: HttpRequest, kind: str) -> HttpResponse:
        return self.saved(self.form(request.POST))


class CatalogueEditPage(_OfKind):
    """Changes a record."""

    permission = "partners.vendor:edit"

    def get(self, request: HttpRequest, kind: str, record_id: str) -> HttpResponse:
        record = record_get(actor=self.actor, kind=self.kind, record_id=self.key())
        return self.shown(self.form(initial=self.initial(record)), record)

    def post(self, request: HttpRequest, kind: str, record_id: str) -> HttpResponse:
        record = record_get(actor=self.actor, kind=self.kind, record_id=self.key())
        return self.saved(self.form(request.POST, initial=self.initial(record)), record)

    def initial(self, record: Named) -> dict[str, Any]:
        values = record_values(actor=self.actor, kind=self.kind, record=record)
        return values | {"seen": record.updated_at.isoformat()}


class CatalogueArchivePage(_OfKind):
    """Out of the choices; undone from the toast."""

    permission = "partners.vendor:archive"
    http_method_names = ["post"]
    is_archived = True

    def post(self, request: HttpRequest, kind: str, record_id: str) -> HttpResponse:
        record = record_archive(actor=self.actor, kind=self.kind, record_id=self.key(), is_archived=self.is_archived)
        if self.is_archived:
            undo = reverse("vendor:partners:catalogue-restore", args=[kind, record_id])
            toast(request, _("%(name)s is archived.") % {"name": record.name}, undo_url=undo)
        else:
            toast(request, _("%(name)s is back.") % {"name": record.name})
        return redirect("vendor:partners:catalogue-list", kind)


class CatalogueRestorePage(CatalogueArchivePage):
    """Back among the choices."""

    permission = "partners.vendor:archive"
    is_archived = False
