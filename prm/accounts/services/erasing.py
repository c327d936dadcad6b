"""Erasing a person (G10): name, addresses and account go, what happened stays under a pseudonym, and the audit chain still verifies."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import connection, models, transaction
from django.db.models import Q
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from prm.access.actors import Actor, Role
from prm.access.roles import as_sign_in, as_system
from prm.access.rowsecurity import table_class
from prm.accounts.erasing import TextCopy, copies, is_telling, pseudonym_of, without
from prm.accounts.events import PersonErased
from prm.accounts.models import Invitation, Membership, Person, SignIn, User
from prm.accounts.selectors.erasing import person_to_erase
from prm.accounts.selectors.sign_in import address_digest
from prm.accounts.services.security import sessions_end_all
from prm.core.errors import Conflict
from prm.core.tables import TableClass
from prm.events.publishing import publish
from prm.events.services import personal_erase


@transaction.atomic
def person_erase(*, actor: Actor, person_id: UUID | str) -> Person:
    """Forgets somebody for good, at every place where their account came in; not to be undone.

    Gone: name, title, addresses, telephone; the account with its password, second steps, sessions, keys, memberships and sign-ins;
    invitations; what they were told; what events say in words about them; copies of all that elsewhere. Staying, because they are the
    business's and not the person's: that somebody worked there, decided and was spoken with, under a pseudonym of the person's id, which
    events and the audit chain carry. Publishes PersonErased. Raises NotFound, Denied, Conflict (``yourself``, ``administrator``).
    """
    asked = person_to_erase(actor=actor, person_id=person_id)
    if asked.user_id is not None and asked.user_id == actor.user_id:
        raise Conflict("yourself", _("Somebody else has to erase you."))
    with as_sign_in():
        user = User.objects.filter(pk=asked.user_id).first() if asked.user_id else None
        if user is not None and Membership.objects.filter(user=user, role=Role.ADMINISTRATOR).exists():
            raise Conflict("administrator", _("Take the administrator’s role from them first."))
    with as_system("erasing a person") as system:
        which = Q(pk=asked.pk) | Q(user_id=asked.user_id) if asked.user_id else Q(pk=asked.pk)
        people = list(Person.objects.visible_to(system).filter(which).select_for_update(of=("self",)))
        said = _said(people, user)
        for person in people:
            personal_erase(actor=system, person_id=person.pk)
            _rename(person)
        for copy in copies:
            _forget(copy, people, said, pseudonym_of(asked))
    if user is not None:
        sessions_end_all(actor=actor, user_id=user.pk)
    with as_sign_in():
        _forget_account(actor, user, said)
    for person in people:
        publish(PersonErased(subject_id=person.pk, partner_id=person.partner_id), actor=actor)
    return next(person for person in people if person.pk == asked.pk)


def _said(people: Sequence[Person], user: User | None) -> list[str]:
    """What they are called, the longest first."""
    said = {text.strip() for person in people for text in (person.name, person.email, person.phone)}
    if user is not None:
        said.add(user.email)
    return sorted(said - {""}, key=len, reverse=True)


def _rename(person: Person) -> None:
    person.name, person.email, person.title, person.phone, person.user_id = pseudonym_of(person), "", "", "", None
    person.archived_at = person.archived_at or timezone.now()
    person.save()


def _forget(copy: TextCopy, people: Sequence[Person], said: Sequence[str], pseudonym: str) -> None:
    """Takes the texts out of a feature's columns, or the rows away."""
    rows = copy.model._default_manager.all()
    if copy.by:
        rows = rows.filter(**{f"{copy.by}__in": [person.pk for person in people]})
        if copy.whole:
            rows.delete()
            return
    else:
        said = [text for text in said if is_telling(text)]
        rows = _holding(copy, rows, said)
    for row in rows:
        changed = {name: without(getattr(row, name), said, pseudonym) for name in copy.fields}
        if all(getattr(row, name) == value for name, value in changed.items()):
            continue  # it only looks like one of the texts
        if copy.whole and _is_theirs(copy, row, {person.partner_id for person in people}):
            if copy.path:
                transaction.on_commit(partial(default_storage.delete, getattr(row, copy.path)))
            copy.model._default_manager.filter(pk=row.pk).delete()
        else:
            copy.model._default_manager.filter(pk=row.pk).update(**changed)


def _holding(copy: TextCopy, rows: models.QuerySet[Any], said: Sequence[str]) -> models.QuerySet[Any]:
    """The rows in which one of the texts stands, perhaps as a part of another."""
    texts = {f"_{name}": Cast(name, models.TextField()) for name in copy.fields}
    holds = Q()
    for text in said:
        for name in texts:
            holds |= Q(**{f"{name}__icontains": text})
    return rows.annotate(**texts).filter(holds) if holds else rows.none()


def _is_theirs(copy: TextCopy, row: Any, places: Collection[UUID | None]) -> bool:
    return not copy.partner or getattr(row, copy.partner) in places


def _forget_account(actor: Actor, user: User | None, said: Sequence[str]) -> None:
    """Removes the account and everything of signing in that is theirs, as the login that alone reaches it."""
    addresses = [text for text in said if "@" in text]
    for text in addresses:
        Invitation.objects.filter(email__iexact=text).delete()
        SignIn.objects.filter(address_digest=address_digest(actor=actor, email=text)).delete()
    with connection.cursor() as cursor:
        # Answers kept for programs that ask twice: for a day, but they repeat what was written.
        for text in filter(is_telling, said):
            cursor.execute("DELETE FROM api_idempotencyrecord WHERE position(%s::bytea in body) > 0", [text.encode()])
    if user is None:
        return
    sent = Invitation.objects.filter(invited_by=user)
    sent.update(inviter_name="")
    sent.filter(accepted_at__isnull=True, revoked_at__isnull=True).update(revoked_at=timezone.now())
    for relation in User._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel) or table_class(relation.related_model) is not TableClass.IDENTITY:
            continue
        model: Any = relation.related_model
        rows = model._base_manager.filter(**{relation.field.name: user.pk})
        if relation.on_delete is models.SET_NULL:
            rows.update(**{relation.field.name: None})
        else:
            rows.delete()
    with connection.cursor() as cursor:
        # Not through the ORM, which would look for people, whom this login may not read.
        cursor.execute("DELETE FROM accounts_user WHERE id = %s", [user.pk])
