"""What proposed facts add to the vendor's home: the companies whose facts wait for a decision, the longest waiting first."""

from __future__ import annotations

from itertools import groupby

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from prm.partners.facts.words import proposal_label
from prm.partners.selectors.proposals import proposals_waiting
from prm.ui import formats, home

#: Days after which a partner's word has waited long, and too long.
SOON, LATE = 3, 10
NAMED = 3


def facts_to_decide(whose: home.Whose) -> home.Work | None:
    """Companies with facts that somebody proposed: which, and since when the oldest waits."""
    waiting = proposals_waiting(actor=whose.actor, manager_id=whose.person_id)
    queue, now = home.address("vendor:partners:proposal-queue"), timezone.now()
    found = []
    for company, proposals in groupby(waiting, key=lambda proposal: proposal.company):
        lines = list(proposals)
        since = min(line.created_at for line in lines)
        found.append((since, company, lines))
    found.sort(key=lambda entry: (entry[0], entry[1].name_key))
    items = []
    for since, company, lines in found[: home.SHOWN]:
        days, count = (now - since).days, len(lines)
        facts = ", ".join(proposal_label(line.field) for line in lines[:NAMED])
        if count > NAMED:
            facts = _("%(facts)s and %(count)s more") % {"facts": facts, "count": count - NAMED}
        items.append(
            home.WorkItem(
                subject=company.name, url=home.address("vendor:partners:company-detail", company.public_id), why=facts,
                act=_("Decide"), act_url=f"{queue}#of-{company.public_id}", due=formats.ago(since),
                tone="hot" if days > LATE else "soon" if days > SOON else "",
            )
        )  # fmt: skip
    told = len(waiting)
    about = ngettext("%(count)s fact", "%(count)s facts", told) % {"count": formats.number(told)}
    return home.Work(items=items, total=len(found), about=about, all_url=queue)


def register() -> None:
    """Adds it to the home page; called once, when the app is ready."""
    home.work.register(
        home.WorkSource(
            key="partners.proposals", label=gettext_lazy("Facts that partners tell"), icon="forms",
            permission="partners.fact_proposal:decide", provider=facts_to_decide, order=15,
        )
    )  # fmt: skip
