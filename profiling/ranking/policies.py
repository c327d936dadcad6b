"""Who corrects what the formula computes: the vendor's people; what was said stays."""

from prm.access.policies import Policy, vendor_verbs
from profiling.ranking.models import Correction


class CorrectionPolicy(Policy):
    """Corrections carry their author's name."""

    model = Correction
    name = "profiling.correction"
    api = "studies"
    verbs = vendor_verbs(managers=["view", "create", "withdraw"])
