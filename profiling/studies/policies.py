"""Who sees studies and what they answered: the vendor's people; outside specialists come with P10."""

from django.utils.translation import gettext_lazy as _

from prm.access.policies import Policy, vendor_verbs
from profiling.studies.models import RunResult, Snapshot, Study, StudyRun


class StudyPolicy(Policy):
    """Every channel manager asks questions, and reads the others' ones."""

    model = Study
    name = "profiling.study"
    label = _("Studies")
    api = "studies"
    verbs = vendor_verbs(managers=["view", "create", "edit", "run", "archive", "export"])


class StudyRunPolicy(Policy):
    """Runs are written by their job only."""

    model = StudyRun
    name = "profiling.study_run"
    part_of = "profiling.study"
    api = "studies"
    verbs = vendor_verbs(managers=["view", "pin"])


class RunResultPolicy(Policy):
    """Rows of a run."""

    model = RunResult
    name = "profiling.run_result"
    part_of = "profiling.study"
    api = "studies"
    verbs = vendor_verbs(managers=["view", "export"])


class SnapshotPolicy(Policy):
    """What runs read."""

    model = Snapshot
    name = "profiling.snapshot"
    part_of = "profiling.study"
    verbs = vendor_verbs(managers=["view"])
