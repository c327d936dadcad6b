"""Our products in families, exchange rates, and what partners bought."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from prm.core.models import BaseModel
from prm.core.tables import TableClass
from prm.core.validation import known_currency
from prm.partners.models.facts import FactSource
from prm.partners.models.market import Named
from prm.partners.models.partner import Partner


class ExchangeRate(BaseModel):
    """Units of ``to_currency`` for one of ``from_currency`` from ``day`` on, until a later day has another."""

    table_class = TableClass.VENDOR
    typeid_prefix = "rate"

    day = models.DateField(_("day"))
    from_currency = models.CharField(max_length=3, db_collation="C")
    to_currency = models.CharField(max_length=3, db_collation="C")
    rate = models.DecimalField(max_digits=20, decimal_places=10)
    source = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["from_currency", "to_currency", "-day"]
        constraints = [
            models.UniqueConstraint(fields=["from_currency", "to_currency", "day"], name="rate_once_per_day"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="rate_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.from_currency}/{self.to_currency} {self.day}"


class ProductFamily(Named):
    """A family of our products."""

    table_class = TableClass.REFERENCE
    typeid_prefix = "family"

    class Meta(Named.Meta):
        verbose_name = _("product family")
        verbose_name_plural = _("product families")


class Product(Named):
    """One of our products. Prices in ``currency``; the dealer's price is what a partner pays."""

    table_class = TableClass.VENDOR
    typeid_prefix = "product"

    family = models.ForeignKey(ProductFamily, null=True, blank=True, on_delete=models.PROTECT, related_name="products")
    sku = models.CharField(_("SKU"), max_length=60, null=True, blank=True)
    line = models.CharField(_("line"), max_length=100, null=True, blank=True)
    currency = models.CharField(
        _("currency"), max_length=3, null=True, blank=True, db_collation="C", validators=[known_currency]
    )
    list_price = models.DecimalField(_("list price"), max_digits=19, decimal_places=4, null=True, blank=True)
    dealer_price = models.DecimalField(_("dealer price"), max_digits=19, decimal_places=4, null=True, blank=True)
    unit_cost = models.DecimalField(_("unit cost"), max_digits=19, decimal_places=4, null=True, blank=True)

    class Meta(Named.Meta):
        verbose_name = _("product")
        verbose_name_plural = _("products")
        # Order lines name a product by any of these (its code is unique already).
        indexes = [models.Index(fields=["sku"], name="product_sku"), models.Index(fields=["name_key"], name="product_name")]
        constraints = [
            models.CheckConstraint(condition=Q(**{f"{name}__gte": 0}), name=f"product_{name}_not_negative")
            for name in ("list_price", "dealer_price", "unit_cost")
        ]


class Sale(BaseModel):
    """One order line that a partner bought. (source, order, line) makes bringing it twice harmless.

    ``quantity`` and ``amount`` may be negative: a credit note. ``amount_reporting`` is in the installation's currency at ``rate_day``'s
    rate; NULL where no rate was known.
    """

    table_class = TableClass.OWNED
    typeid_prefix = "sale"

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="sales", db_index=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="sales", db_index=False)
    sold_on = models.DateField(_("sold on"))
    quantity = models.DecimalField(_("quantity"), max_digits=19, decimal_places=4)
    amount = models.DecimalField(_("amount"), max_digits=19, decimal_places=4)
    currency = models.CharField(_("currency"), max_length=3, db_collation="C", validators=[known_currency])
    amount_reporting = models.DecimalField(max_digits=19, decimal_places=4, null=True, blank=True, editable=False)
    rate_day = models.DateField(null=True, blank=True, editable=False)
    cost = models.DecimalField(_("cost"), max_digits=19, decimal_places=4, null=True, blank=True)
    source_key = models.CharField(max_length=120, default="manual", db_collation="C")
    source = models.ForeignKey(FactSource, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    order_number = models.CharField(_("order number"), max_length=60, db_collation="C")
    order_line = models.PositiveIntegerField(_("line"), default=1)

    class Meta:
        ordering = ["-sold_on", "-id"]
        verbose_name = _("sale")
        verbose_name_plural = _("sales")
        constraints = [
            models.UniqueConstraint(fields=["source_key", "order_number", "order_line"], name="sale_once"),
            models.CheckConstraint(condition=~Q(order_number=""), name="sale_has_an_order"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="sale_currency_iso"),
        ]
        indexes = [
            models.Index(fields=["partner", "-sold_on", "-id"], name="sale_of_partner"),
            models.Index(fields=["-sold_on", "-id"], name="sale_by_day"),
            models.Index(fields=["product", "sold_on"], name="sale_of_product"),
        ]

    def __str__(self) -> str:
        return f"{self.order_number}/{self.order_line}"
