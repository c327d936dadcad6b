"""Templates keep to the content security policy and to the rules of appearance."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted([*(ROOT / "templates").rglob("*.html"), *(ROOT / "prm").rglob("templates/**/*.html")])
INLINE = {
    "style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.I),
    "handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
    "style element": re.compile(r"<style\b", re.I),
    "javascript address": re.compile(r"javascript:", re.I),
    "htmx eval": re.compile(r"hx-on|hx-vals=.js:|hx-headers=.js:", re.I),
    "inline script": re.compile(r"<script(?![^>]*\b(?:src=|type=\"application/json\"))", re.I),
}


def faults(text: str) -> list[str]:
    plain = re.sub(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", "", text, flags=re.S)
    return [name for name, pattern in INLINE.items() if pattern.search(plain)]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_template_has_nothing_inline(path: Path) -> None:
    assert faults(path.read_text()) == []


def test_planted_inline_code_is_found() -> None:
    assert faults('<p style="color:red">') == ["style attribute"]
    assert faults('<a onclick="x()">') == ["handler"]
    assert faults("<script>x()</script>") == ["inline script"]
    assert faults('<script type="application/json">{}</script><script src="a.js"></script>') == []


def test_marks_draw_without_style_attributes() -> None:
    source = (ROOT / "prm" / "ui" / "marks.py").read_text()
    assert "style=" not in source


@pytest.mark.parametrize("path", sorted((ROOT / "templates" / "cotton").glob("*.html")), ids=lambda path: path.stem)
def test_component_says_how_it_is_used(path: Path) -> None:
    assert re.match(rf"\{{[#%]\s*(?:comment %\}}\s*)?<c-{path.stem.replace('_', '-')}[ >]", path.read_text())


DROPPED = re.findall(
    r'"([a-z-]+)"', re.search(r"DROPPED = \[(.*?)\];", (ROOT / "frontend" / "tabler.mjs").read_text(), re.S)[1]
)
OURS = re.compile(r"\.([a-zA-Z][\w-]*)")


def test_templates_use_no_class_that_nobody_styles() -> None:
    """A class of a dropped Tabler component would be silently unstyled."""
    ours = {name for path in (ROOT / "static" / "css" / "ui").glob("*.css") for name in OURS.findall(path.read_text())}
    wrong = {}
    for path in TEMPLATES:
        for value in re.findall(r'class="([^"{}]*)"', path.read_text()):
            for name in value.split():
                if name not in ours and any(name.startswith(start) for start in DROPPED):
                    wrong[name] = str(path.relative_to(ROOT))
    assert wrong == {}
