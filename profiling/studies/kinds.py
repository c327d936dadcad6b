"""What each kind of study supplies: its question, its arithmetic in three steps, its columns. Scoring and ranking register here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

import pyarrow as pa

from prm.access.actors import Actor
from prm.core.registry import Registry
from prm.exports.writers import Column
from profiling.studies.models import RunResult


@dataclass(frozen=True)
class RunContext:
    """What a step of a run knows: its frozen question and the snapshot, ``universe``, stored as ``snapshot``. ``files`` are
    those that ``prepare`` named."""

    run_id: UUID
    parameters: dict[str, Any]
    seed: int
    snapshot: str
    universe: pa.Table
    files: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What a finished run answers. ``rows`` are unsaved RunResult of the best (their ``run`` is set by the caller);
    ``vectors`` is the full answer, one row a company of the snapshot; ``kept`` counts companies that pass the filters."""

    rows: Sequence[RunResult]
    vectors: pa.Table
    kept: int
    summary: dict[str, Any]
    evaluation: dict[str, Any]


class Engine(Protocol):
    """The arithmetic of a kind. Every step is a function of the context alone: any worker may do it, again after a kill."""

    def prepare(self, *, context: RunContext, actor: Actor) -> dict[str, str]:
        """Reads the whole universe once and stores what every chunk needs; gives name → file."""
        ...

    def chunk(self, *, context: RunContext, start: int, stop: int) -> pa.Table:
        """The answer for rows start..stop of the universe."""
        ...

    def finish(self, *, context: RunContext, chunks: Iterable[pa.Table], actor: Actor) -> Outcome:
        """Puts the chunks, given in order, together."""
        ...


@dataclass(frozen=True)
class StudyKind:
    """One kind of study.

    ``clean(actor, parameters)`` gives the parameters as they are stored, or raises Invalid with the field; ``page`` and ``api``
    tell where it is shown; ``answer(result)`` is a row as the API gives it; ``columns(run)`` are the columns of its export;
    ``finding(finding)`` says in one line what a run found, from what its engine left under that name in the summary;
    ``question(actor, parameters)`` is what is asked in words, name → value; ``figure`` names what rows are ordered by.
    """

    key: str
    label: Any
    icon: str
    page: str
    engine: Engine
    clean: Callable[[Actor, dict[str, Any]], dict[str, Any]]
    answer: Callable[[RunResult], dict[str, Any]]
    columns: Callable[[Any], Sequence[Column]]
    finding: Callable[[Mapping[str, Any]], str]
    question: Callable[[Actor, Mapping[str, Any]], dict[str, str]]
    figure: Any


kinds: Registry[StudyKind] = Registry("profiling.study_kinds", key=lambda kind: kind.key)
