"""The countries that there are, by the locale data: one list for forms, files, the API and the columns that hold a country. Pure."""

from __future__ import annotations

from babel import Locale

#: Two letters in the locale data that are no country of ISO 3166-1: unions, parts of countries, places for tests.
_NONE = frozenset("AC CP CQ DG EA EU EZ IC QO TA UN XA XB ZZ".split())

#: ISO 3166-1 alpha-2, with XK, which has no code of its own yet and is written so.
COUNTRIES: frozenset[str] = (
    frozenset(code for code in map(str, Locale("en").territories) if len(code) == 2 and code.isalpha()) - _NONE
)
