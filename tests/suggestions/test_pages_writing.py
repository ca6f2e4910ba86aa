import re
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine

from portal.models import Area, Asset, Organisation, Question, Visibility
from suggestions.models import Suggestion
from tests.factories import (
    DAY,
    MONDAY_NOON,
    a_browser,
    a_category,
    a_contract,
    a_person,
    a_service,
    an_agent,
    an_operator,
    the_default_rules,
)

pytestmark = pytest.mark.django_db
ABOUT = {"service": "bikes", "kind": "problem"}
TYPED = {"title": "The brakes squeal", "text": "Every morning.", "answer_by": "come_back"}


def details(client, **about):
    """The form page, and the key in it."""
    response = client.get("/write/details/", ABOUT | about)
    assert response.status_code == 200
    return str(response.context["form"]["form_key"].value())


def type_in(client, typed=TYPED, **about):
    """Fill in the form page; the answer leads to the check, or shows what is wrong."""
    key = details(client, **about)
    query = "&".join(f"{name}={value}" for name, value in (ABOUT | about).items())
    return key, client.post(f"/write/details/?{query}", {"form_key": key, **typed})


def send(client, typed=TYPED, **about):
    key, _response = type_in(client, typed, **about)
    return client.post("/write/check/", {"form_key": key})


def test_life_of_a_form_takes_four_screens_and_no_script(client):
    a_contract()
    a_service("waste")

    services = client.get("/write/").content.decode()
    about = client.get("/write/about/", {"service": "bikes"}).content.decode()
    on = client.get("/write/about/", ABOUT | {"sent": "1"})
    _key, checked = type_in(client)
    check = client.get(checked.url).content.decode()
    sent = client.post("/write/check/", {"form_key": parse_qs(urlsplit(checked.url).query)["draft"][0]})

    assert "Which service is it about?" in services
    assert "Say something about Shared bicycles" in about
    assert on.url.startswith("/write/details/")
    assert "Check your answers" in check
    assert "The brakes squeal" in check
    assert sent.url == "/receipt/"
    assert Suggestion.objects.get().title == "The brakes squeal"


def test_one_service_needs_no_choice(client):
    a_contract()

    assert client.get("/write/").url == "/write/about/?service=bikes"


@time_machine.travel(MONDAY_NOON, tick=False)
def test_day_of_the_answer_is_told_before_sending(client):
    a_contract()
    key, checked = type_in(client)

    form = client.get("/write/details/", ABOUT).content.decode()
    check = client.get(checked.url).content.decode()

    for shown in (form, check):
        assert re.search(r"The Operator</strong> must decide, with reasons by <time[^>]*>Mon 9 Mar, 12:00", shown)
    assert Suggestion.objects.count() == 0


@time_machine.travel(MONDAY_NOON, tick=False)
def test_told_moments_are_the_ones_that_are_owed(client):
    a_contract()
    _key, checked = type_in(client)

    told = [promise.due_at for promise in client.get(checked.url).context["promises"]]
    client.post("/write/check/", {"form_key": _key})

    assert told == list(Suggestion.objects.get().obligations.due_first().values_list("due_at", flat=True))


@time_machine.travel(MONDAY_NOON, tick=False)
def test_silent_contract_is_told_before_sending(client):
    the_default_rules()
    a_contract(clauses=False)

    shown = client.get("/write/details/", ABOUT).content.decode()

    assert "The City</strong> must decide, with reasons" in shown
    assert "The contract is silent" in shown


def test_wrong_form_keeps_what_was_typed_and_says_the_same_words_twice(client):
    a_contract()

    _key, response = type_in(client, {"title": "", "text": "Every morning.", "answer_by": "email", "email": ""})
    shown = response.content.decode()

    assert "<title>Error: " in shown
    assert shown.count("Say in one sentence what it is about.") == 2
    assert 'href="#id_title"' in shown
    assert shown.count("Write the e-mail address to which the answer should go.") == 2
    assert "Every morning." in shown
    assert Suggestion.objects.count() == 0


def test_kind_is_asked_for_with_an_error_linked_to_the_first_choice(client):
    a_contract()

    shown = client.get("/write/about/", {"service": "bikes", "sent": "1"}).content.decode()

    assert "<title>Error: " in shown
    assert 'href="#id_kind_0"' in shown
    assert 'id="id_kind_0"' in shown


def test_going_back_from_the_check_loses_nothing(client):
    a_contract()
    _key, checked = type_in(client)

    shown = client.get(client.get(checked.url).context["details"]).content.decode()

    assert "The brakes squeal" in shown
    assert "Every morning." in shown


def test_categorys_own_questions_are_asked_and_kept(client):
    a_contract()
    category = a_category()
    Question.objects.create(category=category, code="number", text={"en": "Which bicycle?"}, answer="number", is_required=True)
    Question.objects.create(category=category, code="ride", text={"en": "Could you ride it?"}, answer="yes_no", place=1)

    _key, wrong = type_in(client, category="brakes")
    sent = send(client, TYPED | {"question_number": "4711", "question_ride": "no"}, category="brakes")

    assert "Answer this question: Which bicycle?" in wrong.content.decode()
    assert sent.status_code == 302
    assert Suggestion.objects.get().answers == {"number": "4711", "ride": "no"}
    assert Suggestion.objects.get().category == category


def test_category_must_fit_the_kind(client):
    a_contract()
    category = a_category()
    category.kinds = ["idea"]
    category.save()

    response = client.get("/write/about/", ABOUT | {"category": "brakes", "sent": "1"})

    assert "This category is not for what you chose above." in response.content.decode()


def test_place_is_found_by_its_name_or_number_and_brings_its_area(client):
    service = a_contract().service
    area = Area.objects.create(code="north", name={"en": "North"})
    asset = Asset.objects.create(service=service, code="012", name="012 Market Square", area=area)

    _key, unknown = type_in(client, TYPED | {"asset": "999"})
    send(client, TYPED | {"asset": "012 MARKET square"})

    assert "We do not know this one." in unknown.content.decode()
    assert (Suggestion.objects.get().asset, Suggestion.objects.get().area) == (asset, area)


def test_only_what_the_chosen_way_needs_is_kept(client):
    a_contract()

    send(client, TYPED | {"answer_by": "sms", "phone": "0470 00 00 00", "email": "ann@example.org", "postal_address": "Here 1"})

    person = Suggestion.objects.get().contact
    assert (person.phone, person.email, person.postal_address) == ("0470 00 00 00", None, "")


def test_author_may_keep_it_between_city_and_operator(client):
    a_contract()

    send(client, TYPED | {"is_private": "on"})

    assert Suggestion.objects.get().visibility == Visibility.CITY_AND_OPERATOR


def test_form_sent_twice_is_kept_once_and_leads_to_the_same_receipt(client):
    a_contract()
    key, _checked = type_in(client)

    answers = [client.post("/write/check/", {"form_key": key}) for _ in range(2)]

    assert [answer.url for answer in answers] == ["/receipt/", "/receipt/"]
    assert Suggestion.objects.count() == 1


def test_two_forms_at_once_do_not_mix(client):
    a_contract()
    first, _checked = type_in(client, TYPED | {"title": "First"})
    second, _checked = type_in(client, TYPED | {"title": "Second"})

    client.post("/write/check/", {"form_key": first})
    client.post("/write/check/", {"form_key": second})

    assert list(Suggestion.objects.order_by("id").values_list("title", flat=True)) == ["First", "Second"]


def test_refusal_at_the_last_step_loses_nothing(client):
    Organisation.objects.all().delete()
    service = a_contract(clauses=False).service  # neither contract nor city says by when
    key, _checked = type_in(client, service=service.code)

    refused = client.post("/write/check/", {"form_key": key})
    again = client.get("/write/check/", {"draft": key})

    assert "Nobody owes this yet" in refused.content.decode()
    assert "Nothing you typed is lost." in refused.content.decode()
    assert "The brakes squeal" in again.content.decode()


@pytest.mark.parametrize("key", ["", "nonsense", "\0", "00000000-0000-0000-0000-000000000000"])
def test_draft_that_is_not_there_is_explained(client, key):
    response = client.get("/write/check/", {"draft": key})

    assert response.status_code == 410
    assert "We no longer have what you typed" in response.content.decode()
    assert client.post("/write/check/", {"form_key": key}).status_code == 410


@pytest.mark.parametrize(
    "address",
    [
        "/write/about/",
        "/write/about/?service=none",
        "/write/about/?service=%00",
        "/write/details/",
        "/write/details/?service=bikes",
        "/write/details/?service=bikes&kind=petition",
        "/write/details/?service=bikes&kind=problem&category=none",
    ],
)
def test_odd_steps_lead_back_to_a_question(client, address):
    a_contract()

    assert client.get(address, follow=True).status_code == 200


def test_null_bytes_and_long_texts_are_refused_with_words(client):
    a_contract()

    _key, response = type_in(client, TYPED | {"title": "a\0b", "text": "x" * 6000, "form_key": "no key"})

    assert response.status_code == 200
    assert "Keep the text within 5,000 characters." in response.content.decode()
    assert Suggestion.objects.count() == 0


def test_signed_in_citizen_is_the_author_and_need_not_repeat_the_address(client):
    a_contract()
    client.force_login(person := a_person(email="ann@example.org", name="Ann"))

    shown = client.get("/write/details/", ABOUT).content.decode()
    send(client, TYPED | {"answer_by": "email", "email": "ann@example.org"})

    assert 'value="ann@example.org"' in shown
    assert Suggestion.objects.get().author.person == person
    assert Suggestion.objects.get().contact == person


def test_operators_agent_may_not_write_as_a_citizen():
    a_contract()

    assert a_browser(an_agent(an_operator())).get("/write/").status_code == 403


@time_machine.travel(MONDAY_NOON, tick=False)
def test_service_with_a_check_says_so(client):
    service = a_contract().service
    service.visibility = Visibility.AFTER_CHECK
    service.save()

    assert "The city reads it before it becomes public." in client.get("/write/details/", ABOUT).content.decode()


def test_retired_service_takes_nothing(client):
    service = a_contract().service
    key, _checked = type_in(client)
    service.retired_at = MONDAY_NOON - DAY
    service.save()

    assert client.post("/write/check/", {"form_key": key}).status_code == 410
    assert Suggestion.objects.count() == 0


def test_form_sent_again_after_the_answer_was_lost_on_the_way_gives_the_receipt(client):
    """The connection breaks after the commit: the browser still has the cookies from before it sent."""
    a_contract()
    key, _checked = type_in(client)
    cookies = client.cookies.copy()
    client.post("/write/check/", {"form_key": key})
    client.cookies = cookies

    again = client.post("/write/check/", {"form_key": key})

    assert again.status_code == 302
    assert Suggestion.objects.get().reference in client.get(again.url).content.decode()


def test_session_that_will_hold_a_receipt_has_a_key_that_nobody_knew_before(client):
    a_contract()
    type_in(client)
    known_before = client.session.session_key

    key, _checked = type_in(client)
    client.post("/write/check/", {"form_key": key})

    assert client.session.session_key != known_before
    assert not client.session.__class__(known_before).exists(known_before)
