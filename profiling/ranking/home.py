"""What rankings add to the vendor's home: the potential that is known."""

from __future__ import annotations

from django.utils.translation import gettext as _

from prm.core.money import reporting_currency
from prm.ui import formats, home
from profiling.ranking.selectors import potential_known


def potential_kpi(whose: home.Whose) -> home.Kpi | None:
    """Potential of the last ranking, over all its companies and families, and the share of it that is realised."""
    found = potential_known(actor=whose.actor)
    if found is None:
        return None
    # A ranking is of the whole channel, also beside figures of somebody's own partners.
    label = _("Potential, whole channel") if whose.person_id else _("Potential known")
    count = formats.number(found.companies)
    if not found.actual:
        return home.Kpi(
            label=label,
            value=formats.money(found.potential, reporting_currency(), short=True),
            about=_("of %(count)s companies that buy nothing of us yet") % {"count": count},
        )
    realised = found.actual / found.potential
    return home.Kpi(
        label=label,
        value=formats.money(found.potential, reporting_currency(), short=True),
        share=min(realised, 1.0),
        about=_("%(share)s realised · %(count)s companies")
        % {
            "share": formats.percent(realised, 0 if realised >= 0.1 else 1),
            "count": count,
        },
    )


home.kpis.register(
    home.KpiSource(key="profiling.potential", permission="profiling.study:view", provider=potential_kpi, order=35)
)
