"""What a look-alike found, as a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from prm.core.money import reporting_currency
from prm.ui import formats


def finding_words(finding: Mapping[str, Any]) -> str:
    """The finding as a sentence."""
    if not finding["rows"]:
        return _("Nobody is left: change the filters")
    if finding["worth"] is None:
        words = ngettext(
            "The most alike; what it could sell is not known enough",
            "The %(count)s most alike; what they could sell is not known enough",
            finding["rows"],
        )
        return words % {"count": finding["rows"]}
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
