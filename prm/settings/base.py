"""Settings shared by all environments. What differs by machine comes from the environment (docs/operators)."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from kombu import Queue

from prm.local.addresses import redis_client_url, redis_socket, var_dir
from prm.settings.databases import databases

BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = var_dir()

DEBUG = False
ALLOWED_HOSTS = os.environ.get("PRM_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("PRM_TRUSTED_ORIGINS", "").split(",") if o]

VENDOR_NAME = os.environ.get("PRM_VENDOR_NAME", "Our company")
REPORTING_CURRENCY = os.environ.get("PRM_CURRENCY", "EUR")
EMAIL_FILE_PATH = VAR_DIR / "mail"  # of backends that keep mails as files
# Where people reach the product, for links in e-mails.
PRM_ADDRESS = os.environ.get("PRM_ADDRESS") or "http://localhost:8000"
# Whether the invented world may be filled in and its accounts printed: development and the demo only.
PRM_DEMO = False
# Real files for tests and benchmarks; the product itself never needs them.
DATA_DIR = Path(os.environ["PRM_DATA_DIR"]).resolve() if os.environ.get("PRM_DATA_DIR") else None

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "prm.core.static.StaticFilesConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.saml",
    "rest_framework",
    "drf_spectacular",
    "django_htmx",
    "django_cotton.apps.SimpleAppConfig",
    "csp",
    # the kernel, lowest first
    "prm.local",
    "prm.core",
    "prm.access",
    "prm.events",
    "prm.ui",
    "prm.api",
    "prm.accounts",
    "prm.notifications",
    "prm.views",
    "prm.jobs",
    "prm.activity",
    "prm.exports",
    "prm.imports",
    "prm.partners",
    "prm.questionnaires",
    "prm.portal",
    "prm.demo",
    # the stages
    "profiling",
]

MIDDLEWARE = [
    # Probes come by IP address and over plain HTTP: they are answered before hosts, redirects and sessions are looked at.
    "prm.core.health.ProbeMiddleware",
    "prm.api.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "prm.core.compression.CompressionMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    # The actor is resolved as the bare login, then the role transaction wraps view and rendering.
    "prm.accounts.middleware.ActorMiddleware",
    "prm.accounts.sessions.SessionLimitMiddleware",
    "prm.access.middleware.RoleTransactionMiddleware",
    "prm.api.once.OnceMiddleware",
]

ROOT_URLCONF = "prm.urls"
WSGI_APPLICATION = "prm.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "prm.ui.context.shell",
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "django.templatetags.i18n",
                "django.templatetags.static",
            ],
        },
    }
]
COTTON_DIR = "cotton"

DATABASES = databases()
DATABASE_ROUTERS = ["prm.access.router.OwnerMigratesRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = os.environ.get("REDIS_URL") or f"redis+socket://{redis_socket()}"
CACHES = {
    "default": {
        "BACKEND": "prm.core.cache.ForgivingRedisCache",
        "LOCATION": redis_client_url(REDIS_URL),
        "KEY_PREFIX": "prm",
    }
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "prm.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
# An unknown address gets a mail too: otherwise the time that sending takes would tell which addresses have an account.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
MFA_ADAPTER = "prm.accounts.adapter.SecondStepAdapter"
MFA_FORMS = {
    "activate_totp": "prm.accounts.forms.second_steps.AppForm",
    "add_webauthn": "prm.accounts.forms.second_steps.PasskeyForm",
    "edit_webauthn": "prm.accounts.forms.second_steps.PasskeyNameForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1
SOCIALACCOUNT_ADAPTER = "prm.accounts.providers.adapter.ProviderAdapter"
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {"provider_class": "prm.accounts.providers.oidc.OidcProvider"},
    "saml": {"provider_class": "prm.accounts.providers.saml.SamlProvider"},
}
# Requests to addresses that somebody typed reach this machine: for development and tests, never for a server.
PRM_OUTGOING_LOOPBACK = False
# Whether the vendor's people have to take a second step; docs/operators/sign-in.md.
PRM_MFA_REQUIRED_OF_STAFF = os.environ.get("PRM_MFA_REQUIRED_OF_STAFF", "1") == "1"
# What secrets in the database are sealed with, beside SECRET_KEY: the one can then be changed without the other.
PRM_SEAL_KEY = os.environ.get("PRM_SEAL_KEY", "")
SECRET_KEY_FALLBACKS = [key for key in os.environ.get("SECRET_KEY_FALLBACKS", "").split(",") if key]

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# A session ends after so long without activity, and after so long whatever happens, until an administrator sets other limits on the page
# "Sign-in"; without "Stay signed in" also with the browser.
PRM_SESSION_IDLE = timedelta(hours=float(os.environ.get("PRM_SESSION_IDLE_HOURS", "12")))
PRM_SESSION_MAX = timedelta(days=float(os.environ.get("PRM_SESSION_MAX_DAYS", "7")))
SESSION_COOKIE_AGE = 30 * 24 * 3600  # no session lives longer; prm.accounts.sessions ends them sooner
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "prm.ui.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("PRM_TIME_ZONE", "Europe/Paris")

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# An image carries its collected files; elsewhere they lie with what else is made.
STATIC_ROOT = Path(os.environ.get("PRM_STATIC_ROOT") or VAR_DIR / "static")
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Uploads are served by authorised pages only; no other user of the machine reads them on the disk.
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
FILE_UPLOAD_HANDLERS = ["prm.access.uploads.BoundedUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
PRM_UPLOAD_MAX_BYTES = 512 * 1024 * 1024
# What somebody without an account may answer a questionnaire with.
PRM_ANSWER_FILE_BYTES = 10 * 1024 * 1024

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["prm.api.parsers.StrictJSONParser", "rest_framework.parsers.MultiPartParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["prm.api.authentication.ActorAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["prm.api.permissions.ScopedPermission"],
    "DEFAULT_SCHEMA_CLASS": "prm.api.schema.ScopedSchema",
    "EXCEPTION_HANDLER": "prm.api.problems.exception_handler",
    "UNAUTHENTICATED_USER": None,
    "COERCE_DECIMAL_TO_STRING": True,
    # ``format`` is a parameter like others: what an operation does not know is refused, not looked for among renderers.
    "URL_FORMAT_OVERRIDE": None,
}
# Requests of one API key (and of one partner) in a window, told in X-RateLimit-*.
PRM_API_RATE = int(os.environ.get("PRM_API_RATE", "600"))
PRM_API_RATE_SECONDS = 60
SPECTACULAR_SETTINGS = {
    "TITLE": "PRM API",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "COMPONENT_SPLIT_REQUEST": True,
    # Choices stand where they are used: names made up for shared ones would change with each new field.
    "POSTPROCESSING_HOOKS": [],
    "DESCRIPTION": "Everything that the pages can do. First steps: docs/integrators/getting-started.md.",
    "SERVE_INCLUDE_SCHEMA": False,
    # The values of a choice stand in its enum; a list that repeats each of them says nothing more.
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
}

CELERY_BROKER_URL = REDIS_URL
# Whoever says "look at job N" gives up soon; a worker's own connection keeps trying.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 2,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.2,
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "interactive"
# Declared, so that a worker started without -Q serves all three. Delivery has a worker of its own: long work does not hold events up.
CELERY_TASK_QUEUES = (Queue("interactive"), Queue("bulk"), Queue("delivery"))
CELERY_TASK_TIME_LIMIT = 3600
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A page that starts a job answers even when Redis is down; the sweep of prm.jobs wakes the work later.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1}
CELERY_BEAT_SCHEDULE = {
    "jobs": {"task": "prm.jobs.tick", "schedule": 5.0},
    "events": {"task": "prm.events.poll", "schedule": 1.0, "options": {"queue": "delivery", "expires": 5}},
    "mails": {"task": "prm.notifications.poll", "schedule": 10.0, "options": {"queue": "delivery", "expires": 30}},
    "guesses": {"task": "prm.accounts.guesses", "schedule": 60.0, "options": {"queue": "delivery", "expires": 60}},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "run" / "beat")

# Which doors this process serves: "vendor", "portal" or "both" (docs/operators).
PRM_SURFACE = os.environ.get("PRM_SURFACE", "both")
if PRM_SURFACE not in {"both", "vendor", "portal"}:
    raise ImproperlyConfigured("PRM_SURFACE is vendor, portal or both")

# Paths that run without a database role: sign-in reads identity tables as the bare login.
PRM_NO_ROLE_PREFIXES = ("/accounts/", "/preferences")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}
