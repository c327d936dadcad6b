"""Pages of questionnaires for the vendor's people."""

from django.urls import path

from prm.questionnaires.vendor import build, questionnaires, rounds

app_name = "questionnaires"
urlpatterns = [
    path("questionnaires", questionnaires.QuestionnaireListPage.as_view(), name="questionnaire-list"),
    path("questionnaires/new", questionnaires.QuestionnaireNewPage.as_view(), name="questionnaire-new"),
    path("questionnaires/send", rounds.SendPage.as_view(), name="send"),
    path("questionnaires/rounds/<str:round_id>", rounds.RoundResultsPage.as_view(), name="round-results"),
    path("questionnaires/rounds/<str:round_id>/people", rounds.RoundPeoplePage.as_view(), name="round-people"),
    path("questionnaires/rounds/<str:round_id>/answers", rounds.RoundAnswersPage.as_view(), name="round-answers"),
    path("questionnaires/rounds/<str:round_id>/close", rounds.RoundClosePage.as_view(), name="round-close"),
    path("questionnaires/answers/<str:answer_id>", rounds.AnswerPage.as_view(), name="answer-detail"),
    path("questionnaires/files/<str:file_id>", rounds.AnswerFilePage.as_view(), name="answer-file"),
    path(
        "questionnaires/<str:questionnaire_id>", questionnaires.QuestionnaireDetailPage.as_view(), name="questionnaire-detail"
    ),
    path(
        "questionnaires/<str:questionnaire_id>/edit",
        questionnaires.QuestionnaireEditPage.as_view(),
        name="questionnaire-edit",
    ),
    path(
        "questionnaires/<str:questionnaire_id>/archive",
        questionnaires.QuestionnaireArchivePage.as_view(),
        name="questionnaire-archive",
    ),
    path("questionnaires/<str:questionnaire_id>/draft", questionnaires.VersionNewPage.as_view(), name="version-new"),
    path("questionnaires/<str:questionnaire_id>/build", build.BuildPage.as_view(), name="build"),
    path("questionnaires/<str:questionnaire_id>/undo", build.UndoPage.as_view(), name="undo"),
    path("questionnaires/<str:questionnaire_id>/publish", build.PublishPage.as_view(), name="publish"),
    path("questionnaires/<str:questionnaire_id>/versions/<str:number>", questionnaires.VersionPage.as_view(), name="version"),
]
