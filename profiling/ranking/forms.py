"""The question of a ranking as its form sends it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from prm.core.errors import Invalid
from profiling.studies.forms import filters_from

PREFIX = "value:"
_ENGLISH_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?%?$")


def question_from(post: QueryDict, current: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that a form asks for: a field left empty lets the data (or the stand-in) speak again."""
    values = dict(current.get("values", {}))
    for name in post:
        if name.startswith(PREFIX):
            text = plain_number(str(post[name]))
            if text:
                values[name.removeprefix(PREFIX)] = text
            else:
                values.pop(name.removeprefix(PREFIX), None)
    return {"values": values, "filters": filters_from(post, current.get("filters", {}))}


def plain_number(text: str) -> str:
    """A number as people type it in either language, as a program reads it: ``1,250,000.5`` and ``1 250 000,5``."""
    bare = "".join(text.split())
    return bare.replace(",", "") if _ENGLISH_THOUSANDS.match(bare) else bare.replace(",", ".")


def amount_from(text: str) -> Decimal:
    """A number as people type it. Raises Invalid."""
    plain = plain_number(text).removesuffix("%")
    try:
        value = Decimal(plain)
    except InvalidOperation:
        raise Invalid("not_a_number", _("Enter a number."), field="value") from None
    if not value.is_finite() or abs(value) >= Decimal("1e15"):
        raise Invalid("not_a_number", _("Enter a number."), field="value")
    return value / 100 if text.strip().endswith("%") else value
