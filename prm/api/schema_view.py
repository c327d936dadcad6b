"""``GET /api/v1/schema``: the OpenAPI 3.1 description, to callers with a key."""

from __future__ import annotations

from functools import cache
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from prm.api.permissions import SIGNED_IN
from prm.api.router import router
from prm.api.schema import api_schema
from prm.api.serializers import EmptySerializer
from prm.api.viewsets import ScopedViewSet


@cache
def schema_once() -> dict[str, Any]:
    """Drawn once per process: the code does not change while it runs."""
    return api_schema()


class SchemaViewSet(ScopedViewSet):
    """The description of the API."""

    resource = "schema"
    is_single = True
    permissions = {"retrieve": SIGNED_IN}
    serializer_class = EmptySerializer
    schema = None

    def retrieve(self, request: Request) -> Response:
        """The whole description."""
        return Response(schema_once())


router.register_single(SchemaViewSet, {"get": "retrieve"})
