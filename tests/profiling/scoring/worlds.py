"""Small universes for tests: one to compute by hand, and random ones for properties."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from profiling.scoring.rules import Compare, Criterion, Frame, Kind, Plan, category, encode_ids, label_sets, places

NAN = float("nan")


def hand_made() -> tuple[Frame, Plan]:
    """Five companies; linear numbers from 0 to 100 so that distances are read off."""
    frame = Frame(
        encode_ids(["a", "b", "c", "d", "e"]),
        {
            "employees": np.array([0, 50, 100, NAN, 100], dtype=np.float32),
            "kind": category(["reseller", "reseller", "integrator", None, "integrator"]),
            "vendors": label_sets([["x", "y"], ["x"], [], None, ["z"]]),
        },
    )
    plan = Plan.of(
        Criterion("employees", Kind.NUMBER, "size", log=False),
        Criterion("kind", Kind.CATEGORY, "activity"),
        Criterion("vendors", Kind.LABELS, "vendors"),
    )
    return frame, plan


def full_plan() -> Plan:
    """Every kind of criterion, with uneven groups and weights."""
    return Plan.of(
        Criterion("employees", Kind.NUMBER, "size"),
        Criterion("growth", Kind.NUMBER, "size", weight=0.5),
        Criterion("certifications", Kind.NUMBER, "skills", compare=Compare.AT_LEAST, weight=2),
        Criterion("kind", Kind.CATEGORY, "activity"),
        Criterion("vendors", Kind.LABELS, "vendors"),
        Criterion("territories", Kind.TERRITORY, "geography"),
        Criterion("place", Kind.PLACE, "geography", scale_km=200),
        groups={"size": 1, "skills": 2, "activity": 1, "vendors": 0.5, "geography": 1},
    )


@st.composite
def universes(draw: st.DrawFn, rows: tuple[int, int] = (2, 40)) -> tuple[Frame, np.ndarray]:
    """A universe for `full_plan` with many unknowns, and some of its rows as references."""
    n = draw(st.integers(*rows))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    unknown = draw(st.sampled_from([0.0, 0.3, 0.8]))
    frame = random_universe(n, rng, unknown)
    size = draw(st.integers(1, min(n, 8)))
    return frame, np.sort(rng.choice(n, size, replace=False))


def random_universe(n: int, rng: np.random.Generator, unknown: float = 0.3) -> Frame:
    """Companies with long tails and a share of unknown facts."""

    def some(values: np.ndarray) -> np.ndarray:
        return np.where(rng.random(n) < unknown, NAN, values).astype(np.float32)

    def labels(letters: str) -> list[list[str] | None]:
        return [None if rng.random() < unknown else list(rng.choice(list(letters), rng.integers(0, 5))) for _ in range(n)]

    return Frame(
        encode_ids([f"c{i:05d}" for i in rng.permutation(n)]),
        {
            "employees": some(np.exp(rng.normal(3, 1.5, n)).round()),
            "growth": some(rng.normal(3, 10, n)),
            "certifications": some(rng.poisson(3, n)),
            "kind": category([None if rng.random() < unknown else str(rng.choice(list("pqr"))) for _ in range(n)]),
            "vendors": label_sets(labels("abcdefgh")),
            "territories": label_sets(labels("stuvwxyz")),
            "place": places(some(rng.normal(47, 3, n)), some(rng.normal(3, 3, n))),
        },
    )
