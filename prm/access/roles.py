"""The database role of an actor: the second wall.

The application's login holds no right on domain tables. Inside a transaction it takes one role; ``prm.partner``, ``prm.company`` and
``prm.study`` say whose rows that role may reach. All are set in one statement and end with the transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from psycopg2.extensions import TRANSACTION_STATUS_INERROR

from prm.access.actors import Actor, ActorKind, system_actor

DATABASE_ROLE = {
    ActorKind.VENDOR: "prm_vendor",
    ActorKind.PARTNER: "prm_portal",
    ActorKind.CANDIDATE: "prm_portal",
    ActorKind.SPECIALIST: "prm_guest",
    ActorKind.SYSTEM: "prm_system",
    ActorKind.ANONYMOUS: "prm_public",
}
#: Role, partner, company and studies as the database is told them.
Standing = tuple[str, str, str, str]
BARE = "none"  # no role: the bare login, which reaches identity tables only
SIGN_IN: Standing = (BARE, "", "", "")
INSIDERS = (ActorKind.VENDOR, ActorKind.SYSTEM)
NOWHERE = str(UUID(int=0))  # the place of an outsider who stands at no partner


@contextmanager
def as_role(actor: Actor, *, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """A transaction (or savepoint) in which the database sees ``actor``'s role. Nests; the outer role comes back."""
    studies = ",".join(str(key) for key in actor.study_ids)
    standing = (DATABASE_ROLE[actor.kind], str(actor.partner_id or ""), str(actor.company_id or ""), studies)
    yield from _scoped(standing, using)


@contextmanager
def as_system(reason: str, *, using: str = DEFAULT_DB_ALIAS) -> Iterator[Actor]:
    """A transaction as the product itself; gives the actor to hand to services."""
    actor = system_actor(reason)
    with as_role(actor, using=using):
        yield actor


@contextmanager
def as_sign_in(actor: Actor | None = None, *, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """A transaction as the bare login: for users, sessions and keys, which no role may read.

    Before anybody is known it finds everybody. On behalf of ``actor`` the database shows an outsider what belongs to their own
    partner, and nothing of another.
    """
    outsider = actor is not None and actor.kind not in INSIDERS
    place = str(actor.partner_id or NOWHERE) if actor is not None and outsider else ""
    yield from _scoped((BARE, place, "", ""), using)


def is_in_role(*, using: str = DEFAULT_DB_ALIAS) -> bool:
    """Whether some actor's role is taken now; else the database sees the bare login."""
    return getattr(connections[using], "prm_role", SIGN_IN)[0] != BARE


@contextmanager
def as_login(*, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """The bare login within the running transaction, for a statement or two between those of a role. No savepoint: an error in
    it is an error of the whole."""
    connection = connections[using]
    before: Standing = connection.prm_role  # type: ignore[attr-defined]
    try:
        _set(connection, SIGN_IN)
        yield
    finally:
        connection.prm_role = before  # type: ignore[attr-defined]
        # Whoever catches what was raised here goes on in the role that they had. A transaction that a statement has broken takes
        # no other, and needs none.
        if connection.connection.info.transaction_status != TRANSACTION_STATUS_INERROR:
            _set(connection, before)


def _scoped(wanted: Standing, using: str) -> Iterator[None]:
    connection = connections[using]
    before: Standing = getattr(connection, "prm_role", SIGN_IN)
    nested = connection.in_atomic_block
    try:
        with transaction.atomic(using=using):
            _set(connection, wanted)
            yield
    finally:
        connection.prm_role = before  # type: ignore[attr-defined]
        # A released savepoint keeps SET LOCAL; so the outer role is set again. An aborted transaction cannot take
        # statements, and needs none: its end forgets the role.
        if nested and connection.in_atomic_block and not connection.needs_rollback:
            _set(connection, before)


def _set(connection: object, standing: Standing) -> None:
    with connection.cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(
            "SELECT set_config('role', %s, true), set_config('prm.partner', %s, true),"
            " set_config('prm.company', %s, true), set_config('prm.study', %s, true)",
            standing,
        )
    connection.prm_role = standing  # type: ignore[attr-defined]
