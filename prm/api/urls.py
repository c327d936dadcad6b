"""API v1: each feature adds its resources to ``prm.api.router``."""

from django.utils.module_loading import autodiscover_modules

import prm.api.schema_view  # noqa: F401  registers /schema
from prm.api.router import router

# The "api" module of every installed app; those above this package import the router and register.
autodiscover_modules("api")

urlpatterns = router.urls
