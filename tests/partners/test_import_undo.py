"""Undo of what imports created: each record that goes is looked for, in every table that may point to it, by an index."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.django_db

#: What imports of the product create (prm/partners/imports).
CREATED = (
    "company",
    "companyexternalid",
    "companyfact",
    "companymeasure",
    "partner",
    "position",
    "product",
    "sale",
    "site",
    "vendor",
)
#: Foreign keys to those tables that no index begins with, but for one over all rows that have the key at all.
UNREAD = """
SELECT c.conrelid::regclass::text, a.attname FROM pg_constraint c
JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
WHERE c.contype = 'f' AND cardinality(c.conkey) = 1 AND c.confrelid = ANY(%s::regclass[]) AND NOT EXISTS (
  SELECT 1 FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indkey[0] = a.attnum
  AND coalesce(pg_get_expr(i.indpred, i.indrelid), '') IN ('', '(' || quote_ident(a.attname) || ' IS NOT NULL)'))
ORDER BY 1, 2
"""


def test_whatever_points_to_a_record_that_an_import_created_is_found_by_an_index(
    sql: Callable[..., list[tuple[Any, ...]]],
) -> None:
    """For each of 20,000 companies that were taken back all invitations were read, once per company."""
    tables = [f"partners_{name}" for name in CREATED]
    assert sql(UNREAD, tables) == []
