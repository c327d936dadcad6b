"""Exchange rates: said for a day, taken back, and everything in that currency reckoned anew (P1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.currencies import CODES
from prm.core.errors import Faults
from prm.core.locks import wait_in_turn
from prm.core.money import reporting_currency
from prm.core.validation import validate
from prm.events.publishing import publish
from prm.jobs.services import job_start
from prm.partners.events import ExchangeRateRemoved, ExchangeRateSaid
from prm.partners.models import ExchangeRate
from prm.partners.rules.rates import amount_at_rate

#: The kind of work that reckons amounts anew (``prm.partners.tasks``).
RECKONING = "partners.amounts"
_TURNS = UUID("0a1c7f0e-6f5b-4a55-9d0a-3c1f2e7b9d44")  # any that nothing else uses
_CURRENCIES = ("%(currency)s", "%(into)s")
#: At the last rate known on the day: a company's revenue is of the day on which it was learnt, an order line's of the day it was sold on.
_AMOUNTS: Mapping[str, str] = {
    "companies": f"""
        UPDATE partners_company t
        SET revenue_reporting = fresh.amount, rate_day = CASE WHEN fresh.amount IS NOT NULL THEN fresh.day END
        FROM (
          SELECT c.id, d.day, {amount_at_rate("c.revenue", *_CURRENCIES, "d.day")} AS amount
          FROM partners_company c, LATERAL (
            SELECT coalesce(left(coalesce(c.provenance->'revenue', c.provenance->'*')->>1, 10)::date, %(today)s::date) AS day
          ) d
          WHERE c.revenue_currency = %(currency)s AND c.id BETWEEN %(first)s AND %(last)s
        ) fresh
        WHERE t.id = fresh.id AND t.revenue_reporting IS DISTINCT FROM fresh.amount""",  # noqa: S608  expressions of our own
    "sales": f"""
        UPDATE partners_sale t
        SET amount_reporting = fresh.amount, rate_day = CASE WHEN fresh.amount IS NOT NULL THEN t.sold_on END
        FROM (
          SELECT s.id, {amount_at_rate("s.amount", *_CURRENCIES, "s.sold_on")} AS amount
          FROM partners_sale s
          WHERE s.currency = %(currency)s AND s.id BETWEEN %(first)s AND %(last)s
        ) fresh
        WHERE t.id = fresh.id AND t.amount_reporting IS DISTINCT FROM fresh.amount""",  # noqa: S608  expressions of our own
}


@transaction.atomic
def rate_say(
    *, actor: Actor, currency: str, day: date | None, rate: Decimal | None, source: str = ""
) -> tuple[ExchangeRate, bool]:
    """Says how much of the installation's currency one of ``currency`` is from ``day`` on, until a later day says otherwise; whether
    that is new. Said again for the same day, it is replaced.

    Amounts in that currency are reckoned anew by a job. Publishes ExchangeRateSaid when anything changed. Raises Denied; Invalid
    (``currency``: none, or the installation's own; ``day``: still to come; ``rate``: not above 0).
    """
    authorize(actor, "partners.exchange_rate:edit")
    code, into, faults = currency.strip().upper(), reporting_currency(), Faults()
    if code not in CODES:
        faults.add("unknown_currency", _("There is no currency of this code."), field="currency")
    elif code == into:
        faults.add("own_currency", _("Amounts in %(currency)s need no rate.") % {"currency": into}, field="currency")
    today = timezone.localdate()
    if day is None:
        faults.add("day_missing", _("Say from which day on."), field="day")
    elif day > today:
        faults.add("day_to_come", _("This day is still to come."), field="day")
    if rate is None or rate <= 0:
        faults.add("not_positive", _("A rate is above 0."), field="rate")
    day, rate = day or today, rate or Decimal(0)
    wait_in_turn(uuid5(_TURNS, f"{code} {day}"))  # of two who say it at once the second replaces, as a moment later
    rows = ExchangeRate.objects.visible_to(actor).filter(from_currency=code, to_currency=into, day=day)
    found = rows.select_for_update().first()
    record = found or ExchangeRate(from_currency=code, to_currency=into, day=day)
    before = (found.rate, found.source) if found else None
    record.rate, record.source = rate, " ".join(source.split())[:100]
    with faults.kept():
        validate(record, exclude=["from_currency"], constraints=False)
    faults.refuse()
    if before == (record.rate, record.source):
        return record, False
    record.save()
    publish(
        ExchangeRateSaid(
            subject_id=record.pk, currency=code, into=into, day=day.isoformat(), rate=str(record.rate.normalize())
        ),
        actor=actor,
    )
    _reckon(actor, code)
    return record, found is None


@transaction.atomic
def rate_remove(*, actor: Actor, rate_id: UUID) -> None:
    """Takes a rate away: that of the day before holds again, or none. Publishes ExchangeRateRemoved. Raises NotFound, Denied."""
    record: ExchangeRate = ExchangeRate.objects.visible_to(actor).select_for_update().one(rate_id)
    authorize(actor, "partners.exchange_rate:edit", record)
    code, key = record.from_currency, record.pk
    record.delete()
    publish(
        ExchangeRateRemoved(subject_id=key, currency=code, into=record.to_currency, day=record.day.isoformat()), actor=actor
    )
    _reckon(actor, code)


@transaction.atomic
def amounts_reckon(*, actor: Actor, what: str, currency: str, first: UUID, last: UUID) -> int:
    """Writes the amounts of ``companies`` or ``sales`` in a currency, from one id to another, in the installation's; how many changed.

    They are no edits: figures follow from rates. Raises Denied.
    """
    authorize(actor, "partners.exchange_rate:edit")
    values: dict[str, Any] = {
        "currency": currency, "into": reporting_currency(), "first": first, "last": last, "today": timezone.localdate(),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_AMOUNTS[what], values)
        return int(cursor.rowcount)


def _reckon(actor: Actor, currency: str) -> None:
    title = _("Amounts in %(currency)s") % {"currency": currency}
    job_start(actor=actor, kind=RECKONING, title=title, parameters={"currency": currency})
