"""The API reference inside the product, of both doors: drawn from the same description that integrators download."""

from __future__ import annotations

from typing import ClassVar

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from prm.access.actors import VENDOR_DOOR
from prm.access.pages import ScopedPage
from prm.api.permissions import SIGNED_IN
from prm.api.problem_codes import CODES
from prm.api.reference import reference_groups
from prm.api.schema_view import schema_once
from prm.api.served import operations_served


class ReferencePage(ScopedPage):
    """What a program can ask for with a key: to the vendor's people everything, to a partner's what a key of theirs can do."""

    abstract: ClassVar[bool] = True
    permission = "accounts.person:keys"

    def get(self, request: HttpRequest) -> HttpResponse:
        host, is_vendors = request.build_absolute_uri("/").rstrip("/"), self.actor.kind in VENDOR_DOOR
        only = None if is_vendors else self._own()
        context = {
            "groups": reference_groups(schema_once(), host=host, only=only), "codes": CODES, "host": host, "is_vendors": is_vendors,
            "keys": reverse(f"{'vendor' if is_vendors else 'portal'}:accounts:api-key-list"),
        }  # fmt: skip
        return TemplateResponse(request, "api/reference.html", context)

    def _own(self) -> frozenset[str]:
        """The ids of the operations that a key of the reader can be made for."""
        return frozenset(
            served.id
            for served in operations_served(self.actor.kind)
            if served.permission == SIGNED_IN or self.actor.may(served.permission)
        )
