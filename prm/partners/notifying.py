"""What people are told of partners: where they stand, who looks after them, what they say of themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from prm.access.actors import PORTAL_DOOR, Actor
from prm.core.ids import typeid_encode
from prm.notifications.kinds import KINDS, Named, NotificationKind
from prm.notifications.models import Channel
from prm.partners.models import Company, Lifecycle
from prm.partners.selectors.home import company_names, partner_companies


def register() -> None:
    """Called once, when the app is ready."""
    KINDS.register(
        NotificationKind(
            key="partners.moved", label=_("A partner of mine moved along its life"), subject_type="partner", icon="building",
            one=_("%(name)s moved: %(after)s"), many=_("%(n)s partners moved"), named=_partners, words=_stage,
            default=Channel.DIGEST, order=30,
        )
    )  # fmt: skip
    KINDS.register(
        NotificationKind(
            key="partners.manager_changed", label=_("A partner comes to me, or leaves me"), subject_type="partner", icon="users",
            one=_("The account manager of %(name)s changed"), many=_("The account managers of %(n)s partners changed"),
            named=_partners, default=Channel.MAIL, order=40,
        )
    )  # fmt: skip
    KINDS.register(
        NotificationKind(
            key="partners.facts_proposed", label=_("A partner of mine proposes facts"), subject_type="company", icon="pencil",
            one=_("%(name)s proposed facts about itself"), many=_("%(n)s partners proposed facts"), named=_companies,
            default=Channel.DIGEST, order=50,
        )
    )  # fmt: skip
    KINDS.register(
        NotificationKind(
            key="partners.facts_decided", label=_("Facts that I proposed were decided"), subject_type="company", icon="circle-check",
            one=_("The facts that you proposed about %(name)s were decided"), many=_("Your proposals about %(n)s companies were decided"),
            named=_companies, doors=PORTAL_DOOR, default=Channel.DIGEST, order=60,
        )
    )  # fmt: skip


def _stage(data: Mapping[str, Any]) -> Mapping[str, Any]:
    after = data.get("after", "")
    return {"after": str(Lifecycle(after).label) if after in Lifecycle.values else after}


def _partners(actor: Actor, ids: Sequence[UUID]) -> Mapping[UUID, Named]:
    found = partner_companies(actor=actor, ids=list(ids))
    return {key: Named(name, _address(actor, company)) for key, (company, name) in found.items()}


def _companies(actor: Actor, ids: Sequence[UUID]) -> Mapping[UUID, Named]:
    names = company_names(actor=actor, ids=list(ids))
    return {key: Named(name, _address(actor, key)) for key, name in names.items()}


def _address(actor: Actor, company_id: UUID) -> str:
    if actor.kind in PORTAL_DOOR:
        return reverse("portal:home")
    return reverse("vendor:partners:company-detail", args=[typeid_encode(Company.typeid_prefix, company_id)])
