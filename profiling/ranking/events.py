"""What happens to potentials by hand."""

from django.utils.translation import gettext_lazy as _

from prm.events.publishing import Event


class PotentialCorrected(Event, subject="company", sentence=_("corrected %(what)s to %(value)s")):
    """Somebody put a figure of their own in place of the formula's."""

    what: str
    line: str
    value: str


class CorrectionWithdrawn(Event, subject="company", sentence=_("withdrew the correction of %(what)s")):
    """The formula counts again."""

    what: str
    line: str
