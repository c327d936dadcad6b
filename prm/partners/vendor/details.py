"""Pages of what hangs on a company: one list with its form for every kind, one page to change a record, removal with undo."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from prm.access.pages import ScopedPage
from prm.core.ids import typeid_encode, uuid7
from prm.partners.details import DETAILS, DetailKind, whole
from prm.partners.facts.words import age_tone
from prm.partners.forms.details import DetailForm
from prm.partners.models import Company
from prm.partners.selectors.catalogue import code_choices
from prm.partners.selectors.company import company_get
from prm.partners.selectors.details import detail_get, details_of
from prm.partners.services.details import detail_create, detail_delete, detail_edit, detail_restore
from prm.partners.tables.details import COLUMNS, record_words
from prm.ui.toasts import toast


class _OfCompany(ScopedPage):
    """What the pages share: the company, the kind and the record of the URL. The services ask for the kind's own permission."""

    abstract = True
    permission = "partners.company:view"

    @cached_property
    def company(self) -> Company:
        return company_get(actor=self.actor, company_id=self.kwargs["company_id"])

    @property
    def kind(self) -> DetailKind:
        try:
            return DETAILS[self.kwargs["part"]]
        except KeyError as error:
            raise Http404 from error

    def key(self) -> UUID:
        return self.kind.model.key_of(self.kwargs["detail_id"])

    def form(self, *args: Any, **options: Any) -> DetailForm:
        choices = {name: code_choices(actor=self.actor, model=model) for name, model in self.kind.references.items()}
        return DetailForm(self.kind, choices, *args, **options)

    def address(self) -> str:
        return reverse("vendor:partners:detail-list", args=[self.kwargs["company_id"], self.kind.slug])


class DetailListPage(_OfCompany):
    """The records of one kind, and the form that adds one."""

    permission = "partners.company:view"

    def get(self, request: HttpRequest, company_id: str, part: str) -> HttpResponse:
        fresh = typeid_encode(self.kind.model.typeid_prefix, uuid7())
        return self.shown(self.form(initial={"key": fresh}))

    def post(self, request: HttpRequest, company_id: str, part: str) -> HttpResponse:
        form = self.form(request.POST)
        if not form.taken_by(lambda: self.add(form)):
            return self.shown(form, 422)
        toast(request, _("%(what)s is added.") % {"what": record_words(part, self.made)})
        return redirect(self.address())

    def add(self, form: DetailForm) -> None:
        key = self.kind.model.key_of(form.typed("key")) if form.typed("key") else None
        self.made = detail_create(
            actor=self.actor, kind=self.kind, company_id=self.company.pk, values=form.values(), learnt=form.learnt(), key=key
        )

    def shown(self, form: DetailForm, status: int = 200) -> HttpResponse:
        kind = self.kind
        records = details_of(actor=self.actor, kind=kind, company_id=self.company.pk)
        columns = COLUMNS[kind.slug]
        context = {
            "company": self.company, "kind": kind, "form": form,
            "heads": [(head, figures) for head, _cell, figures in columns],
            "rows": [
                {
                    "record": record, "name": columns[0][1](record), "words": record_words(kind.slug, record),
                    "age": age_tone(kind.slug, getattr(record, "as_of", None), timezone.localdate()),
                    "cells": [(head, cell(record), figures) for head, cell, figures in columns[1:]],
                }
                for record in records
            ],
            "whole": whole([getattr(record, kind.share) for record in records]) if kind.share else None,
            "may_edit": self.actor.may(f"{kind.policy}:edit"),
            "tabs": [
                {
                    "label": other.label, "current": other is kind,
                    "url": reverse("vendor:partners:detail-list", args=[self.company.public_id, other.slug]),
                }
                for other in DETAILS.values()
            ],
        }  # fmt: skip
        return TemplateResponse(self.request, "partners/details/detail_list.html", context, status=status)


class DetailEditPage(_OfCompany):
    """One record changed; a stale edit says who changed what."""

    permission = "partners.company:edit"

    def get(self, request: HttpRequest, company_id: str, part: str, detail_id: str) -> HttpResponse:
        return self.shown(self.form(record=self.record), self.record)

    def post(self, request: HttpRequest, company_id: str, part: str, detail_id: str) -> HttpResponse:
        form = self.form(request.POST, record=self.record)
        if not form.taken_by(lambda: detail_edit(
            actor=self.actor, kind=self.kind, record_id=self.record.pk, values=form.values(), learnt=form.learnt(),
            seen=form.typed("seen") or "",
        )):  # fmt: skip
            return self.shown(form, self.record, 422)
        toast(request, _("%(what)s is saved.") % {"what": record_words(part, self.record)})
        return redirect(self.address())

    @cached_property
    def record(self) -> Any:
        return detail_get(actor=self.actor, kind=self.kind, company_id=self.company.pk, record_id=self.key())

    def shown(self, form: DetailForm, record: Any, status: int = 200) -> HttpResponse:
        context = {
            "company": self.company, "kind": self.kind, "form": form, "record": record,
            "words": record_words(self.kind.slug, record), "back": self.address(),
        }  # fmt: skip
        return TemplateResponse(self.request, "partners/details/detail_form.html", context, status=status)


class DetailDeletePage(_OfCompany):
    """Removed at once; undone from the toast."""

    permission = "partners.company:edit"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, company_id: str, part: str, detail_id: str) -> HttpResponse:
        record = detail_get(actor=self.actor, kind=self.kind, company_id=self.company.pk, record_id=self.key())
        words = record_words(part, record)
        detail_delete(actor=self.actor, kind=self.kind, record_id=record.pk)
        undo = reverse("vendor:partners:detail-restore", args=[company_id, part, detail_id])
        toast(request, _("%(what)s is removed.") % {"what": words}, undo_url=undo)
        return redirect(self.address())


class DetailRestorePage(_OfCompany):
    """Undo of a removal."""

    permission = "partners.company:edit"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, company_id: str, part: str, detail_id: str) -> HttpResponse:
        record = detail_restore(actor=self.actor, kind=self.kind, company_id=self.company.pk, record_id=self.key())
        toast(request, _("%(what)s is back.") % {"what": record_words(part, record)})
        return redirect(self.address())
