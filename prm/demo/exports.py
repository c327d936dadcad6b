"""An export of the demo: a list that somebody had prepared as a file."""

from __future__ import annotations

from django.http import QueryDict
from django.utils import translation

from prm.access.roles import as_role
from prm.demo.accounts import demo_actor
from prm.demo.registry import WorldContext, register_world
from prm.exports.models import Export
from prm.exports.services import export_start
from prm.jobs.runner.work import run_inline


def _is_there(context: WorldContext) -> bool:
    return Export.objects.exists()


@register_world("exports", order=530, is_there=_is_there, whole=False)
def build(context: WorldContext) -> str:
    """Who carries Nordwall, as a worksheet; the job runs in this process."""
    elise = demo_actor("vidal")
    with as_role(elise), translation.override(elise.language):
        export = export_start(
            actor=elise, source="companies", query=QueryDict("vendor=nordwall&sort=-revenue"), file_format="xlsx"
        )
    run_inline(export.job)
    return "1 export"
