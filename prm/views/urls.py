"""Acts on saved views."""

from django.urls import path

from prm.views import vendor

app_name = "views"
urlpatterns = [
    path("views", vendor.SavedViewCreatePage.as_view(), name="saved-view-create"),
    path("views/<str:view_id>/edit", vendor.SavedViewEditPage.as_view(), name="saved-view-edit"),
    path("views/<str:view_id>/delete", vendor.SavedViewDeletePage.as_view(), name="saved-view-delete"),
]
