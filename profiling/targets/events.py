"""What happens to target lists."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from prm.events.publishing import Event


@dataclass(frozen=True, kw_only=True)
class TargetListCreated(Event):
    type = "profiling.target_list_created"
    subject_type = "target_list"
    sentence = _("created the target list")


@dataclass(frozen=True, kw_only=True)
class TargetListChanged(Event):
    type = "profiling.target_list_changed"
    subject_type = "target_list"
    sentence = _("changed the target list")


@dataclass(frozen=True, kw_only=True)
class TargetListArchived(Event):
    type = "profiling.target_list_archived"
    subject_type = "target_list"
    sentence = _("archived the target list")


@dataclass(frozen=True, kw_only=True)
class TargetListRestored(Event):
    type = "profiling.target_list_restored"
    subject_type = "target_list"
    sentence = _("brought the target list back")


@dataclass(frozen=True, kw_only=True)
class TargetsAdded(Event):
    type = "profiling.targets_added"
    subject_type = "target_list"
    sentence = _("added %(count)s companies")
    count: int
    companies: list[str]


@dataclass(frozen=True, kw_only=True)
class TargetsRemoved(Event):
    type = "profiling.targets_removed"
    subject_type = "target_list"
    sentence = _("removed %(count)s companies")
    count: int
    companies: list[str]


@dataclass(frozen=True, kw_only=True)
class TargetsRestored(Event):
    type = "profiling.targets_restored"
    subject_type = "target_list"
    sentence = _("brought %(count)s companies back")
    count: int


@dataclass(frozen=True, kw_only=True)
class TargetsTaken(Event):
    """Companies came from another list, which keeps them or not."""

    type = "profiling.targets_taken"
    subject_type = "target_list"
    sentence = _("took over %(count)s companies from another list")
    count: int
    source: str
    is_move: bool


@dataclass(frozen=True, kw_only=True)
class TargetExplained(Event):
    type = "profiling.target_explained"
    subject_type = "target_list"
    sentence = _("changed why a company is on the list")
    companies: list[str]
