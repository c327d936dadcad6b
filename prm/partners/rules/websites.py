"""The domain behind a company's website. Pure."""

from __future__ import annotations

import re

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://")
_PLAIN_SITE = re.compile(r"https?://(?:www\.)?+((?=[a-z0-9.-]{1,200}/?\Z)(?:[a-z0-9-]{1,63}\.)+[a-z0-9-]{1,63})/?\Z")


def domain_of(website: str | None) -> str:
    """The domain behind an address on the web, without ``www``; "" when it is none.

    >>> domain_of("https://www.Kerlan.example:443/fr?x=1"), domain_of("kerlan"), domain_of(None)
    ('kerlan.example', '', '')
    """
    text = (website or "").strip().lower()
    if plain_site := _PLAIN_SITE.match(text):  # as imports have made nearly all of them
        return plain_site[1]
    scheme = _SCHEME.match(text)
    if scheme and scheme[0] not in {"http://", "https://"}:
        return ""  # javascript://kerlan.example is a program to whoever makes a link of it
    text = text[scheme.end() :] if scheme else text
    for mark in "/?#":
        text = text.partition(mark)[0]
    text = text.rpartition("@")[2].partition(":")[0].removeprefix("www.").strip(".")
    plain = "." in text and " " not in text and all(part and len(part) <= 63 for part in text.split("."))
    return text if plain and len(text) <= 200 else ""
