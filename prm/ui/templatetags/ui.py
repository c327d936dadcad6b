"""Template tags: ``{% load ui %}``. Drawings come from ``prm.ui.marks``, words and figures from ``prm.ui.formats``."""

from __future__ import annotations

import json
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from prm.access.actors import Actor
from prm.core.errors import DomainError
from prm.core.ids import uuid7
from prm.core.translated import Said, said
from prm.ui import formats, helping, marks, panels

register = template.Library()
#: The hidden field that names one sending of a form (``prm.api.once``).
ONCE = "once"

for name in (
    "ring",
    "known",
    "meter",
    "figure_meter",
    "stack",
    "whisker",
    "sparkline",
    "bar",
    "delta",
    "unknown_cell",
    "avatar",
):
    register.simple_tag(getattr(marks, name), name=name)

register.filter("number", formats.number)
register.filter("percent", formats.percent)
register.filter("day", formats.day)
register.filter("month", formats.month)
register.filter("moment", formats.moment)
register.filter("clock", formats.clock)
register.filter("when", formats.when)
register.filter("ago", formats.ago)
register.filter("duration", formats.duration)
register.filter("initials", formats.initials)


@register.simple_tag
def icon(name: str, extra: str = "", label: str = "") -> SafeString:
    """``{% icon "building" %}``; a second word adds a class, ``label="…"`` gives it a voice."""
    return marks.icon(name, extra=extra, label=label)


@register.simple_tag(name="said")
def said_tag(text: Any) -> SafeString | str:
    """``{% said questionnaire.title %}``: a text by language (or a ``Said``) for the reader, with ``lang`` where it is in another."""
    found = text if isinstance(text, Said) else said(text, get_language() or "en")
    return format_html('<span lang="{}">{}</span>', found.language, found.text) if found.is_fallback else found.text


register.filter("said", said_tag)


@register.filter
def said_text(text: Any) -> str:
    """The same without markup, for attributes and inside sentences."""
    return text.text if isinstance(text, Said) else said(text, get_language() or "en").text


@register.filter
def json_text(value: Any) -> str:
    """A value as JSON, for an attribute that a script reads."""
    return json.dumps(value)


@register.simple_tag
def once() -> SafeString:
    """``{% once %}`` beside ``{% csrf_token %}`` in a form that makes something: sent twice, it makes it once."""
    return format_html('<input type="hidden" name="{}" value="{}">', ONCE, uuid7())


@register.filter
def money(amount: Any, currency: str = "EUR") -> str:
    """``{{ sale.amount|money:sale.currency }}`` → ``€84,000``."""
    return formats.money(amount, currency)


@register.filter
def short_money(amount: Any, currency: str = "EUR") -> str:
    """``€2.84 M``: three significant figures, for titles and KPIs."""
    return formats.money(amount, currency, short=True)


@register.filter
def typeid(record: Any) -> str:
    """The public id of a record: ``company_01h…``."""
    return str(record.public_id) if hasattr(record, "public_id") else str(record.typeid)


@register.filter
def may(actor: Actor, permission: str) -> bool:
    """``{% if actor|may:"portal.brand:edit" %}``: whether a way is shown at all; the page behind it asks again."""
    return actor.may(permission)


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """``{{ values|get:key }}``: a value by a key that is itself a variable."""
    return mapping.get(key) if mapping else None


@register.simple_tag(takes_context=True)
def querystring_with(context: dict[str, Any], **changes: Any) -> str:
    """The page's query string with some parameters replaced; None or "" removes one; the cursor never survives a change."""
    query: QueryDict = context["request"].GET.copy()
    query.pop("cursor", None)
    for key, value in changes.items():
        query.pop(key, None)
        if value not in (None, ""):
            query.setlist(key, value if isinstance(value, list) else [str(value)])
    return f"?{query.urlencode()}" if query else "?"


@register.simple_tag(takes_context=True)
def who_may(context: dict[str, Any], refusal: DomainError | None) -> str:
    """``{% who_may refusal as names %}``: "Élise Morel, Marc Lebrun", who hold the permission that was missing."""
    return ", ".join(helping.who_may(context["actor"], refusal.data.get("permission", ""))) if refusal else ""


@register.simple_tag(takes_context=True)
def panels_of(context: dict[str, Any], place: str, subject: Any) -> list[dict[str, Any]]:
    """The panels that other features hung on ``place`` for this subject: [{key, title, template, data}]."""
    return panels.panels_of(place, context["actor"], subject)


@register.filter
def undo_url(extra_tags: str) -> str:
    """The address behind a toast's Undo (``prm.ui.toasts``)."""
    return next((part.removeprefix("undo=") for part in extra_tags.split() if part.startswith("undo=")), "")


@register.filter
def as_control(field: BoundField) -> SafeString:
    """The control of a bound field, tied to its hint and error for screen readers."""
    described = [f"{field.auto_id}-error"] if field.errors else []
    if field.help_text:
        described.append(f"{field.auto_id}-hint")
    attrs: dict[str, Any] = {}
    if field.errors:
        attrs["aria-invalid"] = "true"
    if described:
        attrs["aria-describedby"] = " ".join(described)
    return field.as_widget(attrs=attrs)


@register.filter
def count_errors(form: BaseForm) -> int:
    """How many lines the error summary has."""
    return sum(len(errors) for errors in form.errors.values())


@register.filter
def upto(n: Any) -> range:
    """1 … n, for drawing n of something."""
    return range(1, int(n) + 1)


@register.filter
def as_json(value: Any) -> str:
    """A value for an attribute that a script of ours reads; escaped like any other text."""
    return json.dumps(value)
