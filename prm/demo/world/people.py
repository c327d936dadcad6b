"""Orvane's own people: who runs the channel and whose partners are whose."""

from __future__ import annotations

from typing import NamedTuple

from prm.core.text import text_key


class Member(NamedTuple):
    """Somebody of the vendor. ``groups`` are the territories whose partners they look after."""

    key: str
    name: str
    title: str
    role: str  # administrator, director, manager
    language: str
    groups: tuple[str, ...] = ()

    @property
    def email(self) -> str:
        """``claire.rousset@orvane.example``"""
        return f"{text_key(self.name).replace(' ', '.')}@orvane.example"


MEMBERS = (
    Member("tessier", "Marc Tessier", "Administrator", "administrator", "en"),
    Member("vidal", "Elise Vidal", "Directrice des ventes indirectes", "director", "fr"),
    Member("rousset", "Claire Rousset", "Channel manager, West", "manager", "en", ("FR-WEST",)),
    Member("marchal", "Théo Marchal", "Responsable partenaires, Sud-Est et Suisse", "manager", "fr", ("FR-SOUTHEAST", "CH")),
    Member(
        "delattre", "Inès Delattre", "Responsable partenaires, Paris, Nord et Benelux", "manager", "fr",
        ("FR-NORTH", "FR-OVERSEAS", "BE", "LU"),
    ),
    Member("soler", "Marta Soler", "Channel manager, South, Spain and Italy", "manager", "en", ("FR-SOUTH", "ES", "IT")),
    Member("brandt", "Lukas Brandt", "Channel manager, East and Germany", "manager", "en", ("FR-EAST", "DE")),
)  # fmt: skip
MANAGER_OF_GROUP = {group: member.key for member in MEMBERS for group in member.groups}
