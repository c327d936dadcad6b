"""Table classes: who can reach a table at all. Every table declares one; ``prm.access`` turns it into grants and policies.

What partners, candidates and specialists reach of a table is said beside its class, once, and read by both walls:

========================  ==============================================================================================
``partner_column``        whose rows they are (owned, owned_or_vendor); ``partner_id`` unless said otherwise
``company_column``        the company that rows of the universe are about; a partner reads those of its own company
``portal_may``            what the portal's role may do with the rows it reaches; ``SELECT`` unless said otherwise
``vendor_may``            likewise the vendor's role; everything unless said otherwise: less where the past is not changed
``system_may``            likewise the product itself
``audience``              ``app.Model`` of (partner, thing) rows that say who reads a published table
``members``               ``app.Model`` of (partner, thing) rows that say who shares a shared table
``study_column``          the study that rows belong to; a specialist reads those of the studies it was invited to
``guest_may``             what the specialist's role may do with the rows it reaches; ``SELECT`` unless said otherwise
``points_to``             field → ``Whose``: whose row a row of a partner may name there; ``OWN`` unless said otherwise
``points_anywhere``       field → why a row of a partner may name a row of another one there
========================  ==============================================================================================
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any


class TableClass(StrEnum):
    """The class decides the database grants and the row-security policies of the table."""

    OWNED = "owned"  # partner_id NOT NULL: one partner's rows
    OWNED_OR_VENDOR = "owned_or_vendor"  # a partner's rows, and the vendor's own where partner_id is NULL
    PUBLISHED = "published"  # the vendor's, read by an audience of partners
    SHARED = "shared"  # rows with members from several partners
    REFERENCE = "reference"  # words of the trade that everybody who is signed in reads: industries, territories
    IDENTITY = "identity"  # users, sessions, keys: the sign-in login only
    UNIVERSE = "universe"  # companies and facts about them
    VENDOR = "vendor"  # the vendor's own; no portal grant
    INFRASTRUCTURE = "infrastructure"  # the framework's own catalogue tables: readable by all, hold nothing private


class Whose(StrEnum):
    """Whose row a row that belongs to a partner may point to. The database holds it (``prm.access.belonging``)."""

    OWN = "own"  # of the same partner: a composite key
    EITHER = "either"  # of the same partner, or one that the vendor keeps
    VENDOR = "vendor"  # one that the vendor keeps


def declared(model: Any, name: str, default: str = "") -> str:
    """What a model declares under one of the names above, else ``default``."""
    return str(getattr(model, name, default))
