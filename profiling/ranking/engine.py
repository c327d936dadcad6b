"""A ranking run in three steps: estimate what the formula rests on, apply it chunk by chunk, keep the best of each product."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import numpy as np
import pyarrow as pa

from prm.access.actors import Actor
from prm.access.roles import as_role
from prm.core.money import stored_amount
from profiling.ranking.basis import Basis, basis_of, basis_read, potential_of
from profiling.ranking.rules import STEPS, Amounts, CapacityFrom, PotentialChunk, best_by_line, by_territory, waterfalls
from profiling.ranking.selectors import corrections_in_force
from profiling.ranking.universe import companies_of
from profiling.studies import files
from profiling.studies.kinds import Outcome, RunContext
from profiling.studies.models import RunResult
from profiling.studies.rules import MOST_RESULTS, filter_mask

FEWEST_ROWS = 100
TOTAL = ""


class RankingEngine:
    """Product family × company: potential with P10, P50, P90, actual, gap and drivers (P5)."""

    def prepare(self, *, context: RunContext, actor: Actor) -> dict[str, str]:
        """Stores the basis: parameters set by people, estimated, or standing in; and the corrections in force."""
        with as_role(actor):
            corrections = corrections_in_force(actor=actor)
        basis = basis_of(context.universe, context.parameters["values"], corrections)
        name = files.run_file(context.run_id, "basis.json")
        files.write_json(name, basis.to_dict())
        return {"basis": name}

    def chunk(self, *, context: RunContext, start: int, stop: int) -> pa.Table:
        """The potentials of rows start..stop."""
        return potential_of(
            basis_read(context.files["basis"]), context.universe.slice(start, stop - start), offset=start
        ).to_table()

    def finish(self, *, context: RunContext, chunks: Iterable[pa.Table], actor: Actor) -> Outcome:
        """The best of each product family and over all of them, by gap, with their drivers."""
        basis, universe = basis_read(context.files["basis"]), context.universe
        tables = list(chunks)
        parts = [PotentialChunk.from_table(table) for table in tables]
        filters = context.parameters["filters"]
        mask = filter_mask(universe, filters)
        kept = _kept(parts, mask, filters["min_known"])
        per_line = max(MOST_RESULTS // (len(basis.products) + 1), FEWEST_ROWS)
        rows: list[RunResult] = []
        for line, picked in _best(parts, kept, per_line).items():
            rows += _rows(basis, universe, line, picked)
        return Outcome(rows, pa.concat_tables(tables), int(kept.sum()), _summary(basis, universe, parts, kept), {})


def _kept(parts: Sequence[PotentialChunk], mask: np.ndarray, min_known: float) -> np.ndarray:
    known = np.concatenate([p.known_share for p in parts]) if parts else np.zeros(0)
    return mask & (known >= np.float32(min_known))


def _best(parts: Iterable[PotentialChunk], kept: np.ndarray, most: int) -> dict[str, np.ndarray]:
    """Line → rows of the universe with the largest gap, best first, equal ones by id."""
    return {line: found[0] for line, found in best_by_line((_gaps(part, kept) for part in parts), most).items()}


def _gaps(part: PotentialChunk, kept: np.ndarray) -> Amounts:
    """The gaps of a chunk over all products and by product; not known for who is not kept."""
    actual = np.where(kept[part.offset : part.offset + len(part)][:, None], part.actual, np.nan)
    total, gaps = part.p50.sum(axis=1) - actual.sum(axis=1), part.p50 - actual
    return Amounts(part.offset, part.ids, {TOTAL: total, **dict(zip(part.products, gaps.T, strict=True))})


def _rows(basis: Basis, universe: pa.Table, line: str, picked: np.ndarray) -> list[RunResult]:
    """Result rows of one line. The picked companies are computed again: the same bits, and everything at hand."""
    companies = companies_of(universe.take(pa.array(picked)), basis.segments, basis.products)
    part = potential_of(basis, universe.take(pa.array(picked)))
    columns = range(len(basis.products)) if line == TOTAL else [basis.products.index(line)]
    p10, p50, p90 = (getattr(part, q)[:, list(columns)].sum(axis=1) for q in ("p10", "p50", "p90"))
    actual = part.actual[:, list(columns)].sum(axis=1)
    steps = waterfalls(basis.parameters, companies, part, list(columns))
    corrected = {c.id for c in basis.corrections if c.product is None or line in (TOTAL, c.product)}
    sold = ~np.isnan(actual)
    return [
        RunResult(
            company_id=UUID(part.ids[i].decode()),
            line=line,
            rank=i + 1,
            row=int(picked[i]),
            known_share=float(part.known_share[i]),
            p10=stored_amount(p10[i]),
            p50=stored_amount(p50[i]),
            p90=stored_amount(p90[i]),
            actual=stored_amount(actual[i]) if sold[i] else None,
            gap=stored_amount(p50[i]) - stored_amount(actual[i]) if sold[i] else None,
            drivers={
                "steps": [[name, int(steps[i, j])] for j, name in enumerate(STEPS)],
                "capacity": float(part.capacity[i]),
                "capacity_from": CapacityFrom(int(part.capacity_from[i])).name.lower(),
                "share": float(part.share[i]),
                "fit": float(part.fit[i, columns[0]]) if line else None,
                "evidence": int(part.evidence[i]),
            },
            marks=[
                m
                for m, is_so in (("too_little", part.too_little[i]), ("corrected", part.ids[i].decode() in corrected))
                if is_so
            ],
        )
        for i in range(len(picked))
    ]


def _summary(basis: Basis, universe: pa.Table, parts: Sequence[PotentialChunk], kept: np.ndarray) -> dict[str, Any]:
    """Above the rows: by product family and by region how much potential, actual and gap there is, and the parameters behind."""
    p50 = np.concatenate([p.p50 for p in parts])[kept]
    actual = np.concatenate([p.actual for p in parts])[kept]
    too_little = np.concatenate([p.too_little for p in parts])[kept]
    with np.errstate(invalid="ignore"):
        lines = [
            {
                "line": product,
                "potential": float(p50[:, at].sum()),
                "actual": None if np.isnan(actual[:, at]).all() else float(np.nansum(actual[:, at])),
                "sellers": int((actual[:, at] > 0).sum()),
                "over": int((p50[:, at] < actual[:, at]).sum()),
            }
            for at, product in enumerate(basis.products)
        ]
    return {
        "lines": lines,
        "finding": {
            "potential": sum(x["potential"] for x in lines),
            "actual": sum(x["actual"] or 0.0 for x in lines),
        },
        "territories": by_territory(universe, kept, p50, actual, basis.products),
        "too_little": int(too_little.sum()),
        "corrections": len(basis.corrections),
        "parameters": basis.parameters.to_dict()["values"],
        "segments": list(basis.segments),
    }
