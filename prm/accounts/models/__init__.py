"""Tables of accounts, one file per subject. Nothing else reads those of identity but the sign-in login."""

from prm.accounts.models.accounts import ApiKey, Door, Membership, Organisation, Person, StudyPass, User, UserManager
from prm.accounts.models.providers import SignInDomain, SignInProvider
from prm.accounts.models.roles import CustomRole
from prm.accounts.models.sign_in import Invitation, SignIn
from prm.accounts.models.sign_in_rules import SignInRules

__all__ = [
    "ApiKey",
    "CustomRole",
    "Door",
    "Invitation",
    "Membership",
    "Organisation",
    "Person",
    "SignIn",
    "SignInDomain",
    "SignInProvider",
    "SignInRules",
    "StudyPass",
    "User",
    "UserManager",
]
