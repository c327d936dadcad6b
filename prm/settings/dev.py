"""A developer's machine and the demo: embedded services unless the environment names real ones."""

import os

from prm.settings.base import *  # noqa: F403  settings are named once
from prm.settings.base import VAR_DIR
from prm.settings.secret import local_secret

PRM_DEMO = True
VENDOR_NAME = os.environ.get("PRM_VENDOR_NAME", "Orvane")  # the invented vendor of the demo world
DEBUG = os.environ.get("PRM_DEBUG", "1") == "1"
SECRET_KEY = os.environ.get("SECRET_KEY") or local_secret(VAR_DIR / "secret")
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
if DEBUG:
    STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
