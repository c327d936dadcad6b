"""How fast does a file of companies come in, and in how much memory? Ours beside pandas + bulk_create, on the same generated file.

A database of its own is made, migrated and thrown away. Each way runs in a process of its own, which connects as the application's
login and takes the vendor's role, with row security on every table, and says how long it took and how much memory it held at most.
Ours does all of an import: encoding, delimiter, types, errors per cell, duplicates, provenance, undo and job records; a second worker
takes its share of the chunks, as the demo and a server run two. The peer
reads the file with pandas and creates model instances in batches of 5,000, checking nothing. Rows per second count the whole way
from the file on disk to committed rows.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROWS = 200_000
QUICK_ROWS = 20_000
COLUMNS = (
    "external_id", "name", "country", "city", "postal_code", "website", "phone", "employees", "revenue", "founded_year", "latitude", "longitude",
)  # fmt: skip
MIN_ROWS_PER_SECOND = 10_000
MAX_MEGABYTES = 300
DATABASE = "prm_bench_import"
_SYLLABLES = "ker lan bre tag vol ta nor dis mer cy sol ari on tec lo gis al pi ne da ta se cu ri ta ven tis gal a mar in ex po".split()
_KINDS = ("Systèmes", "Réseaux", "Solutions", "Consulting", "Services", "Distribution", "Groupe", "Technologies")
_PLACES = (("France", "Nantes", "44000", 47.2, -1.55), ("FR", "Lyon", "69002", 45.75, 4.85), ("Deutschland", "Köln", "50667", 50.9, 6.96),
           ("Belgique", "Liège", "4000", 50.6, 5.57), ("Spain", "Málaga", "29001", 36.7, -4.42), ("Italia", "Torino", "10121", 45.07, 7.69))  # fmt: skip


def write_file(path: Path, rows: int, *, seed: int = 5) -> None:
    """A semicolon file in CP1252 with decimal commas, thousands, blanks in several spellings: twelve columns."""
    rng = random.Random(seed)
    with path.open("w", encoding="cp1252", newline="") as out:
        out.write(";".join(COLUMNS) + "\r\n")
        for n in range(rows):
            stem = "".join(rng.choices(_SYLLABLES, k=3)).capitalize()
            country, city, code, lat, lon = rng.choice(_PLACES)
            employees = rng.choice(("", "n/a", str(rng.randint(1, 4000)), str(rng.randint(1, 90))))
            revenue = rng.choice(
                ("NC", f"{rng.randint(1, 900)},{rng.randint(0, 9)} M€", f"{rng.randint(100, 990)} {rng.randint(100, 999)}")
            )
            out.write(
                f"X{n:07d};{stem} {rng.choice(_KINDS)} {n % 9973};{country};{city};{code};https://www.{stem.lower()}{n}.example;"
                f"+33 2 40 {n % 100:02d} {n // 100 % 100:02d} {n // 10000 % 100:02d};{employees};{revenue};{rng.randint(1950, 2025)};"
                f"{lat + rng.random():.5f};{lon + rng.random():.5f}\r\n"
            )


def run(data_folder: Path | None, *, quick: bool = False, seed: int = 5) -> dict[str, Any]:
    """The benchmark's answer (see the issue's list): ours, the peer, ratios and bars."""
    rows = QUICK_ROWS if quick else ROWS
    with tempfile.TemporaryDirectory() as folder, _Database():
        path = Path(folder) / "companies.csv"
        write_file(path, rows, seed=seed)
        ours = _measure("ours", path)
        _empty()
        peer = _measure("pandas", path)
    ours["rows_per_second"] = round(rows / ours["seconds"])
    peer["rows_per_second"] = round(rows / peer["seconds"])
    return {
        "name": "import",
        "data": {"rows": rows, "columns": len(COLUMNS), "kind": "generated: CP1252, semicolons, decimal commas, mixed blanks and scales", "seed": seed},
        "ours": ours,
        "peers": {"pandas + bulk_create": peer},
        "ratios": {"rows_per_second": round(ours["rows_per_second"] / peer["rows_per_second"], 2)},
        "errors": {},
        "bars": [
            _bar("rows per second, whole way, row security on", ours["rows_per_second"], MIN_ROWS_PER_SECOND, at_least=True),
            _bar("peak memory of the process (MB)", ours["peak_mb"], MAX_MEGABYTES, at_least=False),
            _bar("rows that came in", ours["created"], rows, at_least=True),
        ],
    }  # fmt: skip


def _bar(name: str, value: float, limit: float, *, at_least: bool) -> dict[str, Any]:
    return {"bar": name, "value": value, "limit": limit, "holds": value >= limit if at_least else value < limit}


class _Database:
    """A database of its own, made by the owner; gone at the end."""

    def __enter__(self) -> None:
        from django.db import connections

        owner = connections["owner"]
        owner.settings_dict["TEST"]["NAME"] = DATABASE
        self._name = owner.settings_dict["NAME"]
        connections["default"].close()
        owner.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)

    def __exit__(self, *error: object) -> None:
        from django.db import connections

        connections["default"].close()
        connections["owner"].creation.destroy_test_db(self._name, verbosity=0)


def _measure(way: str, path: Path) -> dict[str, Any]:
    """Runs one way in a fresh process."""
    answer = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.import_", way, str(path)],
        capture_output=True, text=True, check=False, cwd=Path(__file__).resolve().parents[2], env={**os.environ},
    )  # fmt: skip
    if answer.returncode:
        raise RuntimeError(answer.stderr[-4000:])
    found: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    return found


def _empty() -> None:
    from django.db import connections

    with connections["owner"].cursor() as sql:
        sql.execute("TRUNCATE partners_company CASCADE")
        sql.execute("VACUUM ANALYZE partners_company")


def _worker(path: Path) -> Any:
    """This process as a worker that acts for a person without an account, on the uploads beside ``path``."""
    from django.conf import settings

    from prm.access.abilities import abilities
    from prm.access.actors import Actor, ActorKind
    from prm.jobs.runner import waking, work

    settings.MEDIA_ROOT = path.parent / "media"
    everything = frozenset(permission for ability in abilities() for permission in ability.permissions)
    actor = Actor(kind=ActorKind.VENDOR, name="benchmark", permissions=everything)
    work.actor_of_job = lambda job, kind: actor
    waking.send = lambda *args, **options: None  # the workers are told by hand
    return actor


@contextlib.contextmanager
def _second_worker(path: Path) -> Iterator[Any]:
    """A process that is up and waits for the id of a job to help with, as workers of the product do."""
    helper = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.import_", "second", str(path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).resolve().parents[2],
    )  # fmt: skip
    with helper:
        assert helper.stdout is not None
        helper.stdout.readline()
        yield helper


def _second(path: Path) -> dict[str, Any]:
    """The second worker's whole life."""
    from prm.access.roles import as_system
    from prm.jobs.models import Job
    from prm.jobs.runner import work

    _worker(path)
    sys.stdout.write("up\n")
    sys.stdout.flush()
    job_id = sys.stdin.readline().strip()
    with as_system("benchmark"):
        job = Job.objects.get(pk=job_id)
    work.run_inline(job, wait_seconds=3600)
    return {"processor_seconds": round(time.process_time(), 2)}


def _ours(path: Path) -> dict[str, Any]:
    """Create, check and write by the job, by this process and a second one."""
    with _second_worker(path) as helper:
        answer = _ours_with(helper, path)
        answer["second_worker"] = json.loads(helper.stdout.read().splitlines()[-1])
    return answer


def _ours_with(helper: Any, path: Path) -> dict[str, Any]:
    from prm.access.roles import as_role
    from prm.imports.services import import_create, import_run_start
    from prm.jobs.runner import work

    actor = _worker(path)
    began = time.perf_counter()
    with path.open("rb") as upload, as_role(actor):
        batch = import_create(actor=actor, target="companies", upload=upload, file_name=path.name, source="benchmark")
        read = time.perf_counter()
        job = import_run_start(actor=actor, batch=batch)
    helper.stdin.write(f"{job.pk}\n")
    helper.stdin.flush()
    job = work.run_inline(job, wait_seconds=3600)
    seconds = time.perf_counter() - began
    with as_role(actor):
        batch.refresh_from_db()
        steps = {
            step: round((max(c.finished_at for c in done) - min(c.started_at for c in done)).total_seconds(), 2)
            for step in ("read", "check", "write")
            if (done := list(job.chunks.filter(step=step)))
        }
    return {
        "seconds": round(seconds, 2), "created": batch.created, "rejected": batch.rows_rejected, "state": batch.state, "error": job.error,
        "detect_seconds": round(read - began, 2), "steps": steps, "errors": batch.error_kinds[:3],
    }  # fmt: skip


def _pandas(path: Path) -> dict[str, Any]:
    """What one would write in an afternoon: read_csv with the right settings given, clean by column, bulk_create."""
    import pandas as pd

    from prm.access.actors import Actor, ActorKind
    from prm.access.roles import as_role
    from prm.core.text import text_key
    from prm.partners.models import Company, CompanyExternalId

    actor = Actor(kind=ActorKind.VENDOR, name="benchmark")
    countries = {"France": "FR", "FR": "FR", "Deutschland": "DE", "Belgique": "BE", "Spain": "ES", "Italia": "IT"}
    began = time.perf_counter()
    frame = pd.read_csv(path, sep=";", encoding="cp1252", dtype=str, keep_default_na=False)
    frame["country"] = frame["country"].map(countries)
    frame["employees"] = pd.to_numeric(frame["employees"], errors="coerce")
    text = frame["revenue"].str.replace(",", ".").str.replace(" ", "")
    frame["revenue"] = pd.to_numeric(text.str.replace("M€", ""), errors="coerce") * text.str.contains("M€").map(
        {True: 1e6, False: 1.0}
    )
    created = 0
    with as_role(actor):
        for start in range(0, len(frame), 5_000):
            part = frame.iloc[start : start + 5_000]
            companies = [
                Company(
                    name=row.name_, name_key=text_key(row.name_), country=row.country, city=row.city, city_key=text_key(row.city),
                    postal_code=row.postal_code, website=row.website, domain=row.website.removeprefix("https://www."), phone=row.phone,
                    employees=None if pd.isna(row.employees) else int(row.employees), revenue=None if pd.isna(row.revenue) else row.revenue,
                    revenue_currency=None if pd.isna(row.revenue) else "EUR", founded_year=int(row.founded_year),
                    latitude=float(row.latitude), longitude=float(row.longitude),
                )
                for row in part.rename(columns={"name": "name_"}).itertuples(index=False)
            ]  # fmt: skip
            Company.objects.bulk_create(companies, batch_size=1_000)
            CompanyExternalId.objects.bulk_create(
                [
                    CompanyExternalId(company=c, source="benchmark", external_id=x)
                    for c, x in zip(companies, part["external_id"], strict=True)
                ],
                batch_size=1_000,
            )
            created += len(companies)
    return {"seconds": round(time.perf_counter() - began, 2), "created": created}


def main(way: str, path: str) -> None:
    """In the measured process: set up, run, print."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prm.settings.dev")
    django.setup()
    from django.db import connections

    for alias in connections:
        connections[alias].settings_dict["NAME"] = DATABASE
    result = {"ours": _ours, "second": _second, "pandas": _pandas}[way](Path(path))
    result.setdefault("processor_seconds", round(time.process_time(), 2))
    result["peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
    sys.stdout.write(json.dumps(result, default=str) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:3])
