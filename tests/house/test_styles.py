"""Stylesheets are written one way, and colours stand in one file."""

from __future__ import annotations

import importlib.util
import re

import pytest

from tests.house.house import ROOT, shown

_spec = importlib.util.spec_from_file_location("styles", ROOT / "scripts" / "styles.py")
assert _spec
assert _spec.loader
styles = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(styles)

#: A colour by its number: in a value, also in a colour of a drawing inside an address, but no id in a selector or a fragment.
HEX = re.compile(r"(?<![\w&/\"'(])#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})\b(?![^{};]*\{)|%23[0-9a-fA-F]{3,8}\b")


def colours(css: str) -> list[str]:
    """The colours that a stylesheet writes as numbers."""
    return HEX.findall(re.sub(r"/\*.*?\*/", "", css, flags=re.S))


def test_one_rule_stands_on_a_line_and_a_long_one_on_a_line_for_each_declaration() -> None:
    written = styles.formatted(".a{color:red} .b , .c { margin: 0 }  /* why */\n\n\n@media print { .d { x: url(a;b) } }\n")
    assert written == ".a { color:red; }\n.b , .c { margin: 0; }\n/* why */\n\n@media print {\n  .d { x: url(a;b); }\n}\n"
    long = ".a { " + " ".join(f"--token-number-{n}: {n}px;" for n in range(6)) + " }"
    assert styles.formatted(long).splitlines()[:2] == [".a {", "  --token-number-0: 0px;"]
    assert styles.formatted(styles.formatted(long)) == styles.formatted(long)


@pytest.mark.parametrize("path", styles.sheets(), ids=lambda path: path.stem)
def test_every_stylesheet_is_written_that_way(path) -> None:
    assert styles.formatted(path.read_text()) == path.read_text(), "run python scripts/styles.py format"


def test_colours_stand_in_the_tokens_only() -> None:
    planted = (
        "#list { color: #1a2b3c; fill: url(#mark) }\n.a { background: url(data:image/svg+xml,%3Cpath fill='%23abc'/%3E) }"
    )
    assert colours(planted) == ["#1a2b3c", "%23abc"]
    sheets = [path for path in (ROOT / "static" / "css").rglob("*.css") if path.name != "tokens.css"]
    assert {shown(path): found for path in sheets if (found := colours(path.read_text()))} == {}
