"""Who works at a company: one row for each person and place of work (P1). The person is ``prm.accounts.Person``."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from prm.accounts.models import Person
from prm.core.tables import TableClass
from prm.partners.models.company import Company
from prm.partners.models.details import Sourced


class Department(models.TextChoices):
    """Where in a company somebody works."""

    SALES = "sales", _("Sales")
    MARKETING = "marketing", _("Marketing")
    MANAGEMENT = "management", _("Management")
    ADMINISTRATION = "administration", _("Administration")
    TRAINING = "training", _("Training")
    TECHNICAL = "technical", _("Technical")


class Level(models.TextChoices):
    """How much somebody decides."""

    EXECUTIVE = "executive", _("Executive")
    HEAD = "head", _("Head of department")
    MANAGER = "manager", _("Manager")
    STAFF = "staff", _("Staff")


def _of_person(name: str) -> Any:
    def read(position: Position) -> str:
        return str(getattr(position.person, name))

    return property(read)


class Position(Sourced):
    """A person's place at a company. What names the person is kept with the person, so that histories hold codes and ids only; it is
    read here, and written by ``services.people.person_write``."""

    table_class = TableClass.VENDOR
    typeid_prefix = "position"

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="positions", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="positions", verbose_name=_("person"))
    department = models.CharField(_("department"), max_length=16, choices=Department, null=True, blank=True)
    level = models.CharField(_("level"), max_length=12, choices=Level, null=True, blank=True)

    name = _of_person("name")
    title = _of_person("title")
    email = _of_person("email")
    phone = _of_person("phone")

    class Meta:
        ordering = ["id"]
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [models.UniqueConstraint(fields=["company", "person"], name="position_once")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.department or ''}".strip()
