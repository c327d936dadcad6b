"""Our products from a file; families that are new are made."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from prm.events.publishing import publish
from prm.imports.fields import FieldSpec, Kind
from prm.imports.targets import ChunkWriter, Compared, Derived, ImportTarget, MatchKey, Record
from prm.partners.events import ProductsImported
from prm.partners.imports.companies import CURRENCY_FIELD, begin, folded
from prm.partners.imports.comparing import money, plain

PRODUCT_FIELDS: tuple[FieldSpec, ...] = (
    FieldSpec(name="code", label=_("Code"), required=True, max_length=60,
              synonyms=("product code", "product id", "item", "item code", "ref", "reference", "code produit", "référence", "artikelnummer", "produktnummer", "código", "codice", "code article")),
    FieldSpec(name="name", label=_("Name"), required=True, max_length=200,
              synonyms=("product", "product name", "description", "désignation", "libellé", "produit", "produktname", "bezeichnung", "producto", "descripción", "prodotto", "descrizione", "libellé produit")),
    FieldSpec(name="name_fr", label=_("Name in French"), max_length=200, synonyms=("french name", "nom français", "désignation fr")),
    FieldSpec(name="sku", label=_("SKU"), max_length=60, synonyms=("part number", "stock keeping unit", "ean")),
    FieldSpec(name="family", label=_("Family"), max_length=200, synonyms=("product family", "category", "famille", "catégorie", "produktfamilie", "produktgruppe", "familia", "famiglia", "famille de produits")),
    FieldSpec(name="line", label=_("Line"), max_length=100, synonyms=("product line", "subcategory", "gamme", "sous-catégorie", "produktlinie", "línea", "linea")),
    FieldSpec(name="list_price", label=_("List price"), kind=Kind.MONEY, minimum=0,
              synonyms=("price", "public price", "msrp", "prix", "prix public", "tarif", "listenpreis", "precio de lista", "pvp", "prezzo di listino", "prix catalogue")),
    FieldSpec(name="dealer_price", label=_("Dealer price"), kind=Kind.MONEY, minimum=0,
              synonyms=("partner price", "net price", "prix partenaire", "prix revendeur", "händlerpreis", "precio distribuidor", "prezzo rivenditore")),
    FieldSpec(name="unit_cost", label=_("Unit cost"), kind=Kind.MONEY, minimum=0,
              synonyms=("standard cost", "cost", "coût", "coût standard", "prix de revient", "einstandspreis", "coste", "costo", "coût unitaire")),
    CURRENCY_FIELD,
)  # fmt: skip
_PRICES = ("list_price", "dealer_price", "unit_cost")
_CURRENCY = "coalesce(s.list_price_currency, s.dealer_price_currency, s.unit_cost_currency)"
_FAMILY = "(SELECT f.id FROM partners_productfamily f WHERE f.name_key = s.family_key ORDER BY f.id LIMIT 1)"
_NAMES = "CASE WHEN s.name_fr IS NULL THEN '{}'::jsonb ELSE jsonb_build_object('fr', s.name_fr) END"


def write_products(chunk: ChunkWriter) -> None:
    """Creates and updates products."""
    if chunk.has("family"):
        chunk.insert(
            "partners_productfamily",
            {"code": "left(replace(s.key, ' ', '-'), 60)", "name": "s.name", "name_key": "s.key", "names": "'{}'"},
            rows="(SELECT DISTINCT ON (x.family_key) x.family_key AS key, x.family AS name FROM {rows} x WHERE x.family_key <> ''"
            " AND x.outcome IN ('new', 'known') AND NOT EXISTS (SELECT 1 FROM partners_productfamily f"
            " WHERE f.name_key = x.family_key) ORDER BY x.family_key, x.row_no) s",
            conflict="ON CONFLICT DO NOTHING",
        )
    created = chunk.insert(
        "partners_product",
        {
            "id": "s.id", "code": "s.code", "name": "s.name", "name_key": "s.name_key", "names": _NAMES,
            "family_id": _FAMILY if chunk.has("family") else "NULL::uuid", "sku": "s.sku", "line": "s.line",
            "currency": _CURRENCY, **{name: f"s.{name}" for name in _PRICES},
        },
    )  # fmt: skip
    updated = chunk.update(
        "partners_product",
        {
            "name": "coalesce(s.name, t.name)", "name_key": "coalesce(s.name_key, t.name_key)", "names": f"t.names || {_NAMES}",
            "family_id": f"coalesce({_FAMILY}, t.family_id)" if chunk.has("family") else "t.family_id",
            "currency": f"coalesce({_CURRENCY}, t.currency)",
            **{name: f"coalesce(s.{name}, t.{name})" for name in ("sku", "line", *_PRICES)},
        },
    )  # fmt: skip
    publish(ProductsImported(subject_id=chunk.batch_id, created=created, updated=updated), actor=chunk.actor)


_CELLS = (
    plain("name"),
    plain("name_fr", "names->'fr'"),
    plain("sku"),
    plain("line"),
    Compared(
        field="family",
        old="(SELECT to_jsonb(f.name) FROM partners_productfamily f WHERE f.id = t.family_id)",
        new="to_jsonb(s.family)",
        brought=f"s.family IS NOT NULL AND {_FAMILY} IS DISTINCT FROM t.family_id",
    ),
    *(money(price, new_currency=_CURRENCY) for price in _PRICES),
)
PRODUCTS = ImportTarget(
    key="products",
    label=_("Products"),
    description=_("Our catalogue: products in families, with prices."),
    permission="partners.product:import",
    fields=PRODUCT_FIELDS,
    derived=(Derived("name_key", "text", ("name",), folded), Derived("family_key", "text", ("family",), folded)),
    match_keys=(
        MatchKey(
            "code", _("Code"), ("code",), unique=True,
            find="SELECT s.row_no, p.id FROM {rows} s JOIN partners_product p ON p.code = s.code",
        ),
    ),
    begin=begin,
    write=write_products,
    record=Record(table="partners_product", name="t.name", called="s.name", cells=lambda chunk: _CELLS),
    order=40,
)  # fmt: skip
