"""On companies ticked in their list: put them onto a target list."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from prm.partners.navigation import CompanyAct, company_acts

company_acts.register(
    CompanyAct(
        key="targets", label=gettext_lazy("Add to target list"), url_name="vendor:profiling:target-add-companies",
        permission="profiling.target_list:edit", icon="target-arrow", order=5,
    )
)  # fmt: skip
