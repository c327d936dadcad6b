"""Who changes what the portal keeps."""

from django.utils.translation import gettext_lazy as _

from prm.access.policies import Policy, portal_verbs, vendor_verbs, verbs_of_both
from prm.portal.models import Brand


class BrandPolicy(Policy):
    """A partner's colour and logo: seen by its people, chosen by its administrators."""

    model = Brand
    name = "portal.brand"
    label = _("A partner’s colour and logo")
    verbs = verbs_of_both(
        vendor_verbs(managers=["view"]), portal_verbs(everybody=["view"], administrators=["edit"], candidates=["view"])
    )
