"""The API reference of the vendor's people."""

from __future__ import annotations

from prm.api import pages


class ReferencePage(pages.ReferencePage):
    """``/developers/api``."""
