"""Results as bars, each with its table: plain data for the template, no reading, no markup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from prm.core.translated import Said, said
from prm.questionnaires.rules.document import Form, Kind
from prm.questionnaires.rules.results import Summary, Tally
from prm.ui import formats


@dataclass(frozen=True)
class Bar:
    """One bar: share of the longest, its figure, and the change from another round in points."""

    label: str
    share: float | None
    figure: str
    count: int = 0
    part: float | None = None
    change: float | None = None
    change_text: str = ""
    kind: str = "us"


@dataclass(frozen=True)
class Block:
    """One question's results: how many answered, its main figure and what that was before, bars, texts."""

    text: Said
    about: str
    figure: str = ""
    before: str = ""
    bars: Sequence[Bar] = field(default_factory=list)
    texts: Sequence[str] = field(default_factory=list)


def tally_blocks(found: Summary, language: str, other: Summary | None = None) -> list[Block]:
    """A block a question, beside another round's where there is one."""
    earlier = {t.question.key: t for t in other.tallies if t.question.kind} if other else {}
    blocks = []
    for tally in found.tallies:
        was = earlier.get(tally.question.key)
        was = was if was is not None and was.question.kind == tally.question.kind else None
        figure, before = _figure(tally), _figure(was) if was else ""
        n = tally.answered
        about = ngettext("%(n)s answer", "%(n)s answers", n) % {"n": formats.number(n)}
        if tally.is_few:
            about = _("too few answers to tell")
        blocks.append(
            Block(said(tally.question.text, language), about, figure, before, _bars(tally, language, was), tally.texts)
        )
    return blocks


def score_bars(form: Form, found: Summary, language: str, other: Summary | None = None) -> list[Bar]:
    """The mean score of each section, of 100."""
    bars = []
    for section in form.sections:
        score = found.sections.get(section.key)
        if score is None:
            continue
        was = other.sections.get(section.key) if other else None
        change = None if was is None else (score - was) / 100
        bars.append(
            Bar(
                said(section.title, language).text,
                score / 100,
                formats.number(score),
                change=change,
                change_text=_points(score, was),
            )
        )
    return bars


def _figure(tally: Tally) -> str:
    """The one figure that says most of a question."""
    if tally.promoters is not None:
        return _("NPS %(score)s") % {"score": formats.number(tally.promoters, signed=True)}
    if tally.question.kind == Kind.SCALE and tally.mean is not None:
        return _("%(mean)s of %(most)s") % {
            "mean": formats.number(tally.mean, 1),
            "most": formats.number(tally.question.high),
        }
    if tally.question.kind == Kind.NUMBER and tally.median is not None:
        unit = tally.question.unit
        middle = " ".join(p for p in (formats.number(tally.median, tally.question.decimals), unit) if p)
        most = formats.number(tally.high, tally.question.decimals)
        return _("%(middle)s in the middle, %(low)s to %(high)s for most") % {
            "middle": middle, "low": formats.number(tally.low, tally.question.decimals), "high": most,
        }  # fmt: skip
    return ""


def _bars(tally: Tally, language: str, was: Tally | None) -> list[Bar]:
    question, n = tally.question, tally.answered
    if question.kind == Kind.MATRIX:
        low, high = float(question.low or 0), float(question.high or 1)
        rows = []
        for row in question.rows:
            mean, before = tally.rows.get(row.key), was.rows.get(row.key) if was else None
            share = None if mean is None else (mean - low) / (high - low)
            change = None if mean is None or before is None else (mean - before) / (high - low)
            text = "" if change is None else formats.number(abs((mean or 0) - (before or 0)), 1)
            rows.append(Bar(said(row.text, language).text, share, formats.number(mean, 1), change=change, change_text=text))
        return rows
    if question.kind not in {Kind.ONE, Kind.MANY, Kind.SCALE} or not n:
        return []
    texts: Mapping[str, str] = {o.key: said(o.text, language).text for o in question.options}
    most = max(tally.counts.values(), default=0) or 1
    bars = []
    for key, count in tally.counts.items():
        part = count / n
        bars.append(Bar(texts.get(key, key), count / most, formats.percent(part), count, part))
    if question.kind == Kind.MANY:
        bars.sort(key=lambda bar: -bar.count)
    return bars


def _points(now: float, was: Any) -> str:
    return "" if was is None else _("%(points)s pts") % {"points": formats.number(abs(now - was))}
