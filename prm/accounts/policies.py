"""Who sees people."""

from prm.access.actors import Role
from prm.access.policies import Policy, portal_verbs, vendor_verbs, verbs_of_both
from prm.accounts.models import Person


class PersonPolicy(Policy):
    """Names are seen by the vendor's people; accounts and keys are managed by administrators. A partner's administrators manage the
    partner's own people: the scope is their partner's rows."""

    model = Person
    name = "accounts.person"
    api = "persons"
    verbs = verbs_of_both(
        vendor_verbs(managers=["view", "keys"], directors=["invite", "edit", "archive"]),
        portal_verbs(everybody=["view"], administrators=["invite", "edit", "archive"]),
        {"sign_in": frozenset({Role.ADMINISTRATOR})},
    )
