"""Figures that people type into forms and filters, read by the rules that read them in files: ``1,5 M€``, ``18 300``, ``18.300,50``."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from prm.core.errors import Invalid
from prm.core.numbers import Number, NumberStyle, number_style, read_number
from prm.ui import formats

#: Nobody writes a figure longer than this; one of a million digits takes its time to read.
MOST_SIGNS = 80
WORDS: dict[str, Any] = {
    "not_number": _("This is no number: write it like 1,250 or 1.5M."),
    "number_range": _("Write one number, not a range."),
    "number_several": _("Write one number only."),
    "number_currency": _("“kr” is money of several countries: write SEK, NOK, DKK or ISK."),
    "number_grouping": _("Digits are not grouped like this: write it like 1,250 or 1.5M."),
}


def figure_typed(text: str, *, field: str | None = None, is_small: bool = False) -> Number:
    """A figure with the currency and the per cent sign beside it. ``1,234`` is what the reader's language makes of it, unless
    ``is_small``: what stays below a thousand has decimals and no thousands. Raises Invalid.
    """
    bare = text.strip()
    if len(bare) > MOST_SIGNS:
        raise Invalid("not_number", WORDS["not_number"], field=field)
    if is_small and bare.count(",") + bare.count(".") == 1:
        style = NumberStyle("," if "," in bare else ".")
    else:
        style = number_style([bare], habit="," if formats.locale().language == "fr" else ".")
    found = read_number(bare, style)
    if isinstance(found, str):
        raise Invalid(found, WORDS[found], field=field)
    if abs(found.value) >= 10**15:
        raise Invalid("too_large", _("This is more than anything that is reckoned with here."), field=field)
    return found
