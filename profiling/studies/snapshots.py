"""The universe as one Arrow file: read from Postgres in one consistent view, named by the hash of its content.

Rows are companies that are neither archived nor merged away, in order of id. Facts are typed columns, null where not known;
what a company has any number of is a sorted list of codes, null where nothing is known of it at all. The file says in which
currency its amounts are: the same numbers in another are another universe. Nothing in it depends on the time or on the order in
which the database answers: equal data gives an equal file.
"""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection
from numpy.typing import NDArray
from pyarrow import csv

from prm.core.money import reporting_currency
from prm.core.text import text_key
from profiling.studies import snapshot_sql as sql
from profiling.studies.rules import CHUNK_ROWS
from profiling.studies.rules.arrays import I64

SPOOL_BYTES = 4 * 1024 * 1024
MEASURE = "measure:"
CURRENCY = "currency"  # in the file's metadata: what its amounts are in


def universe_read() -> pa.Table:
    """Every company with its facts, as the database role of the open transaction sees them.

    Peak memory is the table itself (about 0.3 GB a million companies) and one list column in the making.
    """
    companies = _copy(sql.COMPANIES, sql.COMPANY_TYPES)
    ids = companies.column("id").combine_chunks()
    columns: dict[str, Any] = {name: companies.column(name).combine_chunks() for name in companies.column_names}
    columns["languages"] = _split(columns["languages"])
    sites = _copy(sql.SITES, sql.SITE_TYPES)
    at = _rows(ids, sites)
    columns["areas"] = _areas(ids, columns, at, sites)
    columns["sites"] = pa.array(_counts(at, len(ids)), mask=_counts(at, len(ids)) == 0)
    _fill_position(columns, at, sites)
    _add_mix(columns, ids)
    _add_carried(columns, ids)
    _add_measures(columns, ids)
    _add_sales(columns, ids)
    return pa.table(columns).replace_schema_metadata({CURRENCY: reporting_currency()})


def universe_write(path: Path, table: pa.Table) -> str:
    """Writes the table to ``path`` in batches that chunks of a run can map on their own; gives the content's hash."""
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=CHUNK_ROWS)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _copy(query: str, types: dict[str, pa.DataType], parameters: tuple[str, ...] = ()) -> pa.Table:
    """The rows of a query by COPY: a stream from the server to a spool, and from there into Arrow."""
    # A file of its own and no wrapper in Python around it: the server's rows come one by one, millions of them.
    with tempfile.TemporaryFile(buffering=SPOOL_BYTES) as spool:
        with connection.cursor() as cursor:
            text = cursor.mogrify(query, parameters).decode() if parameters else query
            cursor.copy_expert(f"COPY ({text}) TO STDOUT WITH (FORMAT csv)", spool)
        if spool.tell() == 0:
            return pa.table({name: pa.array([], kind) for name, kind in types.items()})
        spool.seek(0)
        return csv.read_csv(
            spool,
            read_options=csv.ReadOptions(column_names=list(types), block_size=8 * 1024 * 1024),
            parse_options=csv.ParseOptions(newlines_in_values=True),
            convert_options=csv.ConvertOptions(
                column_types=types, strings_can_be_null=True, quoted_strings_can_be_null=False, null_values=[""],
                true_values=["t"], false_values=["f"],
            ),
        )  # fmt: skip


def _rows(ids: pa.Array, table: pa.Table) -> I64:
    """Row of the universe for each row of a child table; −1 for those of companies that are not in it."""
    found = pc.index_in(table.column("company"), value_set=ids)
    return np.asarray(pc.fill_null(found, -1).to_numpy(), dtype=np.int64)


def _counts(at: I64, rows: int) -> NDArray[np.int32]:
    return np.bincount(at[at >= 0], minlength=rows).astype(np.int32)


def _split(joined: pa.Array) -> pa.Array:
    """Texts joined by a comma as sorted lists; null stays null."""
    values = pc.split_pattern(joined, ",")
    at = np.asarray(pc.list_parent_indices(values).to_numpy(), dtype=np.int64)
    known = np.asarray(pc.is_valid(joined).to_numpy(zero_copy_only=False), dtype=bool)
    return _lists(at, pc.list_flatten(values), len(joined), known)


def _lists(at: I64, labels: pa.Array, rows: int, known: NDArray[np.bool_]) -> pa.Array:
    """Sorted lists of distinct labels by company. ``known`` (rows,) tells where an empty list means "none" and not "unknown"."""
    usable = (at >= 0) & np.asarray(pc.is_valid(labels).to_numpy(zero_copy_only=False))
    coded = pc.dictionary_encode(labels)
    names = coded.dictionary.to_pylist()
    order = sorted(range(len(names)), key=lambda i: names[i])
    rank = np.empty(max(len(names), 1), dtype=np.int64)
    rank[order] = np.arange(len(names))
    codes = pc.fill_null(coded.indices, 0).to_numpy(zero_copy_only=False)
    pairs = _distinct(at[usable] * max(len(names), 1) + rank[codes[usable]])
    owner, code = np.divmod(pairs, max(len(names), 1))
    offsets = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=rows))]).astype(np.int32)
    values = pa.DictionaryArray.from_arrays(pa.array(code.astype(np.int32)), pa.array([names[i] for i in order], pa.string()))
    return pa.ListArray.from_arrays(pa.array(offsets), values, mask=pa.array(~known))


def _distinct(values: I64) -> I64:
    """Sorted, each once. By sorting: numpy's own hashes, which takes four times as long over millions."""
    values.sort()
    return values[np.concatenate([[True], values[1:] != values[:-1]])] if len(values) else values


def _flat(table: pa.Table, name: str) -> pa.Array:
    return table.column(name).combine_chunks()


def _areas(ids: pa.Array, columns: dict[str, Any], at: I64, sites: pa.Table) -> pa.Array:
    """Where a company works: ``FR`` and ``FR:bretagne`` of itself and of each of its sites."""
    own = np.arange(len(ids), dtype=np.int64)
    countries = [columns["country"], _flat(sites, "country")]
    regions = [columns["region"], _flat(sites, "region")]
    country = pa.concat_arrays([pc.cast(c, pa.string()) for c in countries])
    region = _keyed(pa.concat_arrays([pc.cast(r, pa.string()) for r in regions]))
    both = pc.binary_join_element_wise(country, region, ":")
    rows = np.concatenate([own, at])
    known = np.zeros(len(ids), dtype=bool)
    has = np.asarray(pc.is_valid(country).to_numpy(zero_copy_only=False)) & (rows >= 0)
    known[rows[has]] = True
    return _lists(np.concatenate([rows, rows]), pa.concat_arrays([country, both]), len(ids), known)


def _keyed(texts: pa.Array) -> pa.Array:
    """Texts as text keys, so that two spellings of a region are one."""
    coded = pc.dictionary_encode(texts)
    keys = pa.array([text_key(value) or None for value in coded.dictionary.to_pylist()], pa.string())
    return keys.take(coded.indices)


def _fill_position(columns: dict[str, Any], at: I64, sites: pa.Table) -> None:
    """Where the company itself has no position, its head office's, or its first site's, stands for it."""
    latitude = columns["latitude"].to_numpy(zero_copy_only=False).copy()
    longitude = columns["longitude"].to_numpy(zero_copy_only=False).copy()
    lat, lon = (sites.column(n).to_numpy() for n in ("latitude", "longitude"))
    main = sites.column("is_main").to_numpy()
    usable = np.flatnonzero((at >= 0) & ~np.isnan(lat.astype(np.float64)))
    # The best site comes last, so that it is the one that stays: head office, then north and west, whatever the order of rows.
    order = usable[np.lexsort([-lon[usable].astype(float), lat[usable].astype(float), main[usable].astype(bool)])]
    guess_lat, guess_lon = np.full(len(latitude), np.nan), np.full(len(latitude), np.nan)
    guess_lat[at[order]], guess_lon[at[order]] = lat[order], lon[order]
    missing = np.isnan(latitude)
    latitude[missing], longitude[missing] = guess_lat[missing], guess_lon[missing]
    columns["latitude"], columns["longitude"] = (pa.array(v, from_pandas=True) for v in (latitude, longitude))


def _add_mix(columns: dict[str, Any], ids: pa.Array) -> None:
    """Whom the company sells to: industries, sizes and territories of its customers."""
    mix = _copy(sql.CUSTOMER_MIX, sql.MIX_TYPES)
    at = _rows(ids, mix)
    for column in ("industry", "size", "territory"):
        labels = _flat(mix, column)
        known = _any(at, labels, len(ids))
        columns[f"customer_{column}"] = _lists(at, labels, len(ids), known)


def _any(at: I64, labels: pa.Array, rows: int) -> NDArray[np.bool_]:
    known = np.zeros(rows, dtype=bool)
    known[at[(at >= 0) & np.asarray(pc.is_valid(labels).to_numpy(zero_copy_only=False))]] = True
    return known


def _add_carried(columns: dict[str, Any], ids: pa.Array) -> None:
    """What it sells and whose: a company of which some vendor is known carries none of the others, as far as we know."""
    rows = len(ids)
    offers = _copy(sql.OFFERS, sql.OFFER_TYPES)
    at = _rows(ids, offers)
    columns["offers"] = _lists(at, _flat(offers, "code"), rows, _any(at, _flat(offers, "code"), rows))
    vendors = _copy(sql.VENDORS, sql.VENDOR_TYPES)
    at, code, relation = _rows(ids, vendors), _flat(vendors, "code"), _flat(vendors, "relation")
    known = _any(at, code, rows)
    for name in ("complementary", "competing"):
        mine = pc.if_else(pc.equal(relation, name), code, pa.scalar(None, pa.string()))
        columns[f"vendors_{name}"] = _lists(at, mine, rows, known)
    ours = np.asarray(pc.equal(relation, "ours").to_numpy(zero_copy_only=False)) & (at >= 0)
    share = np.full(rows, np.nan)
    np.fmax.at(share, at[ours], vendors.column("share").to_numpy()[ours])
    columns["our_share"] = pa.array(share, from_pandas=True)
    columns["sells_ours"] = pa.array(np.bincount(at[ours], minlength=rows) > 0)


def _add_measures(columns: dict[str, Any], ids: pa.Array) -> None:
    """Each declared measure that somebody has: a number, or a word. Market share is the mean over the markets of its last year."""
    for key, is_word in _measures():
        values = _copy(
            sql.MEASURE_WORDS if is_word else sql.MEASURE_VALUES, sql.WORD_TYPES if is_word else sql.VALUE_TYPES, (key,)
        )
        at = _rows(ids, values)
        keep = at >= 0
        if not keep.any():
            continue
        if is_word:
            found = np.full(len(ids), None, dtype=object)
            found[at[keep]] = _flat(values, "value").to_numpy(zero_copy_only=False)[keep]
            columns[MEASURE + key] = pa.array(found, pa.string())
        else:
            numbers = np.full(len(ids), np.nan)
            numbers[at[keep]] = values.column("value").to_numpy()[keep]
            columns[MEASURE + key] = pa.array(numbers, from_pandas=True)
    shares = _copy(sql.MARKET_SHARES, sql.VALUE_TYPES)
    at = _rows(ids, shares)
    numbers = np.full(len(ids), np.nan)
    numbers[at[at >= 0]] = shares.column("value").to_numpy()[at >= 0]
    columns["market_share"] = pa.array(numbers, from_pandas=True)


def _measures() -> list[tuple[str, bool]]:
    with connection.cursor() as cursor:
        cursor.execute(sql.MEASURES)
        return [(key, kind == "word") for key, kind in cursor.fetchall()]


def _add_sales(columns: dict[str, Any], ids: pa.Array) -> None:
    """What we sold through each company in the twelve months up to the last sale, by product family, and on how many orders.

    Our own books are complete: where there are sales at all, a company without any sold nothing.
    """
    sales = _copy(sql.SALES, sql.SALES_TYPES)
    at = _rows(ids, sales)
    keep = np.flatnonzero(at >= 0)
    family = _flat(sales, "family").to_numpy(zero_copy_only=False)[keep].astype(str) if len(keep) else np.zeros(0, dtype=str)
    order = keep[np.lexsort([family, at[keep]])] if len(keep) else keep
    offsets = np.concatenate([[0], np.cumsum(_counts(at, len(ids)))]).astype(np.int32)
    nothing_known = np.full(len(ids), len(keep) == 0)
    for name, column in (("sales_family", "family"), ("sales_amount", "amount")):
        values = _flat(sales, column).take(pa.array(order))
        columns[name] = pa.ListArray.from_arrays(pa.array(offsets), values, mask=pa.array(nothing_known))
    orders = _copy(sql.ORDERS, sql.ORDER_TYPES)
    counted, mine = np.zeros(len(ids), dtype=np.int64), _rows(ids, orders)
    counted[mine[mine >= 0]] = orders.column("orders").to_numpy()[mine >= 0]
    columns["orders"] = pa.array(counted)
