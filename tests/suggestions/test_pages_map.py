from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.models import Area, Asset, Question, Visibility
from suggestions.forms.places import PinField, read_pin, write_pin
from suggestions.models import Suggestion
from suggestions.views import maps
from tests.factories import MONDAY_NOON, a_browser, a_category, a_clerk, a_contract, a_service, a_suggestion, an_agent, an_operator
from tests.suggestions.test_pages_writing import TYPED, send, type_in
from tests.suggestions.test_photos import conceal

pytestmark = pytest.mark.django_db
HERE = {"latitude": Decimal("51.02104"), "longitude": Decimal("3.91051")}


def pins(client, **asked):
    response = client.get("/suggestions/map/pins/", asked)
    assert response.status_code == 200
    return response.json()["features"]


def places(client, **asked):
    return [tuple(feature["geometry"]["coordinates"]) for feature in pins(client, **asked)]


# --- What is on the map ------------------------------------------------------------------------------------------------


def test_pin_of_a_suggestion_says_what_it_is_and_where_to_read_it(client):
    suggestion = a_suggestion(**HERE)

    (feature,) = pins(client)

    assert feature["geometry"]["coordinates"] == [3.91051, 51.02104]
    assert feature["properties"]["name"] == "The brakes squeal"
    assert feature["properties"]["address"] == suggestion.get_absolute_url()


def test_suggestion_about_a_thing_stands_where_the_thing_stands(client):
    asset = Asset.objects.create(service=a_contract().service, code="012", name="012 Market", latitude="51.02", longitude="3.91")

    a_suggestion(service=asset.service, asset=asset)

    assert places(client) == [(3.91, 51.02)]


def test_without_a_point_it_is_counted_and_leads_to_the_list(client):
    a_suggestion()

    shown = client.get("/suggestions/map/").content.decode()

    assert pins(client) == []
    assert "1 more has none." in shown
    assert "Nothing here has a point on the map." in shown


def test_list_beside_the_map_names_what_the_map_pins(client):
    a_suggestion(title="On the map", **HERE)
    a_suggestion(title="Nowhere")

    shown = client.get("/suggestions/map/").content.decode()

    assert "On the map" in shown
    assert "Nowhere" not in shown
    assert [feature["properties"]["name"] for feature in pins(client)] == ["On the map"]


def test_filters_of_the_list_hold_for_map_and_pins(client):
    waste = a_contract(a_service("waste")).service
    a_suggestion(title="Bicycle", **HERE)
    a_suggestion(title="Bin", service=waste, **HERE)

    shown = client.get("/suggestions/map/", {"service": "waste"})

    assert [feature["properties"]["name"] for feature in pins(client, service="waste")] == ["Bin"]
    assert [suggestion.title for suggestion in shown.context["suggestions"]] == ["Bin"]
    assert "service=waste" in shown.context["map"]["pins"]


@pytest.mark.parametrize(
    "asked",
    [
        {"box": ""},
        {"box": "1,2,3"},
        {"box": "a,b,c,d"},
        {"box": "nan,nan,nan,nan"},
        {"box": "inf,-inf,1,1"},
        {"box": "9,9,1,1"},
        {"box": "1e400,0,1,1"},
        {"box": "0" * 5000},
        {"service": "\0"},
        {"late": "perhaps"},
        {"order": "sideways"},
        {"q": "x" * 5000},
    ],
)
def test_odd_questions_get_an_answer(client, asked):
    a_suggestion(**HERE)

    assert client.get("/suggestions/map/", asked).status_code == 200
    assert client.get("/suggestions/map/pins/", asked).status_code == 200
    assert client.get("/suggestions/map/ground/", asked).status_code == 200


def test_box_leaves_only_what_lies_in_it(client):
    a_suggestion(title="Inside", **HERE)
    a_suggestion(title="Outside", latitude=Decimal("51.5"), longitude=Decimal("3.9"))

    assert [feature["properties"]["name"] for feature in pins(client, box="3.9,51.0,3.92,51.1")] == ["Inside"]


def test_many_are_grouped_and_the_list_shows_parts_of_the_city(client, monkeypatch):
    monkeypatch.setattr(maps, "MOST_PINS", 3)
    north = Area.objects.create(code="north", name={"en": "North"})
    for step in range(4):
        a_suggestion(area=north, latitude=Decimal("51.02") + step * Decimal("0.00001"), longitude=Decimal("3.91"))
    alone = a_suggestion(title="All alone", latitude=Decimal("51.05"), longitude=Decimal("3.95"))

    features = pins(client)
    shown = client.get("/suggestions/map/")

    group, single = sorted(features, key=lambda feature: feature["properties"]["kind"])
    assert group["properties"]["count"] == 4
    assert (single["properties"]["kind"], single["properties"]["address"]) == ("suggestion", alone.get_absolute_url())
    assert [(area["name"], area["count"]) for area in shown.context["areas"]] == [("North", 4), ("Part of the city not known", 1)]
    assert "area=north" in shown.content.decode()


def test_too_many_in_one_part_of_the_city_is_said(client, monkeypatch):
    monkeypatch.setattr(maps, "MOST_PINS", 1)
    north = Area.objects.create(code="north", name={"en": "North"})
    for _ in range(2):
        a_suggestion(area=north, **HERE)

    shown = client.get("/suggestions/map/", {"area": "north"})

    assert "here are the first 1." in shown.content.decode()
    assert len(shown.context["suggestions"]) == 1


@pytest.mark.parametrize("address", ["/suggestions/map/", "/suggestions/map/pins/", "/suggestions/map/ground/"])
def test_three_take_as_many_queries_as_one(client, address):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        return len(captured)

    a_suggestion(**HERE)
    queries()
    with_one = queries()
    for number in range(2):
        asset = Asset.objects.create(
            service=a_service(),
            code=str(number),
            name=str(number),
            latitude="51.02",
            longitude="3.91",
            area=Area.objects.create(code=f"a{number}", name={"en": str(number)}),
        )
        a_suggestion(asset=asset)

    assert queries() == with_one


def test_ground_shows_outlines_and_things_and_the_middle_where_there_is_no_outline(client):
    ring = {"type": "Polygon", "coordinates": [[[3.9, 51.0], [3.91, 51.0], [3.9, 51.01], [3.9, 51.0]]]}
    Area.objects.create(code="south", name={"en": "South"}, outline=ring)
    north = Area.objects.create(code="north", name={"en": "North"})
    for number, latitude in enumerate(("51.02", "51.04")):
        Asset.objects.create(service=a_service(), code=str(number), name=f"Stop {number}", area=north, latitude=latitude, longitude="3.9")

    features = client.get("/suggestions/map/ground/").json()["features"]

    by_name = {feature["properties"]["name"]: feature["geometry"] for feature in features}
    assert by_name["South"] == ring
    assert by_name["North"] == {"type": "Point", "coordinates": [3.9, 51.03]}
    assert set(by_name) == {"South", "North", "Stop 0", "Stop 1"}


def test_no_tile_is_asked_for_unless_the_city_names_a_server(client, settings):
    a_suggestion(**HERE)
    without = client.get("/suggestions/map/").content.decode()
    settings.MAP_TILES, settings.MAP_ATTRIBUTION = "https://tiles.city.example/{z}/{x}/{y}.png", "© The City <b>"

    tiled = client.get("/suggestions/map/").content.decode()

    assert 'data-tiles=""' in without
    assert 'data-tiles="https://tiles.city.example/{z}/{x}/{y}.png"' in tiled
    assert "© The City &lt;b&gt;" in tiled


# --- Homes -------------------------------------------------------------------------------------------------------------


def test_home_is_pinned_roughly_everywhere_and_its_place_is_read_by_nobody_outside(client):
    home = a_suggestion(place="Kaai 12 CANARY", is_home=True, **HERE)
    address = home.get_absolute_url()

    lists = [f"/suggestions/{page}" for page in ("", "?q=CANARY", "map/", "map/pins/", "feed.atom")]
    answers = {asked: client.get(asked).content.decode() for asked in (address, *lists)}

    assert not [asked for asked, answer in answers.items() if "Kaai" in answer]
    assert not [asked for asked, answer in answers.items() if "51.02104" in answer or "3.91051" in answer]
    assert "At somebody's home" in answers[address]
    assert places(client) == [(3.911, 51.021)]
    assert pins(client)[0]["properties"]["rough"] is True


def test_place_of_a_home_is_read_by_who_must_go_there_and_no_other_operator():
    home = a_suggestion(place="Kaai 12 CANARY", is_home=True)
    readers = {"operator": an_agent(), "clerk": a_clerk(), "another": an_agent(an_operator("another"))}

    reads = {name for name, reader in readers.items() if "CANARY" in a_browser(reader).get(home.get_absolute_url()).content.decode()}

    assert reads == {"operator", "clerk"}


def test_words_of_a_place_are_not_searched(client):
    a_suggestion(place="Kaai 12 CANARY", is_home=True)

    assert client.get("/suggestions/", {"q": "CANARY"}).context["counts"]["total"] == 0


# --- Hidden and private ones -------------------------------------------------------------------------------------------


def test_what_is_hidden_or_private_is_on_nobodys_map(client):
    hidden, private = a_suggestion(**HERE), a_suggestion(**HERE)
    conceal(hidden)
    Suggestion.objects.filter(pk=private.pk).update(visibility=Visibility.CITY_AND_OPERATOR)

    assert pins(client) == []
    assert len(pins(a_browser(a_clerk()))) == 1


# --- Pointing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("51.02104, 3.91051", ("51.02104", "3.91051")),
        ("51,02104; 3,91051", ("51.02104", "3.91051")),
        ("51,02104, 3,91051", ("51.02104", "3.91051")),
        (" 51.0210412345° N, 3.91051° E ", ("51.02104", "3.91051")),
        ("-33.9 18.4", ("-33.90000", "18.40000")),
        ("51 3", ("51.00000", "3.00000")),
    ],
)
def test_pin_is_read_as_people_write_it(written, read):
    assert read_pin(PinField().clean(written)) == tuple(Decimal(number) for number in read)


@pytest.mark.parametrize("written", ["here", "51.02", "91, 3", "51, 181", "٥١, ٣", "1e3, 2", "51.02104, 3.91051, 7", "NaN, 3", "5" * 60])
def test_pin_that_is_none_is_refused_with_words(written):
    with pytest.raises(ValidationError, match="two numbers|at most"):
        PinField().clean(written)


def test_pin_outside_the_city_is_refused(settings):
    settings.MAP_BOUNDS = [3.85, 50.97, 3.99, 51.07]

    with pytest.raises(ValidationError, match="outside the city"):
        PinField().clean("52.37, 4.89")
    assert PinField().clean("51.02, 3.91") == write_pin(Decimal("51.02"), Decimal("3.91"))


def test_pin_is_sent_with_the_form_without_any_script(client):
    a_contract()

    send(client, TYPED | {"pin": "51.02104, 3.91051"})

    assert (Suggestion.objects.get().latitude, Suggestion.objects.get().longitude) == (Decimal("51.02104"), Decimal("3.91051"))


def test_draft_of_a_home_keeps_its_pin_only_roughly(client):
    a_contract()

    key, _checked = type_in(client, TYPED | {"pin": "51.02104, 3.91051", "is_home": "on"})
    client.post("/write/check/", {"form_key": key})

    assert Suggestion.objects.get().latitude == Decimal("51.021")


def test_wrong_pin_is_explained_and_kept(client):
    a_contract()

    _key, response = type_in(client, TYPED | {"pin": "over there"})

    assert response.content.decode().count("Write two numbers: first the latitude") == 2
    assert "over there" in response.content.decode()


# --- Personal questions ------------------------------------------------------------------------------------------------


def test_answer_to_a_personal_question_is_read_by_city_and_operator_alone(client):
    a_contract()
    category = a_category()
    Question.objects.create(category=category, code="file", text={"en": "Your file"}, answer="text", is_public=False)
    Question.objects.create(category=category, code="bike", text={"en": "Which bicycle"}, answer="text")

    asked = client.get("/write/details/", {"service": "bikes", "kind": "problem", "category": "brakes"}).content.decode()
    send(client, TYPED | {"question_file": "CANARY", "question_bike": "4711"}, category="brakes")

    suggestion = Suggestion.objects.get()
    address = suggestion.get_absolute_url()
    assert "Only the city and the operator read this answer." in asked
    assert suggestion.public_words.answers == {"bike": "4711"}
    assert "CANARY" in client.get(address).content.decode()
    for reader, reads in ((None, False), (an_agent(), True), (a_clerk(), True), (an_agent(an_operator("another")), False)):
        assert ("CANARY" in a_browser(reader).get(address).content.decode()) is reads
    assert "4711" in a_browser().get(address).content.decode()


# --- Drafts ------------------------------------------------------------------------------------------------------------


def test_going_back_keeps_what_was_typed_right_or_wrong(client):
    a_contract()

    key, went = type_in(client, {"title": "", "text": "Half a sentence", "email": "not an address", "pin": "over there", "back": "1"})
    begun = client.get("/write/about/?service=bikes").content.decode()
    again = client.get("/write/details/", {"service": "bikes", "kind": "problem", "draft": key}).content.decode()

    assert went.url.startswith("/write/about/")
    assert f"draft={key}" in went.url
    assert "You have begun something" in begun
    assert "Half a sentence" in again
    assert "not an address" in again
    assert "over there" in again
    assert client.get("/write/check/", {"draft": key}).url.startswith("/write/details/")


def test_draft_that_is_sent_is_no_longer_offered(client):
    a_contract()
    send(client)

    assert "You have begun something" not in client.get("/write/about/?service=bikes").content.decode()
    assert Suggestion.objects.get().received_at != MONDAY_NOON
