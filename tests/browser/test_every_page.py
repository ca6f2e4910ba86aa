"""Each public page as a machine sees it: axe finds nothing, nothing sticks out at 320 px, the keyboard reaches what the mouse does."""

from datetime import timedelta

import pytest

from portal import wall_clock
from portal.models import Area, Asset, Question
from suggestions.actions.obligations import breach_overdue, climb_ladders
from suggestions.actions.responses import ask_citizen
from tests.factories import a_category, a_contact, a_contract, a_service, a_suggestion, an_agent

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 320, "height": 700}
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "preload": False,  # it would copy a stylesheet's @import into the page as inline style, which our policy refuses
}


def a_lively_city():
    """Everything that a page can show: late, standing and running clocks, questions, places. Gives the addresses."""
    now = wall_clock.now()
    contract = a_contract()
    a_service("waste")
    category = a_category()
    Question.objects.create(category=category, code="ride", text={"en": "Could you ride it?"}, answer="yes_no", is_required=True)
    area = Area.objects.create(code="north", name={"en": "North quarter"})
    Asset.objects.create(service=contract.service, code="012", name="012 Market Square", area=area)
    late = a_suggestion(at=now - timedelta(days=20), area=area, title="An-extraordinarily-long-word-" + "that-does-not-break" * 4)
    standing = a_suggestion(at=now - timedelta(days=1), **a_contact())
    ask_citizen(suggestion=standing, by=an_agent(), text="Which bicycle?", at=now)
    breach_overdue(at=now)
    climb_ladders(at=now)
    return [
        "/",
        "/suggestions/",
        "/suggestions/?late=true&status=confirmed&kind=eaten",
        late.get_absolute_url(),
        standing.get_absolute_url(),
        "/write/",
        "/write/about/?service=bikes&sent=1",
        "/write/details/?service=bikes&kind=problem&category=brakes",
        "/follow/",
        "/nothing/",
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(open_page, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe comes with tests/requirements.txt.").Axe()
    page = open_page(color_scheme=scheme)

    found = {}
    for address in a_lively_city():
        page.goto(address)
        if violations := axe.run(page, options=RULES).response["violations"]:
            found[address] = [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in violations]

    assert found == {}


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_nothing_sticks_out_on_a_small_phone(open_page, direction):
    page = open_page(viewport=PHONE)

    too_wide = []
    for address in a_lively_city():
        page.goto(address)
        page.evaluate(f"document.documentElement.dir = '{direction}'")
        if page.evaluate("document.documentElement.scrollWidth") > PHONE["width"]:
            too_wide.append(address)

    assert too_wide == []


def test_targets_of_a_finger_are_large_enough(open_page):
    page = open_page(viewport=PHONE)

    small = []
    for address in a_lively_city():
        page.goto(address)
        small += page.eval_on_selector_all(
            "button, .button, .menu a, summary, select, input:not([type=hidden], [type=radio], [type=checkbox])",
            "(found) => found.filter((it) => it.checkVisibility() && it.getBoundingClientRect().height < 44).map((it) => it.outerHTML)",
        )

    assert small == []


def test_errors_take_the_focus_and_lead_to_the_field(open_page):
    a_contract()
    page = open_page("/write/details/?service=bikes&kind=problem")

    page.get_by_role("button", name="Check your answers").click()
    page.wait_for_function("document.activeElement.id === 'error-summary'")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.id === 'id_title'")

    assert page.locator("#id_title").get_attribute("aria-invalid") == "true"


def test_keyboard_alone_filters_the_list_and_skips_the_header(open_page):
    a_suggestion(title="The brakes squeal")
    a_suggestion(title="More air", kind="idea")
    page = open_page("/suggestions/")

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    skipped_to = page.evaluate("document.activeElement.id")
    page.get_by_label("Words").press_sequentially("brakes")
    page.keyboard.press("Enter")
    page.get_by_text("1 suggestion").wait_for()

    assert skipped_to == "main"
    assert page.get_by_role("link", name="The brakes squeal").is_visible()
    assert not page.get_by_role("link", name="More air").is_visible()


def test_filtering_saves_the_reload_keeps_the_focus_and_goes_back(open_page):
    a_suggestion(title="The brakes squeal")
    a_suggestion(title="More air", kind="idea")
    page = open_page("/suggestions/")
    loads = []
    page.on("load", lambda: loads.append(page.url))

    page.get_by_label("Kind").select_option("idea")
    page.get_by_role("button", name="Filter").click()
    page.wait_for_url("**kind=idea**")
    page.get_by_text("1 suggestion").wait_for()
    loads_while_filtering, focused = list(loads), page.evaluate("document.activeElement.id")
    page.go_back()
    page.get_by_text("2 suggestions").wait_for()

    assert loads_while_filtering == []
    assert focused == "filter"
    assert page.get_by_role("link", name="The brakes squeal").is_visible()
