"""Debian's Chromium, driven by Playwright; where one of them is absent the tests are skipped with a sentence, and in CI they fail."""

import os
import shutil

import pytest

try:
    from playwright.sync_api import sync_playwright
except ImportError:
    sync_playwright = None

CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium():
    if sync_playwright is None or CHROMIUM is None:
        missing = "Playwright (tests/requirements.txt)" if sync_playwright is None else "Chromium (apt-get install chromium)"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"The tests in a browser need {missing}, which is not here.")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop runs in the thread of the tests; nothing of ours is awaited in it
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_page(chromium, live_server):
    """Opens a page of the portal in a visit of its own: new cookies each time. Whatever the browser complains of fails the test."""
    complaints, contexts = [], []

    def opened(path="/", **wishes):
        context = chromium.new_context(base_url=live_server.url, **{"viewport": {"width": 1280, "height": 900}} | wishes)
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda fault: complaints.append(f"{page.url}: {fault}"))
        page.on("console", lambda line: complaints.append(f"{page.url}: {line.text}") if "Content Security Policy" in line.text else None)
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def moving_clock(settings, tmp_path):
    """The clock of the demo, at zero and ours alone; wall_clock.move_forward() moves it for the server too."""
    settings.DEMO = True
    settings.DEMO_CLOCK_FILE = tmp_path / "clock"
