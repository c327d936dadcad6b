"""Where companies stand in the sidebar and in the palette, and what later stages may do with a selection of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from prm.access.actors import Actor
from prm.core.registry import Registry
from prm.partners.models import Lifecycle
from prm.partners.selectors.companies import company_list
from prm.partners.selectors.proposals import proposals_count
from prm.ui import nav, palette
from prm.ui.listings import BulkAct
from prm.views.lists import ViewedList, viewed_lists


@dataclass(frozen=True, kw_only=True)
class CompanyAct:
    """An act on the companies selected in the list. The page behind ``url_name`` takes the posted selection: ``id`` (repeated
    TypeIDs), or ``all=1`` with ``query``; ``selectors.selection.selected_companies`` reads either. ``main`` is the outlined one."""

    key: str
    label: Any
    url_name: str
    permission: str
    icon: str = ""
    main: bool = False
    order: int = 100


company_acts: Registry[CompanyAct] = Registry("company acts", key=lambda act: act.key, order=lambda act: act.order)


def bulk_acts(actor: Actor) -> list[BulkAct]:
    """The acts on a selection of companies that ``actor`` may do, in order."""
    return [
        BulkAct(label=act.label, url=reverse(act.url_name), icon=act.icon, main=act.main)
        for act in company_acts
        if actor.may(act.permission)
    ]


def _companies(actor: Actor, words: str, limit: int) -> Iterable[palette.Hit]:
    if not words:
        return
    for company in company_list(actor=actor, q=words, limit=limit).rows:
        life = getattr(company, "lifecycle", None)
        stage = Lifecycle(life).label if life else _("Company")
        yield palette.Hit(
            text=company.name,
            url=reverse("vendor:partners:company-detail", args=[company.public_id]),
            icon="building",
            about=", ".join(str(part) for part in (stage, company.city) if part),
            rank=2.0 if life else 1.0,
        )


def register() -> None:
    """Called once, when the app is ready."""
    nav.register(
        nav.NavItem(
            nav.Stage.PROFILING,
            _("Companies"),
            "building",
            "vendor:partners:company-list",
            permission="partners.company:view",
            order=10,
            key="c",
            under=("vendor:partners:detail-", "vendor:partners:fact-"),
        )
    )
    for label, icon, name, thing, order, key in (
        (_("Partners"), "users-group", "partner", "partner", 12, "p"),
        (_("People"), "users", "person", "position", 13, "e"),
        (_("Sales"), "receipt", "sale", "sale", 14, "o"),
    ):
        nav.register(
            nav.NavItem(
                nav.Stage.PROFILING, label, icon, f"vendor:partners:{name}-list", permission=f"partners.{thing}:view",
                order=order, key=key,
            )
        )  # fmt: skip
    nav.register(
        nav.NavItem(
            nav.Stage.PROFILING, pgettext_lazy("nav", "Proposed facts"), "user-check", "vendor:partners:proposal-queue",
            permission="partners.fact_proposal:view", order=45, count=lambda actor: proposals_count(actor=actor), hot=True,
        )
    )  # fmt: skip
    for name, label, thing in (
        ("companies", _("Companies"), "company"),
        ("partners", _("Partners"), "partner"),
        ("sales", _("Sales"), "sale"),
    ):
        viewed_lists.register(ViewedList(name, label, f"vendor:partners:{thing}-list", permission=f"partners.{thing}:view"))
    viewed_lists.register(
        ViewedList("people", _("People"), "vendor:partners:person-list", permission="partners.position:view")
    )
    nav.register(
        nav.NavItem(
            nav.Stage.PROFILING,
            _("Catalogue and market"),
            "tags",
            "vendor:partners:catalogue-home",
            permission="partners.vendor:view",
            order=90,
            under=("vendor:partners:catalogue-",),
        )
    )
    palette.register(
        palette.Provider(name="companies", kind="record", permission="partners.company:view", find=_companies, order=10)
    )
    company_acts.register(
        CompanyAct(
            key="candidates",
            label=_("Make candidates"),
            url_name="vendor:partners:company-candidates",
            permission="partners.partner:create",
            main=True,
            order=10,
        )
    )
    company_acts.register(
        CompanyAct(
            key="merge",
            label=_("Merge two"),
            url_name="vendor:partners:company-merge-two",
            permission="partners.company:merge",
            icon="git-merge",
            order=800,
        )
    )
    company_acts.register(
        CompanyAct(
            key="archive",
            label=_("Archive"),
            url_name="vendor:partners:company-archive-many",
            permission="partners.company:archive",
            icon="trash",
            order=900,
        )
    )
