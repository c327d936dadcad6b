"""Noticing that somebody guesses at a password, so that the account's owner is told.

The beat looks, not the sign-in: a try costs the same whether its address has an account or not, and whoever guesses learns nothing.
"""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from prm.access.actors import Actor
from prm.access.roles import as_login
from prm.accounts.events import PasswordGuessed
from prm.accounts.models import Person, User
from prm.accounts.selectors.sign_in import Guessed, address_digest, guessed_addresses
from prm.events.publishing import publish

#: An owner is told once in it, however long it goes on.
QUIET = timedelta(days=1)


@transaction.atomic
def guesses_note(*, actor: Actor) -> int:
    """Notes the accounts whose password is being guessed at and whose owner was not told within a day; how many. For the product itself.

    The mark on the account is the claim: two who look at once tell once. Publishes PasswordGuessed, whose letter is
    ``mails.guesses_mail``.
    """
    guessed = guessed_addresses(actor=actor) if actor.is_system else {}
    told = 0
    for user, found in _owners(actor, guessed):
        person = Person.objects.visible_to(actor).filter(user_id=user.pk, archived_at__isnull=True).order_by("pk").first()
        if person is None:  # nothing to come in to
            continue
        with as_login():
            User.objects.filter(pk=user.pk).update(guesses_told_at=timezone.now())
        publish(
            PasswordGuessed(
                subject_id=person.pk, partner_id=person.partner_id, tries=found.tries, places=found.places, began_at=found.began_at
            ),
            actor=actor,
        )  # fmt: skip
        told += 1
    return told


def _owners(actor: Actor, guessed: dict[str, Guessed]) -> list[tuple[User, Guessed]]:
    """The accounts behind digests, locked. Digests are keyed, so every address is asked; only while something is being guessed at."""
    if not guessed:
        return []
    with as_login():
        open_ones = User.objects.filter(
            Q(guesses_told_at__isnull=True) | Q(guesses_told_at__lte=timezone.now() - QUIET), is_active=True
        ).exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)
        behind = {
            key: digest
            for key, email in open_ones.values_list("pk", "email").iterator()
            if (digest := address_digest(actor=actor, email=email)) in guessed
        }
        locked = open_ones.filter(pk__in=list(behind)).select_for_update(skip_locked=True, no_key=True).order_by("pk")
        return [(user, guessed[behind[user.pk]]) for user in locked]
