"""Order lines from a file. (source, order, line) makes bringing the same file twice harmless."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from prm.events.publishing import publish
from prm.imports.fields import FieldSpec, Kind
from prm.imports.targets import ChunkWriter, Compared, Derived, ImportTarget, MatchKey, Record, Reference, RowCheck
from prm.partners.events import SalesImported
from prm.partners.imports import sql
from prm.partners.imports.companies import CURRENCY_FIELD, begin, folded
from prm.partners.imports.comparing import foreseen, money, plain

SALE_FIELDS: tuple[FieldSpec, ...] = (
    FieldSpec(name="order_number", label=_("Order number"), required=True, max_length=60,
              synonyms=("order", "order no", "order id", "invoice", "invoice number", "numéro de commande", "commande", "facture", "n° de commande", "numéro de facture", "n° facture", "n° de facture", "invoice no", "n° de pièce", "auftragsnummer", "bestellnummer", "rechnungsnummer", "número de pedido", "pedido", "factura", "numero ordine", "ordine", "fattura")),
    FieldSpec(name="order_line", label=_("Line"), kind=Kind.INTEGER, minimum=0, maximum=2_000_000_000,
              synonyms=("line", "line number", "order line", "position", "ligne", "numéro de ligne", "zeile", "línea", "riga", "n° de ligne")),
    FieldSpec(name="sold_on", label=_("Sold on"), kind=Kind.DATE, required=True,
              synonyms=("order date", "date", "sale date", "invoice date", "date de commande", "date de facture", "date de vente", "datum", "bestelldatum", "rechnungsdatum", "fecha", "fecha de pedido", "data", "data ordine", "data fattura")),
    FieldSpec(name="partner", label=_("Id of the partner in the source"), max_length=120,
              synonyms=("reseller id", "reseller", "partner id", "customer id", "account id", "dealer", "code client", "revendeur", "kundennummer", "händlernummer", "código cliente", "codice cliente", "id revendeur")),
    FieldSpec(name="partner_name", label=_("Partner"), max_length=200,
              synonyms=("partner name", "reseller name", "customer", "account name", "société", "client", "kunde", "händler", "partenaire", "cliente", "distribuidor", "rivenditore")),
    FieldSpec(name="product", label=_("Product code"), max_length=60, required=True,
              synonyms=("product code", "product", "product id", "item", "item code", "sku", "code produit", "référence", "produit", "artikelnummer", "artikel", "produkt", "código de producto", "producto", "codice prodotto", "prodotto", "article", "code article", "product name", "désignation", "libellé", "bezeichnung", "artikelbezeichnung", "descripción", "descrizione")),
    FieldSpec(name="quantity", label=_("Quantity"), kind=Kind.DECIMAL, required=True, synonyms=("qty", "units", "quantité", "qté", "menge", "anzahl", "cantidad", "quantità")),
    FieldSpec(name="amount", label=_("Amount"), kind=Kind.MONEY,
              synonyms=("net amount", "line total", "total", "sales amount", "revenue", "montant", "montant net", "ca", "betrag", "gesamtbetrag", "umsatz", "importe", "importo", "totale", "montant ht")),
    FieldSpec(name="unit_price", label=_("Unit price"), kind=Kind.MONEY, synonyms=("price", "prix unitaire", "prix", "stückpreis", "einzelpreis", "precio unitario", "prezzo unitario")),
    FieldSpec(name="discount", label=_("Discount"), kind=Kind.PERCENT, minimum=-1, maximum=1,
              synonyms=("discount pct", "discount rate", "remise", "rabatt", "descuento", "sconto")),
    FieldSpec(name="cost", label=_("Cost"), kind=Kind.MONEY, synonyms=("total cost", "coût", "coût total", "kosten", "coste", "costo")),
    CURRENCY_FIELD,
)  # fmt: skip
_AMOUNT = "coalesce(s.amount, round(s.unit_price * s.quantity * (1 - coalesce(s.discount, 0)), 4))"
_CURRENCY = "coalesce(CASE WHEN s.amount IS NOT NULL THEN s.amount_currency ELSE s.unit_price_currency END, %(currency)s)"
_BY_NAME = sql.step("c", "coalesce(x.merged_into_id, x.id) AS id", "partners_company x", "x.name_key = s.partner_key")
_PARTNER_OF = sql.step("p", "x.id", "partners_partner x", "x.company_id = c.id")


def write_sales(chunk: ChunkWriter) -> None:
    """Creates and updates order lines, their amounts also in the reporting currency."""
    reporting = sql.reporting(_AMOUNT, _CURRENCY, "s.sold_on")
    values = {
        "partner_id": "s.partner_id", "product_id": "s.product_id", "sold_on": "s.sold_on", "quantity": "s.quantity",
        "amount": _AMOUNT, "currency": _CURRENCY, "amount_reporting": reporting,
        "rate_day": f"CASE WHEN {reporting} IS NULL THEN NULL ELSE s.sold_on END", "cost": "s.cost",
        "source_id": "%(source_id)s::uuid",
    }  # fmt: skip
    created = chunk.insert(
        "partners_sale",
        {
            "id": "s.id",
            "source_key": "%(source_key)s",
            "order_number": "s.order_number",
            "order_line": "s.order_line",
            **values,
        },
    )
    updated = chunk.update("partners_sale", {**_rounded(values), "cost": "coalesce(round(s.cost, 4), t.cost)"})
    publish(SalesImported(subject_id=chunk.batch_id, created=created, updated=updated), actor=chunk.actor)


def _rounded(values: dict[str, str]) -> dict[str, str]:
    """As the columns hold them, so that the same line again is no change."""
    money = ("quantity", "amount", "amount_reporting")
    return {name: f"({text})::numeric(19,4)" if name in money else text for name, text in values.items()}


_CELLS = (
    plain("sold_on"),
    plain("quantity", cast="numeric(19,4)"),
    money("amount", new=_AMOUNT, new_currency=_CURRENCY),
    Compared(field="cost", old="to_jsonb(t.cost)", new="to_jsonb(round(s.cost, 4))"),
)
SALES = ImportTarget(
    key="sales",
    label=_("Sales"),
    description=_("What partners bought: one order line a row."),
    permission="partners.sale:import",
    fields=SALE_FIELDS,
    derived=(Derived("partner_key", "text", ("partner_name",), folded), Derived("product_key", "text", ("product",), folded)),
    references=(
        Reference(
            into="partner_id", label=_("partner"), field="partner", fields=("partner", "partner_name"),
            find=(
                f"SELECT s.row_no, p.id FROM {{rows}} s{sql.company_by_id('s.partner', source=True)}{_PARTNER_OF}",
                f"SELECT s.row_no, p.id FROM {{rows}} s{sql.company_by_id('s.partner', source=False)}{_PARTNER_OF}",
                f"SELECT s.row_no, p.id FROM {{rows}} s{_BY_NAME}{_PARTNER_OF} WHERE s.partner IS NULL",
            ),
        ),
        Reference(
            into="product_id", label=_("product"), field="product",
            find=(
                "SELECT s.row_no, p.id FROM {rows} s JOIN partners_product p ON p.code = s.product",
                "SELECT s.row_no, p.id FROM {rows} s JOIN partners_product p ON p.sku = s.product",
                "SELECT s.row_no, p.id FROM {rows} s JOIN partners_product p ON p.name_key = s.product_key",
            ),
        ),
    ),
    numbered=(("order_line", ("order_number",)),),
    match_keys=(
        MatchKey(
            "order", _("Order and line"), ("order_number", "order_line"), unique=True,
            find="SELECT s.row_no, t.id FROM {rows} s JOIN partners_sale t ON t.source_key = %(source_key)s"
            " AND t.order_number = s.order_number AND t.order_line = s.order_line",
        ),
    ),
    checks=(
        RowCheck(
            "amount_missing", "amount", "s.amount IS NULL AND s.unit_price IS NULL",
            _("Give the amount of the line, or its unit price."),
        ),
        RowCheck("required", "order_line", "s.order_line IS NULL", _("Missing, and needed")),
        RowCheck(
            "line_of_another", "order_number",
            "EXISTS (SELECT 1 FROM partners_sale t WHERE %(is_numbered_here)s AND t.source_key = %(source_key)s"
            " AND t.order_number = s.order_number AND t.order_line = s.order_line AND t.product_id <> s.product_id)",
            _("This order is known with other products: say which line this is."),
        ),
    ),
    begin=begin,
    write=write_sales,
    record=Record(
        table="partners_sale", name="concat_ws(' / ', t.order_number, t.order_line)", params=foreseen,
        called="concat_ws(' / ', s.order_number, s.order_line)", cells=lambda chunk: _CELLS,
    ),
    order=50,
)  # fmt: skip
