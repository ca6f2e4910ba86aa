"""The mailbox of the demo: what was sent, and the code of the app, where a demo runs and nowhere else."""

import time

import pytest
from django.core.mail import send_mail
from django.test import Client

from portal.actions.accounts import add_app
from tests.factories import a_person

pytestmark = pytest.mark.django_db
MAILBOX = "/demo/mailbox/"


@pytest.fixture
def demo(settings, tmp_path):
    settings.DEMO = True
    settings.DEMO_CLOCK_FILE = tmp_path / "clock"
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"


def test_there_is_no_mailbox_outside_the_demo():
    assert Client().get(MAILBOX).status_code == 404


def test_mailbox_shows_mails_newest_first_as_plain_text_with_links(demo):
    send_mail("The first", "Grüße <b>bold</b>", None, ["ann@example.org"], html_message="<p>not this</p>")
    time.sleep(1.1)  # mails carry whole seconds
    send_mail("The second", "See http://localhost/suggestions/ now.", None, ["bob@example.org"])

    page = Client().get(MAILBOX).content.decode()

    assert page.index("The second") < page.index("The first")
    assert "Grüße &lt;b&gt;bold&lt;/b&gt;" in page
    assert "not this" not in page
    assert '<a href="http://localhost/suggestions/"' in page


def test_mailbox_shows_the_digits_of_the_accounts_of_the_demo_and_of_nobody_else(demo, settings):
    for email in ("city.clerk@demo.example", "ann@example.org"):
        add_app(person=a_person(email=email), secret=settings.DEMO_APP_SECRET)

    page = Client().get(MAILBOX)

    assert page.context["code"].accounts == ["city.clerk@demo.example"]
    assert len(page.context["code"].now) == 6


def test_empty_mailbox_says_what_to_do(demo):
    assert "No mail yet." in Client().get(MAILBOX).content.decode()
