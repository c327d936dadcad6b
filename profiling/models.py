"""The tables of the stage, feature by feature."""

from profiling.ranking.models import Correction
from profiling.sharing.models import Publication, PublishedRow, Remark
from profiling.studies.models import RunResult, Snapshot, Study, StudyRun
from profiling.targets.models import TargetList, TargetListEntry

__all__ = [
    "Correction",
    "Publication",
    "PublishedRow",
    "Remark",
    "RunResult",
    "Snapshot",
    "Study",
    "StudyRun",
    "TargetList",
    "TargetListEntry",
]
