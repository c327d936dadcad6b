"""The OpenAPI 3.1 description, drawn from the viewsets: parameters from their filters, envelopes, problems, examples."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from django.utils import translation
from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerFieldExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, inline_serializer
from rest_framework import serializers

from prm.access.policies import api_scopes
from prm.api.problems import MEDIA_TYPE
from prm.api.query import LOOKUPS, MOST, Filter, Kind

_TYPES: Mapping[Kind, dict[str, Any]] = {
    Kind.TEXT: {"type": "string", "maxLength": 300},
    Kind.CODE: {"type": "string", "maxLength": 300},
    Kind.CHOICE: {"type": "string"},
    Kind.ID: {"type": "string"},
    Kind.FLAG: {"type": "boolean"},
    Kind.WHOLE: {"type": "integer", "minimum": -(10**15) + 1, "maximum": 10**15 - 1},
    Kind.NUMBER: {"type": "string", "pattern": r"^-?[0-9]{1,15}(\.[0-9]{1,6})?$"},
    Kind.DATE: {"type": "string", "format": "date"},
    Kind.MOMENT: {"type": "string", "format": "date-time"},
}
_SENTENCE_END = re.compile(r"(?<=[.!?]) (?=[A-Z`0-9])")
_WORDS = {
    "": "Equals.",
    "in": "Is one of these, separated by commas.",
    "gte": "At least.",
    "lte": "At most.",
    "gt": "Above.",
    "lt": "Below.",
}


class ProblemSerializer(serializers.Serializer):
    """RFC 9457 problem."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    instance = serializers.CharField(help_text="The request's id, also in X-Request-Id.")
    code = serializers.CharField(help_text="Stable, for programs.")
    errors = serializers.ListField(child=serializers.DictField(child=serializers.CharField()))
    confirm_at = serializers.URLField(
        required=False, help_text="Of `reauthentication_required` alone: the page where a person proves that it is them."
    )


class TypeIdExtension(OpenApiSerializerFieldExtension):
    """TypeIDs say their prefix."""

    target_class = "prm.api.fields.TypeIdField"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        return _typeid(self.target.prefix)


class ActorScheme(OpenApiAuthenticationExtension):
    """How callers say who they are."""

    target_class = "prm.api.authentication.ActorAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "description": "An API key: prm_live_… (Settings, API keys)."}


def _typeid(prefix: str) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^{prefix}_[0-7][0-9a-hjkmnp-tv-z]{{25}}$"}


@cache
def _page(serializer: type[serializers.Serializer]) -> Any:
    name = serializer.__name__.removesuffix("Serializer")
    return inline_serializer(
        f"{name}Page",
        {
            "data": serializer(many=True),
            "has_more": serializers.BooleanField(),
            "next_cursor": serializers.CharField(allow_null=True),
            "total": serializers.IntegerField(required=False),
            "total_is_capped": serializers.BooleanField(required=False),
        },
    )


def _scope_of(permission: str) -> str:
    """The narrowest scope of a key that includes a permission."""
    found = sorted(scope for scope, given in api_scopes().items() if permission in given)
    return next((scope for scope in found if scope.endswith(":read")), found[0] if found else "")


def operation_id(resource: str, action: str) -> str:
    """What an operation is called: ``target_lists_list``."""
    return f"{resource.replace('-', '_')}_{action}"


class ScopedSchema(AutoSchema):
    """One operation of a ``ScopedViewSet``."""

    def get_tags(self) -> list[str]:
        return [getattr(self.view, "resource", "api")]

    def get_operation_id(self) -> str:
        return operation_id(self.view.resource, str(self.view.action))

    def get_summary(self) -> str:
        """The viewset's own sentence for the action, else the first one of the action's docstring."""
        return self._told()[0]

    def get_description(self) -> str:
        """The sentences that follow it, and the scope that it needs."""
        needed = self.view.permissions.get(self.view.action, "")
        scope = f"Needs the scope `{_scope_of(needed)}`." if ":" in needed else "Needs any key."
        return " ".join(part for part in (self._told()[1], scope) if part)

    def _told(self) -> tuple[str, str]:
        own = getattr(self.view, "sentences", {}).get(self.view.action)
        words = str(own or inspect.getdoc(getattr(self.view, self.view.action)) or "")
        first, *more = _SENTENCE_END.split(" ".join(words.split()).replace("``", "`"), maxsplit=1)
        return first, more[0] if more else ""

    def _is_list_view(self, serializer: Any = None) -> bool:
        return False

    def get_override_parameters(self) -> list[OpenApiParameter]:
        view, found = self.view, []
        header = OpenApiParameter.HEADER
        if view.action == "list":
            found += self._list_parameters(view)
        elif view.action in view.lists:
            found += self._list_parameters(view.lists[view.action])
        if view.action in {"list", "retrieve", "lookup"} and not getattr(view, "is_single", False):
            found.append(OpenApiParameter("fields", str, description="Only these fields, separated by commas."))
            if view.expandable:
                names = {"type": "array", "items": {"type": "string", "enum": list(view.expandable)}}
                found.append(OpenApiParameter("expand[]", names, description="Related records to write out.", explode=True))
        if "{id}" in self.path and view.prefix:
            found.append(OpenApiParameter("id", _typeid(view.prefix), OpenApiParameter.PATH))
        found += [OpenApiParameter(name, _typeid(prefix), OpenApiParameter.PATH) for name, prefix in view.parents.items()]
        if self.method == "GET":
            found.append(OpenApiParameter("If-None-Match", str, header, description="304 when this ETag is still right."))
        if self.method == "POST":
            key = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}
            found.append(
                OpenApiParameter("Idempotency-Key", key, header, description="The same key, the same answer, for 24 h.")
            )
        if view.action in {"update", "partial_update"}:
            found.append(OpenApiParameter("If-Match", str, header, required=True, description="The ETag that was read."))
        return found

    def _list_parameters(self, view: Any) -> list[OpenApiParameter]:
        """Those of a resource's own list, or of one inside a record."""
        found = [self._filter(spec, lookup, name) for spec in view.filters for name, lookup in spec.parameters().items()]
        if view.searchable:
            found.append(OpenApiParameter("q", {"type": "string", "maxLength": 200}, description="Beginnings of words."))
        sorts = [sign + name for name in view.sorts for sign in ("", "-")]
        limit = {"type": "integer", "minimum": 1, "maximum": MOST, "default": 25}
        return [
            *found,
            OpenApiParameter(
                "sort",
                {"type": "string", "enum": sorts, "default": view.default_sort},
                description="The order; with `-` the largest, the latest or the last of the alphabet first.",
            ),
            OpenApiParameter("limit", limit, description="How many a page holds."),
            OpenApiParameter("cursor", str, description="`next_cursor` of the page before."),
            OpenApiParameter(
                "include", {"type": "string", "enum": ["total"]}, description="Adds `total`, counted up to 10,000."
            ),
        ]

    def _filter(self, spec: Filter, lookup: str, name: str) -> OpenApiParameter:
        shape = _typeid(spec.prefix) if spec.kind is Kind.ID else dict(_TYPES[spec.kind])
        if spec.pattern:
            shape["pattern"] = f"^{spec.pattern}$"
        if spec.kind is Kind.CHOICE:
            shape["enum"] = list(spec.choices)
        if lookup == "in":
            shape = {"type": "array", "items": shape, "minItems": 1, "maxItems": 100}
            return OpenApiParameter(name, shape, description=_WORDS[lookup], explode=False, style="form")
        assert lookup in LOOKUPS[spec.kind]
        return OpenApiParameter(name, shape, description=str(spec.help or _WORDS[lookup]))

    def get_request_serializer(self) -> Any:
        if self.method not in {"POST", "PUT", "PATCH"}:
            return None
        asked = getattr(self.view, "request_serializers", {}).get(self.view.action)
        if asked is not None:
            return asked
        return self.view.serializer_class if self.view.action in _WITH_BODY else None

    def get_response_serializers(self) -> Any:
        view, action = self.view, self.view.action
        one = getattr(view, "response_serializers", {}).get(action, view.serializer_class)
        if action == "list":
            good: dict[Any, Any] = {(200, "application/json"): _page(one)}
        elif action in view.lists:
            good = {(200, "application/json"): _page(view.lists[action].serializer)}
        elif action == "create":
            good = {(status, "application/json"): one for status in getattr(view, "create_statuses", (201,))}
        elif action == "upsert":
            good = {(200, "application/json"): one, (201, "application/json"): one}
        elif action == "destroy":
            good = {204: OpenApiResponse(description="Gone.")}
        else:
            status = getattr(view, "statuses", {}).get(action, 200)
            good = {(status, "application/json"): one}
        if self.method == "GET":
            good[304] = OpenApiResponse(description="As you know it.")
        return good

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        """Refusals are added here, so that an operation which describes its answer by hand has them too."""
        bodies = super()._get_response_bodies(direction)
        for status in self._refusals():
            told = OpenApiResponse(ProblemSerializer, _PROBLEMS[status])
            bodies.setdefault(str(status), self._get_response_for_code(told, str(status), [MEDIA_TYPE], direction))
        return dict(sorted(bodies.items()))

    def _refusals(self) -> list[int]:
        found = [400, 401, 403, 429]
        if "{" in self.path:
            found.append(404)
        if self.method != "GET":
            found += [409, 413, 415, 422]
        if self.view.action in {"update", "partial_update", "upsert", "destroy"}:
            found += [412] if self.view.action in {"upsert", "destroy"} else [412, 428]
        return sorted(found)

    def get_examples(self) -> list[OpenApiExample]:
        view, action = self.view, self.view.action
        found = []
        own = getattr(view, "examples", {}).get(action)
        inner = view.lists[action].serializer if action in view.lists else None
        record = own or dict(getattr(inner or self._answered(), "example", {}))
        if record and (inner or action == "list") and own is None:
            record = {"data": [record], "has_more": False, "next_cursor": None}
        if record:
            where: dict[str, Any] = {"status_codes": ["200", "201", "202"], "media_type": "application/json"}
            found.append(OpenApiExample("Answer", record, response_only=True, **where))
        asked = self.get_request_serializer()
        asked = next(iter(asked.values())) if isinstance(asked, Mapping) else asked
        body = dict(getattr(asked, "example_request", {}))
        if body:
            found.append(OpenApiExample("Body", body, request_only=True))
        return found

    def _answered(self) -> Any:
        """The serializer of what the operation answers: its own, also where it is described by hand."""
        if self.view.action == "list":
            return self.view.serializer_class
        told = self.get_response_serializers()
        return next(iter(told.values())) if isinstance(told, Mapping) else told


_WITH_BODY = ("create", "update", "partial_update", "upsert")
_PROBLEMS = {
    400: "The request cannot be read, or has a parameter that is not known.",
    401: "No key, or a wrong one.",
    403: "The key or role does not include this; or `reauthentication_required`, of a session alone.",
    404: "Does not exist, or is not yours to see.",
    409: "Somebody was first, or the same Idempotency-Key is still running.",
    412: "Changed since you read it.",
    413: "Too large.",
    415: "Not a content type that is read here.",
    422: "Some values are not right; `errors` says which.",
    428: "If-Match is missing.",
    429: "Too many requests; wait `Retry-After` seconds.",
}


class ApiSchemaGenerator(SchemaGenerator):
    """The whole description."""

    def get_schema(self, request: Any = None, public: bool = False) -> dict[str, Any]:
        schema: dict[str, Any] = super().get_schema(request, public)
        for name, component in schema.get("components", {}).get("schemas", {}).items():
            if name.endswith("Request") and component.get("type") == "object":
                component.setdefault("additionalProperties", False)
        _marked_as_code(schema)
        return schema


def _marked_as_code(node: Any) -> None:
    """Docstrings mark code by two backticks, the description by one, as Markdown does; lines broken for the source are joined."""
    if isinstance(node, Mapping):
        words = node.get("description")
        if isinstance(words, str):
            node["description"] = "\n\n".join(" ".join(part.split()) for part in words.replace("``", "`").split("\n\n"))  # type: ignore[index]
    for inner in node.values() if isinstance(node, Mapping) else node if isinstance(node, list | tuple) else ():
        _marked_as_code(inner)


def api_schema() -> dict[str, Any]:
    """The description of this installation's API as JSON values, the same on every machine."""
    with translation.override("en"):
        return ApiSchemaGenerator(urlconf="prm.api.mounted").get_schema(public=True)
