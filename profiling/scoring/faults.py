"""What the rules of the look-alike find wrong with a question, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from profiling.studies.faults import Wording

FAULTS = {
    "no_weight": Wording(_("Give weight to at least one group of which something is known."), "groups"),
    "no_reference": Wording(_("None of the reference partners is among the companies any more."), "references"),
    "nothing_known": Wording(_("Nothing is known of the reference partners in the groups that carry weight."), "references"),
}
