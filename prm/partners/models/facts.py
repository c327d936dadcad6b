"""Where facts come from, and what they were before: provenance, precedence, history, undo (P1, P2)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from prm.accounts.models import Person
from prm.core.models import BaseModel
from prm.core.tables import TableClass
from prm.partners.facts.noted import Noted
from prm.partners.models.company import Company


class SourceKind(models.TextChoices):
    """Kinds of sources, in the order of trust that holds unless ``SourcePrecedence`` says otherwise."""

    MANUAL = "manual", _("Entered")
    PARTNER = "partner", _("Partner")
    QUESTIONNAIRE = "questionnaire", _("Survey")
    REGISTRY = "registry", _("Registry")
    IMPORT = "import", pgettext_lazy("noun", "Import")
    API = "api", _("API")
    COMPUTED = "computed", _("Computed")


class FactStatus(models.TextChoices):
    """Why a value is not the current one."""

    SUPERSEDED = "superseded", _("Replaced by a newer value")
    CORRECTED = "corrected", _("Corrected by hand")
    PROPOSED = "proposed", _("Proposed, a more trusted value stands")
    WITHDRAWN = "withdrawn", _("Taken back")


class FactSource(BaseModel):
    """One import, questionnaire, registry or person that facts come from. ``key`` is stable, e.g. ``import:crm-export``."""

    table_class = TableClass.UNIVERSE
    typeid_prefix = "source"

    kind = models.CharField(max_length=16, choices=SourceKind)
    name = models.CharField(max_length=200)
    key = models.CharField(max_length=120, unique=True, db_collation="C")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class SourcePrecedence(BaseModel):
    """How far a kind of source is trusted: a fact replaces one of equal or higher ``rank``; below it, it is only proposed."""

    table_class = TableClass.UNIVERSE
    typeid_prefix = "precedence"

    kind = models.CharField(max_length=16, choices=SourceKind, unique=True)
    rank = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["rank"]

    def __str__(self) -> str:
        return f"{self.rank} {self.kind}"


class CompanyFact(BaseModel):
    """A value that a fact had, or that was proposed for it. Rows are added, never changed.

    ``value`` is the value as JSON (numbers with decimals as text, a fact of several columns as an object), with the source and the date
    it was true of. ``created_at`` is the moment at which it stopped being current.
    """

    table_class = TableClass.UNIVERSE
    typeid_prefix = "fact"

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="facts", db_index=False)
    field = models.CharField(max_length=40, db_collation="C")
    status = models.CharField(max_length=12, choices=FactStatus)
    value = models.JSONField(null=True)
    source = models.ForeignKey(FactSource, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    as_of = models.DateField(null=True, blank=True)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["company", "field", "-id"], name="fact_of_company")]
        constraints = [models.CheckConstraint(condition=~Q(field=""), name="fact_names_its_field")]

    def __str__(self) -> str:
        return f"{self.field} ({self.status})"

    @classmethod
    def of(cls, company: Company, fact: str, status: str, value: Any, noted: Noted) -> CompanyFact:
        """The row, not saved yet, of a value with what is noted beside it."""
        return cls(
            company=company, field=fact, status=status, value=value, source_id=noted.source_id, as_of=noted.as_of,
            person_id=noted.person_id,
        )  # fmt: skip

    @property
    def noted(self) -> Noted:
        """What is noted beside the value."""
        return Noted(self.source_id, self.as_of, self.person_id)
