"""The checks: no network, fast password hashing, jobs run where they are asked for."""

import os

from prm.settings.base import *  # noqa: F403  settings are named once

PRM_DEMO = True
PRM_OUTGOING_LOOPBACK = True  # providers of the tests
PRM_MFA_REQUIRED_OF_STAFF = False  # tests of sign-in turn it on
DEBUG = False
SECRET_KEY = os.environ.get("SECRET_KEY", "only-for-the-checks-" + "x" * 40)
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Nothing is collected for the checks: what an earlier demo collected was served instead of what npm built since.
STATIC_ROOT = VAR_DIR / "static-of-checks"  # noqa: F405  as above
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True  # the live server serves what npm built, without collecting it
# Tests run jobs inline; those that need workers bring their own Redis.
CELERY_BROKER_URL = os.environ.get("PRM_TEST_BROKER", "memory://")
