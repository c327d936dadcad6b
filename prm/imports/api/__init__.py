"""Imports by API."""

from prm.api.router import router
from prm.imports.api.imports import ImportViewSet

router.register(ImportViewSet)
