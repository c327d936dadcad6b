"""What a browser loads: weights, icons, and styles that keep to the tokens."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import brotli
import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "static" / "build"
KB = 1000

pytestmark = pytest.mark.skipif(not BUILD.exists(), reason="npm run build makes static/build; make test runs it")


def compressed(*names: str) -> int:
    """Bytes over the line: brotli, which whitenoise serves; fonts are compressed already."""
    return sum(
        len(data if name.endswith("woff2") else brotli.compress(data))
        for name in names
        for data in [(BUILD / name).read_bytes()]
    )


@pytest.mark.parametrize(
    ("files", "limit"),
    [
        (("vendor.css",), 80 * KB),
        (("app.css",), 12 * KB),
        (("reference.css",), 2 * KB),
        (("question.css",), 2 * KB),
        (("app.js", "theme.js"), 30 * KB),
        (("fonts/inter-latin.woff2",), 75 * KB),
        (("icons.svg",), 8 * KB),
        (("maps/europe.json",), 40 * KB),
        (("charts.js",), 200 * KB),
        (("vendor.css", "app.css", "app.js", "theme.js", "icons.svg", "fonts/inter-latin.woff2"), 250 * KB),
    ],
)
def test_weight_stays_in_its_budget(files: tuple[str, ...], limit: int) -> None:
    assert compressed(*files) <= limit


def test_scripts_stay_in_their_budget_without_brotli_too() -> None:
    assert len(gzip.compress((BUILD / "app.js").read_bytes())) <= 30 * KB


def icon_names() -> set[str]:
    lines = (ROOT / "frontend" / "icons.txt").read_text().splitlines()
    return {line.strip() for line in lines if line.strip() and not line.startswith("#")}


def sources() -> list[Path]:
    """Where icons are named: templates, scripts of the page, and Python."""
    found = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "prm").rglob("*.html"), *(ROOT / "frontend" / "js").glob("*.js")]
    return found + [path for folder in ("prm", "profiling") for path in (ROOT / folder).rglob("*.py")]


def icons_used() -> dict[str, str]:
    """Icon → a file that uses it: template tags, components, marks.icon, and ``icon="…"`` of registrations."""
    patterns = [
        r'\{%\s*icon\s+"([a-z0-9-]+)"',
        r'<c-icon[^>]*name="([a-z0-9-]+)"',
        r'<c-[a-z-]+[^>]*\sicon="([a-z0-9-]+)"',
        r'\bicon\("([a-z0-9-]+)"',
        r'\bicon="([a-z0-9-]+)"',
        r'"icon": "([a-z0-9-]+)"',
        r'NavItem\(\s*[\w.]+,\s*[^"]*"[^"]*"\)?,\s*"([a-z0-9-]+)"',
    ]
    found: dict[str, str] = {}
    for path in sources():
        text = path.read_text()
        for pattern in patterns:
            for name in re.findall(pattern, text):
                found.setdefault(name, str(path.relative_to(ROOT)))
    return found


def test_every_icon_in_use_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (BUILD / "icons.svg").read_text()))
    assert sprite == icon_names()
    used = icons_used()
    assert len(used) > 30
    assert {name: place for name, place in used.items() if name not in sprite} == {}


def test_no_icon_is_sent_that_nothing_draws() -> None:
    named = set(re.findall(r"""["']([a-z0-9-]+)["']""", "\n".join(path.read_text() for path in sources())))
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (BUILD / "icons.svg").read_text()))
    assert sprite - named == set()


def test_styles_mix_no_colour_and_set_no_px_type_outside_the_tokens() -> None:
    for path in (ROOT / "static" / "css" / "ui").glob("*.css"):
        css = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
        assert re.findall(r"rgba?\(|hsla?\(", css) == [], path.name
        assert re.findall(r"font-size:\s*\d+px", css) == [], path.name


def test_every_token_in_use_exists() -> None:
    known = set(re.findall(r"--([\w-]+):", (ROOT / "static" / "css" / "tokens.css").read_text()))
    local = {"at", "rail", "s-6"}
    for path in (ROOT / "static" / "css" / "ui").glob("*.css"):
        used = set(re.findall(r"var\(--([\w-]+)", path.read_text()))
        assert used - known - local == set(), path.name


def test_outlines_hold_the_countries_of_the_demo() -> None:
    europe = json.loads((BUILD / "maps" / "europe.json").read_text())
    names = {shape["properties"]["name"] for shape in europe["features"]}
    assert {"France", "Belgium", "Switzerland", "Germany", "Spain", "Italy", "Luxembourg", "Netherlands"} <= names
    france = next(shape for shape in europe["features"] if shape["properties"]["name"] == "France")
    west = min(x for polygon in france["geometry"]["coordinates"] for x, _y in polygon[0])
    assert -6 < west < -4


def test_lock_file_names_no_host() -> None:
    assert "http" not in re.sub(r'"url": "[^"]*"', "", (ROOT / "package-lock.json").read_text())
