"""Where the kernel below accounts repeats what names somebody: an error that a mail server told, say."""

from __future__ import annotations

from prm.accounts.erasing import TextCopy, copies
from prm.events.models import Delivery

for copy in (TextCopy(model=Delivery, fields=("error", "discard_reason")),):
    copies.register(copy)
