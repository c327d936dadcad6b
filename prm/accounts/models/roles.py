"""Roles that the vendor made itself, out of the permissions that the product knows (G4); docs/adr/0012-roles-of-ones-own.md."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from prm.access.actors import ROLE_LABELS, VENDOR_ROLES, Role
from prm.accounts.rules.keys import state_of
from prm.core.ids import typeid_encode, uuid7
from prm.core.models import key_field
from prm.core.tables import TableClass
from prm.core.text import text_key

#: What a role can be made from: not the administrator's, which gives what no permission names.
BASES = [role for role in Role if role in VENDOR_ROLES and role is not Role.ADMINISTRATOR]


class CustomRole(models.Model):
    """A role of the vendor's people: ``permissions`` instead of those of ``base``, whose home and views it keeps."""

    table_class = TableClass.IDENTITY
    typeid_prefix = "role"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=80)
    name_key = key_field()
    base = models.CharField(max_length=24, choices=[(role.value, ROLE_LABELS[role]) for role in BASES])
    permissions = ArrayField(models.CharField(max_length=80))
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    #: How many open invitations a change of the role took back that its holders had sent.
    taken_back: int = 0

    class Meta:
        ordering = ["name_key", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name_key"], condition=models.Q(archived_at__isnull=True), name="custom_role_named_once"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **options: Any) -> None:
        self.name_key = text_key(self.name)
        super().save(*args, **options)

    @property
    def state(self) -> str:
        """Changes with its name and with what it may do."""
        return state_of(self.name, sorted(self.permissions))

    @property
    def public_id(self) -> str:
        """``role_…``: the code by which it is given."""
        return typeid_encode(self.typeid_prefix, self.pk)
