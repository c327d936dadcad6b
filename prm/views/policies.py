"""Who sees and changes saved views."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from prm.access.actors import Actor
from prm.access.policies import Policy, vendor_verbs
from prm.views.lists import lists_seen
from prm.views.models import SavedView


class SavedViewPolicy(Policy):
    """Of the lists that one may open, one's own views and the shared ones are seen; one's own are changed. Directors and
    administrators say what a list opens with for a role (``assign``)."""

    model = SavedView
    name = "views.saved_view"
    label = _("Saved views")
    api = "saved_views"
    verbs = vendor_verbs(managers=["view", "edit"], directors=["assign"])

    def scope(self, actor: Actor, verb: str) -> Q:
        if actor.is_system:
            return Q()
        whose = Q(person_id=actor.person_id)
        if verb != "edit":
            whose |= Q(is_shared=True)
        return whose & Q(list_name__in=lists_seen(actor))
