"""Settings of one city's portal; values come from the environment, and a missing secret stops the start with one sentence."""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from portal import embedded

BASE_DIR = Path(__file__).resolve().parent.parent

# --- Demo or city ------------------------------------------------------------------------------------------------------

DEMO = os.environ.get("DEMO", "0") == "1"
TESTING = embedded.is_testing()


def from_environment(name: str, *, in_demo: str) -> str:
    """The value of a setting that a city must choose itself; the demo and the tests have a public one."""
    if value := os.environ.get(name):
        return value
    if DEMO or TESTING:
        return in_demo
    raise ImproperlyConfigured(f"{name} is not set. Set it in the environment (see .env.example), or start the demo with: manage.py demo")


def database_from_url(url: str) -> dict[str, object]:
    """Django's description of the PostgreSQL database that a postgresql:// address names."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as fault:
        raise ImproperlyConfigured(f"DATABASE_URL cannot be read: {fault}.") from fault
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ImproperlyConfigured("DATABASE_URL must look like postgresql://user:password@host:5432/name.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(port or ""),
        "OPTIONS": dict(parse_qsl(parts.query)),  # such as sslmode=require
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }


# --- The city ----------------------------------------------------------------------------------------------------------

CITY_NAME = os.environ.get("CITY_NAME", "Demostad")
TIME_ZONE = os.environ.get("CITY_TIME_ZONE", "Europe/Brussels")  # days are counted here; moments are kept in UTC
LEADING_LANGUAGE = os.environ.get("LEADING_LANGUAGE", "en")  # every text of a service or clause must exist in it
HOLIDAYS_COUNTRY = os.environ.get("HOLIDAYS_COUNTRY", "BE")

DEMO_CLOCK_FILE = embedded.var_directory() / "clock"  # how far the demo's clock was moved; read by portal.wall_clock

# --- Secrets, one for each purpose -------------------------------------------------------------------------------------

SECRET_KEY = from_environment("SECRET_KEY", in_demo="public-key-of-the-demo-not-for-a-city-0123456789abcdefghij")
PERSON_KEY_SECRET = from_environment("PERSON_KEY_SECRET", in_demo="public-person-key-secret-of-the-demo")
RECEIPT_PHRASE_SECRET = from_environment("RECEIPT_PHRASE_SECRET", in_demo="public-receipt-phrase-secret-of-the-demo")

# --- Servers -----------------------------------------------------------------------------------------------------------

DATABASE_URL = os.environ.get("DATABASE_URL") or embedded.database_url() or "postgresql:///answerable"
DATABASES = {"default": database_from_url(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = os.environ.get("REDIS_URL") or embedded.redis_url() or "redis://127.0.0.1:6379"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": embedded.redis_database(REDIS_URL, 1)}}

CELERY_BROKER_URL = embedded.redis_database(REDIS_URL, 0)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
SWEEP_SECONDS = int(os.environ.get("SWEEP_SECONDS", "5" if DEMO else "60"))
CELERY_BEAT_SCHEDULE = {
    name: {"task": task, "schedule": SWEEP_SECONDS, "options": {"expires": SWEEP_SECONDS}}
    for name, task in {
        "warn before a clock runs out": "suggestions.tasks.warn_due_soon",
        "let exhausted pauses end": "suggestions.tasks.resume_exhausted_pauses",
        "mark what is late": "suggestions.tasks.breach_overdue",
        "climb the ladders": "suggestions.tasks.climb_ladders",
        "close verdict windows": "suggestions.tasks.close_verdict_windows",
    }.items()
} | {
    "compute the indicators of the night": {"task": "reports.tasks.compute_nightly", "schedule": crontab(hour=3, minute=20)},
    "compute the running period": {"task": "reports.tasks.compute_so_far", "schedule": 10 if DEMO else 600},
}

# --- Django ------------------------------------------------------------------------------------------------------------

DEBUG = os.environ.get("DEBUG", "0") == "1"
ALLOWED_HOSTS = from_environment("ALLOWED_HOSTS", in_demo="localhost,127.0.0.1,[::1],testserver").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("CSRF_TRUSTED_ORIGINS", "").split(",") if origin]
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
ASGI_APPLICATION = "portal.asgi.application"
AUTH_USER_MODEL = "portal.Person"

INSTALLED_APPS = [
    "reports",
    "suggestions",
    "portal",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_filters",
    "django_htmx",
    "template_partials",
    "rest_framework",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "portal.middleware.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["template_partials.templatetags.partials"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.middleware.city",
            ],
        },
    },
]

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "portal:sign_in"
LOGIN_REDIRECT_URL = "portal:home"
LOGOUT_REDIRECT_URL = "reports:start"

REST_FRAMEWORK = {
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],  # closed unless a door says otherwise
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
}

# --- Languages and moments ---------------------------------------------------------------------------------------------

LANGUAGE_CODE = LEADING_LANGUAGE
LANGUAGES = [("en", _("English"))]  # those whose catalogue is complete
LOCALE_PATHS = [BASE_DIR / "portal" / "locale"]
USE_I18N = True
USE_TZ = True

# --- Static files ------------------------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
if DEMO or TESTING:
    WHITENOISE_USE_FINDERS = True  # served straight from the packages: no collectstatic before a first look
else:
    STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }

# --- Security ----------------------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
if not (DEMO or TESTING or DEBUG):
    SECURE_SSL_REDIRECT = os.environ.get("SECURE_SSL_REDIRECT", "1") == "1"
    SECURE_HSTS_SECONDS = int(os.environ.get("SECURE_HSTS_SECONDS", str(365 * 24 * 60 * 60)))
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    if os.environ.get("BEHIND_PROXY") == "1":
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Logs: ids, never personal data ------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
}
