"""Settings of one city's portal; values come from the environment, and a missing secret stops the start with one sentence."""

import importlib.util
import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured

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


def mail_from_url(url: str) -> dict[str, object]:
    """Django's settings for the mail server that an smtp:// address names; smtps:// is TLS from the start, smtp+tls:// STARTTLS."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as fault:
        raise ImproperlyConfigured(f"EMAIL_URL cannot be read: {fault}.") from fault
    usual = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
    if parts.scheme not in usual or not parts.hostname:
        raise ImproperlyConfigured("EMAIL_URL must look like smtp+tls://user:password@host:587.")
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or usual[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
    }


# --- The city ----------------------------------------------------------------------------------------------------------

CITY_NAME = os.environ.get("CITY_NAME", "Demostad")
CITY_STATIC = os.environ.get("CITY_STATIC", "")  # a folder of the city's own files, served under city/
CITY_THEME = os.environ.get("CITY_THEME", "")  # its stylesheet, such as city/theme.css: tokens in the layer "theme", nothing else
CITY_LOGO = os.environ.get("CITY_LOGO", "")  # its logo, such as city/logo.svg; it stands beside the name and needs no words
TIME_ZONE = os.environ.get("CITY_TIME_ZONE", "Europe/Brussels")  # days are counted here; moments are kept in UTC
LEADING_LANGUAGE = os.environ.get("LEADING_LANGUAGE", "en")  # every text of a service or clause must exist in it
HOLIDAYS_COUNTRY = os.environ.get("HOLIDAYS_COUNTRY", "BE")

EDIT_MINUTES = int(os.environ.get("EDIT_MINUTES", "60"))  # for so long an author may correct what nobody has answered yet

# Maps ask nobody outside unless the city names a tile server; without one they show the city's own outlines and places.
MAP_TILES = os.environ.get("MAP_TILES", "")  # such as https://tiles.city.example/{z}/{x}/{y}.png
MAP_ATTRIBUTION = os.environ.get("MAP_ATTRIBUTION", "")  # who made the tiles, in plain text
MAP_BOUNDS = [  # west, south, east, north of the city in degrees; a pin outside is refused
    float(edge) for edge in os.environ.get("MAP_BOUNDS", "3.85,50.97,3.99,51.07" if DEMO else "").split(",") if edge
]

DEMO_CLOCK_FILE = embedded.var_directory() / "clock"  # how far the demo's clock was moved; read by portal.wall_clock

PUBLIC_ADDRESS = from_environment("PUBLIC_ADDRESS", in_demo="http://127.0.0.1:8000")  # how links in mails and feeds begin

# --- Secrets, one for each purpose -------------------------------------------------------------------------------------

SECRET_KEY = from_environment("SECRET_KEY", in_demo="public-key-of-the-demo-not-for-a-city-0123456789abcdefghij")
PERSON_KEY_SECRET = from_environment("PERSON_KEY_SECRET", in_demo="public-person-key-secret-of-the-demo")
RECEIPT_PHRASE_SECRET = from_environment("RECEIPT_PHRASE_SECRET", in_demo="public-receipt-phrase-secret-of-the-demo")

# --- Servers -----------------------------------------------------------------------------------------------------------

DATABASE_URL = os.environ.get("DATABASE_URL") or embedded.database_url() or "postgresql:///answerable"
DATABASES = {"default": database_from_url(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = os.environ.get("REDIS_URL") or embedded.redis_url() or "redis://127.0.0.1:6379"
CACHES = {
    "default": {
        "BACKEND": "portal.caches.CityCache",
        "LOCATION": embedded.redis_database(REDIS_URL, 1),
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},  # seconds: no page waits longer for a server that hangs
    }
}
# How long a public page may be kept for readers of whom nothing is known; 0 makes each page anew. Tests switch it on where they mean it.
PAGE_CACHE_SECONDS = min(int(os.environ.get("PAGE_CACHE_SECONDS", "0" if TESTING else "5")), 5)

COUNTS_KEPT_SECONDS = 0 if TESTING else 5  # for so long a list may show the counts that it had

EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL") or f"no-reply@{urlsplit(PUBLIC_ADDRESS).hostname}"
if DEMO:  # no mail leaves the machine: /demo/mailbox/ shows what was sent
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = embedded.var_directory() / "mail"
else:
    globals().update(mail_from_url(os.environ.get("EMAIL_URL") or "smtp://localhost"))

CELERY_BROKER_URL = embedded.redis_database(REDIS_URL, 0)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
SWEEP_SECONDS = int(os.environ.get("SWEEP_SECONDS", "5" if DEMO else "60"))
NOTICE_SECONDS = 4  # both sweeps of notices: told and handed over within ten seconds
COUNT_SECONDS = 2  # how old a count of supports may be; who presses sees their own at once
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
    "count supports": {"task": "suggestions.tasks.count_supports", "schedule": COUNT_SECONDS, "options": {"expires": COUNT_SECONDS}},
    "raise supports whose people proved more": {"task": "suggestions.tasks.raise_assurances", "schedule": SWEEP_SECONDS},
    "prove the counts": {"task": "suggestions.tasks.check_tallies", "schedule": crontab(hour=2, minute=10)},
    "delete the files of photos that are gone": {"task": "suggestions.tasks.delete_leftover_files", "schedule": crontab(hour=2, minute=40)},
    "forget photos that were never sent": {"task": "suggestions.tasks.drop_expired_held_photos", "schedule": crontab(minute=50)},
    "let go of what has been kept long enough": {"task": "suggestions.tasks.apply_retention", "schedule": crontab(hour=2, minute=40)},
    "compute the indicators of the night": {"task": "reports.tasks.compute_nightly", "schedule": crontab(hour=3, minute=20)},
    "find whom to tell": {"task": "suggestions.tasks.tell_followers", "schedule": NOTICE_SECONDS, "options": {"expires": NOTICE_SECONDS}},
    "send notices": {"task": "suggestions.tasks.send_notices", "schedule": NOTICE_SECONDS, "options": {"expires": NOTICE_SECONDS}},
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
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "django_filters",
    "django_htmx",
    "template_partials",
    "rest_framework",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.middleware.PlainAddressMiddleware",
    "portal.page_cache.PageCacheMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "portal.middleware.KioskMiddleware",
    "portal.middleware.ActorMiddleware",
    "allauth.account.middleware.AccountMiddleware",
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
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "portal:sign_in"
LOGIN_REDIRECT_URL = "portal:home"
LOGOUT_REDIRECT_URL = "reports:start"

# --- Sign-in: a code by mail, a passkey, a password or the city's broker; then a second factor for those who work here --

ACCOUNT_ADAPTER = "portal.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"  # also what keeps an address that is taken from being found out
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_FORMAT = ACCOUNT_EMAIL_VERIFICATION_BY_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True  # every visit lasts as long: SESSION_COOKIE_AGE
ACCOUNT_RATE_LIMITS = {  # many people share the address of a library
    "login": "100/15m/ip",
    "login_failed": "100/15m/ip,10/15m/key",
    "request_login_code": "60/15m/ip,6/15m/key",
    "confirm_login_code": "20/15m/key",
}
ACCOUNT_FORMS = {
    "request_login_code": "portal.account_forms.AskForCode",
    "confirm_login_code": "portal.account_forms.GiveCode",
    "login": "portal.account_forms.GivePassword",
    "reauthenticate": "portal.account_forms.PasswordAgain",
    "add_email": "portal.account_forms.NewAddress",
    "confirm_email_verification_code": "portal.account_forms.ConfirmAddress",
    "set_password": "portal.account_forms.FirstPassword",
    "change_password": "portal.account_forms.NextPassword",
}
MFA_ADAPTER = "portal.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO or TESTING  # http://localhost
MFA_FORMS = {
    "authenticate": "portal.account_forms.GiveSecondFactor",
    "reauthenticate": "portal.account_forms.SecondFactorAgain",
    "activate_totp": "portal.account_forms.StartApp",
    "add_webauthn": "portal.account_forms.AddPasskey",
    "edit_webauthn": "portal.account_forms.RenamePasskey",
    "login_webauthn": "portal.account_forms.PasskeyAlone",
    "authenticate_webauthn": "portal.account_forms.PasskeyAsSecond",
    "reauthenticate_webauthn": "portal.account_forms.PasskeyAgain",
}
DEMO_APP_SECRET = "NBSWY3DPEB3W64TMMQQHI3ZAORUGKIDE"  # public: the app of every demo account, shown at /demo/mailbox/

SOCIALACCOUNT_ADAPTER = "portal.adapters.BrokerAccountAdapter"
SOCIALACCOUNT_EMAIL_REQUIRED = False
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"  # nothing but the subject is taken from the broker
OIDC_ISSUER = os.environ.get("OIDC_ISSUER", "")  # without one no broker is offered
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "provider_class": "portal.broker.CityBroker",
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "city",
                "name": os.environ.get("OIDC_NAME", CITY_NAME),
                "client_id": os.environ.get("OIDC_CLIENT_ID", ""),
                "secret": os.environ.get("OIDC_CLIENT_SECRET", ""),
                "settings": {
                    "server_url": OIDC_ISSUER,
                    "issuer": OIDC_ISSUER,
                    # what the broker says in acr or amr when it asked for a second factor, with commas
                    "second_factor": [said for said in os.environ.get("OIDC_SECOND_FACTOR", "").split(",") if said],
                },
            }
        ]
        if OIDC_ISSUER
        else [],
    }
}

# --- The interface for other software ----------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["portal.api.authentication.BearerToken", "rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],  # closed unless a door says otherwise
    "DEFAULT_THROTTLE_CLASSES": ["portal.api.limits.Limits"],
    "DEFAULT_PARSER_CLASSES": ["portal.api.bodies.StrictJSON"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "portal.api.listing.KeysetPages",
    "DEFAULT_FILTER_BACKENDS": ["portal.api.listing.SharedFilter"],
    "DEFAULT_SCHEMA_CLASS": "portal.api.schema.DoorSchema",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "portal.api.problems.as_problem",
    "URL_FORMAT_OVERRIDE": None,
    "COERCE_DECIMAL_TO_STRING": False,
    "STRICT_JSON": True,
}
# How many requests within how many seconds, for each kind of act; counted by key, else by account, else by network.
API_LIMITS = {"read": (300, 60), "suggest": (60, 3600), "support": (60, 60), "answer": (120, 60)}
SPECTACULAR_SETTINGS = {
    "TITLE": f"{CITY_NAME}: suggestions and what is owed for them",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "POSTPROCESSING_HOOKS": ["portal.api.schema.finish"],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
}

# --- Languages and moments ---------------------------------------------------------------------------------------------

LANGUAGE_CODE = LEADING_LANGUAGE
LANGUAGES = [("en", "English"), ("nl", "Nederlands")]  # those whose catalogue is complete, each by its own name
LOCALE_PATHS = [BASE_DIR / "portal" / "locale"]
USE_I18N = True
USE_TZ = True

# --- What people send ---------------------------------------------------------------------------------------------------

MEDIA_ROOT = Path(os.environ.get("MEDIA_ROOT") or embedded.var_directory() / "media")  # private: no address leads into it
FILE_UPLOAD_HANDLERS = [
    "portal.uploads.BoundedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.InMemoryStorage" if TESTING else "django.core.files.storage.FileSystemStorage",
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# --- Static files ------------------------------------------------------------------------------------------------------

STATIC_URL = "static/"
LEAFLET = importlib.util.find_spec("leaflet")  # django-leaflet, for its files alone: its tags write inline scripts, its admin needs GDAL
STATICFILES_DIRS: list[Path | tuple[str, str]] = [("city", CITY_STATIC)] if CITY_STATIC else []
if LEAFLET:
    STATICFILES_DIRS += [Path(place) / "static" for place in LEAFLET.submodule_search_locations or ()]
STATIC_ROOT = BASE_DIR / "var" / "static"
if DEMO or TESTING:
    WHITENOISE_USE_FINDERS = True  # served straight from the packages: no collectstatic before a first look
else:
    STORAGES["staticfiles"] = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}

# --- Privacy: how many days what is kept is kept (portal.data_register says what and why) -------------------------------

KEEP_CONTACT_DAYS = int(os.environ.get("KEEP_CONTACT_DAYS", "180"))
KEEP_SUPPORT_MARK_DAYS = int(os.environ.get("KEEP_SUPPORT_MARK_DAYS", "180"))
KEEP_INACTIVE_ACCOUNT_DAYS = int(os.environ.get("KEEP_INACTIVE_ACCOUNT_DAYS", "730"))
KEEP_UNCONFIRMED_ACCOUNT_DAYS = int(os.environ.get("KEEP_UNCONFIRMED_ACCOUNT_DAYS", "30"))
KEEP_NOTICE_DAYS = int(os.environ.get("KEEP_NOTICE_DAYS", "365"))
KEEP_CONTACT_VIEW_DAYS = int(os.environ.get("KEEP_CONTACT_VIEW_DAYS", "730"))
KEEP_ERASURE_DAYS = int(os.environ.get("KEEP_ERASURE_DAYS", "1825"))
KEEP_PERSONAL_REQUEST_DAYS = int(os.environ.get("KEEP_PERSONAL_REQUEST_DAYS", "1825"))
KEEP_RETENTION_RUN_DAYS = int(os.environ.get("KEEP_RETENTION_RUN_DAYS", "730"))
KEEP_ADMIN_LOG_DAYS = int(os.environ.get("KEEP_ADMIN_LOG_DAYS", "730"))
KEEP_REPORT_DAYS = int(os.environ.get("KEEP_REPORT_DAYS", "365"))
KEEP_ENDED_FOLLOW_DAYS = int(os.environ.get("KEEP_ENDED_FOLLOW_DAYS", "30"))
KEEP_ENDED_TOKEN_DAYS = int(os.environ.get("KEEP_ENDED_TOKEN_DAYS", "30"))
KEEP_HELP_SESSION_DAYS = int(os.environ.get("KEEP_HELP_SESSION_DAYS", "30"))
KEEP_ENDED_SESSION_DAYS = 0
KEEP_HELD_PHOTO_DAYS = 1
DATA_PROTECTION_CONTACT = os.environ.get("DATA_PROTECTION_CONTACT", "")  # how to reach the data protection officer

# --- Security ----------------------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", *([f"{urlsplit(MAP_TILES).scheme}://{urlsplit(MAP_TILES).netloc}"] if MAP_TILES else [])],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
# How many proxies of the city's own stand in front; only what they wrote into X-Forwarded-For is believed.
TRUSTED_PROXIES = int(os.environ.get("TRUSTED_PROXIES") or os.environ.get("BEHIND_PROXY") or 0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
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
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"  # browsers keep these for this host alone
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
