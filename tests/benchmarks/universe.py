"""A database of its own with a million companies, filled by set-based SQL and kept between benchmarks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connections

NAME = "prm_bench"
_SYLLABLES = "ar bel cor dan el far gil hal is jor kal lo mer nor or pel quin ros sol ta ul ver wes xan yor zel".split()

_FILL = """
INSERT INTO partners_company (id, created_at, updated_at, name, name_key, legal_name_key, typology, country, region, region_key, city,
  city_key, domain, registration_key, employees, sales_people, engineers, revenue, revenue_currency, revenue_reporting, growth,
  provenance, version)
SELECT gen_random_uuid(), now(), now() - (n %% 900) * interval '1 day' - n * interval '1 second',
  initcap(w.name) || ' ' || k.kind, w.name || ' ' || lower(k.kind), '',
  (ARRAY['var','msp','integrator','reseller','distributor','consultant',NULL])[1 + (r.a * 7)::int %% 7],
  c.country, 'Region ' || (n %% 13), 'region ' || (n %% 13), c.city, lower(c.city), w.domain || '.example', '',
  CASE WHEN r.b < 0.8 THEN greatest(1, exp(3 + 1.4 * r.g))::int END,
  CASE WHEN r.c < 0.6 THEN greatest(1, exp(1.5 + 1.2 * r.g))::int END,
  CASE WHEN r.c < 0.5 THEN greatest(1, exp(2 + 1.2 * r.g))::int END,
  CASE WHEN r.d < 0.5 THEN exp(14 + 1.6 * r.g)::numeric(19,4) END, CASE WHEN r.d < 0.5 THEN 'EUR' END,
  CASE WHEN r.d < 0.5 THEN exp(14 + 1.6 * r.g)::numeric(19,4) END,
  CASE WHEN r.e < 0.4 THEN (r.g * 0.12)::numeric(8,4) END, '{}', 1
FROM generate_series(%(low)s, %(high)s) n
CROSS JOIN LATERAL (SELECT random() a, random() b, random() c, random() d, random() e, random_normal() g, n AS row) r
CROSS JOIN LATERAL (
  SELECT s[1 + (random() * 25)::int] || s[1 + (random() * 25)::int] || s[1 + (random() * 25)::int] || (n %% 97) AS name,
         s[1 + (random() * 25)::int] || s[1 + (random() * 25)::int] || n AS domain
  FROM (SELECT %(syllables)s::text[] s) t WHERE n IS NOT NULL) w
CROSS JOIN LATERAL (SELECT (ARRAY['Systemes','Reseaux','Informatique','Telecom','Cloud','Conseil'])[1 + (n %% 6)] AS kind) k
CROSS JOIN LATERAL (
  -- The country goes with the typology's share: correlated pairs, and pairs that never meet (LU and distributors).
  SELECT CASE WHEN r.a < 0.55 THEN 'FR' WHEN r.a < 0.75 THEN 'DE' WHEN r.a < 0.85 THEN 'BE' WHEN r.a < 0.95 THEN 'CH' ELSE 'LU' END country,
         (ARRAY['Brest','Nantes','Lyon','Paris','Lille','Koeln','Liege','Bern'])[1 + (n %% 8)] city) c
"""


@contextmanager
def universe(size: int = 1_000_000) -> Iterator[None]:
    """Both database logins look at the benchmark's database, with at least ``size`` companies, inside the block."""
    before = {alias: connections[alias].settings_dict["NAME"] for alias in ("default", "owner")}
    with connections["owner"]._nodb_cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME])
        if not cursor.fetchone():
            cursor.execute(f'CREATE DATABASE "{NAME}"')
    _look_at({"default": NAME, "owner": NAME})
    try:
        call_command("migrate", verbosity=0)
        _fill(size)
        yield
    finally:
        _look_at(before)


def _look_at(names: dict[str, str]) -> None:
    for alias, name in names.items():
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


def _fill(size: int) -> None:
    """Companies up to ``size``; a seeded random sequence, so that every machine measures the same data."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SELECT count(*) FROM partners_company")
        have = int(cursor.fetchone()[0])
        if have >= size:
            return
        cursor.execute("SELECT setseed(0.42)")
        for low in range(have + 1, size + 1, 100_000):
            cursor.execute(_FILL, {"low": low, "high": min(size, low + 99_999), "syllables": _SYLLABLES})
        cursor.execute("VACUUM ANALYZE partners_company")
        cursor.execute("VACUUM ANALYZE partners_companyword")
