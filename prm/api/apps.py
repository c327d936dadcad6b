from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The REST base: viewset, problems, paging, idempotency, ETag, schema."""

    name = "prm.api"
    label = "api"
