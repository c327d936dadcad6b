"""Pages of the vendor's shell."""

from django.urls import URLPattern, path

from prm.ui.gallery import GalleryView
from prm.ui.home import HomePage
from prm.ui.palette import PaletteView

urlpatterns: list[URLPattern] = [
    path("", HomePage.as_view(), name="home"),
    path("palette", PaletteView.as_view(), name="palette"),
    path("ui/gallery", GalleryView.as_view(), name="ui-gallery"),  # 404 outside development
]
