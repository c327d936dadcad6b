"""API keys as lists: few enough to be narrowed and sorted in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from prm.accounts.models import ApiKey
from prm.accounts.tables.members import EARLY
from prm.core.ids import typeid_encode
from prm.ui import formats, marks
from prm.ui.tables import Column, ListSpec

SOON = timedelta(days=14)


KEY_SORTS = {"name": lambda k: k.name.casefold(), "used": lambda k: k.last_used_at or EARLY}


def key_id(key: ApiKey) -> str:
    """``key_…``."""
    return typeid_encode(ApiKey.typeid_prefix, key.pk)


def key_state(key: ApiKey) -> str:
    """``live``, ``soon`` (ends within 14 days), ``ended``, ``orphan`` (its maker left the partner) or ``revoked``."""
    now = timezone.now()
    if key.revoked_at is not None:
        return "revoked"
    if key.is_orphan:
        return "orphan"
    if key.expires_at is not None and key.expires_at <= now:
        return "ended"
    return "soon" if key.expires_at is not None and key.expires_at <= now + SOON else "live"


def key_state_label(key: ApiKey) -> str:
    """The same in words."""
    words = {
        "live": pgettext("API key", "In use"), "soon": _("Ends soon"), "ended": _("Ended"), "revoked": _("Revoked"),
        "orphan": _("Refused: its maker has left"),
    }  # fmt: skip
    return words[key_state(key)]


def key_words(key: ApiKey) -> str:
    """What a search among keys looks at."""
    return f"{key.name} {key.prefix} {' '.join(key.scopes)} {key.owner_name}"


def _key_name(key: ApiKey) -> SafeString:
    inside = format_html('<span class="nm">{}</span> <span class="at">{}…</span>', key.name, key.prefix)
    return format_html('<span class="co">{}</span>', inside)


def _key_act(key: ApiKey) -> Any:
    if key_state(key) in {"ended", "revoked"}:
        return ""
    return format_html(
        '<button type="button" class="btn btn-sm" data-opens="revoke-{}">{}</button>', key_id(key), _("Revoke")
    )


API_KEYS = ListSpec(
    name="api-keys",
    sort="",
    search=gettext_lazy("Program"),
    columns=(
        Column(key="name", label=gettext_lazy("Program"), cell=_key_name, sort="name", locked=True, phone="name"),
        Column(
            key="scopes", label=gettext_lazy("It may"), phone="meta",
            cell=lambda k: format_html_join(" ", '<span class="tag">{}</span>', ((scope,) for scope in k.scopes)),
        ),
        Column(
            key="state", label=gettext_lazy("State"), phone="meta",
            cell=lambda k: format_html(
                "{}{}", marks.dot({"live": "ok", "soon": "wa"}.get(key_state(k), "")), key_state_label(k)
            ),
        ),
        Column(
            key="last_used", label=gettext_lazy("Last use"), sort="used", numeric=True,
            cell=lambda k: formats.ago(k.last_used_at) if k.last_used_at else _("never"),
        ),
        Column(
            key="expires", label=gettext_lazy("Ends"), numeric=True,
            cell=lambda k: formats.day(k.expires_at) if k.expires_at else _("no end"),
        ),
        Column(key="act", label=gettext_lazy("Acts"), cell=_key_act, locked=True, numeric=True, acts=True, phone="figure"),
    ),
)  # fmt: skip


#: Of a partner's administrators, who look after the keys of all of them.
PARTNER_KEYS = replace(
    API_KEYS, name="partner-api-keys",
    columns=(
        *API_KEYS.columns[:-1],
        Column(key="owner", label=gettext_lazy("Made by"), cell=lambda k: k.owner_name or None, phone="meta"),
        API_KEYS.columns[-1],
    ),
)  # fmt: skip
