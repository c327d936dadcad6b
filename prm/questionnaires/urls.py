"""Pages of questionnaires for the vendor's people."""

from django.urls import path

from prm.questionnaires import vendor, vendor_build, vendor_rounds

app_name = "questionnaires"
urlpatterns = [
    path("questionnaires", vendor.QuestionnaireListPage.as_view(), name="questionnaire-list"),
    path("questionnaires/new", vendor.QuestionnaireNewPage.as_view(), name="questionnaire-new"),
    path("questionnaires/send", vendor_rounds.SendPage.as_view(), name="send"),
    path("questionnaires/rounds/<str:round_id>", vendor_rounds.RoundResultsPage.as_view(), name="round-results"),
    path("questionnaires/rounds/<str:round_id>/people", vendor_rounds.RoundPeoplePage.as_view(), name="round-people"),
    path("questionnaires/rounds/<str:round_id>/answers", vendor_rounds.RoundAnswersPage.as_view(), name="round-answers"),
    path("questionnaires/rounds/<str:round_id>/close", vendor_rounds.RoundClosePage.as_view(), name="round-close"),
    path("questionnaires/answers/<str:answer_id>", vendor_rounds.AnswerPage.as_view(), name="answer-detail"),
    path("questionnaires/files/<str:file_id>", vendor_rounds.AnswerFilePage.as_view(), name="answer-file"),
    path("questionnaires/<str:questionnaire_id>", vendor.QuestionnaireDetailPage.as_view(), name="questionnaire-detail"),
    path("questionnaires/<str:questionnaire_id>/edit", vendor.QuestionnaireEditPage.as_view(), name="questionnaire-edit"),
    path(
        "questionnaires/<str:questionnaire_id>/archive",
        vendor.QuestionnaireArchivePage.as_view(),
        name="questionnaire-archive",
    ),
    path("questionnaires/<str:questionnaire_id>/draft", vendor.VersionNewPage.as_view(), name="version-new"),
    path("questionnaires/<str:questionnaire_id>/build", vendor_build.BuildPage.as_view(), name="build"),
    path("questionnaires/<str:questionnaire_id>/undo", vendor_build.UndoPage.as_view(), name="undo"),
    path("questionnaires/<str:questionnaire_id>/publish", vendor_build.PublishPage.as_view(), name="publish"),
    path("questionnaires/<str:questionnaire_id>/versions/<str:number>", vendor.VersionPage.as_view(), name="version"),
]
