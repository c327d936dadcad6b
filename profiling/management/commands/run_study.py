"""``manage.py run_study``: ask or repeat a study from the shell; the same figures as the page and the API.

python manage.py run_study --study study_01h… --json
python manage.py run_study --kind look_alike --title "Like Kerlan" --parameters '{"references": ["company_01h…"]}' --top 20
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser

from prm.access.actors import Actor
from prm.access.roles import as_role
from prm.accounts.terminal import acting
from prm.core.errors import DomainError
from prm.jobs.models import Job, JobState
from prm.jobs.runner.work import run_inline
from profiling.studies.kinds import StudyKind, kinds
from profiling.studies.models import RunResult, StudyRun
from profiling.studies.selectors import result_list, run_get
from profiling.studies.services import study_create, study_run


class Command(BaseCommand):
    """Runs a study in this process, beside any workers, and prints its rows."""

    help = "Runs a study and prints its best rows."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--study", default="", help="id of a study to run again")
        parser.add_argument("--kind", default="", help=f"{', '.join(kind.key for kind in kinds)}: for a new study")
        parser.add_argument("--title", default="", help="title of a new study")
        parser.add_argument("--parameters", default="{}", help="parameters of a new study, as JSON")
        parser.add_argument(
            "--as", dest="email", default="", help="e-mail address of the person who asks; else the product itself"
        )
        parser.add_argument(
            "--line", default="", help="product family, where a kind has a ranking of each; all of them unless given"
        )
        parser.add_argument("--top", type=int, default=10, help="how many rows to print")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        actor = acting(options["email"], command="manage.py run_study")
        try:
            run = self._run(actor, options)
        except DomainError as refusal:
            raise CommandError(f"{refusal.field or refusal.code}: {refusal.message}") from None
        with as_role(actor):
            rows = list(result_list(actor=actor, run=run, line=options["line"])[: options["top"]])
        kind = kinds.get(run.study.kind)
        body = {
            "study": run.study.public_id,
            "run": run.public_id,
            "number": run.number,
            "universe_count": run.universe_count,
            "kept_count": run.kept_count,
            "seconds": run.seconds,
            "evaluation": run.evaluation,
            "results": [kind.answer(row) for row in rows],
        }
        if options["json"]:
            self.stdout.write(json.dumps(body, ensure_ascii=False))
        else:
            self._print(run, kind, rows)

    def _run(self, actor: Actor, options: dict[str, Any]) -> StudyRun:
        with as_role(actor):
            key = options["study"]
            if not key:
                try:
                    parameters = json.loads(options["parameters"])
                except ValueError as problem:
                    raise CommandError(f"--parameters is not JSON: {problem}") from None
                if not options["kind"]:
                    raise CommandError("name a study to run again, or a kind for a new one: --study, --kind")
                key = study_create(
                    actor=actor, kind=options["kind"], title=options["title"] or options["kind"], parameters=parameters
                ).pk
            run = study_run(actor=actor, study_id=key, seed=options["seed"])
        job = run_inline(cast(Job, run.job))  # a run that was just begun has its job
        if job.state != JobState.DONE:
            raise CommandError(job.error or f"the job is {job.state}")
        with as_role(actor):
            return run_get(actor=actor, run_id=run.pk)

    def _print(self, run: StudyRun, kind: StudyKind, rows: Sequence[RunResult]) -> None:
        head = f"{run.universe_count} companies, {run.kept_count} kept, {run.seconds or 0:.1f} s"
        self.stdout.write(f"Run {run.number}: {head}")
        for row in rows:
            value = kind.figure.of(row)
            figure = "?" if value is None else kind.figure.words(value, False)
            self.stdout.write(f"{row.rank:>5}  {figure:>14}  {row.known_share:>5.0%}  {row.company.name}")
