"""What is read from a request and how records are written into its answer: bodies, shapes, pages of lists, links."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from rest_framework.response import Response

from prm.access.actors import Actor
from prm.api.etags import etag, version_of
from prm.api.problems import FaultyBody
from prm.api.query import Filter, ListQuery, Shape, read_list, read_shape, refuse_unknown
from prm.api.serializers import ApiSerializer
from prm.api.viewsets.requests import RequestView
from prm.core.keyset import KeysetPage, keyset_page

Expander = Callable[[Sequence[Any], Actor], Mapping[UUID, Any]]


@dataclass(frozen=True)
class NestedList:
    """A list inside a record, ``GET /things/{id}/parts``: how its rows are written, found and put in order."""

    serializer: type[ApiSerializer]
    sorts: Mapping[str, Sequence[str]]
    default_sort: str
    filters: Sequence[Filter] = ()
    searchable: bool = False


class AnswerView(RequestView):
    """One record, or a page of them, as every resource answers."""

    serializer_class: ClassVar[type[ApiSerializer]]
    # Name → (rows, actor) → {key: what stands under the name}; one query for a whole page.
    expandable: ClassVar[Mapping[str, Expander]] = {}
    # Action → the list inside a record that it gives.
    lists: ClassVar[Mapping[str, NestedList]] = {}
    # Action → the shape of its body, where that is not the record's own.
    request_serializers: ClassVar[Mapping[str, type[ApiSerializer]]] = {}
    action: str | None

    def find(self, key: UUID) -> Any:
        """One record from a selector, which raises NotFound."""
        raise NotImplementedError

    def body(self, *, partial: bool = False, serializer: type[ApiSerializer] | None = None) -> dict[str, Any]:
        """The validated body, as ``request_serializers`` says. Raises ValidationError, told as 422 with pointers.

        Of a JSON object with faults the fields without any are answered, so that the service says what is wrong with these in the
        same answer; nothing of that is kept (``RequestView``).
        """
        asked = serializer or self.request_serializers.get(self.action or "", self.serializer_class)
        checked = asked(data=self.request.data, partial=partial)
        if checked.is_valid():
            return dict(checked.validated_data)
        self.faulty = FaultyBody(checked.errors)
        if not isinstance(self.request.data, dict):
            raise self.faulty
        rest = {name: value for name, value in self.request.data.items() if name not in checked.errors}
        sound = asked(data=rest, partial=True)
        if not sound.is_valid():
            raise self.faulty
        return dict(sound.validated_data)

    def represent(self, records: Sequence[Any], shape: Shape = Shape()) -> list[dict[str, Any]]:  # noqa: B008  frozen
        """The records as they are written, expanded set by set."""
        context = {"request": self.request, "actor": self.actor, "fields": shape.fields}
        written = [dict(item) for item in self.serializer_class(records, many=True, context=context).data]
        for name in shape.expand:
            found = self.expandable[name](records, self.actor)
            for record, item in zip(records, written, strict=True):
                item[name] = found.get(record.pk)
        return written

    def version_of(self, written: Mapping[str, Any]) -> str:
        """The version of a record as it is written whole."""
        told_once = self.serializer_class.told_once
        return version_of({name: value for name, value in written.items() if name not in told_once})

    def answer(self, record: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
        """A record with its ETag."""
        written = self.represent([record])[0]
        return Response(written, status=status, headers={"ETag": etag(self.version_of(written)), **(headers or {})})

    def accepted(self, record: Any, *, is_new: bool = False) -> Response:
        """202: long work has begun on a record, which is read again; ``is_new`` names its address."""
        headers = {"Location": f"{self.request.path}/{record.public_id}"} if is_new else {}
        return self.answer(self.find(record.pk), 202, headers)

    def shape(self) -> Shape:
        """``fields`` and ``expand[]`` of the query string."""
        return read_shape(
            self.request._request.GET, fields=self.serializer_class._declared_fields, expandable=self.expandable
        )

    def shaped(self, find: Callable[[], Any]) -> Response:
        """A record in the shape that was asked for, found once the query string is read."""
        refuse_unknown(self.request._request.GET, ["fields", "expand[]"])
        shape = self.shape()
        record = find()
        if not shape.variant:
            return self.answer(record)
        version = self.version_of(self.represent([record])[0])
        written = self.represent([record], shape)[0]
        return Response(written, headers={"ETag": etag(version, version_of(written)[:12])})

    def page_of(self, rows: models.QuerySet[Any], query: ListQuery) -> KeysetPage:
        """The page of ``rows`` that the query's order, cursor and limit name."""
        return keyset_page(rows, order=query.order, cursor=query.cursor, limit=query.limit, count=query.count)

    def nested_query(self, *, without: Collection[str] = ()) -> ListQuery:
        """The query string of the list inside a record that the action gives; filters ``without`` do not go with this record."""
        spec = self.lists[str(self.action)]
        return read_list(
            self.request._request.GET, filters=[found for found in spec.filters if found.name not in without], sorts=spec.sorts,
            default_sort=spec.default_sort, searchable=spec.searchable, shaped=False,
        ).refuse_unknown_codes(self.actor)  # fmt: skip

    def nested(self, rows: models.QuerySet[Any], query: ListQuery, **context: Any) -> Response:
        """A page of rows inside a record, in the shape of every list."""
        return self.nested_page(self.page_of(rows, query), query, **context)

    def nested_page(self, page: KeysetPage, query: ListQuery, **context: Any) -> Response:
        """A page that a selector or a rule cut, likewise."""
        serializer = self.lists[str(self.action)].serializer
        return self._listed(page, query, serializer(page.rows, many=True, context={"request": self.request, **context}).data)

    def _listed(self, page: KeysetPage, query: ListQuery, written: Sequence[Any]) -> Response:
        body: dict[str, Any] = {"data": written, "has_more": bool(page.next), "next_cursor": page.next or None}
        if query.count:
            body |= {"total": page.total, "total_is_capped": page.capped}
        return Response(body, headers=self._links(page))

    def _links(self, page: KeysetPage) -> dict[str, str]:
        links = []
        for relation, cursor in (("next", page.next), ("prev", page.previous)):
            if cursor:
                query = self.request._request.GET.copy()
                query["cursor"] = cursor
                links.append(f'<{self.request.build_absolute_uri("?" + query.urlencode())}>; rel="{relation}"')
        return {"Link": ", ".join(links)} if links else {}
