"""Which facts an answer may tell, in words: what the builder offers."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.partners.catalogue import KINDS
from prm.partners.facts.words import fact_label
from prm.partners.selectors.catalogue import records
from prm.questionnaires.rules.checks import FACT_KINDS, MIX
from prm.questionnaires.rules.document import Kind


def fact_choices(*, actor: Actor, kind: str) -> list[tuple[str, str]]:
    """(field, name) of the facts that a question of this kind can tell; none for kinds that can tell none."""
    found = [(fact, _label(fact)) for fact, kinds in FACT_KINDS.items() if kind in kinds]
    if kind == Kind.NUMBER and actor.may("partners.industry:view"):
        industries: Any = records(actor=actor, kind=KINDS["industries"])
        words, language = _("Share of its customers: %(industry)s"), get_language() or "en"
        found += [(f"{MIX}{i.code}", words % {"industry": i.name_in(language)}) for i in industries[:40]]
    return found


def _label(fact: str) -> str:
    return _("Vendors it carries") if fact == "vendors" else fact_label(fact)
