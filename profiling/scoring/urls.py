"""Pages of look-alikes."""

from django.urls import path

from profiling.scoring import vendor

urlpatterns = [
    path("studies/look-alike/new", vendor.LookalikeNewPage.as_view(), name="lookalike-new"),
    path("studies/look-alike/of/<str:company_id>", vendor.LookalikeLikePage.as_view(), name="lookalike-like"),
    path("studies/<str:study_id>/look-alike", vendor.LookalikeDetailPage.as_view(), name="lookalike-detail"),
    path("studies/<str:study_id>/look-alike/why", vendor.LookalikeWhyPage.as_view(), name="lookalike-why"),
    path("studies/<str:study_id>/look-alike/run", vendor.LookalikeRunPage.as_view(), name="lookalike-run"),
    path("studies/<str:study_id>/look-alike/effect", vendor.LookalikeEffectPage.as_view(), name="lookalike-effect"),
    path("studies/<str:study_id>/look-alike/suggest", vendor.LookalikeSuggestPage.as_view(), name="lookalike-suggest"),
]
