"""The rules of signing in, as an administrator set them: an identity table of one row. Without it the installation's settings hold."""

from __future__ import annotations

from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from prm.core.tables import TableClass

#: The key of the one row.
THE_RULES = UUID("01900000-0000-7000-8000-000000000001")


class SignInRules(models.Model):
    """``prm.accounts.rules.sign_in.Rules``, kept."""

    table_class = TableClass.IDENTITY
    typeid_prefix = "sign_in_rules"

    id = models.UUIDField(primary_key=True, default=THE_RULES, editable=False)
    partner_second_step = models.BooleanField(_("a second step is asked of partners’ people"))
    staff_idle_minutes = models.PositiveIntegerField()
    staff_most_hours = models.PositiveIntegerField()
    partner_idle_minutes = models.PositiveIntegerField()
    partner_most_hours = models.PositiveIntegerField()
    invitation_days = models.PositiveSmallIntegerField()
    invitation_domains = ArrayField(models.CharField(max_length=200), default=list)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=THE_RULES), name="sign_in_rules_once")]

    def __str__(self) -> str:
        return "rules of signing in"
