"""Who sees and changes target lists: the vendor's people."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from prm.access.actors import Actor
from prm.access.policies import Policy, vendor_verbs
from profiling.targets.models import TargetList, TargetListEntry


class TargetListPolicy(Policy):
    """Lists are shared work: every channel manager adds to them."""

    model = TargetList
    name = "profiling.target_list"
    label = _("Target lists")
    api = "target_lists"
    verbs = vendor_verbs(managers=["view", "create", "edit", "archive", "export"])


class TargetListEntryPolicy(Policy):
    """Entries go with their list."""

    model = TargetListEntry
    name = "profiling.target"
    part_of = "profiling.target_list"
    api = "target_lists"
    verbs = vendor_verbs(managers=["view", "edit", "export", "restore"])

    def scope(self, actor: Actor, verb: str) -> models.Q:
        """Removed entries are out of sight; ``restore`` alone reaches them."""
        return super().scope(actor, verb) & models.Q(removed_at__isnull=verb != "restore")
