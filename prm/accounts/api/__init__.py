"""People and access by API: who is calling, the vendor's people, members, invitations, roles, the rules of signing in."""

from prm.accounts.api.invitations import InvitationViewSet
from prm.accounts.api.me import MeViewSet
from prm.accounts.api.members import MemberViewSet
from prm.accounts.api.persons import PersonViewSet
from prm.accounts.api.roles import RoleViewSet
from prm.accounts.api.sign_in_rules import SignInRulesViewSet
from prm.api.router import router

for viewset in (PersonViewSet, MemberViewSet, InvitationViewSet, RoleViewSet):
    router.register(viewset)
router.register_single(MeViewSet, {"get": "retrieve"})
router.register_single(SignInRulesViewSet, {"get": "retrieve", "patch": "partial_update"})
