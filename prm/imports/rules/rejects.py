"""The two columns that a file of rejected rows has beside the file's own: its row there and why it was rejected. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy, override

from prm.core.text import text_key

ROW_HEAD = gettext_lazy("Row")
ERROR_HEAD = gettext_lazy("Why rejected")


def own_columns(names: Sequence[str]) -> range:
    """The indexes of the columns that are the file's own: all, but for a file of rejected rows that comes back corrected, in whichever
    language it was downloaded."""
    for language in ("en", "fr"):
        with override(language):
            marks = (text_key(str(ROW_HEAD)), text_key(str(ERROR_HEAD)))
        if len(names) > 2 and (text_key(names[0]), text_key(names[-1])) == marks:
            return range(1, len(names) - 1)
    return range(len(names))
