"""What happens to potentials by hand."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from prm.events.publishing import Event


@dataclass(frozen=True, kw_only=True)
class PotentialCorrected(Event):
    type = "profiling.potential_corrected"
    subject_type = "company"
    sentence = _("corrected %(what)s to %(value)s")
    what: str
    line: str
    value: str


@dataclass(frozen=True, kw_only=True)
class CorrectionWithdrawn(Event):
    type = "profiling.correction_withdrawn"
    subject_type = "company"
    sentence = _("withdrew the correction of %(what)s")
    what: str
    line: str
