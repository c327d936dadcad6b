"""Where features register their resources.

A feature's ``api.py`` ends with ``router.register(CompanyViewSet)``; ``prm.api.urls`` imports the ``api`` module of every
installed app (a stage's ``api.py`` imports those of its features) and mounts what was registered under ``/api/v1/``.
"""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path
from rest_framework.routers import Route, SimpleRouter

from prm.api.viewsets import ScopedViewSet, UpsertMixin


class ApiRouter(SimpleRouter):
    """Routes without trailing slash, written with ``path()``; the address is the viewset's ``resource``."""

    def __init__(self) -> None:
        super().__init__(trailing_slash=False, use_regex_path=False)
        self._single: list[URLPattern] = []
        self.viewsets: list[type[ScopedViewSet]] = []

    def register(self, viewset: type[ScopedViewSet], **options: Any) -> None:  # type: ignore[override]
        """``/api/v1/<resource>`` and what lies under it; URL names ``<resource>-list``, ``<resource>-detail``, …

        A resource below another says where by its ``address``: ``companies/<str:company_id>/sites``.
        """
        self.viewsets.append(viewset)
        super().register(viewset.address or viewset.resource, viewset, basename=viewset.resource, **options)

    def register_single(self, viewset: type[ScopedViewSet], actions: dict[str, str]) -> None:
        """A resource of which there is one, like ``/me``: method → action."""
        self.viewsets.append(viewset)
        self._single.append(path(viewset.resource, viewset.as_view(actions), name=viewset.resource))

    def get_routes(self, viewset: type[ScopedViewSet]) -> list[Route]:
        routes: list[Route] = super().get_routes(viewset)
        if issubclass(viewset, UpsertMixin):
            external = Route(
                url="{prefix}/by-external-id/<str:source>/<path:external_id>",
                mapping={"get": "lookup", "put": "upsert"},
                name="{basename}-by-external-id",
                detail=False,
                initkwargs={"suffix": "External"},
            )
            routes.insert(0, external)
        return routes

    def get_urls(self) -> list[URLPattern]:
        return [*self._single, *super().get_urls()]


router = ApiRouter()
