"""Pieces of SQL that several import targets share. Names come from this package, never from a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from prm.partners.rules.rates import amount_at_rate


def step(alias: str, columns: str, table: str, where: str) -> str:
    """One step of a look-up: the rows of ``table`` that the row at hand leads to, ``columns`` of them under ``alias``.

    ``OFFSET 0`` keeps the steps in this order and the condition inside. As plain joins they may be turned round, through all
    records to each row, and are where the planner believes a table to be empty: it was, when it was counted last.
    """
    return f" CROSS JOIN LATERAL (SELECT {columns} FROM {table} WHERE {where} OFFSET 0) {alias}"


def company_by_id(value: str, *, source: bool) -> str:
    """The steps to the company that an id names, as ``c``: in this import's source or in any; of one that was merged, the other."""
    own = "x.source = %(source_key)s AND " if source else ""
    return step("e", "x.company_id", "partners_companyexternalid x", f"{own}x.external_id = {value}") + step(
        "c", "coalesce(x.merged_into_id, x.id) AS id", "partners_company x", "x.id = e.company_id"
    )


#: The company that a row names by our own id, of the company or of the partner that it is, as exports hold it; NULL where none is.
OUR_COMPANY = (
    "(SELECT coalesce(o.merged_into_id, o.id) FROM partners_company o WHERE o.id ="
    " coalesce((SELECT p.company_id FROM partners_partner p WHERE p.id = s.own_id), s.own_id))"
)
#: The row's id is another program's: what a company is known by in its source. One of ours is no news.
IS_FOREIGN = f"(s.own_id IS NULL OR {OUR_COMPANY} IS NULL)"


#: Facts of a company that an import brings: fact → {column: expression over the staged row ``s``}. The columns of one fact move together.
FACTS: Mapping[str, Mapping[str, str]] = {
    "name": {"name": "s.name", "name_key": "s.name_key"},
    "legal_name": {"legal_name": "s.legal_name", "legal_name_key": "coalesce(s.legal_name_key, '')"},
    "typology": {"typology": "s.typology"},
    "country": {"country": "s.country"},
    "region": {"region": "s.region", "region_key": "coalesce(s.region_key, '')"},
    "city": {"city": "s.city", "city_key": "coalesce(s.city_key, '')"},
    "postal_code": {"postal_code": "s.postal_code"},
    "latitude": {"latitude": "s.latitude", "longitude": "s.longitude"},
    "website": {"website": "s.website", "domain": "coalesce(s.domain, '')"},
    "phone": {"phone": "s.phone"},
    "registration_number": {
        "registration_number": "s.registration_number",
        "registration_key": "coalesce(s.registration_key, '')",
    },
    "founded_year": {"founded_year": "s.founded_year"},
    "employees": {"employees": "s.employees"},
    "sales_people": {"sales_people": "s.sales_people"},
    "engineers": {"engineers": "s.engineers"},
    "customers": {"customers": "s.customers"},
    "revenue": {
        "revenue": "s.revenue",
        "revenue_currency": "s.revenue_currency",
        "revenue_year": "s.revenue_year",
        "revenue_reporting": "{reporting}",
        "rate_day": "CASE WHEN {reporting} IS NULL THEN NULL ELSE %(as_of)s::date END",
    },
    "growth": {"growth": "s.growth"},
    "languages": {"languages": "s.languages::varchar[]"},
}  # fmt: skip
#: A fact is brought when these hold too.
_WHOLE = {"latitude": "s.longitude IS NOT NULL", "revenue": "s.revenue_currency IS NOT NULL"}
_DECIMALS = {"revenue": "numeric(19,4)", "growth": "numeric(8,4)"}


def reporting(amount: str, currency: str, day: str) -> str:
    """``amount`` in the installation's currency at the last rate known on ``day``; NULL where there is none."""
    known = amount_at_rate(amount, currency, "%(reporting_currency)s", day)
    return f"(CASE WHEN {currency} = %(reporting_currency)s THEN {amount} ELSE {known} END)"


_REPORTING = reporting("s.revenue", "s.revenue_currency", "%(as_of)s::date")


def expression(text: str) -> str:
    """An expression of ``FACTS`` with its own placeholders replaced."""
    return text.replace("{reporting}", _REPORTING)


def brought(fact: str) -> str:
    """Condition: the staged row brings this fact."""
    first = next(iter(FACTS[fact].values()))
    return f"({first} IS NOT NULL" + (f" AND {_WHOLE[fact]})" if fact in _WHOLE else ")")


def noted(fact: str) -> str:
    """The provenance of a fact of company ``t``: its own entry, or the whole row's."""
    return f"coalesce(t.provenance->'{fact}', t.provenance->'*')"


def respelled(fact: str) -> str:
    """Condition: the row says what is known, in other letters (accents, case, punctuation). That is no news, from another list or of a
    company that was recognised by its name alone; a list that knows the company otherwise may correct its own spelling."""
    key = next((column for column in FACTS[fact] if column.endswith("_key")), "")
    if not key:
        return "false"
    return (
        f"(t.{key} <> '' AND t.{key} = {FACTS[fact][key]} AND t.{fact} IS DISTINCT FROM s.{fact}"
        f" AND (s.match_on = 'name' OR {noted(fact)}->>0 IS DISTINCT FROM %(source_id)s::text))"
    )


def believed(fact: str) -> str:
    """Condition: the brought value becomes the current one. Unknown always gives way; else it must be more than another spelling, and
    neither a more trusted source nor a later day may stand behind what is there (``rules.trust.verdict``)."""
    entry = noted(fact)
    return (
        f"({brought(fact)} AND NOT {respelled(fact)} AND (t.{next(iter(FACTS[fact]))} IS NULL OR ({entry}->>0 IS NULL"
        f" OR NOT ({entry}->>0 = ANY(%(trusted)s))) AND coalesce(({entry}->>1)::date, %(as_of)s::date) <= %(as_of)s::date))"
    )


#: Facts that are true of one town: what another source said of them is not true of the next.
OF_THE_TOWN = ("postal_code", "latitude")


def moved(fact: str) -> str:
    """Condition: the row names another town than company ``t`` is known in and does not bring this fact of it, which nobody more trusted
    told."""
    return (
        f"({believed('city')} AND t.city_key <> '' AND t.city_key <> coalesce(s.city_key, '') AND NOT {brought(fact)}"
        f" AND ({noted(fact)}->>0 IS NULL OR NOT ({noted(fact)}->>0 = ANY(%(trusted)s))))"
        if fact in OF_THE_TOWN
        else "false"
    )


def new_columns(facts: Iterable[str]) -> dict[str, str]:
    """Column → expression for a new company."""
    found: dict[str, str] = {}
    for fact in facts:
        for column, text in FACTS[fact].items():
            value = expression(text)
            found[column] = f"CASE WHEN {brought(fact)} THEN {value} END" if fact in _WHOLE else value
    return found


def updated_columns(facts: Iterable[str]) -> dict[str, str]:
    """Column → expression for a known company ``t``, its provenance included."""
    found: dict[str, str] = {}
    notes = []
    for fact in facts:
        condition = f"({believed(fact)} OR {moved(fact)})" if fact in OF_THE_TOWN else believed(fact)
        for column, text in FACTS[fact].items():
            found[column] = f"CASE WHEN {condition} THEN {expression(text)} ELSE t.{column} END"
        notes.append(
            f"CASE WHEN {condition} AND {noted(fact)} IS DISTINCT FROM {NOTE} THEN jsonb_build_object('{fact}', {NOTE}) ELSE '{{}}' END"
        )
    found["provenance"] = "t.provenance || " + " || ".join(notes)
    return found


#: The provenance entry of this import.
NOTE = "jsonb_build_array(%(source_id)s::text, %(as_of)s::date::text, NULL)"


#: Facts of several columns are kept as one object (``facts.as_json``).
_OBJECTS = {"latitude": ("latitude", "longitude"), "revenue": ("revenue", "revenue_currency", "revenue_year")}


def as_value(fact: str, alias: str) -> str:
    """A fact as JSON: numbers with decimals as text, so that nothing is lost."""
    first, *others = _OBJECTS.get(fact, (next(iter(FACTS[fact])),))
    main = f"{alias}.{first}::{_DECIMALS[fact]}::text" if fact in _DECIMALS else f"{alias}.{first}"
    if not others:
        return f"to_jsonb({main})"
    pairs = ", ".join(f"'{column}', {main if column == first else f'{alias}.{column}'}" for column in (first, *others))
    return f"CASE WHEN {alias}.{first} IS NOT NULL THEN jsonb_build_object({pairs}) END"


def differences(facts: Iterable[str], *, rows: str = "{known}") -> str:
    """Rows (company_id, field, status, value, source_id, as_of): what an update is about to replace, or only proposes."""
    values = ", ".join(
        f"('{fact}', {as_value(fact, 't')}, {as_value(fact, 's')}, {believed(fact)} OR {moved(fact)},"
        f" ({brought(fact)} AND NOT {respelled(fact)}) OR {moved(fact)}, {noted(fact)})"
        for fact in facts
    )
    mine = "%(source_id)s::uuid"
    return (
        "(SELECT t.id AS company_id, v.fact AS field, CASE WHEN v.believed THEN 'superseded' ELSE 'proposed' END AS status,"
        " CASE WHEN v.believed THEN v.old ELSE v.new END AS value,"
        f" CASE WHEN v.believed THEN (v.noted->>0)::uuid ELSE {mine} END AS source_id,"
        " CASE WHEN v.believed THEN (v.noted->>1)::date ELSE %(as_of)s::date END AS as_of"
        f" FROM {rows} s JOIN partners_company t ON t.id = s.match_id"
        f" CROSS JOIN LATERAL (VALUES {values}) v(fact, old, new, believed, brought, noted)"
        " WHERE v.brought AND v.old IS NOT NULL AND v.old IS DISTINCT FROM v.new"
        # The same proposal is noted once, however often the file comes.
        " AND (v.believed OR NOT EXISTS (SELECT 1 FROM partners_companyfact f WHERE f.company_id = t.id AND f.field = v.fact"
        f" AND f.status = 'proposed' AND f.value = v.new AND f.source_id = {mine}))) s"
    )
