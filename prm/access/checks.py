"""System checks of the two walls: what no deployment may start without."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DEFAULT_DB_ALIAS, connections

from prm.access import belonging, rowsecurity
from prm.core.scoping import POLICIES
from prm.core.tables import TableClass


@register()
def every_table_has_a_class_and_a_policy(**options: Any) -> list[CheckMessage]:
    """Each model declares its table class; each domain model has exactly one policy."""
    found: list[CheckMessage] = []
    for model in apps.get_models(include_auto_created=True):
        try:
            kind = rowsecurity.table_class(model)
        except LookupError as error:
            found.append(Error(str(error), obj=model, id="access.E001"))
            continue
        private = kind not in {TableClass.IDENTITY, TableClass.INFRASTRUCTURE}
        if private and not model._meta.auto_created and model not in POLICIES:
            found.append(Error(f"{model._meta.label} has no policy", obj=model, id="access.E002"))
    try:
        list(belonging.bonds())
    except LookupError as error:
        found.append(Error(str(error), id="access.E005"))
    return found


@register(Tags.database)
def row_security_stands(databases: Sequence[str] | None = None, **options: Any) -> list[CheckMessage]:
    """The application's login is no superuser, every private table has its policies (``check --database default``); a process that
    serves one door logs in as that door."""
    if DEFAULT_DB_ALIAS not in (databases or ()):
        return []
    found: list[CheckMessage] = [
        Error(text, id="access.E003") for text in rowsecurity.problems(connections[DEFAULT_DB_ALIAS])
    ]
    beyond = rowsecurity.beyond_surface(connections[DEFAULT_DB_ALIAS], settings.PRM_SURFACE)
    if beyond:
        words = f"PRM_SURFACE={settings.PRM_SURFACE}, and the login can take {', '.join(beyond)} too"
        hint = f"Let this process log in as prm_app_{settings.PRM_SURFACE} (docs/operators/install.md)."
        found.append(Warning(words, hint=hint, id="access.W004"))
    return found
