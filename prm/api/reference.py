"""The API description turned into what the reference page shows."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from prm.api.router import router
from prm.core.text import text_key

_CODE = re.compile(r"`([^`]+)`")
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Parameter:
    """One parameter of an operation: where it goes, what it may be."""

    name: str
    place: str
    kind: str
    about: str
    is_required: bool


@dataclass(frozen=True)
class Operation:
    """One operation: how it is called and what comes back."""

    id: str
    method: str
    path: str
    summary: str
    about: str
    parameters: list[Parameter]
    request: str
    status: str
    response: str
    problems: list[tuple[str, str]]
    curl: str


@dataclass(frozen=True)
class Group:
    """The operations of one resource."""

    name: str
    label: str
    operations: list[Operation]


def reference_groups(schema: Mapping[str, Any], *, host: str, only: Collection[str] | None = None) -> list[Group]:
    """The operations by resource, in the order of their paths, resources by their names in the reader's language; ``only`` the operations
    of these ids, where it is given."""
    groups: dict[str, list[Operation]] = {}
    for path, methods in schema["paths"].items():
        for method in METHODS:
            if method in methods and (only is None or methods[method]["operationId"] in only):
                spec = methods[method]
                groups.setdefault(spec["tags"][0], []).append(_operation(method, path, spec, host))
    labels = {viewset.resource: str(viewset.label) for viewset in router.viewsets}
    found = [Group(name, labels[name], operations) for name, operations in groups.items()]
    return sorted(found, key=lambda group: text_key(group.label))


def _operation(method: str, path: str, spec: Mapping[str, Any], host: str) -> Operation:
    good = next((status for status in spec["responses"] if status.startswith("2")), "")
    request = _example(spec.get("requestBody", {}))
    return Operation(
        id=spec["operationId"],
        method=method.upper(),
        path=path,
        summary=_with_code(spec.get("summary", "")),
        about=_with_code(spec.get("description", "")),
        parameters=list(_parameters(spec)),
        request=request,
        status=good,
        response=_example(spec["responses"].get(good, {})),
        problems=[(status, _with_code(found["description"])) for status, found in spec["responses"].items() if status >= "4"],
        curl=_curl(method, path, spec, request, host),
    )


def _parameters(spec: Mapping[str, Any]) -> Iterator[Parameter]:
    for found in spec.get("parameters", []):
        yield Parameter(
            name=found["name"],
            place=found["in"],
            kind=_kind(found.get("schema", {})),
            about=_with_code(found.get("description", "")),
            is_required=found.get("required", False),
        )


def _with_code(words: str) -> SafeString:
    """Markdown's backticks as code of the page; everything else is plain text.

    >>> _with_code("Needs `a:read` & more.")
    'Needs <code>a:read</code> &amp; more.'
    """
    return mark_safe(_CODE.sub(r"<code>\1</code>", escape(words)))  # noqa: S308 - escaped before


def _kind(shape: Mapping[str, Any]) -> str:
    if "enum" in shape:
        return " | ".join(str(value) for value in shape["enum"])
    if shape.get("type") == "array":
        return f"{_kind(shape['items'])}, …"
    kind = shape.get("type", "")
    words = " or ".join(kind) if isinstance(kind, list) else kind
    return f"{words} ({shape['format']})" if "format" in shape else words


def _example(body: Mapping[str, Any]) -> str:
    for media in body.get("content", {}).values():
        for example in media.get("examples", {}).values():
            return json.dumps(example["value"], indent=2, ensure_ascii=False)
    return ""


def _curl(method: str, path: str, spec: Mapping[str, Any], request: str, host: str) -> str:
    lines = [f"curl {'' if method == 'get' else f'-X {method.upper()} '}{host}{path}"]
    lines.append('-H "Authorization: Bearer $PRM_KEY"')
    needed = {found["name"] for found in spec.get("parameters", []) if found["in"] == "header"}
    if "Idempotency-Key" in needed:
        lines.append('-H "Idempotency-Key: $(uuidgen)"')
    if "If-Match" in needed:
        lines.append("-H 'If-Match: \"…\"'")
    if request:
        lines.append('-H "Content-Type: application/json"')
        lines.append(f"-d '{json.dumps(json.loads(request), ensure_ascii=False)}'")
    return " \\\n  ".join(lines)
