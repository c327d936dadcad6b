"""The lists of the packages below this one as sources: jobs, exports, people with access, one's own API keys."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from prm.access.abilities import area_label
from prm.access.actors import Actor
from prm.accounts.models import ApiKey
from prm.accounts.selectors.keys import api_key_list
from prm.accounts.selectors.members import Member, member_list
from prm.accounts.selectors.persons import person_names
from prm.accounts.tables.keys import API_KEYS, KEY_SORTS, key_id, key_state_label, key_words
from prm.accounts.tables.members import MEMBER_SORTS, MEMBERS, member_words, role_words
from prm.accounts.tables.roles import ROLES, Matrix, MatrixRow, matrix_of
from prm.exports.sources import Asked, Source, of_queryset, sources
from prm.exports.tables import EXPORT_COLUMNS, export_list_spec, exports_of
from prm.exports.writers import Column
from prm.jobs.models import JobState
from prm.jobs.tables import job_list_spec, jobs_of, kind_label
from prm.ui.pages import narrowed

JOB_COLUMNS = (
    Column("id", _("Id"), lambda j: j.public_id, width=34),
    Column("title", _("Work"), lambda j: j.title, width=32),
    Column("kind", _("Kind"), kind_label),
    Column("state", _("State"), lambda j: JobState(j.state).label),
    Column("done", _("Done"), lambda j: j.units_done, kind="number"),
    Column("total", _("Of"), lambda j: j.units_total, kind="number"),
    Column("asked", _("Asked"), lambda j: j.created_at, kind="datetime"),
    Column("started", _("Work began"), lambda j: j.started_at, kind="datetime"),
    Column("finished", _("Ended"), lambda j: j.finished_at, kind="datetime"),
)

MEMBER_COLUMNS = (
    Column("id", _("Id"), lambda m: m.public_id, width=34),
    Column("name", _("Name"), lambda m: m.name, width=24),
    Column("email", _("E-mail"), lambda m: m.email, width=32),
    Column("title", _("Title"), lambda m: m.title or None, width=24),
    Column("roles", _("Role"), role_words),
    Column("is_active", _("Has access"), lambda m: m.is_active, kind="boolean"),
    Column("last_login", _("Last seen"), lambda m: m.last_login, kind="datetime"),
)

KEY_COLUMNS = (
    Column("id", _("Id"), key_id, width=34),
    Column("name", _("Name"), lambda k: k.name, width=24),
    Column("prefix", _("Begins with"), lambda k: k.prefix),
    Column("scopes", _("Scopes"), lambda k: list(k.scopes), width=40),
    Column("state", _("State"), key_state_label),
    Column("made", _("Made"), lambda k: k.created_at, kind="datetime"),
    Column("expires", _("Expires"), lambda k: k.expires_at, kind="datetime"),
    Column("last_used", _("Last used"), lambda k: k.last_used_at, kind="datetime"),
)


def _matrix(actor: Actor, asked: Asked) -> Matrix:
    return matrix_of(actor=actor, of_partners=asked.query.get("side") == "partners")


def _matrix_columns(actor: Actor, asked: Asked) -> tuple[Column, ...]:
    words = {"yes": _("yes"), "part": _("in part"), "": _("no")}
    roles = [Column(card.code, card.label, partial(_held, card.code, words)) for card in _matrix(actor, asked).cards]
    return (
        Column("id", _("Id"), lambda row: row.ability.key, width=34),
        Column("area", _("Area"), lambda row: area_label(row.ability.area), width=24),
        Column("thing", _("What"), lambda row: row.ability.thing, width=24),
        Column("verb", pgettext_lazy("permission", "May"), lambda row: row.ability.verb, width=24),
        *roles,
    )


def _held(code: str, words: dict[str, Any], row: MatrixRow) -> str:
    return str(words[row.held.get(code, "")])


def _jobs(actor: Actor, asked: Asked) -> QuerySet[Any]:
    rows = jobs_of(actor=actor, state=asked.state)
    return rows if asked.state.descending else rows.reverse()


def _exports(actor: Actor, asked: Asked) -> QuerySet[Any]:
    rows = exports_of(actor=actor, state=asked.state)
    return rows if asked.state.descending else rows.reverse()


def _export_rows(actor: Actor, asked: Asked, wanted: Sequence[UUID]) -> list[Any]:
    found = of_queryset(_exports)["rows"](actor, asked, wanted)
    names = person_names(actor=actor, user_ids=[row.owner_id for row in found if row.owner_id])
    for row in found:
        row.owner_name = names.get(row.owner_id, "")
    return list(found)


def _members(actor: Actor, asked: Asked) -> list[Member]:
    return narrowed(member_list(actor=actor), asked.state, words=member_words, sorts=MEMBER_SORTS)


def _keys(actor: Actor, asked: Asked) -> list[ApiKey]:
    return narrowed(api_key_list(actor=actor), asked.state, words=key_words, sorts=KEY_SORTS)


def _among(rows: Sequence[Any], wanted: Sequence[UUID], key: str) -> list[Any]:
    found = {getattr(row, key): row for row in rows}
    return [found[k] for k in wanted if k in found]


sources.register(
    Source(
        key="jobs", label=_("Jobs"), permission="jobs.job:view", spec=lambda actor, of: job_list_spec(),
        columns=lambda actor, asked: JOB_COLUMNS, shown={"share": ("done", "total"), "took": ("started", "finished")},
        **of_queryset(_jobs),
    )
)  # fmt: skip
sources.register(
    Source(
        key="exports", label=_("Exports"), permission="exports.export:view", spec=lambda actor, of: export_list_spec(),
        columns=lambda actor, asked: EXPORT_COLUMNS, shown={"title": ("title", "format")},
        keys=of_queryset(_exports)["keys"], rows=_export_rows,
    )
)  # fmt: skip
sources.register(
    Source(
        key="members", label=_("People with access"), permission="accounts.person:invite", spec=lambda actor, of: MEMBERS,
        columns=lambda actor, asked: MEMBER_COLUMNS, shown={"name": ("name", "email", "title")},
        keys=lambda actor, asked: [member.person_id for member in _members(actor, asked)],
        rows=lambda actor, asked, wanted: _among(_members(actor, asked), wanted, "person_id"),
    )
)  # fmt: skip
sources.register(
    Source(
        key="api-keys", label=_("API keys"), permission="accounts.person:keys", spec=lambda actor, of: API_KEYS,
        columns=lambda actor, asked: KEY_COLUMNS, shown={"name": ("name", "prefix")},
        keys=lambda actor, asked: [key.pk for key in _keys(actor, asked)],
        rows=lambda actor, asked, wanted: _among(_keys(actor, asked), wanted, "pk"),
    )
)  # fmt: skip
sources.register(
    Source(
        key="roles", label=_("Roles"), permission="accounts.role:view", spec=lambda actor, of: ROLES, columns=_matrix_columns,
        shown={}, keys=lambda actor, asked: [row.key for row in _matrix(actor, asked).rows],
        rows=lambda actor, asked, wanted: _among(_matrix(actor, asked).rows, wanted, "key"),
    )
)  # fmt: skip
