from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection

from portal.models import Act, Actor, AnswerBy, Event, Person, SuggestionKind, Visibility
from suggestions.actions.obligations import NoRule
from suggestions.actions.suggestions import (
    Contact,
    NotOffered,
    NotYetReceived,
    NoWayToAnswer,
    WrongPhrase,
    clear_suggestion,
    open_with_phrase,
)
from suggestions.models import Channel, Obligation, Status, Suggestion
from tests.factories import (
    DAY,
    MONDAY_NOON,
    a_category,
    a_citizen,
    a_clause,
    a_clerk,
    a_contract,
    a_receipt,
    a_service,
    a_suggestion,
    an_agent,
    an_operator,
    nobody,
    the_city,
    the_default_rules,
    the_obligation,
)


@pytest.mark.django_db
def test_submitting_starts_the_clocks_of_the_contract_in_its_opening_hours():
    suggestion = a_suggestion()

    clocks = {obligation.act: obligation for obligation in suggestion.obligations.all()}
    assert set(clocks) == {Act.ACKNOWLEDGE, Act.ANSWER, Act.SOLVE}
    assert clocks[Act.ACKNOWLEDGE].due_at == datetime(2026, 3, 3, 11, tzinfo=UTC)  # eight working hours: Tuesday noon
    assert clocks[Act.ANSWER].due_at == datetime(2026, 3, 9, 11, tzinfo=UTC)  # five working days: the next Monday noon
    assert all(clock.owner == an_operator() and not clock.is_gap for clock in clocks.values())


@pytest.mark.django_db
def test_idea_has_no_repair_time():
    suggestion = a_suggestion(kind=SuggestionKind.IDEA)

    assert not suggestion.obligations.filter(act=Act.SOLVE).exists()


@pytest.mark.django_db
def test_clause_of_the_category_wins_over_the_general_one():
    contract = a_contract()
    category = a_category(contract.service)
    specific = a_clause(Act.SOLVE, contract, kind=SuggestionKind.PROBLEM, category=category, within_minutes=60)

    suggestion = a_suggestion(category=category)

    assert the_obligation(suggestion, Act.SOLVE).service_level == specific


@pytest.mark.django_db
def test_where_the_contract_is_silent_the_city_owes_and_it_counts_as_a_gap():
    the_default_rules()
    silent = a_service("home-care")

    suggestion = a_suggestion(service=silent)

    answer = the_obligation(suggestion, Act.ANSWER)
    assert (answer.owner, answer.is_gap) == (the_city(), True)


@pytest.mark.django_db
def test_service_for_which_nobody_owes_anything_takes_no_suggestion():
    the_city()

    with pytest.raises(NoRule):
        a_suggestion(service=a_service("orphan"))
    assert Suggestion.objects.count() == 0


@pytest.mark.django_db
def test_paper_runs_from_the_day_of_receipt_and_is_known_from_typing_in():
    received = MONDAY_NOON - 3 * DAY

    suggestion = a_suggestion(channel=Channel.PAPER, by=a_clerk(), received_at=received)

    answer = the_obligation(suggestion, Act.ANSWER)
    assert (suggestion.received_at, suggestion.known_at) == (received, MONDAY_NOON)
    assert (answer.opened_at, answer.known_at) == (received, MONDAY_NOON)


@pytest.mark.django_db
def test_receipt_of_the_future_is_refused():
    with pytest.raises(NotYetReceived):
        a_suggestion(received_at=MONDAY_NOON + DAY)


@pytest.mark.django_db
def test_reference_and_phrase_open_the_case_and_nothing_else_does():
    receipt = a_receipt()

    holder = open_with_phrase(reference=receipt.suggestion.reference, phrase=receipt.phrase.upper())

    assert (holder.kind, holder.subject) == (Actor.Kind.RECEIPT, receipt.suggestion.reference)
    for reference, phrase in ((receipt.suggestion.reference, "four wrong little words"), ("AN-0000-0000-0", receipt.phrase)):
        with pytest.raises(WrongPhrase):
            open_with_phrase(reference=reference, phrase=phrase)


@pytest.mark.django_db
def test_phrase_itself_is_kept_nowhere():
    receipt = a_receipt(form_key="one-form")

    row = Suggestion.objects.filter(pk=receipt.suggestion.pk).values().get()
    assert receipt.phrase not in str(row)
    assert "one-form" not in str(row)


@pytest.mark.django_db
def test_same_form_sent_twice_is_kept_once_with_the_same_receipt():
    first, second = (a_receipt(form_key="one-form") for _ in range(2))

    assert (first.suggestion, first.phrase) == (second.suggestion, second.phrase)
    assert Suggestion.objects.count() == 1


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_ten_presses_at_once_give_one_suggestion_and_one_receipt():
    a_contract()
    nobody()

    def press(_number: int) -> str:
        try:
            return a_receipt(form_key="one-form").phrase
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        phrases = set(pool.map(press, range(10)))

    assert len(phrases) == 1
    assert Suggestion.objects.count() == 1
    assert Obligation.objects.count() == 3


@pytest.mark.django_db
def test_who_wants_an_answer_by_mail_must_say_where():
    with pytest.raises(NoWayToAnswer):
        a_suggestion(answer_by=AnswerBy.EMAIL)
    assert Person.objects.count() == 0


@pytest.mark.django_db
def test_contact_left_by_a_stranger_gives_the_person_no_case_and_the_stranger_no_person():
    citizen = a_citizen()

    suggestion = a_suggestion(
        answer_by=AnswerBy.EMAIL, contact=Contact(email=citizen.person.email.upper()), visibility=Visibility.CITY_AND_OPERATOR
    )

    assert suggestion.contact == citizen.person
    assert not Suggestion.objects.visible_to(citizen).exists()


@pytest.mark.django_db
def test_home_is_rounded_to_about_a_hundred_metres():
    suggestion = a_suggestion(latitude=Decimal("51.21989"), longitude=Decimal("4.40346"), is_home=True)

    assert (suggestion.latitude, suggestion.longitude) == (Decimal("51.220"), Decimal("4.403"))


@pytest.mark.django_db
def test_category_of_another_service_is_refused():
    with pytest.raises(NotOffered):
        a_suggestion(category=a_category(a_service("waste")))


@pytest.mark.django_db
def test_case_between_city_and_operator_is_seen_by_them_and_its_author_alone():
    author = a_citizen()
    a_suggestion(by=author, visibility=Visibility.CITY_AND_OPERATOR)

    def sees(actor: Actor) -> bool:
        return Suggestion.objects.visible_to(actor).exists()

    assert [sees(actor) for actor in (author, an_agent(), a_clerk())] == [True, True, True]
    assert [sees(actor) for actor in (a_citizen(), nobody(), an_agent(an_operator("other")))] == [False, False, False]


@pytest.mark.django_db
def test_case_that_waits_for_a_check_has_running_clocks_and_is_public_after_it():
    service = a_contract().service
    service.visibility = Visibility.AFTER_CHECK
    service.save()
    suggestion = a_suggestion(service=service)
    hidden = not Suggestion.objects.visible_to(nobody()).exists()

    clear_suggestion(suggestion=suggestion, by=a_clerk(), at=MONDAY_NOON + DAY)

    suggestion.refresh_from_db()
    assert hidden
    assert suggestion.status == Status.PUBLISHED
    assert Suggestion.objects.visible_to(nobody()).exists()
    assert the_obligation(suggestion, Act.ANSWER).opened_at == MONDAY_NOON


@pytest.mark.django_db
def test_log_holds_codes_and_moments_but_nothing_the_citizen_wrote():
    a_suggestion(
        title="Secret title", text="Secret text", answer_by=AnswerBy.EMAIL, contact=Contact(email="secret@example.org", name="Secret")
    )

    lines = list(Event.objects.values())
    assert len(lines) == 4
    assert "secret" not in str(lines).lower()
