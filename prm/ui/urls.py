"""Pages of the shell itself."""

from django.urls import URLPattern, path
from django.views.generic import TemplateView

from prm.ui.gallery import GalleryView
from prm.ui.home import HomePage
from prm.ui.palette import PaletteView
from prm.ui.preferences import PreferencesView

urlpatterns: list[URLPattern] = [
    path("", HomePage.as_view(), name="home"),
    path("preferences", PreferencesView.as_view(), name="preferences"),
    path("palette", PaletteView.as_view(), name="palette"),
    path("offline", TemplateView.as_view(template_name="errors/offline.html"), name="offline"),
    path("ui/gallery", GalleryView.as_view(), name="ui-gallery"),  # 404 outside development
]
