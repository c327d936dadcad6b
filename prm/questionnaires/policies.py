"""Who builds questionnaires, who sends them, who reads answers; and what somebody who answers reaches."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from prm.access.actors import MANAGING_ROLES, Actor, ActorKind, Role
from prm.access.policies import Policy, Verbs, portal_verbs, vendor_verbs, verbs_of_both
from prm.questionnaires import models
from prm.questionnaires.respondents import Respondent

_OUTSIDE = {ActorKind.PARTNER, ActorKind.CANDIDATE}
#: Whoever works with partners, and those who write for them.
_ASKING = MANAGING_ROLES | {Role.PROGRAMME_MANAGER, Role.CHANNEL_MARKETING}
_OWN = portal_verbs(everybody=["view", "answer"], candidates=["view", "answer"])


def _asking(*verbs: str) -> Verbs:
    """All of the vendor read; these verbs are for whoever asks partners."""
    return vendor_verbs(managers=[], staff=["view"]) | dict.fromkeys(verbs, _ASKING)


class QuestionnairePolicy(Policy):
    """Questionnaires."""

    model = models.Questionnaire
    name = "questionnaires.questionnaire"
    label = _("Questionnaires")
    api = "questionnaires"
    verbs = _asking("create", "edit", "publish", "archive", "export")


class VersionPolicy(Policy):
    """Versions go with their questionnaire."""

    model = models.Version
    name = "questionnaires.version"
    part_of = "questionnaires.questionnaire"
    api = "questionnaires"
    verbs = _asking("edit")


class RoundPolicy(Policy):
    """Sending, and closing what was sent."""

    model = models.Round
    name = "questionnaires.round"
    label = _("Rounds of a questionnaire")
    api = "questionnaires"
    verbs = _asking("send", "close", "export")


class InvitationPolicy(Policy):
    """The vendor's people see whom they asked; a partner's person what they were asked; who came by a link that invitation."""

    model = models.Invitation
    name = "questionnaires.invitation"
    part_of = "questionnaires.round"
    api = "questionnaires"
    verbs = verbs_of_both(_asking(), _OWN)

    def scope(self, actor: Actor, verb: str) -> Q:
        if isinstance(actor, Respondent):
            return Q(pk=actor.invitation_id, partner_id=actor.partner_id)
        if actor.kind in _OUTSIDE:
            return Q(partner_id=actor.partner_id, person_id=actor.person_id)
        return super().scope(actor, verb)


class AnswerPolicy(Policy):
    """The vendor's people read what was submitted, never a draft; whoever answers reaches their own."""

    model = models.Answer
    name = "questionnaires.answer"
    label = _("Answers")
    api = "questionnaires"
    verbs = verbs_of_both(_asking(), _OWN)

    def scope(self, actor: Actor, verb: str) -> Q:
        if isinstance(actor, Respondent):
            return Q(invitation_id=actor.invitation_id, partner_id=actor.partner_id)
        if actor.kind in _OUTSIDE:
            return Q(partner_id=actor.partner_id, invitation__person_id=actor.person_id)
        seen = super().scope(actor, verb)
        return seen if actor.is_system else seen & Q(submitted_at__isnull=False)


class AnswerFilePolicy(Policy):
    """Files go with their answer."""

    model = models.AnswerFile
    name = "questionnaires.answer_file"
    part_of = "questionnaires.answer"
    api = "questionnaires"
    verbs = verbs_of_both(_asking(), _OWN)

    def scope(self, actor: Actor, verb: str) -> Q:
        if isinstance(actor, Respondent):
            return Q(answer__invitation_id=actor.invitation_id, partner_id=actor.partner_id)
        if actor.kind in _OUTSIDE:
            return Q(partner_id=actor.partner_id, answer__invitation__person_id=actor.person_id)
        seen = super().scope(actor, verb)
        return seen if actor.is_system else seen & Q(answer__submitted_at__isnull=False)


class AnonymousAnswerPolicy(Policy):
    """Read only as a whole (``selectors.results``): no page and no file shows one of them."""

    model = models.AnonymousAnswer
    name = "questionnaires.anonymous_answer"
    part_of = "questionnaires.answer"
    api = "questionnaires"
    verbs = _asking()
