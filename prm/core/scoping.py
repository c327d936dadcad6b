"""``Model.objects.visible_to(actor)``: the only way in from a selector.

The rule of each model is its policy, which ``prm.access`` registers here; a model without one shows nothing and says so.
"""

from __future__ import annotations

from typing import Any, Protocol, Self
from uuid import UUID

from django.db import models

from prm.core.errors import NotFound
from prm.core.ids import typeid_key


class RowPolicy(Protocol):
    """What scoping needs to know of a policy."""

    def rows(self, queryset: models.QuerySet[Any], actor: Any, verb: str) -> models.QuerySet[Any]:
        """The rows of ``queryset`` on which ``actor`` may do ``verb``."""
        ...


POLICIES: dict[type[models.Model], RowPolicy] = {}


def policy_of(model: type[models.Model]) -> RowPolicy:
    """The policy of ``model``; LookupError when nobody wrote one."""
    try:
        return POLICIES[model]
    except KeyError:
        raise LookupError(f"{model.__name__} has no policy: write one in its policies.py") from None


class ScopedQuerySet(models.QuerySet[Any]):
    """A query that can be narrowed to what an actor may see."""

    def visible_to(self, actor: Any, verb: str = "view") -> Self:
        """The rows on which ``actor`` may do ``verb``; none when it lacks the verb altogether."""
        return policy_of(self.model).rows(self, actor, verb)  # type: ignore[return-value]

    def one(self, named: UUID | str) -> Any:
        """The row of these that has this key or TypeID. Raises NotFound, the same for what is not among these and for what is no id."""
        found = self.filter(pk=typeid_key(self.model.typeid_prefix, named)).first()
        if found is None:
            raise NotFound
        return found


class ScopedManager(models.Manager.from_queryset(ScopedQuerySet)):  # type: ignore[misc]
    """The default manager of every model."""
