"""How rows of files compare with the companies that they meet: what writing would change, what it leaves, and why (P2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from prm.access.actors import Actor
from prm.core.money import reporting_currency
from prm.imports.targets import ChunkWriter, Compared, Record
from prm.partners.imports import sql
from prm.partners.measures import KNOWN_MEASURES, MeasureSpec
from prm.partners.models import SourceKind
from prm.partners.selectors.facts import source_by_key, trusted_sources


def plain(field: str, column: str = "", *, new: str = "", cast: str = "", brought: str = "") -> Compared:
    """A field that the file decides: ``column`` of the record against the staged value (``new``: an expression of it)."""
    column, value = column or field, new or f"s.{field}"
    value = f"({value})::{cast}" if cast else value
    return Compared(field=field, old=f"to_jsonb(t.{column})", new=f"to_jsonb({value})", brought=brought)


def money(field: str, column: str = "", *, currency: str = "currency", new: str = "", new_currency: str = "") -> Compared:
    """An amount and its currency, likewise; of a record that names none, in that of the row."""
    column, value, named = column or field, new or f"s.{field}", new_currency or f"s.{field}_currency"
    pair = "CASE WHEN {0} IS NOT NULL THEN jsonb_build_object('amount', ({0})::numeric(19,4)::text, 'currency', {1}) END"
    return Compared(
        field=field,
        old=pair.format(f"t.{column}", f"t.{currency}"),
        new=pair.format(value, f"coalesce({named}, t.{currency})"),
    )


def foreseen(*, actor: Actor, batch: Any, params: Any) -> dict[str, Any]:
    """What ``begin`` will answer of trust, without making the source before anything is written."""
    source = source_by_key(actor=actor, key=source_key_of(params))
    return {
        "source_id": str(source.pk) if source else None,
        "trusted": [str(key) for key in trusted_sources(actor=actor, kind=SourceKind.IMPORT)],
        "reporting_currency": reporting_currency(),
        "currency": batch.currency,
    }


def source_key_of(params: Any) -> str:
    """The key of the source under which a list's facts are noted."""
    return f"import:{params['source_key']}"[:120]


def company_cells(chunk: ChunkWriter) -> Sequence[Compared]:
    """Facts of the company, its id in the source, measures and vendors carried."""
    return [
        *[_fact(fact) for fact in sql.FACTS if chunk.has(fact) or (fact in sql.OF_THE_TOWN and chunk.has("city"))],
        *([_external_id()] if chunk.has("external_id") else []),
        *[_measure(spec) for spec in KNOWN_MEASURES if chunk.has(f"m_{spec.key}")],
        *([_vendors()] if chunk.has("vendors") else []),
    ]


def _fact(fact: str) -> Compared:
    entry = sql.noted(fact)
    source = f"FROM partners_factsource f WHERE f.id = ({entry}->>0)::uuid"
    return Compared(
        field=fact,
        old=sql.as_value(fact, "t"),
        new=f"CASE WHEN {sql.brought(fact)} THEN {sql.as_value(fact, 's')} END",
        brought=f"({sql.brought(fact)} OR {sql.moved(fact)})",
        kept=f"CASE WHEN {sql.believed(fact)} OR {sql.moved(fact)} THEN NULL WHEN {sql.respelled(fact)} THEN 'spelling'"
        f" WHEN {entry}->>0 = ANY(%(trusted)s) THEN (SELECT CASE f.kind WHEN '{SourceKind.MANUAL}' THEN 'person' ELSE 'source' END"
        f" {source}) ELSE 'newer' END",
        told=f"(SELECT f.name {source})",
        since=f"({entry}->>1)::date",
    )


def _external_id() -> Compared:
    known = "SELECT to_jsonb(x.external_id) FROM partners_companyexternalid x WHERE x.company_id = t.id AND x.source = %(source_key)s"
    return Compared(
        field="external_id", old=f"({known} LIMIT 1)", new=f"CASE WHEN {sql.IS_FOREIGN} THEN to_jsonb(s.external_id) END"
    )


def _measure(spec: MeasureSpec) -> Compared:
    column, cast = ("word", "") if spec.kind == "word" else ("value", "::numeric(19,4)")
    row = f"FROM partners_companymeasure m JOIN partners_measure k ON k.id = m.measure_id AND k.key = '{spec.key}' WHERE m.company_id = t.id"
    later = f"(SELECT m.as_of {row})"
    return Compared(
        field=f"m_{spec.key}",
        old=f"(SELECT to_jsonb(m.{column}) {row})",
        new=f"to_jsonb(s.m_{spec.key}{cast})",
        kept=f"CASE WHEN {later} > %(as_of)s::date THEN 'newer' END",
        told=f"(SELECT f.name FROM partners_factsource f WHERE f.id = (SELECT m.source_id {row}))",
        since=later,
    )


def _vendors() -> Compared:
    carried = (
        "EXISTS (SELECT 1 FROM partners_vendorcarried c JOIN partners_vendor k ON k.id = c.vendor_id WHERE c.company_id = t.id"
        " AND (k.name_key = v.key OR k.code = replace(v.key, ' ', '-')))"
    )
    return Compared(
        field="vendors",
        old="NULL::jsonb",
        new=f"(SELECT jsonb_agg(v.name) FROM unnest(s.vendors, s.vendor_keys) AS v(name, key) WHERE v.key <> '' AND NOT {carried})",
        adds=True,
    )


def reseller_cells(chunk: ChunkWriter) -> Sequence[Compared]:
    """A company's, and what the file decides of the relationship."""
    return [*company_cells(chunk), *_relationship(chunk)]


def _relationship(chunk: ChunkWriter) -> Iterator[Compared]:
    partner = "FROM partners_partner p WHERE p.company_id = t.id"
    if chunk.has("dedicated_share"):
        yield Compared(
            field="dedicated_share", old=f"(SELECT to_jsonb(p.dedicated_share) {partner})", new="to_jsonb(s.dedicated_share)"
        )
    if chunk.has("account_manager"):
        name = "(SELECT to_jsonb(a.name) FROM accounts_person a WHERE a.id = {})"
        yield Compared(
            field="account_manager",
            old=name.format(f"(SELECT p.account_manager_id {partner})"),
            new=name.format("s.manager_id"),
        )


def company_record(cells: Any) -> Record:
    """A company, by its page."""
    return Record(
        table="partners_company", name="t.name", called="s.name", cells=cells, url="vendor:partners:company-detail", prefix="company",
        params=foreseen,
    )  # fmt: skip
