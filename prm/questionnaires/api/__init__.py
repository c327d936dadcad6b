"""Questionnaires by API: what is asked, what was sent, what was answered."""

from prm.api.router import router
from prm.questionnaires.api.answers import AnswerViewSet
from prm.questionnaires.api.questionnaires import QuestionnaireViewSet
from prm.questionnaires.api.rounds import RoundViewSet

for viewset in (QuestionnaireViewSet, RoundViewSet, AnswerViewSet):
    router.register(viewset)
