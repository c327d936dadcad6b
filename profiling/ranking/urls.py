"""Pages of rankings."""

from django.urls import path

from profiling.ranking import vendor

urlpatterns = [
    path("studies/ranking/new", vendor.RankingNewPage.as_view(), name="ranking-new"),
    path("studies/<str:study_id>/ranking", vendor.RankingDetailPage.as_view(), name="ranking-detail"),
    path("studies/<str:study_id>/ranking/why", vendor.RankingWhyPage.as_view(), name="ranking-why"),
    path("studies/<str:study_id>/ranking/run", vendor.RankingRunPage.as_view(), name="ranking-run"),
    path("studies/<str:study_id>/ranking/correct", vendor.RankingCorrectPage.as_view(), name="ranking-correct"),
    path("studies/<str:study_id>/ranking/withdraw", vendor.CorrectionWithdrawPage.as_view(), name="ranking-withdraw"),
]
