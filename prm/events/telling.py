"""How events read in a record's history: "Claire Rousset changed 2 facts", and under it what each was and became (G7).

A class's own ``sentence`` is enough for most. Where the event carries what was before and after, its feature adds how that is told::

    @teller(CompanyEdited)
    def edited(data: Mapping[str, Any]) -> Told:
        return Told(_("changed 2 facts"), ["Employees: 12 → 14", "City: Nantes → Lyon"])

Names of people are no part of events. Whoever knows them says so once (``name_people_with``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from babel.numbers import format_decimal
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from prm.access.actors import Actor, ActorKind
from prm.core.registry import Registry
from prm.events.publishing import EVENT_TYPES, Event

CHANGES_SHOWN = 3


@dataclass(frozen=True)
class Told:
    """What happened, as the end of "<who> …", and what each thing was and became."""

    sentence: str
    changes: Sequence[str] = ()


@dataclass(frozen=True)
class Teller:
    """How one type of event is told. ``icon`` is a name of the product's icons."""

    type: str
    tell: Callable[[Mapping[str, Any]], Told] | None = None
    icon: str = "history"


TELLERS: Registry[Teller] = Registry("tellers", key=lambda entry: entry.type)
Namer = Callable[[Actor, Iterable[UUID]], Mapping[UUID, str]]


@dataclass
class _Names:
    """Who knows the people behind accounts' ids."""

    of: Namer = field(default=lambda actor, ids: {})


_names = _Names()


def teller(*events: type[Event], icon: str = "history") -> Callable[[Callable[..., Told]], Callable[..., Told]]:
    """Registers how these events are told, in the language that is active."""

    def register(tell: Callable[..., Told]) -> Callable[..., Told]:
        for event in events:
            TELLERS.register(Teller(event.type, tell, icon))
        return tell

    return register


def icon_of(icon: str, *events: type[Event]) -> None:
    """Gives events that are told by their own sentence another icon than the usual one."""
    for event in events:
        TELLERS.register(Teller(event.type, None, icon))


def name_people_with(namer: Namer) -> None:
    """Says who turns ids of accounts into names; called once, by the package that keeps people."""
    _names.of = namer


def names_of(actor: Actor, ids: Iterable[UUID | None]) -> Mapping[UUID, str]:
    """The names behind accounts' ids, as far as the actor may know them."""
    wanted = {key for key in ids if key is not None}
    return _names.of(actor, wanted) if wanted else {}


def who_is(kind: str, key: UUID | None, names: Mapping[UUID, str]) -> str:
    """Who did it, as the beginning of a sentence."""
    if kind == ActorKind.SYSTEM:
        return _("The product")
    return names.get(key, "") if key and names.get(key) else _("Somebody")


def told(type_: str, data: Mapping[str, Any]) -> Told:
    """An event in the reader's language; the bare type for one that this installation no longer knows."""
    known = EVENT_TYPES.get(type_)
    if known is None:
        return Told(type_)
    tell = TELLERS.get(type_).tell if type_ in TELLERS else None
    return tell(data) if tell else Told(sentence_of(known, data))


def icon_for(type_: str) -> str:
    """The icon of a type."""
    return TELLERS.get(type_).icon if type_ in TELLERS else "history"


class _Figure(int):
    """A number that reads as the reader writes it, and still chooses between singular and plural."""

    def __str__(self) -> str:
        return str(format_decimal(int(self), locale=to_locale(get_language() or "en")))


def sentence_of(known: type[Event], data: Mapping[str, Any]) -> str:
    """A class's own sentence with its figures as the reader writes them, in the plural where it has one (``ngettext_lazy``)."""
    said = {key: _Figure(value) if type(value) is int else value for key, value in data.items()}
    return str(known.sentence % said)


@dataclass(frozen=True)
class HistoryLine:
    """One line of a record's history: "<who> <sentence>", what changed by it, when."""

    id: UUID
    type: str
    at: datetime
    who: str
    actor_kind: str
    actor_id: UUID | None
    sentence: str
    changes: Sequence[str]
    icon: str
    data: Mapping[str, Any]
    url: str = ""

    @property
    def text(self) -> str:
        """The sentence, by the name that every timeline has for it."""
        return self.sentence

    @property
    def about(self) -> str:
        """The first of the changes, and how many more there are."""
        shown = ", ".join(self.changes[:CHANGES_SHOWN])
        more = len(self.changes) - CHANGES_SHOWN
        return _("%(some)s, and %(n)s more") % {"some": shown, "n": more} if more > 0 else shown
