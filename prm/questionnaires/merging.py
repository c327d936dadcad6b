"""Questions and answers, as a merge of two companies treats them: a partner's are its own, and name the company that it is."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from prm.partners.merging import How, Tie, merge
from prm.questionnaires.models import Answer, AnswerFile, Invitation


def register() -> None:
    """Called once, when the app is ready."""
    merge.register(Tie(model=Invitation, label=_("Invitations"), order=110))
    for model in (Invitation, Answer, AnswerFile):
        merge.register(Tie(model=model, field="partner", how=How.STAY, order=111))
