"""Only the owner's login changes the schema."""

from __future__ import annotations

from typing import Any


class OwnerMigratesRouter:
    """Migrations run on the ``owner`` alias; every query runs on ``default``."""

    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **hints: Any) -> bool:
        return db == "owner"

    def allow_relation(self, obj1: Any, obj2: Any, **hints: Any) -> bool:
        return True
