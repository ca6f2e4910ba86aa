"""The map by hand: pointing without a mouse, and reading what is pinned."""

from decimal import Decimal

import pytest

from portal.models import Area
from suggestions.models import Suggestion
from tests.factories import a_contract, a_suggestion

pytestmark = pytest.mark.django_db(transaction=True)
RING = {"type": "Polygon", "coordinates": [[[3.89, 51.0], [3.95, 51.0], [3.95, 51.05], [3.89, 51.05], [3.89, 51.0]]]}


def test_pin_is_reached_and_read_by_keyboard_and_nothing_is_asked_of_anybody_outside(open_page, live_server):
    Area.objects.create(code="north", name={"en": "North"}, outline=RING)
    suggestion = a_suggestion(title="The rack is bent", latitude=Decimal("51.02"), longitude=Decimal("3.91"))
    page = open_page("/suggestions/map/")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload(wait_until="networkidle")

    page.get_by_role("button", name="The rack is bent").focus()
    page.keyboard.press("Enter")
    page.locator(".card-title").click()

    page.wait_for_url(f"**{suggestion.get_absolute_url()}")
    assert asked
    assert all(address.startswith((live_server.url, "data:")) for address in asked)


def test_place_is_pointed_at_without_a_mouse(open_page):
    service = a_contract().service
    Area.objects.create(code="north", name={"en": "North"}, outline=RING)
    page = open_page(f"/write/details/?service={service.code}&kind=problem")
    page.wait_for_load_state("networkidle")

    page.get_by_label("In one sentence").fill("The rack is bent")
    page.get_by_role("button", name="Put the pin in the middle").press("Enter")
    page.get_by_role("button", name="Check your answers").click()
    page.get_by_role("button", name="Send").click()
    page.get_by_role("heading", name="We received it").wait_for()

    pin = Suggestion.objects.get()
    assert abs(pin.latitude - Decimal("51.025")) < Decimal("0.01")
    assert abs(pin.longitude - Decimal("3.92")) < Decimal("0.01")
