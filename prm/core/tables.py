"""Table classes: who can reach a table at all. Every table declares one; ``prm.access`` turns it into grants and policies."""

from __future__ import annotations

from enum import StrEnum


class TableClass(StrEnum):
    """TRUST.md, wall 2. The class decides the database grants and the row-security policies of the table."""

    OWNED = "owned"  # partner_id NOT NULL: one partner's rows
    PUBLISHED = "published"  # the vendor's, read by an audience of partners
    SHARED = "shared"  # rows with members from several partners
    IDENTITY = "identity"  # users, sessions, keys: the sign-in login only
    UNIVERSE = "universe"  # companies and facts about them
    VENDOR = "vendor"  # the vendor's own; no portal grant
    INFRASTRUCTURE = "infrastructure"  # the framework's own catalogue tables: readable by all, hold nothing private
