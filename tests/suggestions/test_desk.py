"""The desk through HTTP: who may do what, what it changes, and what happens to what was typed."""

from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.models import Act, Actor, Role, Visibility
from suggestions.actions.commitments import promise_date
from suggestions.actions.decisions import decide
from suggestions.models import Decision, Response, Status, Suggestion
from tests.factories import (
    DAY,
    HOUR,
    MONDAY_NOON,
    a_browser,
    a_citizen,
    a_city_manager,
    a_clerk,
    a_contact,
    a_criterion,
    a_member,
    a_suggestion,
    an_agent,
    an_operator,
    an_operator_manager,
    the_city,
    the_obligation,
)

pytestmark = pytest.mark.django_db
Outcome = Decision.Outcome


@pytest.fixture(autouse=True)
def _an_hour_after_it_arrived():
    with time_machine.travel(MONDAY_NOON + HOUR, tick=False):
        yield


def an_open_case() -> Suggestion:
    return a_suggestion()


def an_accepted_case() -> Suggestion:
    suggestion = a_suggestion()
    decide(suggestion=suggestion, by=an_agent(), outcome=Outcome.ACCEPTED, reasons="Yes.", at=MONDAY_NOON)
    return suggestion


def a_promised_case() -> Suggestion:
    suggestion = an_accepted_case()
    promise_date(suggestion=suggestion, by=an_agent(), what="New brakes", due_on=date(2026, 3, 20), at=MONDAY_NOON)
    return suggestion


def a_proposed_case() -> Suggestion:
    suggestion = a_suggestion()
    decide(suggestion=suggestion, by=an_agent(), outcome=Outcome.HANDED_OVER, reasons="Not our road.", handed_to=the_city(), at=MONDAY_NOON)
    return suggestion


def an_unchecked_case() -> Suggestion:
    suggestion = a_suggestion()
    Suggestion.objects.filter(pk=suggestion.pk).update(visibility=Visibility.AFTER_CHECK, status=Status.AWAITING_CHECK)
    return suggestion


def another_operators_agent() -> Actor:
    return an_agent(an_operator("other"))


def a_helper() -> Actor:
    return a_member(Role.HELPER)


def an_auditor() -> Actor:
    return a_member(Role.AUDITOR)


RESPONDERS = (an_agent, an_operator_manager, a_clerk, a_city_manager)
EVERYBODY = (*RESPONDERS, an_auditor, a_helper, a_citizen, another_operators_agent)
WHO_MAY = {"settle": (a_city_manager,), "clear": (a_clerk, a_city_manager)}
ACTS = {
    "acknowledge": (an_open_case, {"text": "Thank you."}),
    "update": (an_open_case, {"text": "We are looking at it."}),
    "ask": (an_open_case, {"text": "Which bicycle?"}),
    "decide": (an_open_case, {"outcome": "accepted", "reasons": "You are right."}),
    "fix": (an_open_case, {"evidence": "Brakes replaced, photo at the depot.", "evidence_url": ""}),
    "deliver": (an_accepted_case, {"evidence": "Brakes replaced."}),
    "promise": (an_accepted_case, {"what": "New brakes", "due_on": "2026-03-20"}),
    "move_promise": (a_promised_case, {"due_on": "2026-04-20", "reason": "The parts are late."}),
    "settle": (a_proposed_case, {"agrees": "yes", "note": "It is our road."}),
    "clear": (an_unchecked_case, {}),
}
DONE = {
    "acknowledge": lambda case: not the_obligation(case, Act.ACKNOWLEDGE).is_open,
    "update": lambda case: case.responses.filter(kind=Response.Kind.UPDATE).exists(),
    "ask": lambda case: case.responses.filter(kind=Response.Kind.QUESTION).exists(),
    "decide": lambda case: case.status == Status.ANSWERED,
    "fix": lambda case: case.status == Status.DELIVERED,
    "deliver": lambda case: case.status == Status.DELIVERED,
    "promise": lambda case: case.status == Status.PROMISED,
    "move_promise": lambda case: case.commitments.get().later_dates.exists(),
    "settle": lambda case: case.decisions.get().effective_at is not None,
    "clear": lambda case: case.cleared_at is not None,
}


def door(act: str, suggestion: Suggestion) -> str:
    return reverse(f"suggestions:{act}", args=[suggestion.reference])


def case_page(suggestion: Suggestion) -> str:
    return reverse("suggestions:case", args=[suggestion.reference])


def is_done(act: str, suggestion: Suggestion) -> bool:
    suggestion.refresh_from_db()
    return DONE[act](suggestion)


@pytest.mark.parametrize(("act", "role"), [(act, role) for act in ACTS for role in WHO_MAY.get(act, RESPONDERS)])
def test_who_may_act_does_so_through_the_desk(act, role):
    prepare, answers = ACTS[act]
    suggestion = prepare()

    response = a_browser(role()).post(door(act, suggestion), answers)

    assert response.status_code == 302
    assert response.url == case_page(suggestion)
    assert is_done(act, suggestion)


@pytest.mark.parametrize("act", ACTS)
def test_who_may_not_act_is_refused_and_changes_nothing(act):
    prepare, answers = ACTS[act]
    suggestion = prepare()
    others = [role for role in EVERYBODY if role not in WHO_MAY.get(act, RESPONDERS)]

    found = {role.__name__: a_browser(role()).post(door(act, suggestion), answers).status_code for role in others}

    assert set(found.values()) <= {403, 404}, found
    assert not is_done(act, suggestion)


@pytest.mark.parametrize("act", ACTS)
def test_nobody_is_asked_to_sign_in_first(act):
    prepare, answers = ACTS[act]
    suggestion = prepare()

    response = a_browser().post(door(act, suggestion), answers)

    assert response.status_code == 302
    assert response.url.startswith(reverse("portal:sign_in"))
    assert not is_done(act, suggestion)


def test_an_act_is_never_done_by_looking():
    suggestion = a_suggestion()

    assert {a_browser(an_agent()).get(door(act, suggestion)).status_code for act in ACTS} == {405}


def test_case_that_a_role_may_not_see_does_not_exist_for_it():
    suggestion = a_suggestion(visibility=Visibility.CITY_AND_OPERATOR)

    found = [a_browser(actor).get(case_page(suggestion)).status_code for actor in (another_operators_agent(), a_citizen(), an_agent())]

    assert found == [404, 404, 200]


def test_public_case_is_at_the_desk_of_its_own_operator_and_the_city_only():
    suggestion = a_suggestion()

    found = {role.__name__: a_browser(role()).get(case_page(suggestion)).status_code for role in EVERYBODY}

    assert {name for name, status in found.items() if status == 200} == {*(role.__name__ for role in RESPONDERS), "an_auditor"}
    assert set(found.values()) == {200, 403}


# --- What was typed ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "answers", "sentence"),
    [
        ("acknowledge", {"text": "   "}, "Write the acknowledgement first."),
        ("decide", {"outcome": "declined", "reasons": "Far too dear for us."}, "A refusal names one of the published criteria."),
        ("decide", {"outcome": "handed_over", "reasons": "Not ours at all."}, "Say who takes the case on."),
        ("decide", {"outcome": "accepted", "reasons": "Yes indeed.", "promise": "New brakes"}, "A promise says both"),
        (
            "decide",
            {"outcome": "accepted", "reasons": "Yes indeed.", "promise": "New brakes", "promised_on": "2026-12-24"},
            "The contract allows promises of at most 90 days ahead.",
        ),
        ("decide", {"outcome": "accepted", "reasons": "Yes.", "promise": "Brakes", "promised_on": "2026-01-05"}, "lies in the past"),
        ("decide", {"reasons": "No outcome was chosen."}, "Choose what you decide."),
        ("fix", {"evidence": "Mended yesterday.", "evidence_url": "photo of it"}, "Write a full address"),
        ("fix", {"evidence": ""}, "Say what was done and how anybody can check it."),
    ],
)
def test_refused_act_says_why_at_the_form_and_keeps_what_was_typed(act, answers, sentence):
    suggestion = a_suggestion()

    response = a_browser(an_agent()).post(door(act, suggestion), answers)

    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    assert "<title>Error:" in page
    assert all(typed in page for typed in answers.values() if typed.strip())
    assert not suggestion.responses.exists()


def test_later_day_that_is_earlier_is_refused_at_its_field():
    suggestion = a_promised_case()

    response = a_browser(an_agent()).post(door("move_promise", suggestion), {"due_on": "2026-03-10", "reason": "We are quick."})

    assert response.status_code == 422
    assert response.context["form"].errors["due_on"] == ["A new day must come after the one that was named before."]
    assert "We are quick." in response.content.decode()


def test_criterion_of_an_acceptance_is_not_dropped_in_silence():
    suggestion = a_suggestion()

    response = a_browser(an_agent()).post(
        door("decide", suggestion), {"outcome": "accepted", "reasons": "Yes.", "criterion": a_criterion().pk}
    )

    assert response.status_code == 422
    assert "criterion" in response.context["form"].errors


def test_act_that_came_too_late_says_so_and_keeps_what_was_typed():
    suggestion = an_accepted_case()

    response = a_browser(an_agent()).post(door("decide", suggestion), {"outcome": "accepted", "reasons": "A second opinion."})

    page = response.content.decode()
    assert response.status_code == 422
    assert "This suggestion has been decided." in page
    assert "A second opinion." in page


# --- What the desk says ------------------------------------------------------------------------------------------------


def test_question_says_before_and_after_which_clock_stands():
    suggestion = a_suggestion(**a_contact())
    browser = a_browser(an_agent())

    before = browser.get(case_page(suggestion)).content.decode()
    after = browser.post(door("ask", suggestion), {"text": "Which bicycle?"}, follow=True).content.decode()

    assert "1 clock of yours will stand until the citizen replies." in before
    assert "Your question is public. 1 clock stands until the citizen replies." in after


def test_question_to_somebody_who_cannot_be_reached_says_that_no_clock_stands_and_why():
    suggestion = a_suggestion()
    browser = a_browser(an_agent())

    before = browser.get(case_page(suggestion)).content.decode()
    after = browser.post(door("ask", suggestion), {"text": "Which bicycle?"}, follow=True).content.decode()

    assert "No clock will stand: the citizen left no way to be reached" in before
    assert "Your question is public. No clock stands: the citizen left no way to be reached" in after


def test_proposal_of_an_operator_says_that_its_clock_runs_on():
    suggestion = a_suggestion()

    page = a_browser(an_agent()).post(
        door("decide", suggestion), {"outcome": "out_of_scope", "reasons": "Not ours.", "criterion": a_criterion().pk}, follow=True
    )

    assert "Your clock runs until the city settles it." in page.content.decode()
    assert the_obligation(suggestion, Act.ANSWER).is_open


def test_city_is_told_what_answering_does_to_the_operators_clock():
    suggestion = a_suggestion()

    clerk, agent = (a_browser(actor).get(case_page(suggestion)).content.decode() for actor in (a_clerk(), an_agent()))

    assert "You answer in the place of The Operator." in clerk
    assert "You answer in the place of" not in agent


def test_desk_never_shows_how_the_citizen_can_be_reached():
    contact = a_contact()
    suggestion = a_suggestion(**contact)

    clerk, agent = (a_browser(actor).get(case_page(suggestion)).content.decode() for actor in (a_clerk(), an_agent()))

    assert contact["contact"].email not in clerk + agent
    assert "Show contact data" in clerk
    assert "a way to reach the author" not in agent
    assert "Answer goes by" not in agent


def test_auditor_reads_the_record_of_a_hidden_case_but_not_its_words():
    suggestion = a_suggestion(visibility=Visibility.CITY_AND_OPERATOR, title="A private title", text="Private words.", place="At my door")

    response = a_browser(an_auditor()).get(case_page(suggestion))

    page = response.content.decode()
    assert response.status_code == 200
    assert not any(words in page for words in ("A private title", "Private words.", "At my door"))
    assert response.context["acts"] == []


def test_queue_shows_the_auditor_no_words_that_are_not_public():
    suggestion = a_suggestion(visibility=Visibility.CITY_AND_OPERATOR, title="A private title")
    decide(suggestion=suggestion, by=a_city_manager(), outcome=Outcome.HANDED_OVER, reasons="Ours.", handed_to=the_city(), at=MONDAY_NOON)

    clerk, auditor = (a_browser(actor).get(reverse("suggestions:queue")).content.decode() for actor in (a_clerk(), an_auditor()))

    assert "A private title" in clerk
    assert "A private title" not in auditor
    assert suggestion.reference in auditor


def test_two_proposals_never_wait_and_the_one_that_waits_is_shown_to_the_city_manager():
    suggestion = a_proposed_case()

    agent, manager = (a_browser(actor).get(case_page(suggestion)) for actor in (an_agent(), a_city_manager()))

    assert "decide" not in {form.name for form in agent.context["acts"]}
    assert "settle" in {form.name for form in manager.context["acts"]}
    assert "Not our road." in manager.content.decode()


def test_receiver_of_a_hidden_case_finds_it_at_its_desk():
    suggestion = a_suggestion(visibility=Visibility.CITY_AND_OPERATOR)
    receiver = an_operator("receiver")
    decide(suggestion=suggestion, by=a_city_manager(), outcome=Outcome.HANDED_OVER, reasons="Theirs.", handed_to=receiver, at=MONDAY_NOON)

    response = a_browser(an_agent(receiver)).get(case_page(suggestion))

    assert response.status_code == 200


# --- The queue ---------------------------------------------------------------------------------------------------------


def titles(response) -> list[str]:
    return [suggestion.title for suggestion in response.context["page"].object_list]


def test_queue_holds_what_my_organisation_owes_and_the_first_due_stands_first():
    a_suggestion(title="Young", at=MONDAY_NOON)
    a_suggestion(title="Old", at=MONDAY_NOON - 3 * DAY)
    other = an_operator("other")
    agent, stranger = an_agent(), an_agent(other)

    mine, theirs = (a_browser(actor).get(reverse("suggestions:queue")) for actor in (agent, stranger))

    assert titles(mine) == ["Old", "Young"]
    assert titles(theirs) == []


def test_queue_narrows_by_address_and_counts_each_choice():
    brakes = a_suggestion(title="Brakes", at=MONDAY_NOON - 4 * DAY)
    a_suggestion(title="Bell", at=MONDAY_NOON)
    agent = an_agent()
    browser = a_browser(agent)
    browser.post(door("update", brakes), {"text": "We look at it."})

    late = browser.get(reverse("suggestions:queue"), {"late": "late"})
    to_acknowledge = browser.get(reverse("suggestions:queue"), {"act": "acknowledge"})
    mine = browser.get(reverse("suggestions:queue"), {"mine": "mine"})
    nonsense = browser.get(reverse("suggestions:queue"), {"act": "dance", "page": "many"})

    assert titles(to_acknowledge) == ["Bell"]
    assert titles(mine) == ["Brakes"]
    assert titles(late) == []
    assert set(titles(nonsense)) == {"Brakes", "Bell"}
    counts = {choice.label: choice.count for facet in nonsense.context["facets"] for choice in facet.choices}
    assert counts["acknowledge"] == 1
    assert counts["decide, with reasons"] == 2


def test_queue_is_for_those_who_have_a_desk():
    found = {role.__name__: a_browser(role()).get(reverse("suggestions:queue")).status_code for role in (*RESPONDERS, a_helper, a_citizen)}

    assert {name for name, status in found.items() if status == 403} == {"a_helper", "a_citizen"}
    assert a_browser().get(reverse("suggestions:queue")).status_code == 302


def test_queue_and_case_cost_the_same_for_one_and_three_cases():
    first = a_suggestion(at=MONDAY_NOON - 3 * DAY)
    browser = a_browser(an_agent())
    browser.get(case_page(first))  # what is kept in memory is read once
    costs = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queue:
            browser.get(reverse("suggestions:queue"))
        with CaptureQueriesContext(connection) as case:
            browser.get(case_page(first))
        costs.append((len(queue), len(case)))
        a_suggestion(kind="idea")
        a_suggestion(at=MONDAY_NOON - 2 * DAY)

    assert costs[0] == costs[1]
