"""One policy per model: which rows an actor sees, which verbs it may do. List and detail derive from the same scope."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext as _

from prm.access.actors import LEADING_ROLES, MANAGING_ROLES, PARTNER_ROLES, VENDOR_ROLES, Actor, ActorKind, Role
from prm.access.rowsecurity import reached_through, table_class
from prm.core.errors import Denied, NotFound
from prm.core.scoping import POLICIES
from prm.core.tables import TableClass, declared

_NAME = re.compile(r"^[a-z_]+\.[a-z_]+$")
_VERB = re.compile(r"^[a-z_]+$")

#: Verbs that change nothing.
READING_VERBS = frozenset({"view", "export"})

_BY_NAME: dict[str, Policy] = {}


class Policy:
    """The rule of one model. Subclassing registers it; a malformed name or verb is refused when the class is defined.

    ``verbs`` maps a verb to the roles that hold it by default. ``api`` is the word of the API scopes (``companies:read``), or several;
    ``api_of`` names the words whose writing gives a verb in place of these. ``label`` is what people call the thing where permissions are
    listed; a detail that is given with something else names that policy in ``part_of`` instead (``prm.access.abilities``).
    ``read_with`` names scopes that also include the reading verbs: what those resources refer to. What is changed under the verbs of
    ``asks_again`` asks whether it is still the same person, by page and by API (``prm.access.confirming``).
    """

    model: ClassVar[type[models.Model]]
    name: ClassVar[str]
    label: ClassVar[Any] = ""
    part_of: ClassVar[str] = ""
    verbs: ClassVar[Mapping[str, frozenset[Role]]]
    api: ClassVar[str] = ""
    api_of: ClassVar[Mapping[str, str]] = {}
    read_with: ClassVar[str] = ""
    asks_again: ClassVar[frozenset[str]] = frozenset()
    reads: ClassVar[frozenset[str]] = READING_VERBS

    def __init_subclass__(cls) -> None:
        if not _NAME.match(cls.name):
            raise ValueError(f"{cls.__name__}: {cls.name!r} is not of the form stage.thing")
        for verb in cls.verbs:
            if not _VERB.match(verb):
                raise ValueError(f"{cls.__name__}: {verb!r} is not a verb")
        if cls.name in _BY_NAME or cls.model in POLICIES:
            raise ValueError(f"{cls.name}: a model has one policy")
        if unknown := (cls.asks_again | set(cls.api_of)) - set(cls.verbs):
            raise ValueError(f"{cls.__name__}: asks_again or api_of names verbs that it lacks: {sorted(unknown)}")
        policy = cls()
        _BY_NAME[cls.name] = policy
        POLICIES[cls.model] = policy

    def scope(self, actor: Actor, verb: str) -> models.Q:
        """The rows as a filter. By default: all of them to the vendor's people and the system; to partners, candidates and
        specialists what the model declares for them (``prm.core.tables``); none to others."""
        if actor.kind in {ActorKind.VENDOR, ActorKind.SYSTEM}:
            return models.Q()
        if actor.kind in {ActorKind.PARTNER, ActorKind.CANDIDATE} and actor.partner_id is not None:
            return _of_partner(self.model, actor)
        return _of_specialist(self.model, actor) if actor.kind is ActorKind.SPECIALIST else _NOTHING

    def rows(self, queryset: models.QuerySet[Any], actor: Actor, verb: str) -> models.QuerySet[Any]:
        """The rows of ``queryset`` on which ``actor`` may do ``verb``."""
        if not actor.may(f"{self.name}:{verb}"):
            return queryset.none()
        return queryset.filter(self.scope(actor, verb))


_NOTHING = models.Q(pk__in=[])


def _of_partner(model: type[models.Model], actor: Actor) -> models.Q:
    """What a partner's people reach of ``model``: wall 1's reading of the declarations that wall 2 is generated from."""
    kind = table_class(model)
    if kind in {TableClass.OWNED, TableClass.OWNED_OR_VENDOR}:
        return models.Q(**{declared(model, "partner_column", "partner_id"): actor.partner_id})
    if kind is TableClass.UNIVERSE and (column := declared(model, "company_column")) and actor.company_id is not None:
        return models.Q(**{column: actor.company_id})
    if kind in {TableClass.PUBLISHED, TableClass.SHARED}:
        link = reached_through(model)
        rows = link.model._default_manager.filter(partner_id=actor.partner_id)
        return models.Q(pk__in=rows.values(link.column))
    return models.Q() if kind is TableClass.REFERENCE else _NOTHING


def _of_specialist(model: type[models.Model], actor: Actor) -> models.Q:
    """Rows of the studies that a specialist was invited to, and the words of the trade."""
    if column := declared(model, "study_column"):
        return models.Q(**{f"{column}__in": actor.study_ids})
    return models.Q() if table_class(model) is TableClass.REFERENCE else _NOTHING


Verbs = dict[str, frozenset[Role]]


def vendor_verbs(*, managers: Iterable[str], directors: Iterable[str] = (), staff: Iterable[str] = ()) -> Verbs:
    """Verbs for the vendor's people: those of everybody (``staff``, and of ``managers`` what only reads), those of whoever works with
    partners, and those kept for directors and administrators."""
    managed = {verb: VENDOR_ROLES if verb in READING_VERBS else MANAGING_ROLES for verb in managers}
    return {**managed, **dict.fromkeys(directors, LEADING_ROLES), **dict.fromkeys(staff, VENDOR_ROLES)}


def portal_verbs(
    *, everybody: Iterable[str] = (), administrators: Iterable[str] = (), candidates: Iterable[str] = ()
) -> Verbs:
    """Verbs for a partner's people: all of them, their administrators, and candidates (who hold nothing that is not named)."""
    verbs: Verbs = {}
    for names, roles in (
        (everybody, PARTNER_ROLES),
        (administrators, frozenset({Role.PARTNER_ADMINISTRATOR})),
        (candidates, frozenset({Role.CANDIDATE})),
    ):
        for verb in names:
            verbs[verb] = verbs.get(verb, frozenset()) | roles
    return verbs


def verbs_of_both(*given: Verbs) -> Verbs:
    """Several of these as one: each verb with the roles that any of them gives it to."""
    joined: Verbs = {}
    for verbs in given:
        for verb, roles in verbs.items():
            joined[verb] = joined.get(verb, frozenset()) | roles
    return joined


def is_known(permission: str) -> bool:
    """Whether some policy declares ``stage.thing:verb``."""
    name, _colon, verb = permission.partition(":")
    return name in _BY_NAME and verb in _BY_NAME[name].verbs


def asks_again(permission: str) -> bool:
    """Whether a change under ``stage.thing:verb`` asks again who it is that asks."""
    name, _colon, verb = permission.partition(":")
    return name in _BY_NAME and verb in _BY_NAME[name].asks_again


def every_policy() -> list[Policy]:
    """All policies, in the order in which they were declared."""
    return list(_BY_NAME.values())


def permissions_of(roles: Iterable[Role]) -> frozenset[str]:
    """What a person with these roles may do."""
    return _permissions(frozenset(roles), len(_BY_NAME))


@cache
def _permissions(held: frozenset[Role], policies: int) -> frozenset[str]:
    """Worked out once: policies are only ever added, as their modules are imported."""
    return frozenset(
        f"{policy.name}:{verb}" for policy in _BY_NAME.values() for verb, given in policy.verbs.items() if given & held
    )


def api_scopes() -> Mapping[str, frozenset[str]]:
    """API scope → permissions: ``companies:read`` for the reading verbs, ``companies:write`` for all of them."""
    return _scopes(len(_BY_NAME))


@cache
def _scopes(policies: int) -> Mapping[str, frozenset[str]]:
    scopes: dict[str, frozenset[str]] = {}
    for policy in _BY_NAME.values():
        every = frozenset(f"{policy.name}:{verb}" for verb in policy.verbs if verb not in policy.api_of)
        reading = frozenset(f"{policy.name}:{verb}" for verb in policy.verbs if verb in policy.reads)
        for word in {*policy.api.split(), *policy.read_with.split()}:
            scopes[f"{word}:read"] = scopes.get(f"{word}:read", frozenset()) | reading
            writing = every if word in policy.api.split() else reading
            scopes[f"{word}:write"] = scopes.get(f"{word}:write", frozenset()) | writing
        for verb, words in policy.api_of.items():
            for word in words.split():
                scopes[f"{word}:write"] = scopes.get(f"{word}:write", frozenset()) | {f"{policy.name}:{verb}"}
    return scopes


def permissions_of_scopes(scopes: Iterable[str]) -> frozenset[str]:
    """What these API scopes give together; one that is not known any more gives nothing."""
    known = api_scopes()
    return frozenset(permission for scope in scopes for permission in known.get(scope, ()))


def scopes_giving(permissions: Collection[str], held: Iterable[str] | None = None) -> list[str]:
    """The scopes of which ``permissions`` hold anything: of all, or of those ``held`` with the reading that writing includes. A writing
    scope counts by what it gives beyond reading. Sorted."""
    known = api_scopes()
    allowed = frozenset(known) if held is None else frozenset(held)
    found = []
    for scope in allowed | {_reading(scope) for scope in allowed}:
        reading = known.get(_reading(scope), frozenset())
        own = reading if scope == _reading(scope) else known.get(scope, frozenset()) - reading
        if own.intersection(permissions):
            found.append(scope)
    return sorted(found)


def _reading(scope: str) -> str:
    """The scope that writing ``scope`` includes; itself where it only reads."""
    return f"{scope.partition(':')[0]}:read"


def authorize(actor: Actor, permission: str, obj: models.Model | None = None) -> None:
    """Lets ``actor`` do ``permission`` (on ``obj``) or raises.

    NotFound when the object lies outside what the actor sees (the same answer as for one that does not exist); Denied when it
    is seen but the verb is missing. KeyError when no policy declares the permission: a programming error.
    """
    if not is_known(permission):
        raise KeyError(f"no policy declares {permission!r}")
    name, _colon, verb = permission.partition(":")
    if obj is not None:
        model = type(obj)._default_manager
        policy = _BY_NAME[name]
        if not policy.rows(model.all(), actor, "view").filter(pk=obj.pk).exists():
            raise NotFound
        if actor.may(permission) and not policy.rows(model.all(), actor, verb).filter(pk=obj.pk).exists():
            raise Denied("not_allowed", _("Your role does not include this."), permission=permission)
    if not actor.may(permission):
        raise Denied("not_allowed", _("Your role does not include this."), permission=permission)
