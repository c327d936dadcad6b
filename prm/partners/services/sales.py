"""Recording order lines. Sending one twice is harmless: (source, order, line) is recorded once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.errors import Conflict, Denied, Faults
from prm.core.text import text_key
from prm.core.validation import validate
from prm.events.publishing import publish
from prm.partners.events import SaleRecorded
from prm.partners.models import Partner, Product, Sale, SourceKind
from prm.partners.selectors.exchange_rates import reporting_amount
from prm.partners.services.facts import fact_source_ensure

#: What must be the same for a line sent again to be the same line.
_SAID = ("partner_id", "product_id", "sold_on", "quantity", "amount", "currency", "cost")


@transaction.atomic
def sale_create(
    *, actor: Actor, partner_id: UUID, product_id: UUID, sold_on: date, quantity: Decimal, amount: Decimal, currency: str,
    order_number: str, order_line: int = 1, cost: Decimal | None = None, source: str = "api",
) -> tuple[Sale, bool]:  # fmt: skip
    """Records one order line of ``source``; whether it is new. Negative quantity and amount are a credit note.

    The amount is also kept in the reporting currency, at the rate of the day sold; unknown where there is none. Publishes SaleRecorded
    for a new line. Raises Denied; Invalid (``partner``, ``product`` or another field); Conflict (``sale_differs``) when the line was
    recorded before with other values.
    """
    authorize(actor, "partners.sale:create")
    key, faults = text_key(source), Faults()
    if not key:
        faults.add("source_missing", _("Say from which system the line comes."), field="source")
    _check_references(actor, partner_id, product_id, faults)
    reporting = reporting_amount(actor=actor, amount=amount, currency=currency, day=sold_on)
    sale = Sale(
        partner_id=partner_id, product_id=product_id, sold_on=sold_on, quantity=quantity, amount=amount, currency=currency,
        cost=cost, order_number=order_number, order_line=order_line, source_key=key, amount_reporting=reporting,
        rate_day=None if reporting is None else sold_on,
    )  # fmt: skip
    with faults.kept():
        unsaid = ["partner", "product", "source", *([] if key else ["source_key"])]
        validate(sale, exclude=unsaid, constraints=False)
    faults.refuse()
    known = _known(actor, sale)
    if known is not None:
        return known, False
    sale.source = fact_source_ensure(actor=actor, kind=SourceKind.API, name=source, key=f"api:{key}")
    try:
        with transaction.atomic():
            sale.save()
    except IntegrityError:
        known = _known(actor, sale)
        if known is None:
            validate(sale, exclude=["partner", "product", "source"])
            raise
        return known, False
    publish(
        SaleRecorded(
            subject_id=sale.pk, partner_id=partner_id, product_id=product_id, amount=sale.amount, currency=sale.currency
        ),
        actor=actor,
    )
    return sale, True


def _known(actor: Actor, sale: Sale) -> Sale | None:
    """The line recorded before under the same source, order and line. Raises Conflict when it says something else."""
    found: Sale | None = (
        Sale.objects.visible_to(actor)
        .filter(source_key=sale.source_key, order_number=sale.order_number, order_line=sale.order_line)
        .first()
    )
    if found is None:
        return None
    other = [name for name in _SAID if getattr(found, name) != getattr(sale, name)]
    if other:
        field = other[0].removesuffix("_id")
        words = _("This order line was recorded before with another value here.")
        raise Conflict("sale_differs", words, field=field, sale=found.public_id)
    return found


def _check_references(actor: Actor, partner_id: UUID, product_id: UUID, faults: Faults) -> None:
    for model, key, field in ((Partner, partner_id, "partner"), (Product, product_id, "product")):
        if not actor.may(f"partners.{field}:view"):
            words = _("A sale names a partner and a product: this needs %(permission)s.")
            raise Denied("not_allowed", words % {"permission": f"partners.{field}:view"})
        if not model.objects.visible_to(actor).filter(pk=key).exists():
            faults.add(f"unknown_{field}", _("There is none of this id."), field=field)
