"""The rows of an answer as the page of any kind shows them: a page of the table, and one row whose why stands beside it.

Plain data for templates, no reading and no markup.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from prm.core.money import reporting_currency
from prm.partners.models import Company
from prm.ui import formats
from profiling.studies.models import RunResult

ROWS = 25


def place_of(company: Company) -> str:
    """``Grenoble · MSP``: where it is and what it is; what is not known is left out."""
    typology = company.get_typology_display() if company.typology else None
    return " · ".join(part for part in (company.city, typology) if part)


def unit() -> str:
    """The sign of the reporting currency."""
    return formats.symbol(reporting_currency())


def thousands(value: Any) -> float | None:
    """An amount in thousands; None stays None."""
    return None if value is None else float(value) / 1000


@dataclass(frozen=True)
class RowsShown:
    """A page of rows ranked beyond ``after``. ``chosen`` is the row whose why is shown, because ``is_asked`` or because it is the
    first; ``kept`` is what every address of the page keeps, ``why`` the address of the why alone."""

    rows: Sequence[RunResult]
    has_more: bool
    after: int
    chosen: RunResult | None
    is_asked: bool
    why: str
    kept: Mapping[str, Any]

    def row(self, result: RunResult) -> dict[str, Any]:
        """What every kind says of a row, money in thousands; a kind adds its own."""
        place = {"after": self.after} if self.after else {}
        thin = "too_little" if result.gap is not None or result.drivers else "potential_too_little"
        is_thin = thin in result.marks and result.p50 is not None
        here = {**self.kept, **place, "company": result.company.public_id}
        return {
            "id": result.company.public_id,
            "rank": result.rank,
            "name": result.company.name,
            "about": place_of(result.company),
            "p10": thousands(result.p10),
            "p50": thousands(result.p50),
            "p90": thousands(result.p90),
            "top": max([float(r.p90) / 1000 for r in self.rows if r.p90 is not None], default=1.0),
            "potential": formats.number(thousands(result.p50), 0, missing="?"),
            "known": result.known_share,
            "too_little": "too_little" in result.marks,
            "is_thin": is_thin,
            "thin_words": _("Rests on too little") if is_thin else "",
            "selected": self.chosen is not None and result.pk == self.chosen.pk,
            "url": "?" + urlencode(here),
            "why": f"{self.why}?{urlencode(here)}",
        }

    def frame(self) -> dict[str, Any]:
        """What stands around the table: the first and last rank, and where to go from here."""
        return {
            "asked": self.is_asked,
            "unit": formats.thousands(reporting_currency()),
            "first": self.rows[0].rank if self.rows else 0,
            "last": self.rows[-1].rank if self.rows else 0,
            "next": "?" + urlencode({**self.kept, "after": self.rows[-1].rank}) if self.has_more else "",
            "previous": "?" + urlencode({**self.kept, "after": max(self.after - ROWS, 0)}) if self.after else "",
        }
