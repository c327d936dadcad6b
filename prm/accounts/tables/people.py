"""Invitations as a list."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from prm.accounts.models import Invitation
from prm.ui import formats, marks
from prm.ui.tables import Column, ListSpec

INVITATION_SORTS = {"name": lambda i: i.name.casefold(), "expires": lambda i: i.expires_at}


def invitation_words(invitation: Invitation) -> str:
    """What a search among invitations looks at."""
    return f"{invitation.name} {invitation.email}"


def invitation_state_label(invitation: Invitation) -> str:
    """The state in words."""
    words = {
        "open": pgettext("invitation", "Waiting"), "accepted": pgettext("invitation", "Came in"),
        "revoked": pgettext("invitation", "Taken back"), "expired": pgettext("invitation", "Too old"),
    }  # fmt: skip
    return words[invitation.state]


def _name(invitation: Invitation) -> SafeString:
    inside = format_html('<span class="nm">{}</span> <span class="at">{}</span>', invitation.name, invitation.email)
    return format_html('<span class="co">{}</span>', inside)


def _state(invitation: Invitation) -> SafeString:
    kind = {"open": "wa", "accepted": "ok"}.get(invitation.state, "")
    return format_html("{}{}", marks.dot(kind), invitation_state_label(invitation))


def _act(invitation: Invitation) -> Any:
    if invitation.state in {"accepted", "revoked"}:
        return ""
    form = '<button class="btn btn-sm{}" form="row-act" formaction="{}">{}<span class="vh"> {}</span></button>'
    kinds = (
        ("", "invitation-resend", _("Send again")),
        (" btn-ghost", "invitation-revoke", _("Take back")),
    )
    buttons = [
        format_html(form, kind, reverse(f"vendor:accounts:{name}", args=[invitation.public_id]), label, invitation.name)
        for kind, name, label in kinds
    ]
    if invitation.study_ids:
        link = '<a class="btn btn-sm btn-ghost" href="{}">{}<span class="vh"> {}</span></a>'
        page = reverse("vendor:accounts:invitation-studies", args=[invitation.public_id])
        buttons.insert(0, format_html(link, page, _("Studies"), invitation.name))
    return format_html_join(" ", "{}", ((button,) for button in buttons))


INVITATIONS = ListSpec(
    name="invitations",
    sort="",
    search=gettext_lazy("Name or e-mail"),
    columns=(
        Column(key="name", label=gettext_lazy("Name"), cell=_name, sort="name", locked=True, phone="name"),
        Column(key="roles", label=gettext_lazy("Role"), phone="meta", cell=lambda i: ", ".join(i.role_names)),
        Column(key="state", label=gettext_lazy("State"), cell=_state, phone="meta"),
        Column(key="by", label=gettext_lazy("Invited by"), cell=lambda i: i.inviter_name or None),
        Column(
            key="expires",
            label=gettext_lazy("Until"),
            sort="expires",
            numeric=True,
            cell=lambda i: formats.moment(i.expires_at),
        ),
        Column(key="act", label=gettext_lazy("Acts"), cell=_act, locked=True, numeric=True, acts=True, phone="figure"),
    ),
)
