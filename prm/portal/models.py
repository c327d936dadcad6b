"""How a partner wants to be recognised in its portal."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from prm.core.models import BaseModel
from prm.core.tables import TableClass
from prm.partners.models import Partner


class BrandColour(models.TextChoices):
    """The colours that a partner chooses from. Each has a shade for light and one for dark ground in the portal's stylesheet, on which
    its white letters are read (``tests/portal/test_brand.py`` measures them); a colour typed freely could not promise that."""

    SLATE = "slate", _("Slate")
    BLUE = "blue", _("Blue")
    VIOLET = "violet", _("Violet")
    RASPBERRY = "raspberry", _("Raspberry")
    BRICK = "brick", _("Brick")
    OCHRE = "ochre", _("Ochre")
    FOREST = "forest", _("Forest")
    PETROL = "petrol", _("Petrol")


class Brand(BaseModel):
    """A partner's colour and logo. ``logo`` names a PNG in file storage that was drawn anew from what was sent, "" for none."""

    table_class = TableClass.OWNED
    portal_may = "SELECT, INSERT, UPDATE"
    typeid_prefix = "brand"

    partner = models.OneToOneField(Partner, on_delete=models.CASCADE, related_name="brand")
    colour = models.CharField(_("colour"), max_length=12, choices=BrandColour, default=BrandColour.SLATE)
    logo = models.CharField(max_length=100, blank=True, db_collation="C")

    def __str__(self) -> str:
        return f"{self.partner_id} {self.colour}"
