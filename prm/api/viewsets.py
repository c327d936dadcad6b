"""``ScopedViewSet``: the only parent of a resource of the API. It cannot be written without a permission for each action.

A feature's ``api.py`` declares, and calls its selectors and services; no ORM::

    class CompanyViewSet(ListMixin, RetrieveMixin, CreateMixin, UpdateMixin, UpsertMixin, ScopedViewSet):
        resource, prefix = "companies", "company"
        serializer_class = CompanySerializer
        permissions = {"list": "partners.company:view", "retrieve": "partners.company:view",
                       "create": "partners.company:create", "update": "partners.company:edit",
                       "partial_update": "partners.company:edit", "upsert": "partners.company:edit"}
        filters = (Filter("country", Kind.TEXT), Filter("employees", Kind.WHOLE))
        sorts = {"name": ("name_key",), "created_at": ("created_at",)}
        default_sort = "name"
        searchable = True

        def rows(self, query):             # a selector's query; filters are applied to it (or used: query.value("country"))
            return company_list(actor=self.actor, q=query.q)
        def find(self, key):               # a selector; raises NotFound
            return company_get(actor=self.actor, company_id=key)
        def create_one(self, data):        # a service; gives the record
            return company_create(actor=self.actor, **data)
        def change_one(self, record, data, *, partial): …

Lists, ETags, idempotency, limits, problems and the schema are done here (API.md).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework.exceptions import Throttled
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSetMixin

from prm.access.actors import Actor
from prm.access.policies import is_known
from prm.api.etags import check_match, digest_of, etag, none_match, version_of
from prm.api.idempotency import IdempotentCall, idempotent_begin
from prm.api.parsers import StrictJSONParser
from prm.api.permissions import SIGNED_IN
from prm.api.query import Filter, ListQuery, Shape, read_list, read_shape, refuse_unknown
from prm.api.rates import Rate, rate_use
from prm.api.serializers import ApiSerializer
from prm.core.errors import NotFound
from prm.core.ids import typeid_key
from prm.core.keyset import KeysetPage, keyset_page

SAFE = ("GET", "HEAD", "OPTIONS")
_ACTIONS = ("list", "retrieve", "create", "update", "partial_update", "destroy", "upsert", "lookup")
Expander = Callable[[Sequence[Any], Actor], Mapping[UUID, Any]]


@dataclass(frozen=True)
class NestedList:
    """A list inside a record, ``GET /things/{id}/parts``: how its rows are written, found and put in order."""

    serializer: type[ApiSerializer]
    sorts: Mapping[str, Sequence[str]]
    default_sort: str
    filters: Sequence[Filter] = ()
    searchable: bool = False


class ScopedViewSet(ViewSetMixin, APIView):
    """The parent; combine it with the mixins of the actions that the resource has."""

    abstract: ClassVar[bool] = True
    resource: ClassVar[str]
    prefix: ClassVar[str] = ""
    # A resource below another: its address, and the TypeID prefix of each id in it.
    address: ClassVar[str] = ""
    parents: ClassVar[Mapping[str, str]] = {}
    permissions: ClassVar[Mapping[str, str]] = {}
    serializer_class: ClassVar[type[ApiSerializer]]
    filters: ClassVar[Sequence[Filter]] = ()
    sorts: ClassVar[Mapping[str, Sequence[str]]] = {}
    default_sort: ClassVar[str] = ""
    searchable: ClassVar[bool] = False
    # Name → (rows, actor) → {key: what stands under the name}; one query for a whole page.
    expandable: ClassVar[Mapping[str, Expander]] = {}
    # Action → the list inside a record that it gives.
    lists: ClassVar[Mapping[str, NestedList]] = {}
    # A resource that takes files says so.
    parser_classes: ClassVar[Sequence[type[BaseParser]]] = (StrictJSONParser,)
    lookup_url_kwarg = "id"
    lookup_value_converter = "str"
    action: str | None
    action_map: dict[str, str]

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if cls.__dict__.get("abstract"):
            return
        cls.abstract = False
        extra = [a.__name__ for a in cls.get_extra_actions()]
        for action in {*(name for name in _ACTIONS if hasattr(cls, name)), *extra}:
            permission = cls.permissions.get(action, "")
            if permission != SIGNED_IN and not is_known(permission):
                raise ValueError(f"{cls.__name__}.{action}: permission names a verb that some policy declares")
        if cls.default_sort and cls.default_sort.removeprefix("-") not in cls.sorts:
            raise ValueError(f"{cls.__name__}: default_sort is one of sorts")

    @property
    def actor(self) -> Actor:
        """Who calls."""
        actor: Actor = self.request._request.actor
        return actor

    # What a feature writes

    def rows(self, query: ListQuery) -> models.QuerySet[Any]:
        """The rows of the list, from a selector."""
        raise NotImplementedError

    def find(self, key: UUID) -> Any:
        """One record from a selector, which raises NotFound."""
        raise NotImplementedError

    # What it gets

    def list_page(self, query: ListQuery) -> KeysetPage:
        """One page of the list; a feature with a selector that pages by itself overrides this."""
        return self.page_of(query.narrow(self.rows(query)), query)

    def page_of(self, rows: models.QuerySet[Any], query: ListQuery) -> KeysetPage:
        """The page of ``rows`` that the query's order, cursor and limit name."""
        return keyset_page(rows, order=query.order, cursor=query.cursor, limit=query.limit, count=query.count)

    def record(self, *, locked: bool = False) -> Any:
        """The record that the address names; ``locked`` keeps it as it is until the transaction ends."""
        key = typeid_key(self.prefix, self.kwargs["id"])
        found = self.find(key)
        if locked:
            type(found)._default_manager.select_for_update().filter(pk=found.pk).first()
            found = self.find(key)
        return found

    def parent(self, name: str) -> UUID:
        """The key of the record above that the address names. Raises NotFound for what is no such id."""
        return typeid_key(self.parents[name], self.above[name])

    def body(self, *, partial: bool = False, serializer: type[ApiSerializer] | None = None) -> dict[str, Any]:
        """The validated body. Raises ValidationError, told as 422 with pointers."""
        checked = (serializer or self.serializer_class)(data=self.request.data, partial=partial)
        checked.is_valid(raise_exception=True)
        return dict(checked.validated_data)

    def represent(self, records: Sequence[Any], shape: Shape = Shape()) -> list[dict[str, Any]]:  # noqa: B008  frozen
        """The records as they are written, expanded set by set."""
        context = {"request": self.request, "actor": self.actor, "fields": shape.fields}
        written = [dict(item) for item in self.serializer_class(records, many=True, context=context).data]
        for name in shape.expand:
            found = self.expandable[name](records, self.actor)
            for record, item in zip(records, written, strict=True):
                item[name] = found.get(record.pk)
        return written

    def answer(self, record: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
        """A record with its ETag."""
        written = self.represent([record])[0]
        return Response(written, status=status, headers={"ETag": etag(version_of(written)), **(headers or {})})

    def accepted(self, record: Any, *, is_new: bool = False) -> Response:
        """202: long work has begun on a record, which is read again; ``is_new`` names its address."""
        headers = {"Location": f"{self.request.path}/{record.public_id}"} if is_new else {}
        return self.answer(self.find(record.pk), 202, headers)

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
        version = version_of(self.represent([record])[0])
        written = self.represent([record], shape)[0]
        return Response(written, headers={"ETag": etag(version, version_of(written)[:12])})

    # How a request goes

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The framework's way, with the work of a change in a savepoint and its answer kept under its idempotency key."""
        self.above: dict[str, str] = {name: kwargs.pop(name) for name in self.parents}
        self.args, self.kwargs = args, kwargs
        self.rate: Rate | None = None
        self.request = self.initialize_request(request, *args, **kwargs)
        self.headers = self.default_response_headers
        response: HttpResponseBase
        try:
            self.initial(self.request, *args, **kwargs)
            method = (self.request.method or "").lower()
            known = method in self.http_method_names
            handler = getattr(self, method, self.http_method_not_allowed) if known else self.http_method_not_allowed
            response = handler(self.request, *args, **kwargs) if request.method in SAFE else self._change(handler)
        except Exception as error:
            response = self.handle_exception(error)
        self.response = self.finalize_response(self.request, response, *args, **kwargs)
        return self.response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Who calls, how often, whether they may."""
        super().initial(request, *args, **kwargs)
        if request.method not in SAFE:
            refuse_unknown(request._request.GET, [])

    def check_throttles(self, request: Request) -> None:
        self.rate = rate_use(self.actor)
        if self.rate.is_used_up:
            raise Throttled(self.rate.reset)

    def _change(self, handler: Callable[..., Response]) -> HttpResponseBase:
        call = idempotent_begin(self.request, self.actor) if self.request.method == "POST" else None
        if isinstance(call, HttpResponse):
            return call
        try:
            with transaction.atomic():
                response = handler(self.request, *self.args, **self.kwargs)
        except Exception as error:
            response = self.handle_exception(error)
        if isinstance(call, IdempotentCall) and response.status_code < 500:
            call.keep(response)
        return response

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        if self.rate is not None:
            for name, value in self.rate.headers().items():
                response[name] = value
        if request.method in {"GET", "HEAD"} and response.status_code == 200 and isinstance(response, Response):
            response = self._tagged(request, response)
        return response

    def _tagged(self, request: Request, response: Response) -> HttpResponseBase:
        if "ETag" not in response:
            response.render()
            response["ETag"] = etag(digest_of(response.content))
        known = none_match(request, response["ETag"])
        if not known:
            return response
        unchanged = HttpResponse(status=304, headers={"ETag": known})
        del unchanged["Content-Type"]  # there is nothing to be of a type
        return unchanged

    def options(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Methods only; the schema says the rest."""
        return Response(status=204, headers={"Allow": ", ".join(self.allowed_methods)})


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


class UpdateMixin(ScopedViewSet):
    """``PUT`` and ``PATCH /things/{id}``, on the version that If-Match names."""

    abstract = True

    def change_one(self, record: Any, data: dict[str, Any], *, partial: bool) -> Any:
        """Changes the record through a service; gives it fresh. With ``partial`` only the named fields change."""
        raise NotImplementedError

    def update(self, request: Request, id: str, *, partial: bool = False) -> Response:
        """The record as a whole."""
        record = self.record(locked=True)
        check_match(request, version_of(self.represent([record])[0]))
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
        check_match(request, version_of(self.represent([record])[0]), required=False)
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
        record = self.find_external(source, external_id)
        if record is None:
            record = self.create_external(source, external_id, data)
            location = f"{request.path.split('/by-external-id/')[0]}/{record.public_id}"
            return self.answer(record, 201, {"Location": location})
        check_match(request, version_of(self.represent([record])[0]), required=False)
        return self.answer(self.change_one(record, data, partial=False))


def _refuse_impossible(source: str, external_id: str) -> None:
    if not source.isprintable() or not external_id.isprintable() or max(len(source), len(external_id)) > 200:
        raise NotFound("not_found", _("Such an id cannot exist."))
