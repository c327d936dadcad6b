"""Everybody sees and changes their own, and nobody else's. Specialists get none: their role reaches published results only."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from prm.access.actors import Actor
from prm.access.policies import Policy, portal_verbs, vendor_verbs, verbs_of_both
from prm.notifications.models import DigestTime, Mail, Notification, Preference

_OWN = verbs_of_both(
    vendor_verbs(managers=[], staff=["view", "edit"]),
    portal_verbs(everybody=["view", "edit"], candidates=["view", "edit"]),
)


def _own(actor: Actor) -> Q:
    if actor.is_system:
        return Q()
    if actor.person_id is None:
        return Q(pk__in=[])
    return Q(person_id=actor.person_id, partner_id=actor.partner_id)


class NotificationPolicy(Policy):
    """What one was told."""

    model = Notification
    name = "notifications.notification"
    label = _("Own notifications")
    api = "notifications"
    verbs = _OWN

    def scope(self, actor: Actor, verb: str) -> Q:
        return _own(actor)


class PreferencePolicy(Policy):
    """How one wants to be told."""

    model = Preference
    name = "notifications.preference"
    part_of = "notifications.notification"
    api = "notifications"
    verbs = _OWN

    def scope(self, actor: Actor, verb: str) -> Q:
        return _own(actor)


class DigestTimePolicy(Policy):
    """When the daily mail leaves."""

    model = DigestTime
    name = "notifications.digest_time"
    part_of = "notifications.notification"
    api = "notifications"
    verbs = _OWN

    def scope(self, actor: Actor, verb: str) -> Q:
        return _own(actor)


class MailPolicy(Policy):
    """Mails are the product's own business; operators look at what did not leave."""

    model = Mail
    name = "notifications.mail"
    label = _("Mails sent")
    verbs = vendor_verbs(managers=[], directors=["view"])
