"""The actions that a resource may have, a mixin each: each is one method of HTTP at one kind of address."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from prm.api.etags import check_match
from prm.api.query import read_list
from prm.api.viewsets.base import ScopedViewSet, lock
from prm.core.errors import NotFound


class ListMixin(ScopedViewSet):
    """``GET /things``."""

    abstract = True

    def list(self, request: Request) -> Response:
        """A page of the list, with the cursor of the next."""
        query = read_list(
            request._request.GET,
            filters=self.filters,
            sorts=self.sorts,
            default_sort=self.default_sort,
            searchable=self.searchable,
        ).refuse_unknown_codes(self.actor)
        shape = self.shape()
        page = self.list_page(query)
        return self._listed(page, query, self.represent(page.rows, shape))


class NewestFirstMixin(ListMixin):
    """``GET /things`` for what happens once and is looked up by its time: imports, exports, jobs."""

    abstract = True
    sorts = {"created_at": ("created_at",)}
    default_sort = "-created_at"


class RetrieveMixin(ScopedViewSet):
    """``GET /things/{id}``."""

    abstract = True

    def retrieve(self, request: Request, id: str) -> Response:
        """One record."""
        return self.shaped(self.record)


class CreateMixin(ScopedViewSet):
    """``POST /things``."""

    abstract = True

    def create_one(self, data: dict[str, Any]) -> Any:
        """Makes the record through a service."""
        raise NotImplementedError

    def create(self, request: Request) -> Response:
        """A new record: 201 with its address."""
        record = self.create_one(self.body())
        return self.answer(record, 201, {"Location": f"{request.path}/{record.public_id}"})


class SayMixin(ScopedViewSet):
    """``POST /things`` for what is known by its values: said again it is the same record, 200 where the first time is 201."""

    abstract = True
    create_statuses = (201, 200)

    def say_one(self, data: dict[str, Any]) -> tuple[Any, bool]:
        """Says the record through a service; gives it, and whether it is new."""
        raise NotImplementedError

    def create(self, request: Request) -> Response:
        """The record: 201 with its address, 200 for one that was there."""
        record, is_new = self.say_one(self.body())
        return self.answer(record, 201 if is_new else 200, {"Location": f"{request.path}/{record.public_id}"})


class UpdateMixin(ScopedViewSet):
    """``PUT`` and ``PATCH /things/{id}``, on the version that If-Match names."""

    abstract = True

    def change_one(self, record: Any, data: dict[str, Any], *, partial: bool) -> Any:
        """Changes the record through a service; gives it fresh. With ``partial`` only the named fields change."""
        raise NotImplementedError

    def update(self, request: Request, id: str, *, partial: bool = False) -> Response:
        """The record as a whole."""
        record = self.record(locked=True)
        check_match(request, self.version_of(self.represent([record])[0]))
        return self.answer(self.change_one(record, self.body(partial=partial), partial=partial))

    def partial_update(self, request: Request, id: str) -> Response:
        """Some of its fields."""
        return self.update(request, id, partial=True)


class DeleteMixin(ScopedViewSet):
    """``DELETE /things/{id}``."""

    abstract = True

    def remove_one(self, record: Any) -> None:
        """Removes or archives the record through a service."""
        raise NotImplementedError

    def destroy(self, request: Request, id: str) -> Response:
        """204. If-Match is honoured when sent."""
        record = self.record(locked=True)
        check_match(request, self.version_of(self.represent([record])[0]), required=False)
        self.remove_one(record)
        return Response(status=204)


class UpsertMixin(ScopedViewSet):
    """``/things/by-external-id/{source}/{external_id}``: GET reads; PUT makes it when unknown (201), changes it when known (200)."""

    abstract = True

    def find_external(self, source: str, external_id: str) -> Any | None:
        """The record known under that id of that source, or None."""
        raise NotImplementedError

    def create_external(self, source: str, external_id: str, data: dict[str, Any]) -> Any:
        """Makes it and remembers the id."""
        raise NotImplementedError

    def change_one(self, record: Any, data: dict[str, Any], *, partial: bool) -> Any:
        raise NotImplementedError

    def lookup(self, request: Request, source: str, external_id: str) -> Response:
        """The record by the id that another system has for it."""

        def found() -> Any:
            record = self.find_external(source, external_id)
            if record is None:
                raise NotFound
            return record

        _refuse_impossible(source, external_id)
        return self.shaped(found)

    def upsert(self, request: Request, source: str, external_id: str) -> Response:
        """If-Match is honoured when sent; whoever owns the source owns the record's state."""
        _refuse_impossible(source, external_id)
        data = self.body()
        record = self._find_and_lock(source, external_id)
        if record is None:
            record = self.create_external(source, external_id, data)
            location = f"{request.path.split('/by-external-id/')[0]}/{record.public_id}"
            return self.answer(record, 201, {"Location": location})
        check_match(request, self.version_of(self.represent([record])[0]), required=False)
        return self.answer(self.change_one(record, data, partial=False))

    def _find_and_lock(self, source: str, external_id: str) -> Any | None:
        """The record as it stays until the transaction ends; while another was waited for, the id may have come to lead elsewhere."""
        record, held = self.find_external(source, external_id), None
        while record is not None and record.pk != held:
            lock(record)
            held = record.pk
            record = self.find_external(source, external_id)
        return record


def _refuse_impossible(source: str, external_id: str) -> None:
    if not source.isprintable() or not external_id.isprintable() or max(len(source), len(external_id)) > 200:
        raise NotFound("not_found", _("Such an id cannot exist."))
