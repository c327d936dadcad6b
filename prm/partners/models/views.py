"""Saved views of list pages: a name for a query string."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from prm.accounts.models import Person
from prm.core.models import BaseModel
from prm.core.tables import TableClass


class SavedView(BaseModel):
    """A list page as somebody wants to see it again: filters, sort and columns, all in ``query``.

    ``page`` names the list (``partners:companies``, ``profiling:studies``). A shared view is seen by all of the vendor's people and
    changed by its owner; ``is_default`` is the one that the list opens with, for its owner alone.
    """

    table_class = TableClass.VENDOR
    typeid_prefix = "view"

    page = models.CharField(max_length=60, db_collation="C")
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=2000, blank=True)
    is_default = models.BooleanField(_("opens first"), default=False)
    is_shared = models.BooleanField(_("shared with everybody"), default=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="saved_views")
    position = models.PositiveSmallIntegerField(default=100)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["page", "person", "name"], name="saved_view_name_once"),
            models.UniqueConstraint(fields=["page", "person"], condition=Q(is_default=True), name="saved_view_one_default"),
            models.CheckConstraint(condition=~Q(name=""), name="saved_view_has_a_name"),
        ]
        indexes = [models.Index(fields=["page", "position"], name="saved_view_page")]

    def __str__(self) -> str:
        return self.name
