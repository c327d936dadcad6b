"""The colours keep their contrast: the pairs of the appearance's table, recomputed from tokens.css in both themes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).resolve().parents[2] / "static" / "css" / "tokens.css").read_text()
GROUNDS = ("canvas", "surface", "sunken", "raised", "hover", "selected")


def tokens(theme: str) -> dict[str, str]:
    block = CSS.split(f"/* {theme.upper()} */")[1].split(f"/* END {theme.upper()} */")[0]
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9A-Fa-f]{6})", block))


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


# The lowest ratio on any ground, as the table of the visual direction gives it (one decimal, so ± 0.05).
TEXT = {
    "light": {"ink": 15.6, "ink-2": 7.0, "ink-3": 5.0, "accent-ink": 6.8},
    "dark": {"ink": 13.0, "ink-2": 7.6, "ink-3": 5.2, "accent-ink": 7.4},
}
# Lines of controls and the focus ring: the table's figure on the sheet, 3:1 wherever a control can lie.
LINES = {"light": {"control-line": 3.2, "focus": 4.3}, "dark": {"control-line": 4.0, "focus": 7.7}}
STATES = {"success": (5.7, 7.6), "warning": (5.9, 7.6), "danger": (6.1, 6.4), "them": (5.9, 6.9)}


@pytest.mark.parametrize(("theme", "name"), [(theme, name) for theme in TEXT for name in TEXT[theme]])
def test_text_keeps_its_contrast_on_every_ground(theme: str, name: str) -> None:
    colours = tokens(theme)
    assert min(contrast(colours[name], colours[ground]) for ground in GROUNDS) >= TEXT[theme][name] - 0.051


@pytest.mark.parametrize(("theme", "name"), [(theme, name) for theme in LINES for name in LINES[theme]])
def test_lines_that_can_be_clicked_are_seen(theme: str, name: str) -> None:
    colours = tokens(theme)
    assert min(contrast(colours[name], colours[ground]) for ground in ("surface", "sunken")) >= LINES[theme][name] - 0.051
    assert min(contrast(colours[name], colours[ground]) for ground in GROUNDS if ground != "selected") >= 3


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("state", sorted(STATES))
def test_state_words_are_readable_on_sheet_and_on_their_tint(theme: str, state: str) -> None:
    colours = tokens(theme)
    grounds = [colours["surface"], colours["canvas"], colours["sunken"], colours[f"{state}-tint"]]
    assert min(contrast(colours[f"{state}-ink"], ground) for ground in grounds) >= 4.5
    assert contrast(colours[f"{state}-ink"], colours["surface"]) >= STATES[state][theme == "dark"] - 0.051


@pytest.mark.parametrize(("theme", "least"), [("light", 7.0), ("dark", 5.1)])
def test_button_text_is_readable(theme: str, least: float) -> None:
    colours = tokens(theme)
    assert contrast(colours["on-accent"], colours["accent"]) >= least - 0.051
    assert contrast(colours["on-accent"], colours["accent-hover"]) >= 4.5
    assert contrast(colours["on-danger"], colours["danger"]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_heat_text_is_readable_up_to_step_three_in_ink_and_on_four_in_white(theme: str) -> None:
    colours = tokens(theme)
    for family in ("us", "them"):
        assert all(contrast(colours["ink"], colours[f"{family}-{step}"]) >= 4.5 for step in (1, 2, 3))
        assert contrast(colours["seq-ink-hi"], colours[f"{family}-4"]) >= 4.5


def test_the_arithmetic_is_that_of_wcag() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
