"""The look of mails: the tokens of the product's stylesheet as inline styles, since mail programs read no stylesheet."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString

_TOKEN = re.compile(r"--([\w-]+):\s*(#[0-9A-Fa-f]{6})\s*;")
_FONT = "font-family:Inter,system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif;"


@cache
def tokens() -> dict[str, str]:
    """Colours of the light theme by name: mail programs darken by themselves."""
    text = Path(settings.BASE_DIR, "static/css/tokens.css").read_text()
    light = text[text.index("/* LIGHT */") :]
    found: dict[str, str] = {}
    for name, value in _TOKEN.findall(light):
        found.setdefault(name, value)
    return found


@cache
def mail_styles() -> dict[str, SafeString]:
    """Part of a mail → its ``style`` attribute."""
    t = tokens()
    styles = {
        "canvas": f"margin:0;padding:24px 12px;background:{t['canvas']};color:{t['ink']};font-size:15px;line-height:22px;{_FONT}",
        "sheet": f"max-width:560px;margin:0 auto;padding:28px;background:{t['surface']};border:1px solid {t['line']};border-radius:12px",
        "brand": f"margin:0 0 20px;font-size:13px;line-height:20px;font-weight:600;color:{t['ink-2']}",
        "title": f"margin:0 0 12px;font-size:22px;line-height:28px;font-weight:600;color:{t['ink']}",
        "text": f"margin:0 0 16px;color:{t['ink-2']}",
        "row": f"margin:0;padding:12px 0;border-top:1px solid {t['line']}",
        "link": f"color:{t['accent-ink']};font-weight:500;text-decoration:underline",
        "button": (
            f"display:inline-block;padding:11px 18px;border-radius:7px;background:{t['accent']};color:{t['on-accent']};"
            "font-weight:500;text-decoration:none"
        ),
        "foot": f"max-width:560px;margin:16px auto 0;font-size:12px;line-height:18px;color:{t['ink-3']}",
        "foot_link": f"color:{t['ink-3']}",
    }
    return {name: format_html('style="{}"', SafeString(style)) for name, style in styles.items()}
