"""A look-alike run in three steps: describe the references, compare every company chunk by chunk, keep the best (P8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

import numpy as np
import pyarrow as pa

from prm.access.actors import Actor
from prm.access.roles import as_role
from prm.core.ids import typeid_decode
from prm.core.money import stored_amount
from profiling.ranking.basis import basis_of, basis_read, potential_of
from profiling.ranking.selectors import corrections_in_force, ranking_run_in_use
from profiling.scoring.catalogue import plan_of
from profiling.scoring.coded import coded_rows, coded_universe
from profiling.scoring.faults import FAULTS
from profiling.scoring.rules import (
    THIN,
    ChunkResult,
    Profile,
    alike,
    best_of,
    finding_of,
    fit,
    joined,
    percentiles,
    score,
    shown,
    weighed,
)
from profiling.studies import files
from profiling.studies.faults import worded
from profiling.studies.kinds import Outcome, RunContext
from profiling.studies.models import RunResult
from profiling.studies.rules import ENOUGH_KNOWN, MOST_RESULTS, filter_mask, without

COMPANY = "company"
MOST_ALIKE = 40
CLOUD = 400
QUANTILES = ("p10", "p50", "p90")


class ScoringEngine:
    """Resemblance of every company to the references, with what each could bring."""

    def prepare(self, *, context: RunContext, actor: Actor) -> dict[str, str]:
        """Stores the profile of the references, what held-out partners say of the weights, and the basis of potentials."""
        universe, parameters = context.universe, context.parameters
        with worded(FAULTS):
            plan = plan_of(universe, parameters)
            frame, survey = coded_universe(context, plan)
            references = frame.rows_of(company_ids(parameters["references"]))
            profile = fit(frame, references, plan, survey=survey)
        served = weighed(universe, frame, profile, survey=survey, parameters=parameters, seed=context.seed)
        with as_role(actor):
            corrections, ranking = corrections_in_force(actor=actor), ranking_run_in_use(actor=actor)
        basis = basis_of(universe, ranking.parameters["values"] if ranking else {}, corrections)
        source = {"source": "ranking", "run": ranking.public_id} if ranking else {"source": "stand_in"}
        made = {
            "profile": served.profile.to_dict(),
            "basis": basis.to_dict(),
            "notes": {
                "evaluation": served.evaluation,
                "weights": served.weights,
                "potential": source,
            },
        }
        return {name: _stored(context.run_id, name, data) for name, data in made.items()}

    def chunk(self, *, context: RunContext, start: int, stop: int) -> pa.Table:
        """Resemblance, contributions and potential of rows start..stop."""
        profile = profile_read(context.files["profile"])
        table = score(profile, coded_rows(context, profile.plan, start, stop)).to_table()
        rows = context.universe.slice(start, stop - start)
        potential = potential_of(basis_read(context.files["basis"]), rows, offset=start)
        metadata = table.schema.metadata
        for name, values in zip(QUANTILES, potential.total(), strict=True):
            table = table.append_column(name, pa.array(values))
        table = table.append_column(THIN, pa.array(potential.too_little))
        return table.replace_schema_metadata(metadata)

    def finish(self, *, context: RunContext, chunks: Iterable[pa.Table], actor: Actor) -> Outcome:
        """The best 10,000 among the companies asked for, and what is said above them."""
        tables = list(chunks)
        result = joined([ChunkResult.from_table(table) for table in tables])
        vectors = pa.concat_tables([table.replace_schema_metadata(None) for table in tables])
        standing = percentiles(result.resemblance)
        vectors = vectors.append_column("percentile", pa.array(standing, from_pandas=True))
        kept, left_out = _kept(context, result)
        rows = _rows(result, vectors, standing, kept)
        notes = files.read_json(context.files["notes"])
        profile = profile_read(context.files["profile"])
        summary = {
            **_summary(profile, result, vectors, kept, context.seed),
            "potential": notes["potential"],
            "weights": notes["weights"],
            "left_out": left_out,
            "finding": finding_of([(r.score, None if THIN in r.marks else r.p50) for r in rows]),
        }
        return Outcome(rows, vectors, int(kept.sum()), summary, notes["evaluation"])


def company_ids(public_ids: Sequence[str]) -> list[str]:
    """Keys of companies as a snapshot writes them."""
    return [str(typeid_decode(COMPANY, public_id)) for public_id in public_ids]


@lru_cache(maxsize=4)
def profile_read(name: str) -> Profile:
    """The profile that a run stored; a run's file never changes."""
    return Profile.from_dict(files.read_json(name))


def _stored(run_id: UUID, name: str, data: Any) -> str:
    file = files.run_file(run_id, f"{name}.json")
    files.write_json(file, data)
    return file


def _kept(context: RunContext, result: ChunkResult) -> tuple[np.ndarray, dict[str, int]]:
    """The companies that are ranked, and how many are not, each by the first reason that holds."""
    filters, universe = context.parameters["filters"], context.universe
    everybody = np.ones(universe.num_rows, dtype=bool)
    kept, left_out = everybody, {}
    for reason, mask in (
        ("references", ~result.is_reference),
        ("status", filter_mask(universe, {"status": filters.get("status", "any")})),
        ("filters", filter_mask(universe, filters)),
        ("excluded", without(universe, company_ids(context.parameters["excluded"]), everybody)),
        ("unknown", ~np.isnan(result.resemblance) & (result.known_share >= np.float32(filters["min_known"]))),
    ):
        left_out[reason] = int(np.count_nonzero(kept & ~mask))
        kept = kept & mask
    return kept, left_out


def _rows(result: ChunkResult, vectors: pa.Table, standing: np.ndarray, kept: np.ndarray) -> list[RunResult]:
    candidates = replace(result, resemblance=np.where(kept, result.resemblance, np.float32(np.nan)))
    if not kept.any():
        return []
    best = best_of([candidates], MOST_RESULTS)
    parts, scores = shown(best.contributions)
    money = {name: vectors.column(name).to_numpy()[best.rows] for name in QUANTILES}
    low, thin = result.known_share[best.rows] < ENOUGH_KNOWN, vectors.column(THIN).to_numpy()[best.rows]
    return [
        RunResult(
            company_id=UUID(best.ids[i].decode()),
            rank=i + 1,
            row=int(best.rows[i]),
            score=Decimal(int(scores[i])) / 10,
            percentile=float(standing[best.rows[i]]),
            known_share=float(best.known_share[i]),
            contributions={
                group: None if np.isnan(best.contributions[i, at]) else int(parts[i, at])
                for at, group in enumerate(best.groups)
            },
            **{name: stored_amount(values[i]) for name, values in money.items()},
            marks=[mark for mark, is_so in (("too_little", low[i]), (THIN, thin[i])) if is_so],
        )
        for i in range(len(best))
    ]


def _summary(profile: Profile, result: ChunkResult, vectors: pa.Table, kept: np.ndarray, seed: int) -> dict[str, Any]:
    plan = profile.plan
    whole = sum(g.weight for g in plan.groups)
    p50 = vectors.column("p50").to_numpy()
    rng = np.random.default_rng(seed)
    others = np.flatnonzero(~np.isnan(result.resemblance) & ~result.is_reference)
    cloud = np.sort(rng.choice(others, min(CLOUD, len(others)), replace=False)) if len(others) else others
    rows = np.flatnonzero(result.is_reference)
    known = np.sort(result.resemblance[~np.isnan(result.resemblance)])
    return {
        "groups": [{"key": g.key, "weight": round(100 * g.weight / whole, 4)} for g in plan.groups],
        "criteria": [
            {
                "key": c.key,
                "group": c.group,
                "kind": c.kind.value,
                "compare": c.compare.value,
                "unusable": profile.unusable.get(c.key),
            }
            for c in plan.criteria
        ],
        "alike": [asdict(found) for found in alike(profile, limit=MOST_ALIKE)],
        "references": [
            {
                "company": str(UUID(result.ids[r].decode())),
                "resemblance": _plain(result.resemblance[r]),
                "p50": _plain(p50[r]),
            }
            for r in rows[:50]
        ],
        "reference_count": len(rows),
        "cloud": [[round(float(result.resemblance[r]) * 100, 1), round(float(p50[r]), 2)] for r in cloud],
        "quantiles": [round(float(q), 4) for q in np.quantile(known, np.linspace(0, 1, 21))] if len(known) else [],
        "not_enough_known": int((result.known_share[kept] < ENOUGH_KNOWN).sum()),
    }


def _plain(value: Any) -> float | None:
    return None if np.isnan(value) else round(float(value), 4)
