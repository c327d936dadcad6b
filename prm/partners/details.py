"""What hangs on a company, as kinds: people, sites, customers, offers, vendors carried, market shares, ids elsewhere. No reading.

One declaration each for services, pages and API: a new kind of detail is one entry here, one serializer, and one line of words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from prm.accounts.models import Person
from prm.core.models import BaseModel
from prm.partners.models import (
    CompanyExternalId,
    CustomerMix,
    Industry,
    MarketShare,
    OfferCarried,
    OfferCategory,
    Position,
    Site,
    Territory,
    Vendor,
    VendorCarried,
)
from prm.partners.models.details import Sourced
from prm.partners.models.market import Named


@dataclass(frozen=True)
class DetailKind:
    """One kind of detail.

    ``fields`` is what may be said of one, ``references`` those among them that name a record by its code. ``once`` are the fields that
    tell two of a company apart; ``any_of`` those of which one at least is said. ``share`` is the field whose values are parts of one
    whole, the company's business. ``personal`` fields name the record's ``person`` and are kept there: no history holds them.
    """

    slug: str
    model: type[BaseModel]
    policy: str
    label: Any
    one: Any
    fields: tuple[str, ...]
    references: Mapping[str, type[Named]] = field(default_factory=dict)
    once: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    share: str = ""
    personal: tuple[str, ...] = ()

    @property
    def entered(self) -> tuple[str, ...]:
        """All that may be said of one."""
        return (*self.personal, *self.fields)

    def column(self, name: str) -> Any:
        """The model field that holds ``name``."""
        model = Person if name in self.personal else self.model
        return model._meta.get_field(name)

    @property
    def is_sourced(self) -> bool:
        """Whether each record says where it comes from and when it was true."""
        return issubclass(self.model, Sourced)

    def said(self, record: Any) -> dict[str, Any]:
        """A record as plain values, as its history keeps them: references as codes, shares as text."""
        return {name: _plain(name, getattr(record, name), self.references) for name in self.fields}


DETAILS: Mapping[str, DetailKind] = {
    kind.slug: kind
    for kind in (
        DetailKind(
            "people", Position, "partners.position", _("People"), _("person"), ("department", "level"),
            any_of=("name",), personal=("name", "title", "email", "phone"),
        ),
        DetailKind(
            "sites", Site, "partners.site", _("Sites"), _("site"),
            ("kind", "name", "street", "postal_code", "city", "region", "country", "latitude", "longitude", "employees"),
            any_of=("city", "name", "country", "region", "street", "postal_code"),
        ),
        DetailKind(
            "customers", CustomerMix, "partners.customer_mix", _("Customers"), _("part of its customers"),
            ("industry", "size", "territory", "share"), {"industry": Industry, "territory": Territory},
            once=("industry", "size", "territory"), any_of=("industry", "size", "territory"), share="share",
        ),
        DetailKind(
            "vendors", VendorCarried, "partners.vendor_carried", _("Vendors it carries"), _("vendor carried"),
            ("vendor", "share_of_business", "since_year", "level"), {"vendor": Vendor},
            once=("vendor",), any_of=("vendor",), share="share_of_business",
        ),
        DetailKind(
            "offers", OfferCarried, "partners.offer_carried", _("What it offers"), _("offer"),
            ("category", "relation", "share_of_business"), {"category": OfferCategory},
            once=("category",), any_of=("category",), share="share_of_business",
        ),
        DetailKind(
            "market-shares", MarketShare, "partners.market_share", _("Market shares"), _("market share"),
            ("industry", "territory", "year", "share"), {"industry": Industry, "territory": Territory},
            once=("industry", "territory", "year"),
        ),
        DetailKind(
            "external-ids", CompanyExternalId, "partners.external_id", _("Ids in other systems"), _("id in another system"),
            ("source", "external_id"), any_of=("source",),
        ),
    )
}  # fmt: skip


#: Shares that were rounded may add up to a little more than one without being wrong.
ROUNDING = Decimal("0.005")


@dataclass(frozen=True)
class Whole:
    """What the shares of a company's business add up to: how much is told, how much nobody knows, how much is too much. 0 to 1."""

    told: Decimal
    unknown: Decimal
    over: Decimal


def whole(shares: list[Decimal | None]) -> Whole | None:
    """Sums up shares; None where not one is known.

    >>> whole([Decimal("0.7"), Decimal("0.5"), None]).over
    Decimal('0.2')
    """
    known = [share for share in shares if share is not None]
    if not known:
        return None
    told = sum(known, Decimal())
    over = told - 1 if told - 1 > ROUNDING else Decimal()
    return Whole(told, max(Decimal(), 1 - told), over)


def _plain(name: str, value: Any, references: Mapping[str, type[Named]]) -> Any:
    if value is None or value == "":
        return None
    if name in references:
        return value.code
    return str(value.normalize()) if isinstance(value, Decimal) else value
