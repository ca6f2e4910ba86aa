import uuid

import pytest

from portal.models import Act, Assurance, PersonKey, Role
from suggestions.actions.supports import Declaration, find_crossings, give_support, roll_up
from suggestions.models import Channel, Support, SupportTally
from tests.factories import (
    MONDAY_NOON,
    a_browser,
    a_citizen,
    a_clause,
    a_clerk,
    a_member,
    a_suggestion,
    an_agent,
    nobody,
)
from tests.suggestions.test_supports import ANNA, a_proven_citizen

pytestmark = pytest.mark.django_db


def address_of(suggestion, what="support/"):
    return f"/suggestions/{suggestion.reference}/{what}"


def the_form(**fields):
    return {"form_key": str(uuid.uuid4())} | fields


def declared(**fields):
    return the_form(name="Anna Peeters", born_on="1960-05-17", postcode="2000") | fields


def count_of(suggestion):
    return sum(SupportTally.objects.counts_of(suggestion).values())


def test_one_press_with_an_account_supports_and_the_page_says_so_at_once():
    suggestion, browser = a_suggestion(), a_browser(a_proven_citizen())

    response = browser.post(address_of(suggestion), follow=True)

    assert "1 person supports this" in response.text
    assert "You have supported this since" in response.text
    assert count_of(suggestion) == 1


def test_press_by_htmx_answers_with_the_box_alone():
    suggestion, browser = a_suggestion(), a_browser(a_proven_citizen())

    response = browser.post(address_of(suggestion), headers={"HX-Request": "true"})

    assert "Take my support back" in response.text
    assert "<html" not in response.text


def test_take_back_with_an_account():
    suggestion, browser = a_suggestion(), a_browser(a_proven_citizen())
    browser.post(address_of(suggestion))

    browser.post(address_of(suggestion, "support/take-back/"))

    assert count_of(suggestion) == 0


def test_reader_without_an_account_finds_a_link_and_no_form_with_a_token():
    response = a_browser().get(address_of(a_suggestion(), ""))

    assert "Support this" in response.text
    assert "csrfmiddlewaretoken" not in response.text


def test_support_without_an_account_gives_a_receipt_that_takes_it_back():
    suggestion, browser = a_suggestion(), a_browser()
    page = browser.post(address_of(suggestion), declared(), follow=True)
    support = Support.objects.get()

    stranger = a_browser()
    words = page.context["receipt"]["phrase"]
    response = stranger.post(address_of(suggestion, "support/take-back/"), {"reference": support.reference, "phrase": words}, follow=True)

    assert support.reference in page.text
    assert words in page.text
    assert "You took your support back." in response.text
    assert count_of(suggestion) == 0


def test_repeated_declaration_shows_the_same_page_as_the_first():
    suggestion = a_suggestion()
    first = a_browser().post(address_of(suggestion), declared(), follow=True)

    second = a_browser().post(address_of(suggestion), declared(), follow=True)

    assert "Your support is noted" in first.text
    assert "Your support is noted" in second.text
    assert second.context["receipt"]["reference"] != first.context["receipt"]["reference"]
    assert count_of(suggestion) == 1


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"born_on": ""}, "Write your birth date, or leave all three empty."),
        ({"postcode": ""}, "Write your postcode, or leave all three empty."),
        ({"born_on": "yesterday"}, "Write the date as day, month and year"),
        ({"born_on": "2099-01-01"}, "This birth date cannot be right."),
        ({"name": "x" * 500}, "Keep the name within 120 characters."),
        ({"name": "Anna\x00"}, "Null characters are not allowed."),
    ],
)
def test_wrong_declaration_gets_one_sentence_and_loses_nothing(wrong, sentence):
    suggestion = a_suggestion()

    response = a_browser().post(address_of(suggestion), declared(**wrong))

    assert response.status_code == 422
    assert sentence in response.text
    assert 'value="2000"' in response.text or "postcode" in wrong
    assert count_of(suggestion) == 0


def test_form_without_its_key_is_refused_and_not_a_fault():
    assert a_browser().post(address_of(a_suggestion()), {}).status_code == 422


def test_officials_may_not_support():
    suggestion = a_suggestion()

    for official in (a_clerk(), an_agent()):
        assert a_browser(official).post(address_of(suggestion)).status_code == 403


def test_suggestion_that_is_not_public_takes_no_support_from_strangers():
    suggestion = a_suggestion(visibility="city_and_operator")

    assert a_browser(a_citizen()).post(address_of(suggestion)).status_code == 404


def test_sixty_people_behind_one_address_all_pass_and_a_script_does_not(settings):
    suggestion = a_suggestion()

    answers = [a_browser().post(address_of(suggestion), the_form(), REMOTE_ADDR="203.0.113.60").status_code for _ in range(103)]

    assert set(answers[:60]) == {302}
    assert answers[-1] == 422


def test_page_says_how_many_are_missing_and_then_what_the_city_must_do():
    a_clause(Act.HEAR, None, support_threshold=2, threshold_assurance=Assurance.DECLARED, within_minutes=20 * 8 * 60)
    suggestion = a_suggestion()
    give_support(suggestion=suggestion, by=nobody(), channel=Channel.PAPER, declaration=ANNA, at=MONDAY_NOON)
    before = a_browser().get(address_of(suggestion, "")).text
    other = Declaration(name="Piet Jansen", born_on=ANNA.born_on, postcode="2000")
    give_support(suggestion=suggestion, by=nobody(), channel=Channel.KIOSK, declaration=other, at=MONDAY_NOON)
    roll_up(at=MONDAY_NOON)
    find_crossings(at=MONDAY_NOON)

    after = a_browser().get(address_of(suggestion, "")).text

    assert "1 of 2: then the city must hear the petition." in before
    assert "The 2 that count were reached on" in after
    assert "must hear the petition" in after


def test_verification_officer_sees_doubts_without_names_and_settles_them():
    suggestion, officer = a_suggestion(), a_browser(a_member(Role.VERIFICATION_OFFICER))
    give_support(suggestion=suggestion, by=a_proven_citizen("one@example.org"), channel=Channel.WEB, declaration=ANNA, at=MONDAY_NOON)
    second = a_proven_citizen("two@example.org")
    held = give_support(suggestion=suggestion, by=second, channel=Channel.WEB, declaration=ANNA, at=MONDAY_NOON).support

    page = officer.get("/desk/doubts/")
    empty = officer.post(f"/desk/doubts/{held.uuid}/", {f"{held.uuid}-counts": "yes"})
    officer.post(f"/desk/doubts/{held.uuid}/", {f"{held.uuid}-counts": "yes", f"{held.uuid}-reason": "Both came to the desk."})

    assert "agrees with another support in one thing" in page.text
    assert not any(secret in page.text for secret in ("Anna", "Peeters", "two@example.org", second.person.email))
    assert empty.status_code == 422
    assert "Say in a sentence how you know." in empty.text
    assert count_of(suggestion) == 2


@pytest.mark.parametrize("role", [Role.CITY_CLERK, Role.CITY_MANAGER, Role.AUDITOR, Role.OPERATOR_AGENT, Role.COUNCIL_SECRETARY])
def test_others_never_see_the_doubts(role):
    assert a_browser(a_member(role)).get("/desk/doubts/").status_code == 403


def test_person_who_proves_an_account_counts_as_proven():
    suggestion, citizen = a_suggestion(), a_proven_citizen()

    a_browser(citizen).post(address_of(suggestion))

    assert SupportTally.objects.counts_of(suggestion) == {(Channel.WEB, Assurance.EMAIL): 1}
    assert PersonKey.objects.filter(person=citizen.person).count() == 1
