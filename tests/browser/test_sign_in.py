"""Signing in as a person does it: a code without JavaScript, a passkey with the browser's own authenticator, an app."""

import re

import pytest
from django.core import mail

from portal.actions.accounts import open_account
from portal.actions.organisations import appoint
from portal.models import Role
from tests.factories import MONDAY_NOON, the_city

pytestmark = pytest.mark.django_db(transaction=True)
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture
def own_counters(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "browser"}}


def gets_in(page, email):
    page.get_by_label("E-mail address").fill(email)
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("The six digits from the mail").wait_for()
    page.get_by_label("The six digits from the mail").fill(re.search(r"\d{6}", mail.outbox[-1].subject)[0])
    page.get_by_role("button", name="Go on").click()


def an_authenticator(page):
    """What a phone with a fingerprint is to a browser."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    return devtools, devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


def test_code_by_mail_works_without_javascript(open_page, own_counters):
    page = open_page("/sign-in/?next=/account/", java_script_enabled=False, viewport={"width": 320, "height": 700})

    gets_in(page, "ann@example.org")

    assert page.get_by_role("heading", name="Your sign-in").is_visible()
    assert page.get_by_text("ann@example.org").is_visible()


def test_passkey_is_made_and_then_signs_in_by_itself_into_the_role(open_page, own_counters):
    clerk, _is_new = open_account(email="clerk@example.org", at=MONDAY_NOON)
    appoint(person=clerk, organisation=the_city(), role=Role.CITY_CLERK, at=MONDAY_NOON)
    page = open_page("/sign-in/")
    an_authenticator(page)

    gets_in(page, "clerk@example.org")
    page.get_by_role("link", name="Set up a second factor").click()
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name of this passkey").fill("My phone")
    page.get_by_role("button", name="Make the passkey").click()
    page.get_by_role("link", name="I have them, go on").click()
    assert page.get_by_role("button", name="City clerk").is_visible()

    page.get_by_role("button", name="Sign out").click()
    page.goto("/sign-in/?next=/told/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("You act as City clerk").wait_for()

    assert page.url.endswith("/told/")
    assert page.get_by_role("heading", name="Told to you").is_visible()


def test_passkey_is_the_second_factor_after_a_code(open_page, own_counters):
    clerk, _is_new = open_account(email="clerk@example.org", at=MONDAY_NOON)
    appoint(person=clerk, organisation=the_city(), role=Role.CITY_CLERK, at=MONDAY_NOON)
    page = open_page("/sign-in/")
    an_authenticator(page)
    gets_in(page, "clerk@example.org")
    page.goto("/account/passkeys/add/")
    page.get_by_role("button", name="Make the passkey").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto("/sign-in/")

    gets_in(page, "clerk@example.org")
    page.get_by_role("button", name="Use your passkey").click()
    page.get_by_text("You act as City clerk").wait_for()

    assert page.url.endswith("/board/")


def test_passkey_that_is_not_there_is_said_in_a_sentence(open_page, own_counters):
    page = open_page("/sign-in/")
    devtools, number = an_authenticator(page)
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": number, "isUserVerified": False})

    page.get_by_role("button", name="Sign in with a passkey").click()

    page.get_by_text("The passkey could not be used.").wait_for()
    assert page.get_by_role("button", name="Send me a code").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_pages_of_sign_in(open_page, own_counters, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe comes with tests/requirements.txt.").Axe()
    page = open_page("/sign-in/", color_scheme=scheme, viewport={"width": 320, "height": 700})
    found = {}

    def look():
        if violations := axe.run(page, options=RULES).response["violations"]:
            found[page.url] = [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in violations]
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            found[page.url] = "too wide"

    look()
    page.goto("/sign-in/password/")
    page.get_by_role("button", name="Sign in").click()
    look()
    page.goto("/sign-in/")
    gets_in(page, "ann@example.org")
    for address in ("", "e-mail/", "password/first/", "second-factor/", "second-factor/app/", "passkeys/", "passkeys/add/", "visits/"):
        page.goto(f"/account/{address}")
        look()
    page.goto("/capacity/")
    look()

    assert found == {}
