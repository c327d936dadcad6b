"""Marks that only one side's rows hold, and what finds them in an answer to somebody else.

The world is two partners and a candidate, with a row of each in every table that outsiders reach. Which tables and which texts those are
is read from the models: a new one without a row or a mark here fails ``test_canaries``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

from prm.access.actors import Actor, Role
from prm.access.policies import Policy
from prm.access.roles import as_sign_in, as_system
from prm.access.rowsecurity import rules_of, table_class
from prm.accounts.models import ApiKey, Invitation, Membership, Organisation, SignInDomain, SignInProvider, User
from prm.accounts.selectors.actors import actor_of_user
from prm.core.ids import typeid_encode
from prm.core.scoping import POLICIES
from prm.core.tables import TableClass, declared
from prm.partners.models import (
    Partner,
)
from tests.access.canary_rows import rows_of, told_of_another
from tests.access.samples import Samples
from tests.conftest import PartnersSide

#: What every mark begins with; a search for it meets the rows of all sides, and is itself a mark of none.
WORD = "zqmark"
_MARK = re.compile(rf"{WORD}([abc])\d{{4}}")
_IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?<=_)[0-9a-hjkmnp-tv-z]{26}")
#: Texts shorter than a mark hold codes of other lists: countries, currencies, languages.
SHORTEST = len(WORD) + 5

#: Texts that people do not write, by field: words of ours, and what is made of chance.
CODES = {
    "events.OutboxEvent": {"type", "subject_type", "personal_digest", "actor_kind"},
    "notifications.Notification": {"kind", "subject_type"},
    "notifications.Preference": {"kind"},
    "notifications.DigestTime": {"zone"},
    "partners.FactProposal": {"field", "source_key"},
    "partners.Company": {"provenance"},  # field → source, day, account: ids, which are looked for as such
    "questionnaires.Invitation": {"token_digest"},
    "questionnaires.AnswerFile": {"question", "content_type"},
    "accounts.User": {"password"},
    "accounts.ApiKey": {"prefix", "digest", "scopes"},
    "accounts.Invitation": {"digest", "roles"},
    "accounts.SignInProvider": {"role", "sealed_secret"},
}  # fmt: skip
#: What the sign-in login reads of partners, and how a row leads to its partner.
OF_PARTNERS: dict[type[models.Model], str] = {
    User: "memberships__partner_id", Organisation: "partner_id", Membership: "partner_id", ApiKey: "partner_id",
    Invitation: "partner_id", EmailAddress: "user__memberships__partner_id", SignInProvider: "partner_id",
    SignInDomain: "provider__partner_id",
}  # fmt: skip
#: What it reads besides: of sessions, second steps, providers' answers and requests, which hold digests, secrets and addresses of the
#: net; and the roles that the vendor made for its own people.
NOT_OF_PARTNERS = {
    "sessions.Session", "account.EmailConfirmation", "mfa.Authenticator", "usersessions.UserSession", "api.IdempotencyRecord",
    "accounts.StudyPass", "accounts.SignIn", "accounts.SignInRules",
    "accounts.CustomRole", "socialaccount.SocialApp", "socialaccount.SocialAccount",
    "socialaccount.SocialToken",
}  # fmt: skip


def reached() -> list[type[models.Model]]:
    """Every model whose rows partners reach; words of the trade, which are everybody's, are none of them. What specialists reach is the
    vendor's own copy of an answer: ``tests/profiling/sharing`` asks of every table what they get of it."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if table_class(model) is not TableClass.REFERENCE and "prm_portal" in rules_of(model)
    ]


def texts_of(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """The fields of ``model`` in which a person's words can stand."""
    kinds = (models.CharField, models.TextField, models.JSONField, ArrayField)
    return [
        each
        for each in model._meta.concrete_fields
        if isinstance(each, kinds)
        and not each.choices
        and each.name not in CODES.get(model._meta.label, ())
        and (each.max_length is None or each.max_length >= SHORTEST)
        and (not isinstance(each, ArrayField) or _is_text(each.base_field))
    ]


def _is_text(each: Any) -> bool:
    return isinstance(each, models.CharField) and (each.max_length or SHORTEST) >= SHORTEST


@dataclass
class Side:
    """A partner or a candidate: its people by role, its objects by the words of routes, its marks and ids."""

    letter: str
    partner: Partner
    people: dict[Role, Actor] = field(default_factory=dict)
    by_parameter: dict[str, str] = field(default_factory=dict)
    by_resource: dict[str, models.Model] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)
    emails: set[str] = field(default_factory=set)
    key: str = ""
    made: int = 0

    @property
    def actor(self) -> Actor:
        """Any of its people."""
        return next(iter(self.people.values()))

    def mark(self) -> str:
        """The next mark."""
        self.made += 1
        return f"{WORD}{self.letter}{self.made:04d}"

    def rows(self, model: type[models.Model]) -> models.QuerySet[Any]:
        """Its rows of a model."""
        if model in OF_PARTNERS:
            rows = model._default_manager.filter(**{OF_PARTNERS[model]: self.partner.pk})
            return model._default_manager.filter(pk__in=rows.values("pk"))
        return model._default_manager.filter(Policy.scope(POLICIES[model], self.actor, "view"))  # type: ignore[arg-type]

    def value(self, samples: Samples, name: str, path: str, parameter: str) -> str:
        """What stands for ``parameter`` in a route: its own object where it has one of the kind, else the vendor's."""
        if parameter in {"id", "pk"}:
            before = path.split(f"<str:{parameter}>", maxsplit=1)[0].rstrip("/").split("/")[-1]
            if before in self.by_resource and "/vendors/" not in path:
                return str(self.by_resource[before].public_id)  # type: ignore[attr-defined]
        return self.by_parameter.get(parameter) or samples.value(name, path, parameter)


class World:
    """Two partners and a candidate, stamped with marks."""

    def __init__(self, sides: PartnersSide) -> None:
        self.samples = Samples()
        candidate = sides.candidate()
        with as_system("canaries"):
            third = Partner.objects.select_related("company").get(pk=candidate.partner_id)
        self.sides = [Side("a", sides.kerlan), Side("b", sides.nordisk), Side("c", third)]
        for side in self.sides[:2]:
            roles = [Role.PARTNER_ADMINISTRATOR, Role.PARTNER_SALES, Role.PARTNER_TECHNICAL, Role.PARTNER_MARKETING]
            side.people = {role: sides.member(side.partner, role, name=f"Somebody {role.value}") for role in roles}
        self.sides[2].people = {Role.CANDIDATE: candidate}
        for side, other in zip(self.sides, [*self.sides[1:], self.sides[0]], strict=True):
            rows_of(side)
            _stamp(side)
            told_of_another(side, other)

    def foreign(self, letter: str, text: str, asked: str = "") -> set[str]:
        """Marks and ids of other sides in ``text``, but for the ids that were in the request itself."""
        lowered = text.lower()
        found = {match.group(0) for match in _MARK.finditer(lowered) if match.group(1) != letter}
        others = set().union(*(side.ids for side in self.sides if side.letter != letter))
        found |= (set(_IDS.findall(lowered)) & others) - set(_IDS.findall(asked.lower()))
        return found

    def own(self, letter: str, text: str) -> set[str]:
        """The marks of this side in ``text``: that there are some shows that the scan sees pages with data on them."""
        return {match.group(0) for match in _MARK.finditer(text.lower()) if match.group(1) == letter}


def _stamp(side: Side) -> None:
    """Writes a mark into each text of each of its rows that holds none yet; keeps the ids of the rows."""
    for model in [*reached(), *OF_PARTNERS]:
        with _reader(model):
            for row in side.rows(model):
                changes = {each.attname: _marked(side, each) for each in texts_of(model) if _wants(row, each)}
                if changes:
                    model._default_manager.filter(pk=row.pk).update(**changes)
                side.ids |= set(_ids_of(row))
    with as_sign_in():
        side.emails = {row.email.lower() for model in (User, Invitation) for row in side.rows(model)}
        for address in side.rows(EmailAddress).select_related("user"):  # the account's own, as signing in keeps it
            EmailAddress.objects.filter(pk=address.pk).update(email=address.user.email)
    side.people = {role: _again(actor, side) for role, actor in side.people.items()}


def _reader(model: type[models.Model]) -> AbstractContextManager[Any]:
    return as_sign_in() if model in OF_PARTNERS else as_system("canaries")


def _wants(row: models.Model, each: models.Field[Any, Any]) -> bool:
    if isinstance(each, models.JSONField) or each.name in {"path", "logo"} or isinstance(row, EmailAddress):
        return False  # the world wrote it, in the form that its readers expect
    return not _MARK.search(str(getattr(row, each.attname)))


def _marked(side: Side, each: models.Field[Any, Any]) -> Any:
    mark = side.mark()
    if isinstance(each, models.EmailField):
        return f"{mark}@{side.letter}.example"
    return [mark] if isinstance(each, ArrayField) else mark


def _ids_of(row: models.Model) -> Iterator[str]:
    if isinstance(row.pk, UUID):
        yield str(row.pk)
        yield typeid_encode("x", row.pk).rpartition("_")[2]


def _again(actor: Actor, side: Side) -> Actor:
    with as_sign_in():
        return actor_of_user(User.objects.get(pk=actor.user_id), str(side.partner.pk))


def lacking(world: World) -> list[str]:
    """What of the models no mark stands for, in words; empty when the scan covers everything."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.label
        if table_class(model) is TableClass.IDENTITY and model not in OF_PARTNERS and label not in NOT_OF_PARTNERS:
            found.append(f"{label}: say in OF_PARTNERS how a row leads to its partner, or in NOT_OF_PARTNERS that none does")
    for model in [*reached(), *OF_PARTNERS]:
        for side in world.sides:
            with _reader(model):
                rows = list(side.rows(model))
            if not rows:
                found.append(
                    f"{model._meta.label}: outsiders reach it, and side {side.letter} has no row of it in canary_rows.py"
                )
            found += [
                f"{model._meta.label}.{each.name}: no row of side {side.letter} holds a mark in it"
                for each in (texts_of(model) if rows else [])
                if not any(_MARK.search(str(getattr(row, each.attname))) for row in rows)
            ]
    return found


def told(side: Side, by: str, rows: models.QuerySet[Any], own: set[str]) -> None:
    """Fails when ``rows`` are not all of this side."""
    strangers = {whose(row) for row in rows} - own
    assert not strangers, f"{by} gives side {side.letter} rows of {len(strangers)} others in {rows.model._meta.label}"


def whose(row: models.Model) -> str:
    """Whose a row is, by its columns: neither wall is asked."""
    names = (declared(row, "partner_column", "partner_id"), declared(row, "company_column"), "company_id")
    return next((str(getattr(row, name)) for name in names if name and getattr(row, name, None) is not None), "nobody")
