"""What is served behind each door of the API: the operations that somebody there can ever do, and the scopes that these ask for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module

from prm.access.actors import PARTNER_ROLES, VENDOR_ROLES, ActorKind, Role
from prm.access.policies import permissions_of, scopes_giving
from prm.api.permissions import SIGNED_IN
from prm.api.router import router
from prm.api.schema import operation_id

#: Who there is behind a door: what none of them may do is not served there.
_ROLES = {
    ActorKind.VENDOR: VENDOR_ROLES,
    ActorKind.PARTNER: PARTNER_ROLES,
    ActorKind.CANDIDATE: frozenset({Role.CANDIDATE}),
    ActorKind.SPECIALIST: frozenset({Role.SPECIALIST}),
}


@dataclass(frozen=True)
class Served:
    """An operation behind a door, and what it asks for: a permission, or nothing but to have come in (``signed_in``)."""

    id: str
    permission: str


def operations_served(kind: ActorKind) -> frozenset[Served]:
    """The operations behind the door of ``kind`` that some role there may do."""
    import_module("prm.api.urls")  # a command or a worker may have mounted no address yet
    return _served(kind, len(router.viewsets))


def permissions_asked(kind: ActorKind) -> frozenset[str]:
    """The permissions that the operations behind the door of ``kind`` ask for."""
    return frozenset(operation.permission for operation in operations_served(kind))


def scopes_served(kind: ActorKind) -> list[str]:
    """The scopes that open anything behind the door of ``kind``; a writing one where it opens more than reading does. Sorted."""
    return scopes_giving(permissions_asked(kind))


@cache
def _served(kind: ActorKind, resources: int) -> frozenset[Served]:
    """Worked out once: resources are only ever added, as their modules are imported."""
    held = permissions_of(_ROLES.get(kind, frozenset()))
    return frozenset(
        Served(operation_id(viewset.resource, action), permission)
        for viewset in router.viewsets
        for action, permission in viewset.permissions.items()
        if viewset.is_for(kind, action) and (permission == SIGNED_IN or permission in held)
    )
