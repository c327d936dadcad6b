"""Drawings: lengths that are right, words that are said, nothing that a name could break."""

from __future__ import annotations

import re

from prm.ui import marks


def test_meter_is_as_long_as_its_share_and_never_longer() -> None:
    assert 'width="62%"' in marks.meter(0.62)
    assert 'width="100%"' in marks.meter(1.7)
    assert marks.meter(0.5, tick=0.54).count("m-tick") == 1


def test_unknown_is_hatched_not_empty() -> None:
    assert "c-hatch" in marks.meter(None)
    assert "Not known" in marks.unknown_cell()
    assert "Not known" in marks.whisker(None, None, None, top=10)


def test_ring_turns_amber_under_one_half() -> None:
    assert " low" not in marks.ring(0.5)
    assert " low" in marks.ring(0.49)
    assert " low" in marks.ring(None)


def test_stack_starts_each_part_where_the_last_ended() -> None:
    drawn = marks.stack([("c-1", 20), ("c-2", 30)], full=100)
    assert re.findall(r'class="c-\d" x="([\d.]+%)" width="([\d.]+%)"', drawn) == [("0%", "20%"), ("20%", "30%")]


def test_whisker_stays_inside_its_scale() -> None:
    drawn = marks.whisker(-50, 400, 5000, top=800)
    assert 'x="0%"' in drawn
    assert 'width="100%"' in drawn
    assert 'x="50%"' in drawn


def test_labels_are_escaped_and_decoration_is_silent() -> None:
    assert "<b>" not in marks.meter(0.5, label="<b>")
    assert 'aria-hidden="true"' in marks.meter(0.5)
    assert 'role="img" aria-label="62 %"' in marks.meter(0.62, label="62 %")
    assert "<script>" not in marks.tag("<script>")


def test_delta_says_its_direction_to_those_who_see_no_triangle() -> None:
    assert "good" in marks.delta(0.12)
    assert "bad" in marks.delta(-0.12)
    assert "good" in marks.delta(-0.7, good_when_up=False)
    assert marks.delta(None) == ""


def test_a_manifold_rise_is_told_as_a_multiple() -> None:
    assert "808" in marks.delta(8.08)
    assert marks.delta(328.67).endswith("×\u00a0330</span>")
    assert "vh" in marks.delta(328.67)


def test_long_words_are_told_whole_in_the_title_and_nothing_stays_unknown() -> None:
    assert 'title="Brittany, Normandy"' in marks.trunc("Brittany, Normandy")
    assert marks.trunc("") is None
