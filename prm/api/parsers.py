"""Bodies in JSON, read strictly: what two programs could read differently, or what no integrator sends, is refused with 400."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

_HALF = re.compile(r"\\u[dD][89a-fA-F]")


class StrictJSONParser(JSONParser):
    """JSON without repeated names (a proxy may have checked the first, we would take the last), and nested as far as records are."""

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        """The body. Raises ParseError, told as 400."""
        try:
            return read_json(stream.read().decode())
        except ValueError as error:
            raise ParseError(_("This is not JSON as it is read here: %(why)s") % {"why": error}) from error


def read_json(text: str) -> Any:
    """What ``text`` says. ValueError for what is no JSON, repeats a name, holds half a character, or is nested deeper than any record."""
    try:
        found = json.loads(text, object_pairs_hook=_named_once, parse_constant=_refuse)
        if _HALF.search(text):
            # Two halves that belong together are one character; one alone can neither be stored nor told back in an answer.
            json.dumps(found, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except UnicodeEncodeError:
        raise ValueError("half a character stands alone") from None
    return found


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no number of JSON")
