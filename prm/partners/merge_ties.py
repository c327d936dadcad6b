"""The partner model's own tables, as a merge of two companies treats them."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from prm.partners import models as m
from prm.partners.merging import How, Tie, merge


def register() -> None:
    """Called once, when the app is ready."""
    for order, tie in enumerate((
        Tie(model=m.Site, label=_("Sites"), once=[["address_key"]]),
        Tie(model=m.Position, label=_("People"), once=[["person_id"], ["person__email"]]),
        Tie(model=m.Liaison, label=_("Who talks to whom"), once=[["theirs_id", "ours_id"]]),
        Tie(model=m.CustomerMix, label=_("Customers"), how=How.ALL_OR_NONE),
        Tie(model=m.VendorCarried, label=_("Vendors it carries"), once=[["vendor_id"]]),
        Tie(model=m.OfferCarried, label=_("What it offers"), once=[["category_id"]]),
        Tie(model=m.MarketShare, label=_("Market shares"), once=[["industry_id", "territory_id", "year"]]),
        Tie(model=m.CompanyMeasure, label=_("Measures"), once=[["measure_id"]]),
        Tie(model=m.CompanyExternalId, label=_("Ids in other systems")),
        Tie(model=m.CompanyFact, label=_("Earlier values of facts")),
        Tie(model=m.FactProposal, label=_("Proposed facts")),
        # The service itself: a partner follows its company, or becomes part of the other one.
        Tie(model=m.Partner, how=How.STAY),
        # The trigger's index of words; where two were merged before; what a merge kept of itself.
        Tie(model=m.CompanyWord, how=How.STAY),
        Tie(model=m.Company, field="merged_into", how=How.STAY),
        Tie(model=m.CompanyMerge, field="kept", how=How.STAY),
        Tie(model=m.CompanyMerge, field="gone", how=How.STAY),
        # A partner's rows are its own for ever.
        Tie(model=m.Partner, field="merged_into", how=How.STAY),
        Tie(model=m.PartnerContact, field="partner", how=How.STAY),
        Tie(model=m.PartnerTerritory, field="partner", how=How.STAY),
        Tie(model=m.PartnerMove, field="partner", how=How.STAY),
        Tie(model=m.ManagerTerm, field="partner", how=How.STAY),
        Tie(model=m.FactProposal, field="partner", how=How.STAY),
        Tie(model=m.Sale, field="partner", how=How.STAY),
    )):  # fmt: skip
        merge.register(replace(tie, order=order))
