"""Who may do what, as a table: abilities down, roles across; read by the page and by exports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from prm.access.abilities import Ability, abilities, area_label
from prm.access.actors import Actor
from prm.accounts.selectors.roles import Card, card_list
from prm.ui.tables import Column, ListSpec


@dataclass(frozen=True)
class MatrixRow:
    """One ability with what each role has of it: ``yes``, ``part`` or empty, by the code of the role."""

    ability: Ability
    held: dict[str, str]

    @property
    def key(self) -> UUID:
        """The same for the same ability, always."""
        return uuid5(NAMESPACE_OID, self.ability.key)


@dataclass(frozen=True)
class Matrix:
    """Roles of one side, and the abilities that any of them has."""

    cards: list[Card]
    rows: list[MatrixRow]

    @property
    def areas(self) -> list[dict[str, Any]]:
        """The rows by area and thing, each with its cells in the order of the roles."""
        found: list[dict[str, Any]] = []
        for row in self.rows:
            if not found or found[-1]["area"] != row.ability.area:
                found.append({"area": row.ability.area, "label": area_label(row.ability.area), "rows": []})
            before = found[-1]["rows"]
            is_first = not before or before[-1]["thing"] != row.ability.thing
            cells = [row.held[card.code] for card in self.cards]
            before.append({"thing": row.ability.thing, "is_first": is_first, "verb": row.ability.verb, "cells": cells})
        return found


def matrix_of(*, actor: Actor, of_partners: bool = False) -> Matrix:
    """The matrix of one side. Raises Denied."""
    cards = card_list(actor=actor, of_partners=of_partners)
    rows = []
    for ability in abilities():
        held = {card.code: _share(ability, card) for card in cards}
        if any(held.values()):
            rows.append(MatrixRow(ability, held))
    return Matrix(cards, rows)


def _share(ability: Ability, card: Card) -> str:
    if ability.permissions <= card.permissions:
        return "yes"
    return "part" if ability.permissions & card.permissions else ""


#: What exports of the matrix are asked by; the page itself is no list.
ROLES = ListSpec(
    name="roles",
    columns=(
        Column(key="area", label=_("Area"), cell=lambda row: area_label(row.ability.area)),
        Column(key="thing", label=_("What"), cell=lambda row: row.ability.thing),
        Column(key="verb", label=pgettext_lazy("permission", "May"), cell=lambda row: row.ability.verb),
    ),
)
