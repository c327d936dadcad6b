"""Who corrects what the formula computes: the vendor's people; what was said stays."""

from django.utils.translation import gettext_lazy as _

from prm.access.policies import Policy, vendor_verbs
from profiling.ranking.models import Correction


class CorrectionPolicy(Policy):
    """Corrections carry their author's name."""

    model = Correction
    name = "profiling.correction"
    label = _("Corrections of a ranking")
    api = "studies"
    verbs = vendor_verbs(managers=["view", "create", "withdraw"])
