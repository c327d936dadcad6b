"""What a look-alike found, in one line: how many of the best are both alike and worth it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from prm.core.money import reporting_currency
from prm.ui import formats
from profiling.studies.models import RunResult

BEST = 60
ALIKE = 60


def finding_of(best: Sequence[RunResult]) -> dict[str, Any]:
    """Of the first 60: ``worth``, a round figure that half of them reach (None where no potential is known), and ``count``, how
    many score 60 or more and reach it; ``rows`` is how many there are, ``largest`` the largest of their potentials."""
    best = best[:BEST]
    known = sorted(float(r.p50) for r in best if r.p50 is not None)
    if not known:
        return {"rows": len(best), "worth": None, "count": 0}
    worth = _round_figure(known[len(known) // 2])
    count = sum(r.score is not None and r.score >= ALIKE and r.p50 is not None and float(r.p50) >= worth for r in best)
    return {"rows": len(best), "worth": worth, "count": count, "largest": known[-1]}


def finding_words(finding: Mapping[str, Any]) -> str:
    """The finding as a sentence."""
    if not finding["rows"]:
        return _("Nobody is left: change the filters")
    if finding["worth"] is None:
        return _("The most alike")
    amount = formats.money(finding["worth"], reporting_currency(), short=True)
    if not finding["count"]:
        # Nobody is very alike: what the nearest are worth is still what a person can act on.
        largest = formats.money(finding.get("largest", finding["worth"]), reporting_currency(), short=True)
        return _("The %(rows)s nearest are worth up to %(largest)s") % {"rows": finding["rows"], "largest": largest}
    words = ngettext(
        "%(count)s is alike and worth more than %(amount)s",
        "%(count)s are alike and worth more than %(amount)s",
        finding["count"],
    )
    return words % {"count": finding["count"], "amount": amount}


def _round_figure(value: float) -> float:
    """A threshold that people would choose: one or two significant figures."""
    if value <= 0:
        return 0.0
    size = 10.0 ** (len(str(int(value))) - 1)
    return max(round(value / size * 2) / 2 * size, size / 2)
