"""Studies and runs by API: the same figures as the pages and the command."""

from prm.api.router import router
from profiling.studies.api.runs import RunViewSet
from profiling.studies.api.studies import StudyViewSet

router.register(StudyViewSet)
router.register(RunViewSet)
