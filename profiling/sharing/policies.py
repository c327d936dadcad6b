"""Who shares answers with specialists, and what these do with them."""

from django.utils.translation import gettext_lazy as _

from prm.access.actors import Role
from prm.access.policies import Policy, vendor_verbs, verbs_of_both
from profiling.sharing.models import Publication, PublishedRow, Remark

_INVITED = frozenset({Role.SPECIALIST})


class PublicationPolicy(Policy):
    """Shared by whoever asks questions; read by the vendor's people and by specialists invited to the study."""

    model = Publication
    name = "profiling.publication"
    label = _("Answers shared with specialists")
    api = "studies"
    verbs = verbs_of_both(vendor_verbs(managers=["view", "share"]), {"view": _INVITED})
    asks_again = frozenset({"share"})


class PublishedRowPolicy(Policy):
    """Likewise its rows."""

    model = PublishedRow
    name = "profiling.published_row"
    part_of = "profiling.publication"
    verbs = verbs_of_both(vendor_verbs(managers=["view", "share"]), {"view": _INVITED})


class RemarkPolicy(Policy):
    """Whoever reads an answer may remark on it."""

    model = Remark
    name = "profiling.remark"
    part_of = "profiling.publication"
    verbs = verbs_of_both(vendor_verbs(managers=["view"], staff=["write"]), {"view": _INVITED, "write": _INVITED})
