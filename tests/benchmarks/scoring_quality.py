"""Are good partners found again? Lift of resemblance beside its peers, over 30 seeded draws of references.

Positives: level Premier within its kind on the channel directory (level itself is left out of the criteria), and the
buyers of each product family on the reseller network. Each draw takes some positives as references and looks for the
others among all companies; lift@1 % tells how many times more of them stand in the best 1 % than chance would put
there. The configuration was chosen on one half of the companies (by a hash of their id); the bars are measured on the
other half, and on the whole for information. docs/benchmarks.md lists what was tried. Ours is what a new study is served
with: the formula with the weights that the references suggest (`suggest_weights`). Equal weights and a trained model,
logistic regression on the same similarities, are reported beside.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from profiling.scoring.rules import (
    Compare,
    Criterion,
    Frame,
    Kind,
    Plan,
    Profile,
    category,
    combine,
    describe,
    encode_ids,
    fit,
    label_sets,
    lift_at,
    similarities,
    suggest_weights,
)
from profiling.scoring.rules.evaluation import nearest_reference

NEEDS_DATA = True
DRAWS, REFERENCES, TOP = 30, 20, 0.01
FEWEST = 40  # positives below which a kind is left out: references and held-out partners are both needed
METHODS = ("ours", "nearest", "size", "random", "equal_weights", "equal_weights_two_sided", "logistic")


@dataclass(frozen=True)
class Task:
    """One thing to look for: a universe, its positives, the criteria, and the number that stands for size."""

    name: str
    frame: Frame
    positives: NDArray[np.int64]
    plan: Plan
    size: str

    def part(self, parity: int | None) -> Task:
        """One half of the companies (None: all)."""
        if parity is None:
            return self
        rows = np.flatnonzero(half(self.frame) == parity)
        at = np.isin(rows, self.positives)
        return replace(self, frame=self.frame.take(rows), positives=np.flatnonzero(at).astype(np.int64))


def half(frame: Frame) -> NDArray[np.int64]:
    """0 for the development half, 1 for the half on which bars are measured; fixed by each company's id."""
    return np.array([hashlib.md5(i, usedforsecurity=False).digest()[0] % 2 for i in frame.ids], dtype=np.int64)


def directory(data_dir: Path) -> list[Task]:
    """The channel directory: Premier partners within their kind. Its numbers are counts of what a company has shown
    (launches, references, services, certifications, offices): at least as many as a reference is no difference."""
    companies = pd.read_csv(data_dir / "channel_directory" / "companies.csv")
    sites = pd.read_csv(data_dir / "channel_directory" / "sites.csv")
    by_company = sites.groupby("external_id")
    countries = companies["external_id"].map(by_company["country"].agg(lambda c: sorted(set(c.dropna()))))
    first = sites[sites["site_type"] == "Headquarters"].drop_duplicates("external_id").set_index("external_id")["country"]
    home = companies["external_id"].map(first)
    frame = Frame(
        encode_ids(companies["external_id"].tolist()),
        {
            "launches": companies["customer_launches"].to_numpy(np.float32),
            "references": companies["references"].to_numpy(np.float32),
            "services": companies["services"].to_numpy(np.float32),
            "certifications": companies["certifications"].to_numpy(np.float32),
            "offices": companies["external_id"].map(by_company.size()).to_numpy(np.float32),
            "country": category([c if isinstance(c, str) else None for c in home]),
            "territories": label_sets([c if isinstance(c, list) else None for c in countries]),
        },
    )
    shown = {"kind": Kind.NUMBER, "compare": Compare.AT_LEAST}
    plan = Plan.of(
        Criterion("launches", group="volume", **shown),
        Criterion("references", group="volume", **shown),
        Criterion("services", group="skills", **shown),
        Criterion("certifications", group="skills", **shown),
        Criterion("offices", group="geography", **shown),
        Criterion("country", Kind.CATEGORY, "geography"),
        Criterion("territories", Kind.TERRITORY, "geography"),
    )
    tasks = []
    for kind in sorted(companies["type"].unique()):
        rows = np.flatnonzero((companies["type"] == kind).to_numpy())
        premier = np.flatnonzero((companies["level"].to_numpy() == "Premier")[rows]).astype(np.int64)
        tasks.append(Task(f"Premier, {kind}", frame.take(rows), premier, plan, "launches"))
    return tasks


def network(data_dir: Path, *, sales_facts: bool = True) -> list[Task]:
    """The reseller network: buyers of each product family. What a reseller already sells of the OTHER families and
    their lines are its offers; nothing of the family looked for is among the criteria."""
    folder = data_dir / "reseller_network"
    resellers, products = pd.read_csv(folder / "resellers.csv"), pd.read_csv(folder / "products.csv")
    sales = pd.read_csv(folder / "sales.csv", usecols=["reseller_id", "product_code"])  # its `line` is the order's
    sales = sales.merge(products[["product_code", "family", "line"]], on="product_code")
    ids = resellers["reseller_id"].tolist()
    columns: dict[str, Any] = {
        "employees": resellers["employees"].to_numpy(np.float32),
        "yearly_sales": resellers["annual_sales"].to_numpy(np.float32),
        "opened": resellers["year_opened"].to_numpy(np.float32),
        "kind": category(resellers["business_type"].tolist()),
        "line": category(resellers["product_line"].tolist()),
        "country": category(resellers["country"].tolist()),
        "state": category(resellers["state"].tolist()),
        "territory": category(resellers["territory"].tolist()),
    }
    criteria = [
        Criterion("employees", Kind.NUMBER, "size"),
        Criterion("yearly_sales", Kind.NUMBER, "size"),
        Criterion("opened", Kind.NUMBER, "activity"),
        Criterion("kind", Kind.CATEGORY, "activity"),
        Criterion("line", Kind.CATEGORY, "activity"),
        Criterion("country", Kind.CATEGORY, "geography"),
        Criterion("state", Kind.CATEGORY, "geography"),
        Criterion("territory", Kind.CATEGORY, "geography"),
    ]
    if sales_facts:
        criteria += [Criterion("families", Kind.LABELS, "offers"), Criterion("lines", Kind.LABELS, "offers")]
    tasks = []
    for family in sorted(products["family"].unique()):
        other = sales[sales["family"] != family].groupby("reseller_id")
        carried = {name: other[name].agg(lambda v: sorted(set(v.dropna()))) for name in ("family", "line")}
        extra = {
            "families": label_sets([list(carried["family"].get(i, [])) for i in ids]),
            "lines": label_sets([list(carried["line"].get(i, [])) for i in ids]),
        }
        buyers = resellers["reseller_id"].isin(sales.loc[sales["family"] == family, "reseller_id"]).to_numpy()
        frame = Frame(encode_ids(ids), columns | (extra if sales_facts else {}))
        tasks.append(
            Task(f"buyers of {family}", frame, np.flatnonzero(buyers).astype(np.int64), Plan.of(*criteria), "yearly_sales")
        )
    return tasks


def draw(task: Task, seed: int, number: int, references: int) -> dict[str, float]:
    """One draw of references: the lift of each method on the same held-out partners."""
    rng = np.random.default_rng([seed, number])
    chosen = np.sort(rng.choice(task.positives, references, replace=False))
    rows = np.setdiff1d(np.arange(len(task.frame), dtype=np.int64), chosen)
    held_out = np.isin(rows, task.positives)
    two_sided = Plan(tuple(replace(c, compare=Compare.NEAR) for c in task.plan.criteria), task.plan.groups)

    def resemblance(plan: Plan, *, suggested: bool = False) -> NDArray[np.float32]:
        profile = fit(task.frame, chosen, plan, survey=survey)
        if suggested:
            profile = profile.with_plan(plan.with_weights(suggest_weights(profile, task.frame)))
        return combine(profile, *similarities(profile, task.frame, rows))[1]

    survey = describe(task.frame, task.plan)
    methods: Mapping[str, Callable[[], NDArray[np.floating[Any]]]] = {
        "ours": lambda: resemblance(task.plan, suggested=True),
        "nearest": lambda: nearest_reference(task.frame, rows, chosen, task.plan, survey),
        "size": lambda: task.frame.number(task.size)[rows],
        "random": lambda: rng.random(len(rows)),
        "equal_weights": lambda: resemblance(task.plan),
        "equal_weights_two_sided": lambda: resemblance(two_sided),
        "logistic": lambda: logistic(fit(task.frame, chosen, task.plan, survey=survey), task.frame, rows, chosen),
    }
    return {name: lift_at(method(), held_out, TOP) for name, method in methods.items()}


def logistic(
    profile: Profile, frame: Frame, rows: NDArray[np.int64], references: NDArray[np.int64]
) -> NDArray[np.floating[Any]]:
    """The trained option: references against all others (unlabelled), balanced, C = 0.1, on the similarities of each
    criterion; what is unknown takes the criterion's mean."""
    from sklearn.linear_model import LogisticRegression

    asked = np.concatenate([references, rows])
    similarity, known = similarities(profile, frame, asked)
    mean = np.divide(similarity.sum(axis=1), known.sum(axis=1), out=np.zeros(len(known)), where=known.any(axis=1))
    features = np.where(known, similarity, mean[:, None]).T
    labels = np.arange(len(asked)) < len(references)
    model = LogisticRegression(C=0.1, class_weight="balanced", max_iter=500).fit(features, labels)
    return np.asarray(model.decision_function(features[len(references) :]))


def compare(tasks: list[Task], seed: int, draws: int) -> dict[str, Any]:
    """Every method's lift over the draws, each draw averaged over the tasks, and ours less each peer, paired."""
    lifts = {name: np.zeros((draws, len(tasks))) for name in METHODS}
    for at, task in enumerate(tasks):
        for number in range(draws):
            for name, value in draw(task, seed, number, REFERENCES).items():
                lifts[name][number, at] = value
    return {
        "tasks": [
            {
                "name": task.name,
                "companies": len(task.frame),
                "positives": len(task.positives),
                "highest_possible": _highest(task),
                "lift": {name: float(lifts[name][:, at].mean()) for name in METHODS},
                "ours_minus": {n: _difference(lifts["ours"][:, at], lifts[n][:, at]) for n in METHODS if n != "ours"},
            }
            for at, task in enumerate(tasks)
        ],
        "lift": {name: _mean(lifts[name].mean(axis=1)) for name in METHODS},
        "ours_minus": {n: _difference(lifts["ours"].mean(axis=1), lifts[n].mean(axis=1)) for n in METHODS if n != "ours"},
    }


def _highest(task: Task) -> float:
    left, positives = len(task.frame) - REFERENCES, len(task.positives) - REFERENCES
    best = max(round(TOP * left), 1)
    return min(positives, best) / best / (positives / left)


def _mean(values: NDArray[np.float64]) -> dict[str, float]:
    return {"mean": float(values.mean()), "standard_error": float(values.std(ddof=1) / np.sqrt(len(values)))}


def _difference(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> dict[str, float]:
    return _mean(ours - theirs)


def run(data_dir: Path | None, seed: int = 2024, quick: bool = False) -> dict[str, Any]:
    """Measure on the untouched half, and for information on all companies. Raises FileNotFoundError without data."""
    if data_dir is None:
        raise FileNotFoundError(2, "real input is needed", "channel_directory/companies.csv")
    draws = 5 if quick else DRAWS
    every = {
        "channel_directory": directory(data_dir),
        "reseller_network": network(data_dir),
        "reseller_network_without_sales_facts": network(data_dir, sales_facts=False),
    }
    left_out = [t.name for tasks in every.values() for t in tasks if len(t.positives) < FEWEST]
    usable = {name: [t for t in tasks if len(t.positives) >= FEWEST] for name, tasks in every.items()}
    test = {name: compare([t.part(1) for t in tasks], seed, draws) for name, tasks in usable.items()}
    whole = {} if quick else {name: compare(tasks, seed, draws) for name, tasks in usable.items()}
    bars = [
        _bar(f"{name}: ours above {peer} by more than 2 paired standard errors", test[name]["ours_minus"][peer])
        for name in ("channel_directory", "reseller_network")
        for peer in ("size", "nearest")
    ]
    return {
        "name": "scoring-quality",
        "data": {
            "channel_directory": "Premier partners among those of their kind; level left out of the criteria",
            "reseller_network": "buyers of each product family; a published sample database, it proves no accuracy",
            "split": "bars on the half of the companies not used for choices, by a hash of their id; equal weights, then suggested "
            "ones, then suggested ones drawn towards equal were looked at there: three times",
            "left_out_for_too_few_positives": left_out,
            "draws": draws,
            "references": REFERENCES,
            "measure": "lift@1 %",
            "seed": seed,
            "stand_in": "size on the directory is customer launches, a stand-in for volume of business",
        },
        "ours": {name: found["lift"]["ours"] for name, found in test.items()},
        "peers": {name: {m: found["lift"][m] for m in METHODS if m != "ours"} for name, found in test.items()},
        "ratios": {name: {m: _ratio(found["lift"], m) for m in METHODS if m != "ours"} for name, found in test.items()},
        "errors": {"ours_minus": {name: found["ours_minus"] for name, found in test.items()}, "test": test, "all": whole},
        "bars": bars,
    }


def _ratio(lift: Mapping[str, Mapping[str, float]], method: str) -> float | None:
    return lift["ours"]["mean"] / lift[method]["mean"] if lift[method]["mean"] > 0 else None


def _bar(bar: str, difference: Mapping[str, float]) -> dict[str, Any]:
    limit = 2 * difference["standard_error"]
    return {"bar": bar, "value": difference["mean"], "limit": limit, "holds": bool(difference["mean"] > limit)}
