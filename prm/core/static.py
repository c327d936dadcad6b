"""Which static files are collected: those that the product's own pages load."""

from django.contrib.staticfiles import apps


class StaticFilesConfig(apps.StaticFilesConfig):
    """Leaves out what ``npm run build`` bundles into static/build (its relative addresses hold there only), and what packages
    bring for pages that the product does not have: hashing and compressing these would be most of ``collectstatic``."""

    ignore_patterns = [*apps.StaticFilesConfig.ignore_patterns, "css", "rest_framework", "django_htmx"]
