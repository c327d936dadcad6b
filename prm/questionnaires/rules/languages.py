"""In which language to ask whoever never said theirs. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from babel.languages import get_official_languages


def language_for(country: str, known: Sequence[str]) -> str:
    """The first official language of ``country`` (ISO 3166-1) that is among ``known``, else the first of ``known``.

    Belgium and Switzerland have several: whoever cannot be written to in Dutch or German reads French rather than English. The order is
    that of Unicode's CLDR, which goes by how many speak a language there.
    """
    return next((code for code in get_official_languages(country) if code in known), known[0])
