"""Where facts and decisions repeat who told or took them."""

from __future__ import annotations

from prm.accounts.erasing import TextCopy, copies
from prm.partners.models import FactProposal, FactSource, PartnerMove

for copy in (
    TextCopy(model=FactSource, fields=("name", "note")),
    TextCopy(model=FactSource, fields=("name", "note"), by="person"),
    TextCopy(model=FactProposal, fields=("source_name", "note", "reason")),
    TextCopy(model=PartnerMove, fields=("reason",)),
):
    copies.register(copy)
