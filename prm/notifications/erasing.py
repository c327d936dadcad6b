"""What people are told is theirs: it goes with them."""

from __future__ import annotations

from prm.accounts.erasing import TextCopy, copies
from prm.notifications.models import DigestTime, Mail, Notification, Preference

for copy in (
    TextCopy(model=Mail, by="person", whole=True),
    TextCopy(model=Notification, by="person", whole=True),
    TextCopy(model=Preference, by="person", whole=True),
    TextCopy(model=DigestTime, by="person", whole=True),
):
    copies.register(copy)
