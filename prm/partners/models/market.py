"""The market: industries, sizes of customers, and territories as a tree."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from prm.core.models import BaseModel, key_field
from prm.core.tables import TableClass
from prm.core.text import text_key
from prm.core.validation import known_country


class SizeBand(models.TextChoices):
    """Sizes of end customers by employees."""

    MICRO = "micro", _("1 to 9")
    SMALL = "small", _("10 to 49")
    MEDIUM = "medium", _("50 to 249")
    LARGE = "large", _("250 to 999")
    ENTERPRISE = "enterprise", _("1,000 and more")


class Named(BaseModel):
    """Something short with a code and a name, in one or more languages (``names``: language tag → name)."""

    code = models.CharField(_("code"), max_length=60, unique=True, db_collation="C")
    name = models.CharField(_("name"), max_length=200)
    name_key = key_field(db_index=True)
    names = models.JSONField(default=dict, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True
        ordering = ["name_key", "id"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **options: Any) -> None:
        self.name_key = text_key(self.name)
        super().save(*args, **options)

    def name_in(self, language: str) -> str:
        """The name in a language, or the main one."""
        return str(self.names.get(language.split("-", maxsplit=1)[0]) or self.name)

    @property
    def label(self) -> str:
        """The name in the language of the page or file that is being written."""
        return self.name_in(get_language() or "en")


class Industry(Named):
    """What the end customers do: healthcare, local government…"""

    table_class = TableClass.REFERENCE
    typeid_prefix = "industry"

    class Meta(Named.Meta):
        verbose_name = _("industry")
        verbose_name_plural = _("industries")


class Territory(Named):
    """A part of the map that somebody is responsible for. A tree: what lies in a part lies in the whole."""

    table_class = TableClass.REFERENCE
    typeid_prefix = "territory"

    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")

    class Meta(Named.Meta):
        verbose_name = _("territory")
        verbose_name_plural = _("territories")
        constraints = [models.CheckConstraint(condition=~Q(parent=F("id")), name="territory_not_in_itself")]


class TerritoryArea(BaseModel):
    """What a territory covers: a whole country, or one region of it. A company's territories follow from its place."""

    table_class = TableClass.VENDOR
    typeid_prefix = "area"

    territory = models.ForeignKey(Territory, on_delete=models.CASCADE, related_name="areas")
    country = models.CharField(_("country"), max_length=2, db_collation="C", validators=[known_country])
    region = models.CharField(_("region"), max_length=100, blank=True)
    region_key = key_field(default="")

    class Meta:
        ordering = ["country", "region_key"]
        constraints = [
            models.UniqueConstraint(fields=["territory", "country", "region_key"], name="area_once_per_territory"),
            models.CheckConstraint(condition=Q(country__regex=r"^[A-Z]{2}$"), name="area_country_iso2"),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.region}".strip()

    def save(self, *args: Any, **options: Any) -> None:
        self.region_key = text_key(self.region)
        super().save(*args, **options)
