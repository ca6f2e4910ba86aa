"""Each language that is offered has a whole catalogue; .ci/run looks besides whether a text of the code is missing in it."""

import gettext
import re

import pytest
from django.conf import settings
from django.utils import translation

from tests.factories import a_browser

polib = pytest.importorskip("polib", reason="The catalogues are read with polib (tests/requirements.txt).")

OTHERS = [code for code, _name in settings.LANGUAGES if code != "en"]
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%|\{\w*\}|</?[a-z]+")


def catalogue(code):
    return settings.LOCALE_PATHS[0] / code / "LC_MESSAGES" / "django.po"


@pytest.mark.parametrize("code", OTHERS)
def test_every_text_is_translated_and_none_is_guessed(code):
    entries = [entry for entry in polib.pofile(str(catalogue(code))) if not entry.obsolete]

    assert len(entries) > 1000
    assert not [entry.msgid for entry in entries if entry.fuzzy or not entry.translated()]


@pytest.mark.parametrize("code", OTHERS)
def test_translations_keep_what_is_put_into_them(code):
    for entry in polib.pofile(str(catalogue(code))):
        wanted = sorted(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
        for text in entry.msgstr_plural.values() or [entry.msgstr]:
            found = sorted(PLACEHOLDER.findall(text))
            assert found == wanted or (entry.msgid_plural and set(found) <= set(wanted)), entry.msgid


@pytest.mark.parametrize("code", OTHERS)
def test_what_runs_is_what_was_translated(code):
    with catalogue(code).with_suffix(".mo").open("rb") as compiled:
        read = gettext.GNUTranslations(compiled)

    for entry in polib.pofile(str(catalogue(code))):
        if not entry.msgid_plural and not entry.msgctxt:
            assert read.gettext(entry.msgid) == entry.msgstr


@pytest.mark.django_db
def test_page_is_read_in_the_language_that_was_chosen():
    browser = a_browser()
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "nl"

    page = browser.get("/suggestions/").text

    assert '<html lang="nl"' in page
    with translation.override("nl"):
        assert str(translation.gettext("Say something")) in page
