"""What happens to target lists."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from prm.events.publishing import Event


class TargetListCreated(Event, subject="target_list", sentence=_("created the target list")):
    """A target list was begun."""


class TargetListChanged(Event, subject="target_list", sentence=_("changed the target list")):
    """A target list got another name or purpose."""


class TargetListArchived(Event, subject="target_list", sentence=_("archived the target list")):
    """A target list left the lists."""


class TargetListRestored(Event, subject="target_list", sentence=_("brought the target list back")):
    """An archived target list came back."""


class TargetsAdded(
    Event, subject="target_list", sentence=ngettext_lazy("added %(count)s company", "added %(count)s companies", "count")
):
    """Companies were put on the list."""

    count: int
    companies: list[str]


class TargetsRemoved(
    Event, subject="target_list", sentence=ngettext_lazy("removed %(count)s company", "removed %(count)s companies", "count")
):
    """Companies were taken off the list."""

    count: int
    companies: list[str]


class TargetsRestored(
    Event,
    subject="target_list",
    sentence=ngettext_lazy("brought %(count)s company back", "brought %(count)s companies back", "count"),
):
    """Companies that were taken off came back."""

    count: int


class TargetsTaken(
    Event,
    subject="target_list",
    sentence=ngettext_lazy(
        "took over %(count)s company from another list", "took over %(count)s companies from another list", "count"
    ),
):
    """Companies came from another list, which keeps them or not."""

    count: int
    source: str
    is_move: bool


class TargetExplained(Event, subject="target_list", sentence=_("changed why a company is on the list")):
    """Somebody wrote why a company is on the list."""

    companies: list[str]
