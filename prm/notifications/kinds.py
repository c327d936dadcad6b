"""The kinds of notifications. A feature declares its own in ``notifying.py``, called by its AppConfig's ``ready``::

    KINDS.register(NotificationKind(
        key="partners.moved", label=_("A partner of mine moved"), one=_("%(name)s moved to %(after)s"), many=_("%(n)s partners moved"),
        icon="building", subject_type="partner", named=_partners, words=_stages, default=Channel.IN_APP))

and tells people from a receiver: ``notify(actor=actor, kind="partners.moved", people=[manager], happened=happened)``.

``named(actor, ids)`` finds name and address of those records that ``actor`` may see; the others are not told of, neither on a page nor
in a mail. ``words(data)`` turns codes into words of the reader's language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from prm.access.actors import PORTAL_DOOR, VENDOR_DOOR, Actor, ActorKind
from prm.core.registry import Registry
from prm.notifications.models import Channel


@dataclass(frozen=True)
class Named:
    """A record as a notification names it; ``url`` is a path, "" when there is nowhere to go."""

    name: str
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class NotificationKind:
    """One kind. ``one`` takes ``%(name)s`` and the words of its data, ``many`` takes ``%(n)s``; both also head the mail.

    ``doors`` say who may get it. ``tells_doer``: also whoever did it. ``joins``: several within minutes become one.
    """

    key: str
    label: Any
    one: Any
    many: Any
    subject_type: str
    named: Callable[[Actor, Sequence[UUID]], Mapping[UUID, Named]]
    words: Callable[[Mapping[str, Any]], Mapping[str, Any]] = lambda data: {}
    icon: str = "bell"
    default: Channel = Channel.IN_APP
    doors: frozenset[ActorKind] = VENDOR_DOOR
    tells_doer: bool = False
    joins: bool = True
    order: int = 100

    def is_for(self, partner_id: UUID | None) -> bool:
        """Whether people of this place get it: a partner's, or (None) the vendor's."""
        return bool(self.doors & (VENDOR_DOOR if partner_id is None else PORTAL_DOOR))


KINDS: Registry[NotificationKind] = Registry(
    "notification kinds", key=lambda kind: kind.key, order=lambda kind: (kind.order, kind.key)
)
