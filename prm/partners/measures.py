"""Measures that the product knows by itself: what files bring beyond the typed facts, named once for imports and scoring.

Each says what its figure may be taken for. An installation may declare more.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class MeasureSpec:
    """One measure: key, names, kind (count, amount, share, word), what it may be taken for, and heads of columns that mean it."""

    key: str
    name: str
    name_fr: str
    kind: str
    note: str = ""
    synonyms: tuple[str, ...] = ()


KNOWN_MEASURES: tuple[MeasureSpec, ...] = (
    MeasureSpec("certifications", "Certifications", "Certifications", "count", "Certificates held by its people.",
                ("certification count", "certificates", "certified people", "certificats")),
    MeasureSpec("references", "References", "Références", "count", "Customer references that it publishes.",
                ("customer references", "case studies", "références clients")),
    MeasureSpec("service_validations", "Validated services", "Services validés", "count",
                "Services for which another vendor has validated it.", ("services", "validated services", "service count")),
    MeasureSpec("customer_launches", "Customer launches", "Mises en service chez des clients", "count",
                "A stand-in for volume of business, not revenue.", ("launches", "customer launch count", "deployments")),
    MeasureSpec("programme_level", "Level in another programme", "Niveau dans un autre programme", "word",
                "Its level in the partner programme of the vendor that the file comes from.",
                ("level", "tier", "partner level", "program level", "niveau", "palier")),
    MeasureSpec("main_line", "Main line of products", "Gamme principale", "word", "What it mostly sells.",
                ("product line", "gamme", "ligne de produits")),
    MeasureSpec("annual_income", "Annual income", "Résultat annuel", "amount",
                "Income told beside annual sales; its definition is the source’s.", ("annual revenue", "annual income")),
)  # fmt: skip
