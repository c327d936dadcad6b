"""People with access as a list: few enough to be narrowed and sorted in memory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from prm.accounts.selectors.members import Member
from prm.ui import formats, marks
from prm.ui.tables import Column, ListSpec

EARLY = datetime.min.replace(tzinfo=timezone.get_default_timezone())

MEMBER_SORTS = {"name": lambda m: m.name.casefold(), "last_login": lambda m: m.last_login or EARLY}


@dataclass(frozen=True)
class MemberRow:
    """A member as the list shows one to somebody who may, or may not, end their access."""

    member: Member
    is_me: bool
    may_change: bool

    def __str__(self) -> str:
        return self.member.name

    def __getattr__(self, name: str) -> Any:
        return getattr(self.member, name)


def role_words(member: Member) -> str:
    """The member's roles in the reader's language."""
    return ", ".join(member.role_names)


def member_words(member: Member) -> str:
    """What a search among people looks at."""
    return f"{member.name} {member.email} {member.title}"


def _member_name(member: Any) -> SafeString:
    """A name leads to what can be changed of somebody, and else to what happened."""
    page = "vendor:accounts:member-roles" if _has_roles_page(member) else "vendor:activity:record-history"
    return marks.named(reverse(page, args=[member.public_id]), member.name, member.email)


def _has_roles_page(member: Any) -> bool:
    return member.is_active and member.may_change and not member.is_me


def _access(member: Member) -> SafeString:
    if member.is_active:
        return format_html("{}{}", marks.dot("ok"), _("Can sign in"))
    return format_html("{}{}", marks.dot(""), _("Ended"))


def _row_act(url: str, label: Any) -> SafeString:
    """A button of a row; the form ``row-act`` of the page carries the token."""
    return format_html('<button class="btn btn-sm" form="row-act" formaction="{}">{}</button>', url, label)


def _member_act(member: Any) -> Any:
    if member.is_me:
        return format_html('<span class="mute">{}</span>', _("you"))
    if not member.may_change:
        return ""
    if member.is_active:
        roles = format_html(
            '<a class="btn btn-sm btn-ghost" href="{}">{}<span class="vh"> {}</span></a>',
            reverse("vendor:accounts:member-roles", args=[member.public_id]), _("Roles"), member.name,
        )  # fmt: skip
        end = _row_act(reverse("vendor:accounts:member-deactivate", args=[member.public_id]), _("End access"))
        return format_html("{} {}", roles, end)
    return _row_act(reverse("vendor:accounts:member-activate", args=[member.public_id]), _("Give access back"))


MEMBERS = ListSpec(
    name="members",
    sort="name",
    search=gettext_lazy("Name or e-mail"),
    columns=(
        Column(key="name", label=gettext_lazy("Name"), cell=_member_name, sort="name", locked=True, phone="name"),
        Column(key="roles", label=gettext_lazy("Role"), cell=role_words, phone="meta"),
        Column(key="is_active", label=gettext_lazy("Access"), cell=_access, phone="meta"),
        Column(
            key="last_login", label=gettext_lazy("Last sign-in"), sort="last_login", numeric=True,
            cell=lambda m: formats.ago(m.last_login) if m.last_login else _("never"),
        ),
        Column(key="act", label=gettext_lazy("Acts"), cell=_member_act, locked=True, numeric=True, acts=True, phone="figure"),
    ),
)  # fmt: skip
