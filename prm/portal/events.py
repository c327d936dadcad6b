"""What happens in the portal itself."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from prm.events.publishing import Event


class BrandChanged(Event, subject="partner", sentence=_("changed how the partner looks in its portal: %(what)s")):
    """A partner chose a colour or a logo; ``what`` names which."""

    what: str
