"""A developer's machine and the demo: embedded services unless the environment names real ones."""

import os

from prm.settings.base import *  # noqa: F403  settings are named once
from prm.settings.base import VAR_DIR
from prm.settings.secret import local_secret

PRM_DEMO = True
PRM_OUTGOING_LOOPBACK = os.environ.get("PRM_OUTGOING_LOOPBACK", "0") == "1"  # to try a provider on this machine
PRM_MFA_REQUIRED_OF_STAFF = os.environ.get("PRM_MFA_REQUIRED_OF_STAFF", "0") == "1"  # the printed accounts have none
VENDOR_NAME = os.environ.get("PRM_VENDOR_NAME", "Orvane")  # the invented vendor of the demo world
DEBUG = os.environ.get("PRM_DEBUG", "1") == "1"
SECRET_KEY = os.environ.get("SECRET_KEY") or local_secret(VAR_DIR / "secret")
PRM_ADDRESS = os.environ.get("PRM_ADDRESS", f"http://localhost:{os.environ.get('PORT', '8000')}")
EMAIL_BACKEND = "prm.notifications.mailbox.FolderBackend"  # read at /mailbox
if DEBUG:
    STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
