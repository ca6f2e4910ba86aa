"""A city's settings: Django's own check for deployment finds nothing, and cookies are this host's alone."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from portal.settings import mail_from_url

CITY = {
    "DEMO": "0",
    "DATABASE_URL": "postgresql://answerable:password@127.0.0.1:5432/answerable",
    "REDIS_URL": "redis://127.0.0.1:6379",
    "SECRET_KEY": "s" * 25 + "0123456789abcdefghijklmnopqrstuvwxyz",
    "PERSON_KEY_SECRET": "one long random text",
    "RECEIPT_PHRASE_SECRET": "another long random text",
    "PUBLIC_ADDRESS": "https://answerable.city.example",
    "ALLOWED_HOSTS": "answerable.city.example",
}


def in_a_city(*command: str, **more: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "VIRTUAL_ENV"}}
    environment = kept | CITY | more
    return subprocess.run([sys.executable, *command], cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=120)


def said(*names: str, **more: str) -> list[str]:
    code = "import django; django.setup(); from django.conf import settings; " + "; ".join(f"print(settings.{name})" for name in names)
    result = in_a_city("-c", code, DJANGO_SETTINGS_MODULE="portal.settings", **more)
    return result.stdout.splitlines() if result.returncode == 0 else [result.stderr.splitlines()[-1]]


def test_check_for_deployment_finds_nothing():
    result = in_a_city("manage.py", "check", "--deploy", "--fail-level", "WARNING")

    assert (result.returncode, result.stdout.strip()) == (0, "System check identified no issues (0 silenced)."), result.stderr


def test_cookies_of_a_city_are_for_its_host_alone_and_out_of_reach_of_scripts():
    found = said("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY")

    assert found == ["__Host-session", "__Host-csrf", "True", "True", "True"]


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("smtp+tls://city:p%40ss@mail.example:2525", ("mail.example", 2525, "city", "p@ss", True, False)),
        ("smtps://mail.example", ("mail.example", 465, "", "", False, True)),
        ("smtp://localhost", ("localhost", 25, "", "", False, False)),
    ],
)
def test_mail_server_is_named_by_one_address(url, found):
    names = ("EMAIL_HOST", "EMAIL_PORT", "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD", "EMAIL_USE_TLS", "EMAIL_USE_SSL")

    assert tuple(mail_from_url(url)[name] for name in names) == found


@pytest.mark.parametrize("url", ["mail.example:25", "https://mail.example", "smtp://", "smtp://mail.example:port"])
def test_address_of_a_mail_server_that_cannot_be_read_is_refused_with_a_sentence(url):
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL"):
        mail_from_url(url)


def test_broker_is_named_by_the_environment_or_not_offered():
    named = said("SOCIALACCOUNT_PROVIDERS['openid_connect']['APPS']", OIDC_ISSUER="https://broker.example", OIDC_CLIENT_ID="answerable")

    assert "https://broker.example" in named[0]
    assert settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"] == []
