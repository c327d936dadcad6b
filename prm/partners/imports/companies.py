"""Companies from a file: fields, recognising known ones, and the set-based writing with provenance (P1, P2)."""

from __future__ import annotations

from typing import Any

from django.utils.functional import lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from prm.access.actors import Actor
from prm.core.ids import typeid_decode
from prm.core.money import reporting_currency
from prm.core.text import text_key
from prm.events.publishing import publish
from prm.imports.fields import FieldSpec, Kind
from prm.imports.targets import ChunkWriter, Derived, ImportTarget, MatchKey, RowCheck
from prm.partners.events import CompaniesImported
from prm.partners.imports import comparing, sql
from prm.partners.measures import KNOWN_MEASURES, MeasureSpec
from prm.partners.models import SourceKind, Typology
from prm.partners.rules.websites import domain_of
from prm.partners.selectors.facts import trusted_sources
from prm.partners.services.facts import fact_source_ensure, measure_ensure

TYPOLOGY_WORDS: dict[str, tuple[str, ...]] = {
    Typology.DISTRIBUTOR: ("distributor", "distributeur", "wholesaler", "grossiste", "warehouse", "disti"),
    Typology.PUBLISHER: ("publisher", "software publisher", "éditeur", "éditeur de logiciels", "isv", "software vendor",
                         "technology partner", "software"),
    Typology.MANUFACTURER: ("manufacturer", "constructeur", "fabricant", "oem", "hardware vendor"),
    Typology.VAR: ("var", "value added reseller", "value-added reseller", "revendeur à valeur ajoutée"),
    Typology.RESELLER: ("reseller", "revendeur", "dealer"),
    Typology.INTEGRATOR: ("integrator", "system integrator", "systems integrator", "intégrateur", "si"),
    Typology.MSP: ("msp", "managed service provider", "managed services", "infogérance", "infogéreur"),
    Typology.CONSULTANT: ("consultant", "consulting", "consulting partner", "conseil", "cabinet de conseil"),
    Typology.AGENT: ("agent", "apporteur d'affaires", "referral partner"),
    Typology.RETAILER: ("retailer", "shop", "store", "specialty shop", "specialty store", "specialty bike shop", "magasin",
                        "détaillant"),
    Typology.OTHER: ("other", "autre"),
}  # fmt: skip


def _whole(name: str, label: Any, *synonyms: str) -> FieldSpec:
    """A count: a whole number from 0."""
    return FieldSpec(name=name, label=label, kind=Kind.INTEGER, minimum=0, synonyms=synonyms)


COMPANY_FIELDS: tuple[FieldSpec, ...] = (
    FieldSpec(name="external_id", label=_("Id in the source"), max_length=120,
              whole_heads=("code", "ref", "réf", "référence", "reference", "identifiant", "identifier", "matricule", "code tiers", "nummer", "codigo", "codice", "n° client"),
              synonyms=("external id", "id", "account id", "company id", "reseller id", "reseller key", "crm id", "code client", "kundennummer", "código cliente", "codice cliente", "id client")),
    FieldSpec(name="name", label=_("Name"), required=True, max_length=200,
              synonyms=("company", "company name", "account", "account name", "partner", "partner name", "organisation",
                        "organization", "reseller", "raison sociale", "société", "entreprise", "nom", "nom commercial", "enseigne", "firma", "firmenname", "unternehmen", "empresa", "nombre", "nombre comercial", "azienda", "ragione sociale", "nome azienda", "nome")),
    FieldSpec(name="legal_name", label=_("Legal name"), max_length=200, synonyms=("registered name", "dénomination sociale", "nom légal", "juristischer name", "razón social", "denominazione sociale")),
    FieldSpec(name="typology", label=_("Typology"), kind=Kind.CHOICE, choices=TYPOLOGY_WORDS,
              choice_labels=dict(Typology.choices),
              synonyms=("type", "kind", "business type", "partner type", "category", "typologie", "catégorie", "typ", "partnertyp", "tipo", "tipo de socio", "tipologia", "catégorie de partenaire")),
    FieldSpec(name="country", label=_("Country"), kind=Kind.COUNTRY, synonyms=("country code", "pays", "land", "país", "paese", "hq country", "pays du siège")),
    FieldSpec(name="region", label=_("Region"), max_length=100, synonyms=("state", "province", "county", "département", "région", "bundesland", "kanton", "comunidad autónoma", "regione", "provincia")),
    FieldSpec(name="city", label=_("City"), max_length=100, synonyms=("town", "ville", "stadt", "ort", "ciudad", "città", "commune")),
    FieldSpec(name="postal_code", label=_("Postal code"), max_length=20, synonyms=("zip", "zip code", "postcode", "code postal", "cp", "plz", "postleitzahl", "código postal", "codice postale", "cap")),
    FieldSpec(name="latitude", label=_("Latitude"), kind=Kind.LATITUDE, synonyms=("lat",)),
    FieldSpec(name="longitude", label=_("Longitude"), kind=Kind.LONGITUDE, synonyms=("lon", "lng", "long")),
    FieldSpec(name="website", label=_("Website"), kind=Kind.URL, synonyms=("url", "web", "web site", "site web", "site internet", "homepage", "webseite", "sitio web", "página web", "sito web", "sito")),
    FieldSpec(name="phone", label=_("Phone"), kind=Kind.PHONE, max_length=40, synonyms=("telephone", "tel", "téléphone", "telefon", "telefonnummer", "teléfono", "telefono", "phone number")),
    FieldSpec(name="registration_number", label=_("Registration number"), max_length=40,
              synonyms=("registration", "siren", "siret", "company number", "vat", "vat number", "duns", "tva", "handelsregisternummer", "handelsregister", "ust-idnr", "ust id", "nif", "cif", "partita iva", "codice fiscale", "p iva", "numéro siret", "numéro siren", "numéro de tva", "rcs")),
    FieldSpec(name="founded_year", label=_("Founded in"), kind=Kind.YEAR, minimum=1000, maximum=2200,
              synonyms=("founded", "year founded", "year opened", "year established", "année de création", "gründungsjahr", "gegründet", "año de fundación", "anno di fondazione", "créée en")),
    _whole("employees", _("Employees"), "headcount", "staff", "number of employees", "effectif", "effectifs", "salariés", "mitarbeiter", "mitarbeiterzahl",
           "beschäftigte", "empleados", "dipendenti", "addetti"),
    _whole("sales_people", _("Salespeople"), "sales people", "sales reps", "sales force", "commerciaux", "vertriebsmitarbeiter", "vertrieb", "comerciales",
           "vendedores", "commerciali", "venditori"),
    _whole("engineers", _("Engineers"), "technicians", "technical staff", "ingénieurs", "techniciens", "ingenieure", "techniker", "ingenieros", "técnicos",
           "ingegneri", "tecnici"),
    _whole("customers", _("Customers"), "customer count", "number of customers", "clients", "nombre de clients", "kunden", "anzahl kunden", "clientes",
           "clienti"),
    FieldSpec(name="revenue", label=_("Revenue"), kind=Kind.MONEY, minimum=0,
              synonyms=("annual sales", "yearly sales", "annual revenue", "yearly revenue", "turnover", "sales", "annual turnover", "ca", "ca annuel", "ca ht", "ca annuel ht", "chiffre d'affaires", "chiffre d'affaires annuel", "chiffre d'affaires ht", "umsatz", "jahresumsatz", "nettoumsatz", "net sales", "annual net sales", "facturación anual", "fatturato annuo", "facturación", "cifra de negocios", "ventas", "fatturato", "ricavi", "revenus")),
    FieldSpec(name="revenue_year", label=_("Revenue of the year"), kind=Kind.YEAR, synonyms=("fiscal year", "revenue year", "exercice", "geschäftsjahr", "ejercicio", "esercizio", "année du ca")),
    FieldSpec(name="growth", label=_("Growth a year"), kind=Kind.PERCENT, minimum=-1, maximum=5, synonyms=("growth", "croissance", "wachstum", "crecimiento", "crescita", "croissance annuelle")),
    FieldSpec(name="languages", label=_("Languages"), kind=Kind.LIST, synonyms=("language", "langues", "langue", "sprachen", "idiomas", "lingue")),
    FieldSpec(name="vendors", label=_("Vendors carried"), kind=Kind.LIST,
              synonyms=("vendors", "brands", "carries", "marques", "constructeurs", "éditeurs", "marques distribuées", "hersteller", "marken", "marcas", "fabricantes", "marche", "fornitori")),
)  # fmt: skip

#: The currency of a row's amounts, where the file has a column for it; else it is the one beside an amount, or the import's.
CURRENCY_FIELD = FieldSpec(name="currency", label=_("Currency of the row"), kind=Kind.CURRENCY,
                           synonyms=("currency", "currency code", "revenue currency", "devise", "code devise", "devise du ca", "monnaie", "währung", "waehrung", "moneda", "divisa", "valuta"))  # fmt: skip


def _name_of(spec: MeasureSpec) -> str:
    return spec.name_fr if (get_language() or "en").startswith("fr") else spec.name


#: The name of a measure in the reader's language: it is data, not a text of the product.
measure_label = lazy(_name_of, str)
MEASURE_FIELDS = tuple(
    FieldSpec(
        name=f"m_{m.key}",
        label=measure_label(m),
        kind=Kind.TEXT if m.kind == "word" else Kind.DECIMAL,
        max_length=100,
        synonyms=m.synonyms,
    )
    for m in KNOWN_MEASURES
)


def folded(text: str) -> str:
    """A text as its key column holds it."""
    return text_key(text)[:300]


def own_key(text: str) -> str | None:
    """The key inside an id of ours (``company_…``, ``partner_…``): the column "Id" of an export. None for any other id."""
    prefix, _, tail = str(text).strip().partition("_")
    if not tail or prefix not in {"company", "partner"}:
        return None
    try:
        return str(typeid_decode(prefix, str(text).strip()))
    except ValueError:
        return None


COMPANY_DERIVED = (
    Derived("own_id", "uuid", ("external_id",), own_key),
    Derived("name_key", "text", ("name",), folded),
    Derived("legal_name_key", "text", ("legal_name",), folded),
    Derived("region_key", "text", ("region",), folded),
    Derived("city_key", "text", ("city",), folded),
    Derived("registration_key", "text", ("registration_number",), lambda number: folded(number).replace(" ", "") or None),
    Derived("domain", "text", ("website",), lambda website: domain_of(website) or None),
    Derived("vendor_keys", "text[]", ("vendors",), lambda names: [folded(name) for name in names]),
)
# The same source tells the two apart: they hold different ids of it.
_OTHER = (
    "NOT EXISTS (SELECT 1 FROM partners_companyexternalid o WHERE o.company_id = c.id AND o.source = %(source_key)s"
    " AND s.external_id IS NOT NULL AND o.external_id <> s.external_id OFFSET 0)"
)
COMPANY_KEYS = (
    MatchKey(
        "external_id", _("Id in the source"), ("external_id",), unique=True,
        find="SELECT s.row_no, c.id FROM {rows} s" + sql.company_by_id("s.external_id", source=True)
        + f" UNION ALL SELECT s.row_no, o.id FROM {{rows}} s CROSS JOIN LATERAL (SELECT {sql.OUR_COMPANY} AS id OFFSET 0) o"
        " WHERE s.own_id IS NOT NULL AND o.id IS NOT NULL",
    ),
    MatchKey(
        "registration_number", _("Registration number"), ("registration_key",),
        find="SELECT s.row_no, c.id FROM {rows} s JOIN partners_company c ON c.registration_key = s.registration_key"
        " AND c.registration_key <> '' AND c.merged_into_id IS NULL"
        f" AND (s.country IS NULL OR c.country IS NULL OR c.country = s.country) WHERE {_OTHER}",
    ),
    MatchKey(
        "domain", _("Domain of the website"), ("domain",),
        find="SELECT s.row_no, c.id FROM {rows} s JOIN partners_company c ON c.domain = s.domain AND c.domain <> ''"
        f" AND c.merged_into_id IS NULL WHERE {_OTHER}",
    ),
    MatchKey(
        "name", _("Name and country"), ("name_key", "country"),
        find="SELECT s.row_no, c.id FROM {rows} s JOIN partners_company c ON c.name_key = s.name_key AND (c.country = s.country) IS TRUE"
        f" AND c.merged_into_id IS NULL WHERE {_OTHER}",
    ),
)  # fmt: skip
COMPANY_CHECKS = (
    RowCheck("name_without_letters", "name", "coalesce(s.name_key, '') = ''", _("A name needs a letter or a digit.")),
    RowCheck("year_to_come", "founded_year", "s.founded_year > date_part('year', current_date)", _("This year is still to come.")),
    RowCheck("position_half", "latitude", "(s.latitude IS NULL) <> (s.longitude IS NULL)", _("A position needs latitude and longitude.")),
)  # fmt: skip


#: The company of a row, or the one that it became part of since the row was read; ``hold_companies`` goes first.
LIVING = "coalesce((SELECT c.merged_into_id FROM partners_company c WHERE c.id = s.company_id), s.company_id)"


def hold_companies(chunk: ChunkWriter) -> None:
    """Keeps the companies of the rows as they are until the end, in one order for all: who adds to them or merges them waits."""
    chunk.execute(
        "SELECT 1 FROM partners_company c WHERE c.id IN (SELECT s.company_id FROM {rows} s) ORDER BY c.id FOR NO KEY UPDATE"
    )


def begin(*, actor: Actor, batch: Any, params: Any) -> dict[str, Any]:
    """The source that the file's facts are noted under, and whom it does not overrule."""
    source = fact_source_ensure(
        actor=actor, kind=SourceKind.IMPORT, name=params["source"], key=comparing.source_key_of(params)
    )
    answer: dict[str, Any] = {
        "source_id": str(source.pk),
        "trusted": [str(key) for key in trusted_sources(actor=actor, kind=SourceKind.IMPORT)],
        "reporting_currency": reporting_currency(),
        "currency": batch.currency,
    }
    brought = set(batch.mapped_fields.values())
    for spec in KNOWN_MEASURES:
        if f"m_{spec.key}" in brought:
            answer[f"m_{spec.key}"] = str(measure_ensure(actor=actor, spec=spec).pk)
    return answer


def write_companies(chunk: ChunkWriter) -> None:
    """Creates and updates companies with all that hangs on the row; one event."""
    created, updated = write_company_rows(chunk)
    publish(CompaniesImported(subject_id=chunk.batch_id, created=created, updated=updated), actor=chunk.actor)


def write_company_rows(chunk: ChunkWriter) -> tuple[int, int]:
    """The part that other targets share: companies, ids, measures, vendors. Answers (created, updated)."""
    facts = [fact for fact in sql.FACTS if chunk.has(fact) or (fact in sql.OF_THE_TOWN and chunk.has("city"))]
    created = chunk.insert(
        "partners_company",
        {
            "id": "s.id",
            **dict.fromkeys(("legal_name_key", "region_key", "city_key", "domain", "registration_key"), "''"),
            **sql.new_columns(facts),
            "provenance": f"jsonb_build_object('*', {sql.NOTE})",
            "stalest_on": "%(as_of)s::date",
            "version": "1",
        },
    )
    chunk.insert(
        "partners_companyfact",
        {name: f"s.{name}" for name in ("company_id", "field", "status", "value", "source_id", "as_of")},
        rows=sql.differences(facts),
    )
    columns = sql.updated_columns(facts)
    columns["stalest_on"] = f"(SELECT min((v.value->>1)::date) FROM jsonb_each({columns['provenance']}) v)"
    updated = chunk.update("partners_company", columns, also={"version": "t.version + 1"})
    _external_ids(chunk)
    _measures(chunk)
    _vendors(chunk)
    return created, updated


def _external_ids(chunk: ChunkWriter) -> None:
    if chunk.has("external_id"):
        chunk.insert(
            "partners_companyexternalid",
            # One per row at most, so that the row's key serves here too: the database takes longer to make one than to insert it.
            {
                "id": "s.id",
                "company_id": "coalesce(s.match_id, s.id)",
                "source": "%(source_key)s",
                "external_id": "s.external_id",
            },
            rows="{rows} s",
            where=f"s.external_id IS NOT NULL AND s.outcome IN ('new', 'known') AND {sql.IS_FOREIGN}",
            conflict="ON CONFLICT DO NOTHING",
        )


def _measures(chunk: ChunkWriter) -> None:
    for spec in KNOWN_MEASURES:
        field = f"m_{spec.key}"
        if not chunk.has(field):
            continue
        column = "word" if spec.kind == "word" else "value"
        value = f"s.{field}" if spec.kind == "word" else f"s.{field}::numeric(19,4)"
        common = {column: value, "source_id": "%(source_id)s::uuid", "as_of": "%(as_of)s::date"}
        chunk.update(
            "partners_companymeasure", common,
            on=f"t.company_id = s.match_id AND t.measure_id = %({field})s::uuid",
            where=f"s.{field} IS NOT NULL AND coalesce(t.as_of, %(as_of)s::date) <= %(as_of)s::date",
        )  # fmt: skip
        chunk.insert(
            "partners_companymeasure",
            {"company_id": "coalesce(s.match_id, s.id)", "measure_id": f"%({field})s::uuid", **common},
            rows="{rows} s",
            where=f"s.{field} IS NOT NULL AND s.outcome IN ('new', 'known')",
            conflict="ON CONFLICT DO NOTHING",
        )


def _vendors(chunk: ChunkWriter) -> None:
    """Vendors that nobody knew are added as complementary; who they really are is decided on their page."""
    if not chunk.has("vendors"):
        return
    named = "{rows} s0 CROSS JOIN LATERAL unnest(s0.vendors, s0.vendor_keys) AS v(name, key)"
    wanted = "v.key <> '' AND s0.outcome IN ('new', 'known')"
    known = "(k.name_key = v.key OR k.code = replace(v.key, ' ', '-'))"
    chunk.insert(
        "partners_vendor",
        {"code": "left(replace(s.key, ' ', '-'), 60)", "name": "left(s.name, 200)", "name_key": "s.key", "names": "'{}'",
         "relation": "'complementary'"},
        rows=f"(SELECT DISTINCT ON (v.key) v.key, v.name FROM {named} WHERE {wanted}"
        f" AND NOT EXISTS (SELECT 1 FROM partners_vendor k WHERE {known}) ORDER BY v.key) s",
        conflict="ON CONFLICT DO NOTHING",
    )  # fmt: skip
    chunk.insert(
        "partners_vendorcarried",
        {
            "company_id": "s.company_id",
            "vendor_id": "s.vendor_id",
            "source_id": "%(source_id)s::uuid",
            "as_of": "%(as_of)s::date",
        },
        rows=f"(SELECT DISTINCT coalesce(s0.match_id, s0.id) AS company_id, k.id AS vendor_id FROM {named}"
        f" JOIN partners_vendor k ON {known} WHERE {wanted}) s",
        conflict="ON CONFLICT DO NOTHING",
    )


COMPANIES = ImportTarget(
    key="companies",
    label=_("Companies"),
    description=_("Any companies of the market: partners, candidates, others."),
    permission="partners.company:import",
    fields=(*COMPANY_FIELDS, CURRENCY_FIELD, *MEASURE_FIELDS),
    derived=COMPANY_DERIVED,
    match_keys=COMPANY_KEYS,
    checks=COMPANY_CHECKS,
    side_by_side=True,
    begin=begin,
    write=write_companies,
    record=comparing.company_record(comparing.company_cells),
    result_url="vendor:partners:company-list",
    order=10,
)
