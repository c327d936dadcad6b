"""Who sees people."""

from django.utils.translation import gettext_lazy as _

from prm.access.actors import Role
from prm.access.policies import Policy, portal_verbs, vendor_verbs, verbs_of_both
from prm.accounts.models import CustomRole, Person, SignInProvider, SignInRules


class PersonPolicy(Policy):
    """Names are seen by the vendor's people; accounts and keys are managed by administrators. A partner's administrators manage the
    partner's own people: the scope is their partner's rows."""

    model = Person
    name = "accounts.person"
    label = _("People with access")
    api = "persons"
    verbs = verbs_of_both(
        vendor_verbs(managers=["view", "keys"], directors=["invite", "edit", "archive"]),
        portal_verbs(everybody=["view"], administrators=["invite", "edit", "archive", "keys"]),
        {"sign_in": frozenset({Role.ADMINISTRATOR}), "erase": frozenset({Role.ADMINISTRATOR})},
    )
    asks_again = frozenset({"keys", "invite", "edit", "archive", "sign_in", "erase"})


class RolePolicy(Policy):
    """Which role may do what is no secret among the vendor's people; roles of the vendor's own are made by directors and administrators,
    out of what they hold themselves."""

    model = CustomRole
    name = "accounts.role"
    label = _("Roles")
    api = "roles"
    verbs = vendor_verbs(managers=["view"], directors=["create", "edit", "archive"])
    asks_again = frozenset({"create", "edit", "archive"})


class SignInProviderPolicy(Policy):
    """Whose word opens accounts is for administrators alone."""

    model = SignInProvider
    name = "accounts.provider"
    label = _("Sign-in by a provider")
    verbs = dict.fromkeys(["view", "edit"], frozenset({Role.ADMINISTRATOR}))
    asks_again = frozenset({"edit"})


class SignInRulesPolicy(Policy):
    """How everybody signs in is for administrators alone."""

    model = SignInRules
    name = "accounts.sign_in_rules"
    label = _("Rules of signing in")
    api = "sign_in_rules"
    verbs = dict.fromkeys(["view", "edit"], frozenset({Role.ADMINISTRATOR}))
    asks_again = frozenset({"edit"})
