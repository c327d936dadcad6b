"""Whom of the vendor a partner may call or write to."""

from __future__ import annotations

from django.db import models

from prm.accounts.models import Person
from prm.core.models import BaseModel
from prm.core.tables import TableClass, Whose
from prm.partners.models.partner import Partner


class PartnerContact(BaseModel):
    """The vendor's person who looks after a partner, as that partner reads them: name, title, address and telephone.

    A copy, and on purpose: ``Person`` is reached by one condition (the partner's own people), which both walls are generated from. A
    second condition there would open a table full of other people's names to the portal; a small owned table opens four columns of one
    person. Triggers keep it equal to ``Partner.account_manager``, whoever writes that (services, imports, merges), and to the person;
    somebody who left is nobody's contact.
    """

    table_class = TableClass.OWNED
    typeid_prefix = "contact"
    points_to = {"person": Whose.VENDOR}

    partner = models.OneToOneField(Partner, on_delete=models.CASCADE, related_name="contact")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    title = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
