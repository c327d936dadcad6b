"""People of the demo who sign in: Orvane's own, who run the channel and whose partners are whose, and some of its partners'."""

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

    @property
    def phone(self) -> str:
        """A number of the range that France keeps for fiction."""
        return f"+33 2 61 91 40 {10 + sum(self.key.encode()) % 90}"


class PartnerMember(NamedTuple):
    """Somebody of a partner or candidate, by the name of the company (``story.TOLD``)."""

    company: str
    name: str
    title: str
    role: str
    language: str

    @property
    def email(self) -> str:
        """``yann.guivarch@kerlan-systemes.example``"""
        return f"{text_key(self.name).replace(' ', '.')}@{text_key(self.company).replace(' ', '-')}.example"


class Specialist(NamedTuple):
    """Somebody of neither side who was invited to chosen studies (P10)."""

    name: str
    title: str
    language: str
    role: str = "specialist"

    @property
    def email(self) -> str:
        """``hannah.lindqvist@northlight-research.example``"""
        return f"{text_key(self.name).replace(' ', '.')}@northlight-research.example"


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

PARTNER_MEMBERS = (
    PartnerMember("Kerlan Systèmes", "Yann Guivarch", "Directeur commercial", "partner_administrator", "fr"),
    PartnerMember("Kerlan Systèmes", "Maël Briand", "Ingénieur commercial", "partner_sales", "fr"),
    PartnerMember("Breizh Réseaux", "Nolwenn Tanguy", "Responsable des alliances", "partner_administrator", "fr"),
    PartnerMember("Isère Cloud", "Camille Ferrand", "Cofondatrice", "candidate", "fr"),
)
SPECIALISTS = (Specialist("Hannah Lindqvist", "Analyst, Northlight Research", "en"),)
