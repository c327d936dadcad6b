"""The ranking on a real file of resellers, products and order lines (``PRM_DATA_DIR``; skipped by name where it is absent)."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.core.management import call_command

from prm.access.roles import as_role
from profiling.studies.models import RunResult

FOLDER = settings.DATA_DIR / "reseller_network" if settings.DATA_DIR else None

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.skipif(FOLDER is None or not FOLDER.exists(), reason="PRM_DATA_DIR has no reseller_network"),
]


def test_every_product_family_is_ranked_over_the_real_network(manager, ask, answer):
    for name in ("resellers", "products", "sales"):
        call_command("import_file", FOLDER / f"{name}.csv", target=name, currency="EUR", source="network", verbosity=0)
    run = answer(manager, ask(manager, "ranking", "The real network"))
    assert run.universe_count == 701
    assert {x["line"] for x in run.summary["lines"]}
    with as_role(manager):
        whole = RunResult.objects.filter(run=run, line="")
        for row in whole[:200]:
            assert sum(units for _name, units in row.drivers["steps"]) == round(row.p50)
            assert row.p10 <= row.p50 <= row.p90
            assert row.gap == row.p50 - row.actual
        assert whole.filter(actual__gt=0).count() > 300, "most of the network bought within its last twelve months"
