"""How lengths of time of signing in are said."""

from __future__ import annotations

from django.utils.translation import ngettext


def minutes_words(minutes: int) -> str:
    """``30 minutes``, ``12 hours``, ``3 days``: as people would say so many minutes."""
    if minutes % 1_440 == 0 and minutes > 1_440:
        return ngettext("%(n)s day", "%(n)s days", minutes // 1_440) % {"n": minutes // 1_440}
    if minutes % 60 == 0:
        return ngettext("%(n)s hour", "%(n)s hours", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}


def with_taken_back(words: str, n: int) -> str:
    """What was done to somebody's access, and how many open invitations of theirs went with it."""
    if not n:
        return words
    told = ngettext(
        "%(n)s open invitation that they sent is taken back", "%(n)s open invitations that they sent are taken back", n
    )
    return f"{words} · {told % {'n': n}}"
