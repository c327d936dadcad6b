"""What opens without an account: ``/q/<token>``."""

from django.urls import path

from prm.questionnaires import public

app_name = "q"
urlpatterns = [
    path("<str:token>", public.StartPage.as_view(), name="start"),
    path("<str:token>/s/<str:section>", public.SectionPage.as_view(), name="section"),
    path("<str:token>/f/<str:question>", public.FilePage.as_view(), name="file"),
]
