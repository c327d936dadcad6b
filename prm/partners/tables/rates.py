"""How exchange rates are listed and exported."""

from __future__ import annotations

from decimal import Decimal
from operator import attrgetter

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from prm.exports.writers import Column as ExportColumn
from prm.partners.models import ExchangeRate
from prm.ui import formats, marks
from prm.ui.tables import Column, ListSpec


def rate_words(rate: ExchangeRate) -> str:
    """``1 USD = 0.920 EUR``."""
    # As many decimals in every line of the list; a currency whose unit is worth little needs more of them.
    worth = formats.number(rate.rate, 3 if rate.rate >= Decimal("0.1") else 6)
    return _("1 %(one)s = %(rate)s %(into)s") % {"one": rate.from_currency, "rate": worth, "into": rate.to_currency}


def _currency(rate: ExchangeRate) -> SafeString:
    url = reverse("vendor:partners:rate-edit", args=[rate.public_id])
    return marks.named(url, rate.from_currency, formats.capital(formats.locale().currencies.get(rate.from_currency, "")))


RATES = ListSpec(
    name="rates", sort="-day",
    columns=(
        Column(key="currency", label=gettext_lazy("Currency"), cell=_currency, sort="currency", locked=True, phone="name"),
        Column(key="rate", label=gettext_lazy("Rate"), cell=rate_words, phone="figure", numeric=True),
        Column(key="day", label=gettext_lazy("From this day on"), cell=lambda r: formats.day(r.day), sort="day", phone="meta"),
        Column(key="source", label=gettext_lazy("Source"), cell=lambda r: r.source or None),
    ),
)  # fmt: skip

RATE_EXPORT = (
    ExportColumn("currency", gettext_lazy("Currency"), attrgetter("from_currency"), width=8),
    ExportColumn("rate", gettext_lazy("Rate"), attrgetter("rate"), kind="rate"),
    ExportColumn("into", gettext_lazy("Into"), attrgetter("to_currency"), width=8),
    ExportColumn("day", gettext_lazy("From this day on"), attrgetter("day"), kind="date"),
    ExportColumn("source", gettext_lazy("Source"), lambda r: r.source or None, width=28),
)


def order_of(sort: str, *, descending: bool) -> list[str]:
    """The columns that a list sorted by ``sort`` is read by."""
    mark = "-" if descending else ""
    return [f"{mark}from_currency", "-day"] if sort == "currency" else [f"{mark}day", "from_currency"]
