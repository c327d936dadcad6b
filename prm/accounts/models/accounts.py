"""People and how they get in.

All but ``Person`` are identity tables: only the sign-in login reads them. What others may see of somebody, the name, lives on
``Person``: one for each place that somebody works at.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from prm.access.actors import PARTNER_ROLES, ROLE_LABELS, Role
from prm.accounts.models.roles import CustomRole
from prm.core.ids import typeid_encode, uuid7
from prm.core.models import BaseModel, key_field
from prm.core.tables import TableClass
from prm.core.text import text_key
from prm.core.validation import plain_name, validate

_ROLES_OF_PARTNERS = sorted(role.value for role in PARTNER_ROLES | {Role.CANDIDATE})


class UserManager(BaseUserManager["User"]):
    """Accounts by e-mail address, compared without case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        validate(user, exclude=["password"])
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """An account: somebody who can sign in."""

    table_class = TableClass.IDENTITY

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True)
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=8, default="en")
    theme = models.CharField(max_length=8, default="system", choices=[(t, t) for t in ("system", "light", "dark")])
    density = models.CharField(
        max_length=12, default="normal", choices=[(d, d) for d in ("compact", "normal", "comfortable")]
    )
    created_at = models.DateTimeField(auto_now_add=True)
    guesses_told_at = models.DateTimeField(
        null=True, blank=True
    )  # when its owner was last written to of guesses at the password

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_unique")]

    def __str__(self) -> str:
        return self.email


class Door(models.TextChoices):
    """Whether, and as what, a partner's people come in."""

    CANDIDATE = "candidate", _("Candidate")
    PARTNER = "partner", _("Partner")
    CLOSED = "closed", _("Closed")


class Organisation(models.Model):
    """A partner as signing in knows it: its name and its door. Born with the first of its people; ``prm.partners`` keeps it."""

    table_class = TableClass.IDENTITY

    partner_id = models.UUIDField(primary_key=True, editable=False)
    company_id = models.UUIDField(editable=False)
    name = models.CharField(max_length=200)
    door = models.CharField(max_length=12, choices=Door)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A role that a user holds, for the vendor or (``partner``) for one partner. ``custom``: a role that the vendor made from ``role``,
    whose permissions hold instead."""

    table_class = TableClass.IDENTITY

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=24, choices=[(r.value, ROLE_LABELS[r]) for r in Role])
    partner = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.CASCADE, related_name="memberships")
    custom = models.ForeignKey(
        "accounts.CustomRole", null=True, blank=True, on_delete=models.PROTECT, related_name="memberships"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "partner", "custom"], nulls_distinct=False, name="membership_once_per_role"
            ),
            models.CheckConstraint(
                condition=models.Q(partner__isnull=False, role__in=_ROLES_OF_PARTNERS)
                | (models.Q(partner__isnull=True) & ~models.Q(role__in=_ROLES_OF_PARTNERS)),
                name="membership_role_of_its_side",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.user_id}"

    @property
    def code(self) -> str:
        """The role as it is given and shown: the name of a built-in one, else the public id of one of the vendor's own."""
        return typeid_encode(CustomRole.typeid_prefix, self.custom_id) if self.custom_id else self.role


class StudyPass(models.Model):
    """A study that an outside specialist was invited to (P10), until when."""

    table_class = TableClass.IDENTITY

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="study_passes")
    study_id = models.UUIDField()
    valid_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "study_id"], name="study_pass_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.study_id}"


class Person(BaseModel):
    """Somebody by name, as others see them; may have an account. Where they work hangs on it from ``prm.partners``.

    ``partner`` is set for a partner's own people, who are seen there; NULL for the vendor's, and for contacts that the vendor knows.
    An account that comes in at several places has a person at each.
    """

    table_class = TableClass.OWNED_OR_VENDOR
    portal_may = "SELECT, INSERT, UPDATE"
    typeid_prefix = "person"

    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="people")
    partner = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="people")
    name = models.CharField(_("name"), max_length=200, validators=[plain_name])
    name_key = key_field(db_index=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    title = models.CharField(_("title"), max_length=200, blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name_key", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "partner"], nulls_distinct=False, condition=models.Q(user__isnull=False),
                name="person_once_per_place",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **options: Any) -> None:
        self.name_key = text_key(self.name)
        super().save(*args, **options)


class ApiKey(models.Model):
    """A key that lets a program act for a user, narrowed to scopes. The secret is shown once; only its digest is kept.

    ``partner`` is the place that its owner made it for; NULL for the vendor.
    """

    table_class = TableClass.IDENTITY
    typeid_prefix = "key"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_keys")
    partner = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(max_length=24)
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=60), verbose_name=_("scopes"))
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    #: Who made it, and whether they left the partner that it is for: set by the selector that a partner's administrators read.
    owner_name: str = ""
    is_orphan: bool = False

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
