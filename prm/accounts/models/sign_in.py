"""How people come in: invitations, and who tried to sign in. Identity tables."""

from __future__ import annotations

from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from prm.accounts.rules.keys import state_of
from prm.core.ids import typeid_encode, uuid7
from prm.core.tables import TableClass
from prm.core.validation import plain_name

LANGUAGE = 8


class Invitation(models.Model):
    """A door that opens once, for one address, until a day.

    Each of its letters, counted, has a link of its own, of which the last one opens (``links``); the token is kept as its digest.
    """

    table_class = TableClass.IDENTITY
    typeid_prefix = "invite"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=200, validators=[plain_name])
    language = models.CharField(max_length=LANGUAGE, default="en")
    partner = models.ForeignKey(
        "accounts.Organisation", null=True, blank=True, on_delete=models.CASCADE, related_name="invitations"
    )
    roles = ArrayField(models.CharField(max_length=40), default=list)  # codes: ``prm.accounts.selectors.roles``
    study_ids = ArrayField(models.UUIDField(), default=list, blank=True)  # what a specialist sees
    studies_until = models.DateTimeField(null=True, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    letters = models.PositiveSmallIntegerField(default=1, db_default=1)
    invited_by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    inviter_name = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["partner", "-created_at"], name="access_invitation_partner")]
        constraints = [
            models.UniqueConstraint(
                Lower("email"), "partner", nulls_distinct=False, name="invitation_open_once",
                condition=models.Q(accepted_at__isnull=True, revoked_at__isnull=True),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.email} {self.created_at:%F}"

    @property
    def public_id(self) -> str:
        """``invite_…``."""
        return typeid_encode(self.typeid_prefix, self.pk)

    @property
    def studies_state(self) -> str:
        """Changes with the studies that it opens and with their last day."""
        return state_of(sorted(str(key) for key in self.study_ids), self.studies_until)

    #: Names of the roles in the reader's language, set by the selectors that show them.
    role_names: list[str] = []
    #: Titles of the studies, likewise.
    study_names: list[str] = []
    #: Those of ``study_ids`` that were archived meanwhile, likewise.
    archived_ids: list[UUID] = []

    @property
    def state(self) -> str:
        """``open``, ``accepted``, ``revoked`` or ``expired``."""
        if self.accepted_at is not None:
            return "accepted"
        if self.revoked_at is not None:
            return "revoked"
        return "open" if self.expires_at > timezone.now() else "expired"


class SignIn(models.Model):
    """An attempt to sign in, also one that failed: kept although nothing else of it was. The address tried is kept as a keyed digest."""

    table_class = TableClass.IDENTITY

    class Outcome(models.TextChoices):
        """What became of it."""

        IN = "in", _("Signed in")
        REFUSED = "refused", _("Refused")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.CASCADE, related_name="sign_ins")
    address_digest = models.CharField(max_length=64)
    outcome = models.CharField(max_length=8, choices=Outcome)
    way = models.CharField(max_length=12)
    ip = models.GenericIPAddressField(null=True)
    device = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["address_digest", "-at"], name="sign_in_address"),
            models.Index(fields=["ip", "-at"], name="sign_in_ip", condition=models.Q(outcome="refused")),
            models.Index(fields=["user", "-at"], name="sign_in_user"),
            models.Index(fields=["at"], name="sign_in_at"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.at:%F %T}"
