"""Sites of companies from a file. A company of unknown place takes the place of its headquarters."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from prm.events.publishing import publish
from prm.imports.fields import FieldSpec, Kind
from prm.imports.targets import ChunkWriter, Derived, ImportTarget, MatchKey, Record, Reference
from prm.partners.events import SitesImported
from prm.partners.imports import sql
from prm.partners.imports.companies import COMPANY_FIELDS, LIVING, begin, folded, hold_companies
from prm.partners.imports.comparing import plain
from prm.partners.models import SiteKind
from prm.partners.models.details import address_key
from prm.partners.rules.websites import domain_of

_BY_NAME = {spec.name: spec for spec in COMPANY_FIELDS}
SITE_FIELDS: tuple[FieldSpec, ...] = (
    FieldSpec(name="external_id", label=_("Id of the company in the source"), max_length=120, synonyms=_BY_NAME["external_id"].synonyms),
    FieldSpec(name="company_name", label=_("Company"), max_length=200,
              synonyms=("company name", "account", "account name", "société", "entreprise", "raison sociale", "nom de la société", "firma", "unternehmen", "empresa", "azienda", "ragione sociale")),
    FieldSpec(name="website", label=_("Website of the company"), kind=Kind.URL, synonyms=_BY_NAME["website"].synonyms),
    FieldSpec(name="site_name", label=_("Name of the site"), max_length=200, synonyms=("site", "site name", "office", "branch", "nom du site", "standort", "sede", "établissement", "agence")),
    FieldSpec(name="site_kind", label=_("Kind of site"), max_length=100,
              synonyms=("site type", "type", "kind", "location type", "type de site", "standorttyp", "tipo de sede", "tipo di sede")),
    *(_BY_NAME[name] for name in ("country", "region", "city", "postal_code", "latitude", "longitude", "employees")),
    FieldSpec(name="street", label=_("Street"), max_length=300, synonyms=("address", "street address", "address line 1", "adresse", "rue", "adresse postale", "straße", "anschrift", "dirección", "calle", "indirizzo", "via")),
)  # fmt: skip

_WORDS = {
    SiteKind.HEADQUARTERS: ("headquarter", "head office", "hq", "siège", "siege"),
    SiteKind.WAREHOUSE: ("warehouse", "entrepôt", "entrepot", "depot"),
    SiteKind.SHOP: ("shop", "store", "magasin"),
}


def site_kind(text: str) -> str:
    """The kind meant by a word of a file; what we have no word for is another kind of site.

    >>> site_kind("Headquarters|Training Delivery"), site_kind("Office"), site_kind("Colocation")
    ('headquarters', 'office', 'other')
    """
    plain = text.casefold()
    for kind, words in _WORDS.items():
        if any(word in plain for word in words):
            return str(kind)
    return str(SiteKind.OFFICE if any(w in plain for w in ("office", "branch", "bureau", "agence")) else SiteKind.OTHER)


def company_references(into: str = "company_id") -> Reference:
    """Which company the row belongs to: by id in this source, by id in any source, by website, by name and country."""
    return Reference(
        into=into, label=_("company"), field="external_id", fields=("external_id", "company_name", "website"),
        find=(
            "SELECT s.row_no, c.id FROM {rows} s" + sql.company_by_id("s.external_id", source=True),
            "SELECT s.row_no, c.id FROM {rows} s" + sql.company_by_id("s.external_id", source=False),
            "SELECT s.row_no, c.id FROM {rows} s JOIN partners_company c ON c.domain = s.domain AND c.domain <> ''"
            " AND c.merged_into_id IS NULL WHERE s.external_id IS NULL",
            "SELECT s.row_no, c.id FROM {rows} s JOIN partners_company c ON c.name_key = s.company_name_key"
            " AND c.merged_into_id IS NULL WHERE s.external_id IS NULL",
        ),
    )  # fmt: skip


_BOTH = "s.latitude IS NOT NULL AND s.longitude IS NOT NULL"
_COLUMNS = ("country", "region", "city", "street", "postal_code", "employees")


def _columns() -> dict[str, str]:
    return {
        **{name: f"s.{name}" for name in _COLUMNS},
        "latitude": f"CASE WHEN {_BOTH} THEN s.latitude END",
        "longitude": f"CASE WHEN {_BOTH} THEN s.longitude END",
        "source_id": "%(source_id)s::uuid",
        "as_of": "%(as_of)s::date",
    }


def write_sites(chunk: ChunkWriter) -> None:
    """Creates and updates sites; fills in the place of their companies where nobody knew it."""
    kind, name = "coalesce(s.kind_code, 'office')", "coalesce(s.site_name, '')"
    key = "coalesce(s.address_key, '')"
    hold_companies(chunk)
    created = chunk.insert(
        "partners_site",
        {"id": "s.id", "company_id": LIVING, "name": name, "kind": kind, "address_key": key, **_columns()},
    )
    brought = {column: f"coalesce({value}, t.{column})" for column, value in _columns().items()}
    updated = chunk.update(
        "partners_site", {"name": "coalesce(s.site_name, t.name)", "kind": "coalesce(s.kind_code, t.kind)", **brought}
    )
    _place_of_company(chunk)
    publish(SitesImported(subject_id=chunk.batch_id, created=created, updated=updated), actor=chunk.actor)


def _place_of_company(chunk: ChunkWriter) -> None:
    head = (
        "(SELECT DISTINCT ON (x.company_id) x.* FROM {rows} x WHERE x.kind_code = 'headquarters'"
        " AND x.country IS NOT NULL AND x.outcome IN ('new', 'known') ORDER BY x.company_id, x.row_no) s"
    )
    notes = " || ".join(f"jsonb_build_object('{fact}', {sql.NOTE})" for fact in ("country", "region", "city", "latitude"))
    values = {
        "country": "s.country",
        "region": "s.region",
        "region_key": "coalesce(s.region_key, '')",
        "city": "s.city",
        "city_key": "coalesce(s.city_key, '')",
        "postal_code": "coalesce(t.postal_code, s.postal_code)",
        "latitude": f"coalesce(t.latitude, CASE WHEN {_BOTH} THEN s.latitude END)",
        "longitude": f"coalesce(t.longitude, CASE WHEN {_BOTH} THEN s.longitude END)",
        "provenance": f"t.provenance || {notes}",
    }
    chunk.update(
        "partners_company", values, rows=head, on="t.id = s.company_id",
        where="t.country IS NULL AND t.region IS NULL AND t.city IS NULL", also={"version": "t.version + 1"},
    )  # fmt: skip


def _address(*parts: Any) -> str | None:
    return address_key(*parts) or None


_CELLS = (
    plain("site_name", "name"),
    plain("site_kind", "kind", new="s.kind_code"),
    *(plain(name) for name in _COLUMNS),
    plain("latitude", brought=_BOTH),
    plain("longitude", brought=_BOTH),
)
SITES = ImportTarget(
    key="sites",
    label=_("Sites of companies"),
    description=_("Offices, warehouses and shops of companies that are known already."),
    permission="partners.site:import",
    fields=SITE_FIELDS,
    derived=(
        Derived("domain", "text", ("website",), lambda website: domain_of(website) or None),
        Derived("company_name_key", "text", ("company_name",), folded),
        Derived("kind_code", "text", ("site_kind",), site_kind),
        Derived("region_key", "text", ("region",), folded),
        Derived("city_key", "text", ("city",), folded),
        Derived("address_key", "text", ("country", "region", "city", "street", "postal_code"), _address),
    ),
    references=(company_references(),),
    match_keys=(
        MatchKey(
            "address", _("Address"), ("company_id", "address_key"),
            find="SELECT s.row_no, t.id FROM {rows} s JOIN partners_site t ON t.company_id = s.company_id"
            " AND t.address_key = s.address_key AND t.address_key <> ''",
        ),
    ),
    begin=begin,
    write=write_sites,
    record=Record(
        table="partners_site", joins="JOIN partners_company c ON c.id = t.company_id", name="concat_ws(' · ', c.name, t.city, t.street)",
        called="concat_ws(' · ', s.company_name, s.site_name, s.city, s.street)", cells=lambda chunk: _CELLS,
    ),
    order=20,
)  # fmt: skip
