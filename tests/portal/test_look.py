import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.urls import reverse

pytestmark = pytest.mark.django_db
STYLES = Path(settings.BASE_DIR) / "portal/static/portal"
THEMES = [STYLES / "answerable.css", *STYLES.glob("themes/*.css")]
TEXTS = ["ink", "quiet", "civic", "kept", "soon", "late"]


def tokens_of(style: Path, scheme: str) -> dict[str, str]:
    """The colours of one scheme; what a theme leaves out comes from the stylesheet."""
    own = style.read_text()
    light, dark = (re.search(pattern, own, re.DOTALL) for pattern in (r":root \{(.*?)\}", r"scheme: dark\) \{\s*:root \{(.*?)\}"))
    found = {} if style.name == "answerable.css" else tokens_of(STYLES / "answerable.css", scheme)
    for block in [light] if scheme == "light" else [light, dark]:
        found |= dict(re.findall(r"--(\w+): (#\w+)", block[1]))
    return found


def light_of(colour: str) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    shares = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted([light_of(one), light_of(other)])
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("style", THEMES, ids=lambda path: path.name)
def test_every_colour_of_a_text_can_be_read_on_every_ground(style, scheme):
    tokens = tokens_of(style, scheme)

    faint = {
        (text, ground): contrast(tokens[text], tokens[ground])
        for text in TEXTS
        for ground in ("paper", "wash")
        if contrast(tokens[text], tokens[ground]) < 4.5
    }

    assert faint == {}


def test_city_brings_its_own_tokens_and_logo(client, settings):
    settings.CITY_THEME, settings.CITY_LOGO = "portal/themes/harbour.css", "portal/themes/harbour.svg"

    page = client.get(reverse("reports:start")).content.decode()

    assert page.index("portal/answerable.css") < page.index("portal/themes/harbour.css")
    assert '<img class="brand-logo" src="/static/portal/themes/harbour.svg" alt="">' in page
    assert finders.find("portal/themes/harbour.css")
    assert finders.find("portal/themes/harbour.svg")


def test_city_without_a_theme_has_the_mark_and_no_second_stylesheet(client):
    page = client.get(reverse("reports:start")).content.decode()

    assert page.count('rel="stylesheet"') == 1
    assert "brand-mark" in page


def test_menu_opens_without_a_script(client):
    page = client.get(reverse("reports:start")).content.decode()

    assert re.search(r'<details class="menu"><summary>Menu</summary><ul>', page)


def test_specimens_are_shown_by_the_demo_alone(client, settings):
    closed = client.get(reverse("reports:specimens")).status_code
    settings.DEMO = True
    shown = client.get(reverse("reports:specimens"))

    assert closed == 404
    assert "214 people support this" in shown.content.decode()


def test_no_page_asks_for_a_stylesheet_that_is_not_there():
    templates = (Path(settings.BASE_DIR) / "templates").rglob("*.html")
    asked = {name for path in templates for name in re.findall(r"{% static \"([^\"]+\.(?:css|js))\" %}", path.read_text())}

    assert {name for name in asked if not finders.find(name)} == set()
