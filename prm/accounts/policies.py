"""Who sees people."""

from prm.access.policies import Policy, vendor_verbs
from prm.accounts.models import Person


class PersonPolicy(Policy):
    """Names are seen by the vendor's people; accounts and keys are managed by administrators."""

    model = Person
    name = "accounts.person"
    api = "persons"
    verbs = vendor_verbs(managers=["view", "keys"], directors=["invite", "edit", "archive"])
