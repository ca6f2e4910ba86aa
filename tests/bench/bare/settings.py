"""What `startproject` writes, without a login, and with the connection kept."""

import os
from urllib.parse import parse_qsl, unquote, urlsplit

SECRET_KEY = "the reference holds no secret"
ALLOWED_HOSTS = ["127.0.0.1"]
DEBUG = False
ROOT_URLCONF = "tests.bench.bare.views"
INSTALLED_APPS = ["tests.bench.bare"]
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
INSTALLED_APPS += ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.messages"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.locmem.Loader",
                    {
                        "one.html": "<!doctype html><title>{{ row.title }}</title><h1>{{ row.title }}</h1><p>{{ row.text }}</p>"
                        "<p>{{ row.supports }} · {{ row.received_at }}</p>",
                        "many.html": "<!doctype html><title>Rows</title><ol>{% for row in rows %}<li><a href='/one/{{ row.pk }}/'>"
                        "{{ row.title }}</a> {{ row.supports }} · {{ row.received_at }}</li>{% endfor %}</ol>",
                    },
                )
            ]
        },
    }
]
_parts = urlsplit(os.environ["DATABASE_URL"])
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(_parts.path.strip("/")),
        "USER": unquote(_parts.username or ""),
        "PASSWORD": unquote(_parts.password or ""),
        "HOST": unquote(_parts.hostname or ""),
        "PORT": str(_parts.port or ""),
        "OPTIONS": dict(parse_qsl(_parts.query)),
        "CONN_MAX_AGE": None,
    }
}
