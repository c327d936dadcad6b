"""Saved views of list pages: a name for a query string."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from prm.access.actors import VENDOR_ROLE_LABELS
from prm.accounts.models import Person
from prm.core.models import BaseModel
from prm.core.tables import TableClass


class SavedView(BaseModel):
    """A list page as somebody wants to see it again: search, filters, sort and columns, all in ``query``.

    ``list_name`` names the list (``prm.views.lists``). A shared view is seen by all of the vendor's people who see the list, and
    changed by its owner. ``is_default`` is the one that the list opens with for its owner; ``role`` the one that it opens with for
    everybody of that role who has no such view of their own.
    """

    table_class = TableClass.VENDOR
    typeid_prefix = "view"

    list_name = models.CharField(max_length=60, db_collation="C")
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=2000, blank=True)
    is_default = models.BooleanField(_("opens first"), default=False)
    is_shared = models.BooleanField(_("shared with everybody"), default=False)
    role = models.CharField(
        _("opens first for"),
        max_length=24,
        blank=True,
        choices=[(role.value, label) for role, label in VENDOR_ROLE_LABELS.items()],
    )
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="saved_views")
    position = models.PositiveSmallIntegerField(default=100)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["list_name", "person", "name"], name="views_name_once"),
            models.UniqueConstraint(fields=["list_name", "person"], condition=Q(is_default=True), name="views_one_default"),
            models.UniqueConstraint(fields=["list_name", "role"], condition=~Q(role=""), name="views_one_per_role"),
            models.CheckConstraint(condition=~Q(name=""), name="views_has_a_name"),
            models.CheckConstraint(condition=Q(role="") | Q(is_shared=True), name="views_of_a_role_is_shared"),
        ]
        indexes = [models.Index(fields=["list_name", "position"], name="views_by_list")]

    def __str__(self) -> str:
        return self.name
