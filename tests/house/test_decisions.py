"""Decisions of architecture: each has a number of its own, tells why, what and at which price, and is there when cited."""

from __future__ import annotations

import re

import pytest

from tests.house.house import ROOT, shown, tracked_texts

FOLDER = ROOT / "docs/adr"
PARTS = ["Context", "Decision", "Consequence"]


def misshapen(name: str, text: str) -> list[str]:
    """What is wrong with one decision's file."""
    number = int(name[:4])
    found = [] if text.startswith(f"# {number}. ") else [f"{name}: begins with its number, # {number}. "]
    parts = re.findall(r"^\*\*(\w+)\.\*\*", text, re.M)
    return found if parts == PARTS else [*found, f"{name}: tells {', '.join(PARTS)}, in this order"]


@pytest.mark.parametrize("text", [
    "# 0009 Without a dot\n\n**Context.** a\n\n**Decision.** b\n\n**Consequence.** c\n",
    "# 9. Without a price\n\n**Context.** a\n\n**Decision.** b\n",
])  # fmt: skip
def test_a_misshapen_decision_is_seen(text: str) -> None:
    assert misshapen("0009-planted", text)


def test_every_decision_has_one_shape_and_a_number_of_its_own() -> None:
    files = sorted(FOLDER.glob("*.md"))
    assert [fault for file in files for fault in misshapen(file.stem, file.read_text())] == []
    assert [int(file.name[:4]) for file in files] == list(range(1, len(files) + 1))


def test_every_cited_decision_is_there() -> None:
    numbers = {file.name[:4] for file in FOLDER.glob("*.md")}
    cited = {(shown(p), n) for p in tracked_texts() for n in re.findall(r"\badr/(\d{4})", p.read_text(errors="ignore"))}
    assert cited, "nothing cites a decision: the pattern is wrong"
    assert {(path, number) for path, number in cited if number not in numbers} == set()
