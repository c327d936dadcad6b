"""What the log adds to the home of whoever keeps the product running: events that reached nobody, and a broken audit chain."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from prm.events.selectors import letters_by_subscriber
from prm.events.selectors_audit import audit_checks
from prm.ui import formats, home


def to_mend(whose: home.Whose) -> home.Work | None:
    """Dead letters by the subscriber that they could not reach, and the last verification of the audit chain where it failed."""
    items = [
        home.WorkItem(
            subject=letters.subscriber,
            why=ngettext("%(count)s event did not arrive", "%(count)s events did not arrive", letters.count)
            % {"count": formats.number(letters.count)},
            url=f"{home.address('vendor:activity:letter-list')}?subscriber={letters.subscriber}",
            act=_("Deliver again"),
            due=formats.ago(letters.oldest),
            tone="hot",
        )
        for letters in letters_by_subscriber(actor=whose.actor)
    ]
    last = next(iter(audit_checks(actor=whose.actor, limit=1)), None)
    if last is not None and not last.is_whole:
        trail = home.address("vendor:activity:audit-trail")
        why = _("Broken at entry %(n)s") % {"n": formats.number(last.broken_number or 0)}
        items.insert(
            0,
            home.WorkItem(
                subject=_("Audit chain"), why=why, url=trail, act=_("Look"), due=formats.ago(last.created_at), tone="hot"
            ),
        )
    return home.Work(items=items[: home.SHOWN], total=len(items), all_url=home.address("vendor:activity:letter-list"))


def register() -> None:
    """Called once, when the app is ready."""
    home.work.register(
        home.WorkSource(
            key="activity.mend", label=gettext_lazy("The product needs a hand"), icon="alert-triangle",
            permission="events.delivery:replay", provider=to_mend, order=5,
        )
    )  # fmt: skip
