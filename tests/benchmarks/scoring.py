"""Speed of resemblance: 1,000,000 companies × 21 criteria against 1,000 reference partners.

The survey and the codes of a universe are made once for a snapshot and stored beside it (`profiling.scoring.coded`); every run and
chunk reads them from there. They are timed by themselves and are not part of the arithmetic of a run. Peers, on the same data in
the same run: scikit-learn's NearestNeighbors (each company's nearest reference over the same criteria turned to columns) and
Gower's mean similarity written naively (every company with every reference). End to end is another universe, in Postgres (the
one of the benchmark `list`): a first run reads it into a snapshot and codes it; the answer is stored when it ends.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from profiling.scoring.rules import (
    Codes,
    Compare,
    Criterion,
    Frame,
    Kind,
    LabelSets,
    Plan,
    Survey,
    code,
    describe,
    fit,
    score,
    sets_shared,
)
from profiling.scoring.rules.scale import position_of
from profiling.scoring.rules.survey import NumberSurvey
from tests.benchmarks.peers.definition import naive_score

ROWS, REFERENCES = 1_000_000, 1_000
QUICK_ROWS = 50_000
NAIVE_ROWS = 4_000  # the naive form is timed on these and scaled: its cost is proportional to the rows
CHECKED = 100  # rows whose score is compared with the definition
THREADS = 2
END_TO_END_REFERENCES = 20
Clock = Callable[[], float]

NUMBERS = (
    "employees",
    "sales_people",
    "engineers",
    "revenue",
    "growth",
    "customers",
    "certifications",
    "sites",
    "age",
    "references",
)
CATEGORIES = ("kind", "country", "segment", "legal_form", "language")
LABELS = ("offers", "complementary_vendors", "competing_vendors", "industries")


def the_plan() -> Plan:
    """21 criteria in seven groups."""
    group = dict.fromkeys(NUMBERS, "size") | dict.fromkeys(CATEGORIES, "activity")
    group |= {"certifications": "skills", "references": "skills", "country": "geography", "language": "geography"}
    numbers = [
        Criterion(k, Kind.NUMBER, group[k], compare=Compare.AT_LEAST if group[k] == "skills" else Compare.NEAR)
        for k in NUMBERS
    ]
    return Plan.of(
        *numbers,
        *(Criterion(k, Kind.CATEGORY, group[k]) for k in CATEGORIES),
        *(Criterion(k, Kind.LABELS, k if "vendors" in k else "offers") for k in LABELS),
        Criterion("territories", Kind.TERRITORY, "geography"),
        Criterion("place", Kind.PLACE, "geography"),
    )


def universe(rows: int, seed: int) -> Frame:
    """Companies with long tails, correlated sizes and a fifth of the facts unknown."""
    rng = np.random.default_rng(seed)
    size = rng.normal(3, 1.2, rows).astype(np.float32)
    columns: dict[str, Any] = {}
    for i, key in enumerate(NUMBERS):
        noise = rng.standard_normal(rows, dtype=np.float32)
        value = (
            np.exp(size + 0.7 * noise + i / 3).round().astype(np.float32)
            if key not in {"growth", "age"}
            else (5 + 12 * noise).astype(np.float32)
        )
        value[rng.random(rows, dtype=np.float32) < 0.2] = np.nan
        columns[key] = value
    for i, key in enumerate(CATEGORIES):
        columns[key] = Codes.of(
            _zipf(rng, rows, (6, 60, 12, 8, 25)[i], 0.1), tuple(f"v{j:03d}" for j in range((6, 60, 12, 8, 25)[i]))
        )
    for key, values in (*zip(LABELS, (40, 400, 200, 20), strict=True), ("territories", 120)):
        columns[key] = _labels(rng, rows, values)
    towns = np.column_stack([rng.uniform(36, 58, 5_000), rng.uniform(-9, 20, 5_000)]).round(2)
    columns["place"] = Codes.of(_zipf(rng, rows, 5_000, 0.15), towns)
    return Frame(np.char.mod("%08d", np.arange(rows)).astype(np.bytes_), columns)


def _zipf(rng: np.random.Generator, rows: int, values: int, unknown: float) -> NDArray[np.int32]:
    codes = np.minimum((values ** rng.random(rows, dtype=np.float32)).astype(np.int32), values - 1)
    codes[rng.random(rows, dtype=np.float32) < unknown] = -1
    return codes


def _labels(rng: np.random.Generator, rows: int, values: int) -> LabelSets:
    known = rng.random(rows, dtype=np.float32) >= 0.25
    first = _zipf(rng, rows * 3, values, 0.3).reshape(rows, 3)
    first.sort(axis=1)
    keep = (first >= 0) & known[:, None]
    keep[:, 1:] &= first[:, 1:] != first[:, :-1]
    indptr = np.concatenate([[0], np.cumsum(keep.sum(axis=1))]).astype(np.int32)
    indices = first[keep].astype(np.int32)
    return sets_shared(indptr, indices, known, tuple(f"l{j:04d}" for j in range(values)))


def references_of(rows: int, seed: int) -> NDArray[np.int64]:
    """Rows of the reference partners."""
    count = min(REFERENCES, rows // 50)
    return np.sort(np.random.default_rng(seed + 1).choice(rows, count, replace=False)).astype(np.int64)


def timed(work: Callable[[], object], times: int = 7, *, warm: bool = True, clock: Clock = time.perf_counter) -> float:
    """Median seconds of several runs after a warm-up."""
    if warm:
        work()
    seconds = []
    for _ in range(times):
        start = clock()
        work()
        seconds.append(clock() - start)
    return statistics.median(seconds)


def end_to_end(rows: int, seed: int) -> dict[str, Any]:
    """Seconds from Postgres to the stored result of a look-alike, in this one process, with an empty store of files."""
    from django.core.management import call_command
    from django.test import override_settings

    from prm.access.roles import as_role, as_system
    from prm.partners.models import Company
    from profiling.studies.models import Study
    from tests.benchmarks.list import an_actor, prepare

    prepare(rows)
    actor = an_actor()
    with as_role(actor):
        active = Company.objects.filter(partner__lifecycle="active", archived_at__isnull=True).order_by("id")
        references = [company.public_id for company in active[:END_TO_END_REFERENCES]]
    with tempfile.TemporaryDirectory() as folder, override_settings(MEDIA_ROOT=folder):
        out, started, processor = StringIO(), time.perf_counter(), time.process_time()
        call_command(
            "run_study",
            kind="look_alike",
            title="Bench",
            parameters=json.dumps({"references": references}),
            seed=seed,
            json=True,
            stdout=out,
        )
        found = {"seconds": time.perf_counter() - started, "processor_seconds": time.process_time() - processor}
    told = json.loads(out.getvalue())
    with as_system("a benchmark clears up"):
        Study.objects.filter(title="Bench").delete()
    return {**found, "companies": told["universe_count"], "references": len(references), "evaluation": told["evaluation"]}


def calibration(frame: Frame) -> None:
    """A numpy pass: one subtraction, absolute value and sum for each of 21 columns of the same length."""
    column = frame.number(NUMBERS[0])
    total = np.zeros(len(column), dtype=np.float32)
    for i in range(21):
        total += np.abs(column - np.float32(i))


def as_columns(frame: Frame, rows: slice | NDArray[np.int64], survey: Survey) -> NDArray[np.float32]:
    """The 21 criteria as columns for NearestNeighbors: scaled numbers, codes of categories, counts of labels; what is
    unknown takes the middle, for want of another way there."""
    out = []
    for key, column in frame.columns.items():
        facts = survey[key]
        if isinstance(facts, NumberSurvey):
            assert facts.scale is not None
            out.append(np.nan_to_num(position_of(facts.scale, frame.number(key)[rows].astype(np.float64)), nan=0.5))
        elif isinstance(column, Codes):
            out.append(column.codes[rows] / len(column.values))
        elif isinstance(column, LabelSets):
            out.append(np.minimum(np.append(column.lengths, 0)[column.codes[rows]] / 3, 1))
    return np.column_stack(out).astype(np.float32)


def nearest(frame: Frame, references: NDArray[np.int64], survey: Survey) -> None:
    """The peer: distance of every company to its nearest reference."""
    from sklearn.neighbors import NearestNeighbors

    model = NearestNeighbors(n_neighbors=1, algorithm="brute").fit(as_columns(frame, references, survey))
    model.kneighbors(as_columns(frame, slice(None), survey))


def naive_gower(frame: Frame, references: NDArray[np.int64], survey: Survey, rows: int) -> None:
    """The other peer: numbers and categories of every company beside every reference, array by array (labels, as
    overlap of the first label only, are cheaper here than they ought to be: the peer is flattered)."""
    total = np.zeros((rows, len(references)), dtype=np.float32)
    known = np.zeros((rows, len(references)), dtype=np.float32)
    for key, column in frame.columns.items():
        facts = survey[key]
        if isinstance(facts, NumberSurvey):
            assert facts.scale is not None
            spots = position_of(facts.scale, frame.number(key).astype(np.float64)[: max(rows, 1)]).astype(np.float32)
            theirs = position_of(facts.scale, frame.number(key)[references].astype(np.float64)).astype(np.float32)
            value = 1 - np.abs(spots[:, None] - theirs[None, :])
            both = ~np.isnan(value)
            total += np.where(both, value, 0)
            known += both
            continue
        codes = np.where(column.known, column.codes, -1) if isinstance(column, Codes) else _first_label(column)
        both = (codes[:rows, None] >= 0) & (codes[references][None, :] >= 0)
        total += both & (codes[:rows, None] == codes[references][None, :])
        known += both
    with np.errstate(invalid="ignore"):
        np.nanmean(total / known, axis=1)


def _first_label(column: Any) -> NDArray[np.int64]:
    has = column.lengths > 0
    first = np.full(len(has) + 1, -1, dtype=np.int64)
    first[:-1][has] = column.indices[column.indptr[:-1][has]]
    return first[column.codes]


def largest_error(frame: Frame, references: NDArray[np.int64], survey: Survey, resemblance: NDArray[np.float32]) -> float:
    """The largest difference from the definition, over some rows."""
    rows = np.random.default_rng(9).choice(len(frame), CHECKED, replace=False)
    listed = references.tolist()
    worst = 0.0
    for row in rows.tolist():
        exact = naive_score(frame, listed, the_plan(), survey, row).resemblance
        if exact is not None:
            worst = max(worst, abs(exact - float(resemblance[row])))
    return worst


def peak_mb(what: str, rows: int, seed: int) -> float:
    """Peak memory in MB of a process that makes the data and does one thing."""
    command = [sys.executable, "-m", "tests.benchmarks.scoring", what, str(rows), str(seed)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(json.loads(done.stdout)["peak_mb"])


def run(data_dir: Path | None = None, seed: int = 7, quick: bool = False) -> dict[str, Any]:
    """Measure; `data_dir` is not needed, the companies are generated from `seed`."""
    rows = QUICK_ROWS if quick else ROWS
    times = 3 if quick else 7
    frame, plan, references = universe(rows, seed), the_plan(), references_of(rows, seed)
    survey = describe(frame, plan)
    coded, profile = code(frame, survey), fit(frame, references, plan, survey=survey)
    work = {
        "survey": lambda: describe(frame, plan),
        "code": lambda: code(frame, survey),
        "fit": lambda: fit(frame, references, plan, survey=survey),
        "score": lambda: score(profile, coded, threads=THREADS),
        "score_one_thread": lambda: score(profile, coded),
    }
    seconds = {name: timed(act, times) for name, act in work.items()}
    processor = {name: timed(act, times, clock=time.process_time) for name, act in work.items()}
    for found in (seconds, processor):
        found["once_for_a_snapshot"] = found["survey"] + found["code"]
        found["fit_and_score"] = found["fit"] + found["score"]
    pass_seconds = timed(lambda: calibration(frame), times)
    nearest_seconds = timed(lambda: nearest(frame, references, survey), 1, warm=False)
    naive_rows = min(NAIVE_ROWS, rows)
    naive_seconds = timed(lambda: naive_gower(frame, references, survey, naive_rows), 1) * rows / naive_rows
    result = score(profile, coded, threads=THREADS)
    error = largest_error(frame, references, survey, result.resemblance)
    memory = peak_mb("ours", rows, seed)
    whole = end_to_end(rows, seed)
    return {
        "name": "scoring",
        "data": {
            "rows": rows,
            "criteria": len(plan.criteria),
            "references": len(references),
            "generated": True,
            "seed": seed,
            "threads": THREADS,
            "timed": f"median of {times} after warm-up",
        },
        "ours": {
            "seconds": seconds,
            "processor_seconds": processor,
            "calibration_seconds": pass_seconds,
            "peak_mb": memory,
            "largest_error": error,
            "end_to_end": whole,
        },
        "peers": {
            "nearest_neighbors": {"seconds": nearest_seconds, "peak_mb": peak_mb("nearest", rows, seed)},
            "naive_gower": {
                "seconds": naive_seconds,
                "measured_on_rows": naive_rows,
                "scaled": naive_rows != rows,
                "peak_mb": peak_mb("naive", rows, seed),
            },
        },
        "ratios": {
            "ours_to_calibration": seconds["fit_and_score"] / pass_seconds,
            "nearest_neighbors_to_ours": nearest_seconds / seconds["fit_and_score"],
            "naive_gower_to_ours": naive_seconds / seconds["fit_and_score"],
        },
        "errors": {},
        "bars": [
            _bar("arithmetic, seconds (fit and score)", seconds["fit_and_score"], 0.15),
            _bar("peak memory of the process, MB", memory, 1000),
            _bar("largest error against the definition", error, 1e-3),
            _bar("from Postgres to the stored result, seconds", whole["seconds"], 30),
        ],
    }


def _bar(bar: str, value: float, limit: float) -> dict[str, Any]:
    return {"bar": bar, "value": value, "limit": limit, "holds": bool(value <= limit)}


def main(what: str, rows: int, seed: int) -> None:
    """One measured act in a process of its own."""
    frame, plan, references = universe(rows, seed), the_plan(), references_of(rows, seed)
    survey = describe(frame, plan)
    if what == "ours":
        score(fit(frame, references, plan, survey=survey), code(frame, survey), threads=THREADS)
    elif what == "nearest":
        nearest(frame, references, survey)
    else:
        naive_gower(frame, references, survey, min(NAIVE_ROWS, rows))
    sys.stdout.write(json.dumps({"peak_mb": own_peak_mb()}))


def own_peak_mb() -> float:
    """This process's own peak memory. What getrusage tells starts, on Linux, from the memory of whoever started us."""
    status = Path("/proc/self/status")
    if status.exists():
        return float(next(line for line in status.read_text().splitlines() if line.startswith("VmHWM")).split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
