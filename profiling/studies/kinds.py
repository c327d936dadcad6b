"""What a kind of study brings. A feature above registers one here; nothing in studies or targets names a kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

import pyarrow as pa

from prm.access.actors import Actor
from prm.core.registry import Registry
from prm.exports.writers import Column
from profiling.studies.models import RunResult, StudyRun


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
    """What a finished run answers. ``rows`` are unsaved RunResult of the best companies (their ``run`` is set by the caller);
    ``vectors`` is the full answer, as a rule one row a company of the snapshot; ``kept`` counts companies that pass the filters;
    ``summary`` is what stands above the rows, and the whole answer of a kind that speaks of no single companies."""

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
class Figure:
    """What rows of a kind are ordered by: its name, ``of(result)`` its value in a row (None: not known), ``words(value, signed)``,
    and ``answer(value)`` as the API gives it."""

    label: Any
    of: Callable[[RunResult], Decimal | None]
    words: Callable[[Decimal, bool], str]
    answer: Callable[[Decimal], Any] = float


@dataclass(frozen=True)
class StudyKind:
    """One kind of study, with all that pages, API, files and the command of studies need to know of it.

    ``asks`` is the question that it answers and ``about`` how, in words, beside ``start``, the button that leads to ``new_page``;
    ``comes_out`` says what one gets, icon and words; ``page`` shows a study; both are names of URLs.
    ``clean(actor, parameters)`` gives the parameters as they are stored, or raises
    Invalid with the field; ``question(actor, run)`` is what a run was asked in words, name → value, and ``usual(actor, run)`` what it took
    where nobody asked; ``finding(finding)`` says in one
    line what a run found, from what its engine left under that name in the summary; ``answer(result)`` is a row as the API gives
    it and ``shape`` its JSON Schema, name by name; ``columns(run)`` are the columns of its export. ``line`` is the API's name for
    what tells several rankings of one run
    apart, '' where there is one. ``weighed(run)`` are the weights that a run was served with and what held-out partners say of them,
    in words, None where a kind weighs nothing; ``effect(run, parameters, suggest)`` tells the same of other weights, or of those
    suggested, on what a run read, before there is another. ``faults`` are the codes of refusals that lie in the question: a run of it fails
    whenever it goes on. Where ``gives_potential``, pages elsewhere take potentials (P50) from its rows.
    """

    key: str
    label: Any
    icon: str
    order: int
    asks: Any
    about: Any
    start: Any
    new_page: str
    page: str
    engine: Engine
    clean: Callable[[Actor, dict[str, Any]], dict[str, Any]]
    question: Callable[[Actor, StudyRun], dict[str, str]]
    finding: Callable[[Mapping[str, Any]], str]
    answer: Callable[[RunResult], dict[str, Any]]
    columns: Callable[[StudyRun], Sequence[Column]]
    shape: Mapping[str, Any]
    figure: Figure
    usual: Callable[[Actor, StudyRun], dict[str, str]] = lambda actor, run: {}
    weighed: Callable[[StudyRun], dict[str, Any] | None] = lambda run: None
    faults: frozenset[str] = frozenset()
    effect: Callable[[StudyRun, Mapping[str, Any], bool], dict[str, Any] | None] | None = None
    comes_out: Sequence[tuple[str, Any]] = ()
    line: str = ""
    gives_potential: bool = False

    @property
    def pages(self) -> str:
        """What the names of its pages begin with."""
        return self.page.rpartition("-")[0] + "-"


kinds: Registry[StudyKind] = Registry("profiling.study_kinds", key=lambda kind: kind.key, order=lambda kind: kind.order)
