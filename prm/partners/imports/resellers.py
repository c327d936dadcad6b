"""Resellers that sell already: each becomes a company and an active partner with its territory."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from prm.events.publishing import publish
from prm.imports.fields import FieldSpec, Kind
from prm.imports.targets import ChunkWriter, Derived, ImportTarget, Reference
from prm.partners.events import ResellersImported
from prm.partners.imports.companies import (
    COMPANY_CHECKS,
    COMPANY_DERIVED,
    COMPANY_FIELDS,
    COMPANY_KEYS,
    MEASURE_FIELDS,
    begin,
    folded,
    write_company_rows,
)
from prm.partners.imports.comparing import company_record, reseller_cells
from prm.partners.models import Lifecycle

_LIFE_WORDS: dict[str, tuple[str, ...]] = {
    Lifecycle.CANDIDATE: ("candidate", "candidat", "prospect"),
    Lifecycle.ENGAGED: ("engaged", "trial", "essai"),
    Lifecycle.CONTRACTED: ("contracted", "signed", "signé"),
    Lifecycle.ONBOARDING: ("onboarding", "démarrage"),
    Lifecycle.ACTIVE: ("active", "actif", "yes", "oui"),
    Lifecycle.EXTENDED: ("extended", "stratégique", "strategic"),
    Lifecycle.EXITING: ("exiting", "en sortie"),
    Lifecycle.EXITED: ("exited", "inactive", "sorti", "inactif", "closed"),
}
PARTNER_FIELDS: tuple[FieldSpec, ...] = (
    FieldSpec(name="lifecycle", label=_("Lifecycle"), kind=Kind.CHOICE, choices=_LIFE_WORDS,
              choice_labels=dict(Lifecycle.choices), synonyms=("status", "stage", "statut", "étape", "estado", "stato")),
    FieldSpec(name="partner_since", label=_("Partner since"), kind=Kind.DATE, synonyms=("since", "start date", "contract date", "depuis", "partner seit", "partenaire depuis", "socio desde", "partner dal")),
    FieldSpec(name="territory", label=_("Territory"), max_length=200, synonyms=("sales territory", "sector", "territoire", "secteur", "gebiet", "vertriebsgebiet", "territorio")),
    FieldSpec(name="territory_group", label=_("Group of territories"), max_length=200,
              synonyms=("territory group", "area", "zone", "groupe de territoires")),
    FieldSpec(name="account_manager", label=_("Account manager"), max_length=200,
              synonyms=("manager", "owner", "sales rep", "responsable", "chargé de compte", "kundenbetreuer", "betreuer", "gestor", "responsabile", "gestionnaire de compte", "responsable de compte")),
    FieldSpec(name="partner_currency", label=_("Currency of business"), kind=Kind.CURRENCY, synonyms=("currency", "devise", "währung", "moneda", "valuta")),
    FieldSpec(name="dedicated_share", label=_("Share of its business with us"), kind=Kind.PERCENT, minimum=0, maximum=1,
              synonyms=("dedicated share", "share with us", "part dédiée")),
)  # fmt: skip


def write_resellers(chunk: ChunkWriter) -> None:
    """Companies first, then the relationship, its first move and its territory."""
    created, updated = write_company_rows(chunk)
    life = "coalesce(s.lifecycle, 'active')"
    since = "coalesce(s.partner_since::timestamptz, %(now)s)"
    about = {
        "account_manager_id": "s.manager_id",
        "currency": "coalesce(s.partner_currency, s.revenue_currency)",
        "dedicated_share": "s.dedicated_share",
    }
    rows = "(SELECT x.*, coalesce(x.match_id, x.id) AS company_id FROM {rows} x WHERE x.outcome IN ('new', 'known')) s"
    absent = "NOT EXISTS (SELECT 1 FROM partners_partner p WHERE p.company_id = s.company_id)"
    # A partner that is known keeps its place in life: only ``partner_advance`` moves it.
    chunk.update(
        "partners_partner", {name: f"coalesce({value}, t.{name})" for name, value in about.items() if name != "currency"},
        rows=rows, on="t.company_id = s.company_id", also={"version": "t.version + 1"},
    )  # fmt: skip
    chunk.insert(
        "partners_partner",
        {"company_id": "s.company_id", "lifecycle": life, "lifecycle_since": since, "tier_code": "''", **about},
        rows=rows, where=absent,
    )  # fmt: skip
    born = "JOIN partners_partner p ON p.company_id = s0.company_id"
    chunk.insert(
        "partners_partnermove",
        {"partner_id": "s.partner_id", "from_lifecycle": "''", "to_lifecycle": "s.lifecycle", "reason": "%(source)s",
         "person_id": "%(person_id)s::uuid"},
        rows=f"(SELECT p.id AS partner_id, p.lifecycle FROM {rows}0 {born} WHERE NOT EXISTS"
        " (SELECT 1 FROM partners_partnermove m WHERE m.partner_id = p.id)) s",
    )  # fmt: skip
    _territories(chunk, f"{rows}0 {born}")
    publish(ResellersImported(subject_id=chunk.batch_id, created=created, updated=updated), actor=chunk.actor)


def _territories(chunk: ChunkWriter, served: str) -> None:
    """Territories that nobody knew are made, under their group; what they cover is said on their page."""
    if not chunk.has("territory"):
        return
    for name in ("territory_group", "territory") if chunk.has("territory_group") else ("territory",):
        parent = (
            "(SELECT g.id FROM partners_territory g WHERE g.name_key = s.parent_key ORDER BY g.id LIMIT 1)"
            if name == "territory" and chunk.has("territory_group")
            else "NULL::uuid"
        )
        chunk.insert(
            "partners_territory",
            {
                "code": "left(replace(s.key, ' ', '-'), 60)",
                "name": "s.name",
                "name_key": "s.key",
                "names": "'{}'",
                "parent_id": parent,
            },
            rows=f"(SELECT DISTINCT ON (x.{name}_key) x.{name}_key AS key, x.{name} AS name, x.territory_group_key AS parent_key"
            f" FROM {{rows}} x WHERE x.{name}_key <> '' AND x.outcome IN ('new', 'known') AND NOT EXISTS (SELECT 1 FROM partners_territory t"
            f" WHERE t.name_key = x.{name}_key OR t.code = x.{name}) ORDER BY x.{name}_key, x.row_no) s",
            conflict="ON CONFLICT DO NOTHING",
        )
    chunk.insert(
        "partners_partnerterritory",
        {"partner_id": "s.partner_id", "territory_id": "s.territory_id"},
        rows=f"(SELECT p.id AS partner_id, (SELECT t.id FROM partners_territory t WHERE t.name_key = s0.territory_key OR t.code = s0.territory"
        f" ORDER BY t.id LIMIT 1) AS territory_id FROM {served}) s",
        where="s.territory_id IS NOT NULL",
        conflict="ON CONFLICT DO NOTHING",
    )


RESELLERS = ImportTarget(
    key="resellers",
    label=_("Resellers"),
    description=_("Partners that sell already: company, active partner and territory in one row."),
    permission="partners.partner:import",
    fields=(*COMPANY_FIELDS, *PARTNER_FIELDS, *MEASURE_FIELDS),
    derived=(
        *COMPANY_DERIVED,
        Derived("territory_key", "text", ("territory",), folded),
        Derived("territory_group_key", "text", ("territory_group",), folded),
        Derived("manager_key", "text", ("account_manager",), folded),
    ),
    references=(
        Reference(
            into="manager_id", label=_("account manager"), field="account_manager", required="if given",
            find=(
                "SELECT s.row_no, p.id FROM {rows} s JOIN accounts_person p ON lower(p.email) = lower(s.account_manager)"
                " AND p.archived_at IS NULL",
                "SELECT s.row_no, p.id FROM {rows} s JOIN accounts_person p ON p.name_key = s.manager_key AND p.archived_at IS NULL",
            ),
        ),
    ),
    match_keys=COMPANY_KEYS,
    checks=COMPANY_CHECKS,
    begin=begin,
    write=write_resellers,
    record=company_record(reseller_cells),
    result_url="vendor:partners:company-list",
    order=30,
)  # fmt: skip
