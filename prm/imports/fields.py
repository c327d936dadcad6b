"""What a column of a file can mean: the kinds of values and the declaration of one field of an import target. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """Kinds of values. Each has one converter (``rules.values``) and one type in the staging table (``SQL_TYPES``)."""

    TEXT = "text"
    INTEGER = "integer"  # whole number; "12k" and "1 200" are read
    DECIMAL = "decimal"
    MONEY = "money"  # two staging columns: <name> numeric and <name>_currency text (ISO code)
    PERCENT = "percent"  # stored as a share: "45 %" is 0.45
    DATE = "date"
    YEAR = "year"
    BOOLEAN = "boolean"
    CHOICE = "choice"  # one of FieldSpec.choices
    CHOICES = "choices"  # several of them, separated by | ; or ,
    LIST = "list"  # several texts, separated by | or ;
    COUNTRY = "country"  # ISO 3166-1 alpha-2, from codes and names in several languages
    CURRENCY = "currency"  # ISO 4217
    EMAIL = "email"
    PHONE = "phone"
    URL = "url"
    LATITUDE = "latitude"  # 0 is unknown
    LONGITUDE = "longitude"


#: The type of each kind's staging column.
SQL_TYPES: dict[Kind, str] = {
    Kind.TEXT: "text",
    Kind.INTEGER: "bigint",
    Kind.DECIMAL: "numeric",
    Kind.MONEY: "numeric",
    Kind.PERCENT: "numeric",
    Kind.DATE: "date",
    Kind.YEAR: "bigint",
    Kind.BOOLEAN: "boolean",
    Kind.CHOICE: "text",
    Kind.CHOICES: "text[]",
    Kind.LIST: "text[]",
    Kind.COUNTRY: "text",
    Kind.CURRENCY: "text",
    Kind.EMAIL: "text",
    Kind.PHONE: "text",
    Kind.URL: "text",
    Kind.LATITUDE: "double precision",
    Kind.LONGITUDE: "double precision",
}

NUMERIC_KINDS = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.MONEY, Kind.PERCENT, Kind.YEAR, Kind.LATITUDE, Kind.LONGITUDE})


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    """One field that a file may bring.

    ``synonyms`` are heads that mean it, in any language, written plainly ("annual sales", "chiffre d'affaires"): they are
    compared as text keys, so case, accents and punctuation do not matter. ``choices`` maps the stored value to the words
    that mean it (its own name and label included by hand). ``minimum``/``maximum`` bound numbers after scaling;
    ``zero_is_unknown`` reads 0 as a blank; ``max_length`` bounds text (longer is an error, never cut).
    ``whole_heads`` mean it only as the whole head, of a column whose cells hardly repeat: "Code" is an id, "Code NAF" is none.
    ``choice_labels`` says the stored values to people.
    ``blank_words`` adds to the general markers of "not known"; ``as_text`` keeps those markers that are words ("None", "NC") as values,
    for names.
    """

    name: str
    label: Any
    kind: Kind = Kind.TEXT
    required: bool = False
    synonyms: tuple[str, ...] = ()
    whole_heads: tuple[str, ...] = ()
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    choice_labels: Mapping[str, Any] = field(default_factory=dict)
    help: Any = ""
    minimum: float | None = None
    maximum: float | None = None
    max_length: int = 300
    zero_is_unknown: bool = False
    blank_words: tuple[str, ...] = ()
    as_text: bool = False

    @property
    def options(self) -> list[tuple[str, str]]:
        """Value and words of a single choice; empty for any other kind."""
        values = self.choices if self.kind is Kind.CHOICE else ()
        return [(value, str(self.choice_labels.get(value, value))) for value in values]

    def staging_columns(self) -> dict[str, str]:
        """Name → SQL type of the staging columns it fills."""
        columns = {self.name: SQL_TYPES[self.kind]}
        if self.kind is Kind.MONEY:
            columns[f"{self.name}_currency"] = "text"
        return columns
