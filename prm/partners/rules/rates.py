"""How an amount becomes one in another currency, for queries over many rows."""

from __future__ import annotations

from prm.core.money import BEYOND


def amount_at_rate(amount: str, currency: str, into: str, day: str) -> str:
    """SQL of one amount in the currency ``into``: at the last rate known on ``day``; NULL where there is none, or more comes out than a
    column of amounts holds. All four are expressions of a query."""
    return f"""(
        SELECT x.amount FROM (
            SELECT round({amount} * r.rate, 4) AS amount FROM partners_exchangerate r
            WHERE r.from_currency = {currency} AND r.to_currency = {into} AND r.day <= {day} ORDER BY r.day DESC LIMIT 1
        ) x WHERE abs(x.amount) < {BEYOND})"""  # noqa: S608  expressions of our own, never what somebody typed
