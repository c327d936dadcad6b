"""``Model.objects.visible_to(actor)``: the only way in from a selector.

The rule of each model is its policy, which ``prm.access`` registers here; a model without one shows nothing and says so.
"""

from __future__ import annotations

from typing import Any, Protocol, Self

from django.db import models


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


class ScopedManager(models.Manager.from_queryset(ScopedQuerySet)):  # type: ignore[misc]
    """The default manager of every model."""
