"""What happens to accounts. Ids only: names and addresses are read from the record when history is shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from prm.events.publishing import Event


class MemberAdded(Event, subject="person", sentence=_("gave access to")):
    """Somebody may sign in now, or has a further role."""

    roles: list[str]


class MemberDeactivated(Event, subject="person", sentence=_("ended the access of")):
    """Somebody may not sign in any more."""


class MemberActivated(Event, subject="person", sentence=_("gave access again to")):
    """Somebody may sign in again."""


class PersonErased(Event, subject="person", sentence=_("erased the personal data of")):
    """Somebody was forgotten for good; what stays is under a pseudonym."""


class MemberRolesChanged(Event, subject="person", sentence=_("changed the roles of")):
    """Somebody holds other roles now: by the names of the roles."""

    roles: list[str]
    before: list[str]


class MemberRemoved(Event, subject="person", sentence=_("ended the access of")):
    """Somebody of a partner does not come in for that partner any more."""


class MemberStepsReset(Event, subject="person", sentence=_("took the second steps off the account of")):
    """Somebody who lost their phone and their codes sets a second step up anew."""


class PasswordGuessed(Event, subject="person", sentence=_("noticed guesses at the password of")):
    """Somebody guesses at the password of an account: its owner is written to, once a day. Wrong passwords, and internet addresses that
    they came from, within a quarter of an hour or, where somebody takes their time, a day."""

    tries: int
    places: int
    began_at: datetime


class InvitationSent(Event, subject="invite", sentence=_("invited somebody")):
    """A door stands open for one address. Address and name are read from the invitation; the link is in its letter alone."""

    roles: list[str]
    expires_at: datetime
    letter: int = 1


class InvitationResent(Event, subject="invite", sentence=_("sent the invitation again")):
    """A new link, in another letter; the one from before opens nothing any more."""

    expires_at: datetime
    letter: int = 1


class InvitationChanged(Event, subject="invite", sentence=_("changed which studies the invitation opens, or until when")):
    """Whoever comes in by it sees these studies until then. Its link is the same."""

    studies: int
    until: datetime | None


class InvitationRevoked(Event, subject="invite", sentence=_("took the invitation back")):
    """The link opens nothing any more."""


class InvitationAccepted(Event, subject="invite", sentence=_("accepted the invitation")):
    """Somebody came in by it; ``person_id`` is who they are at that place."""

    person_id: UUID


class ApiKeyCreated(Event, subject="api_key", sentence=_("made the API key %(prefix)s…")):
    """A program may act for somebody now. Of its secret only what is shown in lists is told."""

    prefix: str
    scopes: list[str]
    expires_at: datetime | None


class ApiKeyRevoked(Event, subject="api_key", sentence=_("revoked the API key %(prefix)s…")):
    """A key opens nothing any more."""

    prefix: str


class RoleMade(Event, subject="role", sentence=_("made the role")):
    """The vendor has another role of its own: what it was made from, and what it may do."""

    base: str
    permissions: list[str]


class RoleChanged(Event, subject="role", sentence=_("changed the role")):
    """Whoever holds the role may do more, or less, from now on."""

    given: list[str]
    taken: list[str]


class RoleArchived(Event, subject="role", sentence=_("put the role away")):
    """The role is given no more."""


class RoleRestored(Event, subject="role", sentence=_("brought the role back")):
    """The role can be given again."""


class ProviderAdded(Event, subject="idp", sentence=_("set up the sign-in by")):
    """A company's own sign-in is known now; it is switched on by an act of its own."""

    kind: str
    domains: list[str]


class ProviderEdited(Event, subject="idp", sentence=_("changed the sign-in by")):
    """By the names of what changed: never the values, among which is a secret."""

    changed: list[str]


class ProviderSwitched(Event, subject="idp", sentence=_("switched the sign-in on or off by")):
    """Whether people sign in by it from now on."""

    on: bool


class ProviderRemoved(Event, subject="idp", sentence=_("took away the sign-in by")):
    """It opens no account any more."""


class SignInRulesChanged(Event, subject="sign_in_rules", sentence=_("changed the rules of signing in")):
    """Holds at once, for sessions that are open too. What changed, before and after."""

    before: dict[str, Any]
    after: dict[str, Any]
