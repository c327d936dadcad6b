"""What a person does to one import: correct a cell, write, undo, discard, take the rejected rows home."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from prm.core.errors import Conflict, Invalid, NotFound
from prm.core.text import whole_number
from prm.imports import tables
from prm.imports.rejects import rejected_answer
from prm.imports.services import import_discard, import_undo_start, import_write_start
from prm.imports.services_fix import import_row_apart, import_row_fix, import_value_fix
from prm.imports.vendor import OneImportPage
from prm.ui.toasts import toast


class ImportFixPage(OneImportPage):
    """Corrects one rejected row, or one value wherever it is wrong."""

    permission = "imports.import:edit"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, import_id: str) -> HttpResponse:
        data = request.POST
        if data.get("old") is not None:
            column = whole_number(data.get("column"), -1)
            fixed, elsewhere = import_value_fix(
                actor=self.actor,
                batch=self.batch,
                column=column,
                code=data.get("code", ""),
                old=data["old"],
                new=data.get("new", ""),
            )
            if fixed:
                words = ngettext("%(n)s row can come in now", "%(n)s rows can come in now", fixed) % {"n": fixed}
            elif elsewhere:
                words = ngettext(
                    "%(n)s row is corrected there and has another fault",
                    "%(n)s rows are corrected there and have another fault",
                    elsewhere,
                ) % {"n": elsewhere}
            else:
                words = _("No row can come in with this value")
            toast(request, words)
            return self.here("#faults")
        row_no = whole_number(data.get("row"), 0)
        cells = {whole_number(name[5:], -1): str(value) for name, value in data.items() if name.startswith("cell-")}
        row = import_row_fix(actor=self.actor, batch=self.batch, row_no=row_no, cells=cells)
        if request.headers.get("HX-Request"):
            self.batch.refresh_from_db()
            context = {**self.base(), "row": tables.rejected_row_view(row, self.batch), "counts": True}
            return TemplateResponse(request, "imports/rejected_row.html", context)
        toast(
            request,
            _("Row %(n)s can come in now") % {"n": row_no}
            if row.is_fixed
            else _("Row %(n)s still has a fault") % {"n": row_no},
        )
        return self.here()


class ImportApartPage(OneImportPage):
    """Says that a row is not the record that it meets, or that it may be after all."""

    permission = "imports.import:edit"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, import_id: str) -> HttpResponse:
        row_no, apart = whole_number(request.POST.get("row"), 0), request.POST.get("apart") == "1"
        try:
            import_row_apart(actor=self.actor, batch=self.batch, row_no=row_no, apart=apart)
            words = _("Row %(n)s becomes a record of its own") if apart else _("Row %(n)s is compared again")
            toast(request, words % {"n": row_no})
        except (Invalid, NotFound) as refusal:
            toast(request, str(refusal.message))
        return self.here("#matches")


class ImportWritePage(OneImportPage):
    """Starts writing."""

    permission = "imports.import:create"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, import_id: str) -> HttpResponse:
        try:
            import_write_start(actor=self.actor, batch=self.batch, policy=request.POST.get("policy", ""))
        except (Invalid, Conflict) as refusal:
            toast(request, str(refusal.message))
        return self.here()


class ImportUndoPage(OneImportPage):
    """Takes it back."""

    permission = "imports.import:undo"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, import_id: str) -> HttpResponse:
        try:
            import_undo_start(actor=self.actor, batch=self.batch)
        except Conflict as refusal:
            toast(request, str(refusal.message))
        return self.here()


class ImportDiscardPage(OneImportPage):
    """Throws away an import of which nothing is written."""

    permission = "imports.import:edit"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, import_id: str) -> HttpResponse:
        name = self.batch.file_name
        import_discard(actor=self.actor, batch=self.batch)
        toast(request, _("%(file)s is discarded") % {"file": name})
        return HttpResponseRedirect(reverse("vendor:imports:import-list"))


class ImportRejectedPage(OneImportPage):
    """All rejected rows as a file, with a column that says why."""

    permission = "imports.import:export"

    def get(self, request: HttpRequest, import_id: str) -> HttpResponseBase:
        return rejected_answer(actor=self.actor, batch=self.batch, file_format=request.GET.get("format", ""))
