"""How what happened to companies, partners and the catalogue reads in a history: what it was, and what it became."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from prm.events.telling import Told, icon_of, sentence_of, teller
from prm.partners import events
from prm.partners.details import DETAILS
from prm.partners.facts.words import change_words, fact_label
from prm.partners.models import Company, Department, Lifecycle
from prm.partners.tables.details import detail_changes
from prm.ui import formats

PARTNER_WORDS = {
    "account_manager": gettext_lazy("account manager"), "company": gettext_lazy("company"), "territories": gettext_lazy("territories"),
    "currency": gettext_lazy("currency"), "language": gettext_lazy("language"), "dedicated_share": gettext_lazy("dedicated share"),
}  # fmt: skip
LIAISON_WORDS = {
    "added": gettext_lazy("introduced two people"), "changed": gettext_lazy("noted that two people spoke"),
    "removed": gettext_lazy("noted that two people speak no more"),
}  # fmt: skip

icon_of("plus", events.CompanyCreated)
icon_of("trash", events.CompanyArchived)
icon_of("arrow-back-up", events.CompanyRestored, events.CompanyMergeUndone)
icon_of("git-merge", events.CompanyWentInto)


def changed_words(number: int) -> str:
    """``changed 2 facts``."""
    return ngettext("changed a fact", "changed %(n)s facts", number) % {"n": formats.number(number)}


@teller(events.CompanyEdited, icon="pencil")
def company_edited(data: Mapping[str, Any]) -> Told:
    """Which facts, and what each was and became; of old events only which."""
    changes = data.get("changes")
    if changes:
        told = change_words({fact: changes[fact] for fact in data["fields"]})
        words = changed_words(len(told)) if told else _("confirmed what was known")
        return Told(_("took back what was entered by hand") if data.get("is_withdrawal") else words, told)
    return Told(changed_words(len(data["fields"])), _labels(data["fields"]))


@teller(events.CompanyMerged, icon="git-merge")
def company_merged(data: Mapping[str, Any]) -> Told:
    """How much came over with it, if anything did."""
    came = ngettext("%(n)s record came over", "%(n)s records came over", data["count"]) % {"n": formats.number(data["count"])}
    return Told(sentence_of(events.CompanyMerged, data), [came] if data["count"] else [])


@teller(events.FactsProposed, icon="forms")
def facts_proposed(data: Mapping[str, Any]) -> Told:
    """Which facts a partner said."""
    return Told(sentence_of(events.FactsProposed, data), _labels(data["fields"]))


@teller(events.FactProposalsAccepted, icon="check")
def proposals_accepted(data: Mapping[str, Any]) -> Told:
    """Which of them hold now."""
    return Told(sentence_of(events.FactProposalsAccepted, data), _labels(data["fields"]))


@teller(events.FactProposalsRefused, icon="x")
def proposals_refused(data: Mapping[str, Any]) -> Told:
    """Which of them do not."""
    return Told(sentence_of(events.FactProposalsRefused, data), _labels(data["fields"]))


@teller(events.CompanyDetailsChanged, icon="list-details")
def details_changed(data: Mapping[str, Any]) -> Told:
    """Which kind of detail, and what differs."""
    kind = DETAILS.get(data.get("part", ""))
    if kind is None:
        return Told(sentence_of(events.CompanyDetailsChanged, data))
    words = {
        "added": _("added: %(what)s"), "changed": _("changed: %(what)s"), "removed": _("removed: %(what)s"),
    }.get(data.get("act", ""), _("changed: %(what)s"))  # fmt: skip
    return Told(words % {"what": kind.one}, detail_changes(kind, data.get("before") or {}, data.get("after") or {}))


@teller(events.PartnerCreated, icon="user-plus")
def partner_created(data: Mapping[str, Any]) -> Told:
    """Where its life began."""
    return Told(_("made it a partner"), [_stage(data["lifecycle"])])


@teller(events.PartnerAdvanced, icon="route-2")
def partner_advanced(data: Mapping[str, Any]) -> Told:
    """From where to where."""
    return Told(_("moved it on"), [f"{_stage(data['before'])} → {_stage(data['after'])}"])


@teller(events.PartnerMoveTakenBack, icon="arrow-back-up")
def move_taken_back(data: Mapping[str, Any]) -> Told:
    """Where it stands again."""
    return Told(_("took back a step"), [f"{_stage(data['before'])} → {_stage(data['after'])}"])


@teller(events.PartnerEdited, icon="user-check")
def partner_edited(data: Mapping[str, Any]) -> Told:
    """Which of the vendor's own facts of it."""
    return Told(_("changed the relationship"), [_relation_words(name.strip(), data) for name in data["what"].split(",")])


def _relation_words(name: str, data: Mapping[str, Any]) -> str:
    """What of a relationship was changed and, where that is no id, from what to what."""
    label = formats.capital(str(PARTNER_WORDS.get(name, name)))
    before, after = (data.get("changes") or {}).get(name, (None, None))
    if name not in {"currency", "language"} or before == after:
        return label
    return f"{label} {before or '?'} → {after or '?'}"


@teller(events.LiaisonChanged, icon="users")
def liaison_changed(data: Mapping[str, Any]) -> Told:
    """Which department of theirs is spoken to."""
    words = LIAISON_WORDS.get(data["act"], LIAISON_WORDS["changed"])
    return Told(str(words), [str(Department(data["department"]).label)])


def _labels(fields: list[str]) -> list[str]:
    known = {field.name for field in Company._meta.get_fields()}
    return [fact_label(field) for field in fields if field in known]


def _stage(code: str) -> str:
    return str(Lifecycle(code).label) if code in Lifecycle.values else code
