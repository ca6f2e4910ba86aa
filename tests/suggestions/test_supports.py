from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, connections

from portal.actions.people import learn_key
from portal.models import Act, Actor, Assurance, Event, PersonKey, Role, Visibility
from suggestions.actions.suggestions import withdraw_suggestion
from suggestions.actions.supports import (
    AlreadyLookedAt,
    CannotBeSupported,
    Declaration,
    DeclarationIncomplete,
    NotSupported,
    check_tallies,
    find_crossings,
    give_support,
    prove_support_receipt,
    raise_assurances,
    roll_up,
    settle_doubt,
    take_back_support,
)
from suggestions.models import Channel, Crossing, Follow, Obligation, Support, SupportDelta, SupportTally
from tests.factories import (
    DAY,
    HOUR,
    MONDAY_NOON,
    a_citizen,
    a_clause,
    a_member,
    a_person,
    a_suggestion,
    an_agent,
    nobody,
    the_author,
)

pytestmark = pytest.mark.django_db

ANNA = Declaration(name="Anna Peeters", born_on=date(1960, 5, 17), postcode="2000")


def a_proven_citizen(email="citizen@example.org"):
    person = a_person()
    learn_key(person=person, scheme=PersonKey.Scheme.EMAIL, attribute=email, at=MONDAY_NOON)
    return Actor.objects.person(person.pk)


def supported(suggestion, by, *, at=MONDAY_NOON, channel=Channel.WEB, **fields):
    return give_support(suggestion=suggestion, by=by, channel=channel, at=at, **fields)


def count_of(suggestion):
    return sum(SupportTally.objects.counts_of(suggestion).values())


def rows_counted(suggestion):
    return Support.objects.counted().filter(suggestion=suggestion).count()


# --- One person counts once --------------------------------------------------------------------------------------------


def test_pressing_twice_counts_once_and_says_the_same():
    suggestion, citizen = a_suggestion(), a_proven_citizen()

    first = supported(suggestion, citizen)
    second = supported(suggestion, citizen, at=MONDAY_NOON + HOUR)

    assert first.support.uuid == second.support.uuid
    assert (first.is_new, second.is_new) == (True, False)
    assert count_of(suggestion) == rows_counted(suggestion) == 1


def test_support_is_cast_in_one_statement(django_assert_num_queries):
    suggestion, citizen = a_suggestion(), a_proven_citizen()

    with django_assert_num_queries(3):  # the statement, between the two that make it a part of this test's transaction
        supported(suggestion, citizen)


def test_who_supports_with_an_account_follows_from_then_on():
    suggestion, citizen = a_suggestion(), a_proven_citizen()
    supported(suggestion, nobody())

    for moment in (MONDAY_NOON, MONDAY_NOON + HOUR):
        supported(suggestion, citizen, at=moment)

    assert [(follow.person, follow.since_at) for follow in Follow.objects.current().filter(suggestion=suggestion)] == [
        (citizen.person, MONDAY_NOON)
    ]


def test_two_people_count_twice():
    suggestion = a_suggestion()

    for email in ("one@example.org", "two@example.org"):
        supported(suggestion, a_proven_citizen(email))

    assert count_of(suggestion) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("anna@example.org", "Anna+petition@Example.org"),
        ("anna.peeters@gmail.com", "annapeeters@googlemail.com"),
    ],
)
def test_spellings_of_one_mailbox_are_one_person(one, other):
    suggestion = a_suggestion()
    first = a_proven_citizen(one)
    learn_key(person=first.person, scheme=PersonKey.Scheme.EMAIL, attribute=other, at=MONDAY_NOON)
    supported(suggestion, first)

    supported(suggestion, first)

    assert PersonKey.objects.filter(person=first.person).count() == 1
    assert count_of(suggestion) == 1


@pytest.mark.parametrize(
    "again",
    [
        Declaration(name="PEETERS Anna", born_on=ANNA.born_on, postcode="2000"),
        Declaration(name="Ánna  Peeters", born_on=ANNA.born_on, postcode=" 2000 "),
    ],
)
def test_what_somebody_declares_is_the_same_on_paper_kiosk_and_web(again):
    suggestion = a_suggestion()
    supported(suggestion, nobody(), channel=Channel.PAPER, declaration=ANNA)

    for channel in (Channel.KIOSK, Channel.WEB):
        supported(suggestion, nobody(), channel=channel, declaration=again)

    assert count_of(suggestion) == 1


def test_who_repeats_a_declaration_gets_a_receipt_like_everybody_so_nobody_can_find_out_who_signed():
    suggestion = a_suggestion()
    first = supported(suggestion, nobody(), declaration=ANNA)

    second = supported(suggestion, nobody(), declaration=ANNA)

    assert first.phrase
    assert second.phrase
    assert second.support.reference
    assert second.support.reference != first.support.reference
    assert not Support.objects.get(pk=second.support.pk).is_counted


def test_repeated_receipt_takes_back_nothing_of_the_first():
    suggestion = a_suggestion()
    supported(suggestion, nobody(), declaration=ANNA)
    second = supported(suggestion, nobody(), declaration=ANNA)
    support, holder = prove_support_receipt(reference=second.support.reference, phrase=second.phrase)

    take_back_support(support=support, by=holder, at=MONDAY_NOON + HOUR)

    assert count_of(suggestion) == 1


def test_same_form_sent_twice_without_an_account_is_one_support_with_one_phrase():
    suggestion = a_suggestion()

    first = supported(suggestion, nobody(), form_key="a-form")
    second = supported(suggestion, nobody(), form_key="a-form")

    assert (first.support.reference, first.phrase) == (second.support.reference, second.phrase)
    assert prove_support_receipt(reference=first.support.reference, phrase=second.phrase)[0].uuid == first.support.uuid
    assert count_of(suggestion) == 1


def test_support_without_any_proof_is_shown_apart():
    suggestion = a_suggestion()

    supported(suggestion, nobody(), form_key="a-form")
    roll_up(at=MONDAY_NOON)

    suggestion.standing.refresh_from_db()
    assert SupportTally.objects.counts_of(suggestion) == {(Channel.WEB, Assurance.RECEIPT): 1}
    assert (suggestion.standing.supports, suggestion.standing.verified_supports) == (1, 0)


# --- Doubt is held, never guessed --------------------------------------------------------------------------------------


def test_same_declaration_from_two_accounts_is_held_and_can_be_cleared():
    suggestion = a_suggestion()
    supported(suggestion, a_proven_citizen("one@example.org"), declaration=ANNA)

    second = supported(suggestion, a_proven_citizen("two@example.org"), declaration=ANNA).support

    assert (second.is_held, count_of(suggestion)) == (True, 1)
    settle_doubt(support=second, by=a_member(Role.VERIFICATION_OFFICER), counts=True, reason="Both came to the desk.", at=MONDAY_NOON + DAY)
    assert count_of(suggestion) == rows_counted(suggestion) == 2


def test_doubt_that_is_confirmed_counts_for_nothing_and_cannot_be_settled_twice():
    suggestion, officer = a_suggestion(), a_member(Role.VERIFICATION_OFFICER)
    supported(suggestion, a_proven_citizen("one@example.org"), declaration=ANNA)
    second = supported(suggestion, a_proven_citizen("two@example.org"), declaration=ANNA).support

    settle_doubt(support=second, by=officer, counts=False, reason="The same card.", at=MONDAY_NOON + DAY)

    assert count_of(suggestion) == rows_counted(suggestion) == 1
    with pytest.raises(AlreadyLookedAt):
        settle_doubt(support=second, by=officer, counts=True, reason="No.", at=MONDAY_NOON + DAY)


def test_only_the_verification_officer_settles_doubts():
    suggestion = a_suggestion()
    supported(suggestion, a_proven_citizen("one@example.org"), declaration=ANNA)
    second = supported(suggestion, a_proven_citizen("two@example.org"), declaration=ANNA).support

    with pytest.raises(PermissionDenied):
        settle_doubt(support=second, by=a_member(Role.CITY_CLERK), counts=True, reason="Looks fine.", at=MONDAY_NOON)


def test_paper_first_and_then_the_account_that_declares_the_same_counts_once():
    suggestion = a_suggestion()
    supported(suggestion, nobody(), channel=Channel.PAPER, declaration=ANNA)

    supported(suggestion, a_proven_citizen(), declaration=ANNA)

    assert count_of(suggestion) == rows_counted(suggestion) == 1


def test_nobody_loses_a_support_by_what_another_declares():
    suggestion, stranger = a_suggestion(), a_proven_citizen("stranger@example.org")
    paper = supported(suggestion, nobody(), channel=Channel.PAPER, declaration=ANNA).support
    supported(suggestion, stranger)

    supported(suggestion, stranger, declaration=ANNA)

    assert Support.objects.get(uuid=paper.uuid).is_counted
    assert count_of(suggestion) == 1  # the stranger's own is held: they said to be somebody who had signed


def test_declaration_is_never_kept():
    suggestion = a_suggestion()

    supported(suggestion, nobody(), declaration=ANNA)

    with connection.cursor() as cursor:
        for table in ("suggestions_support", "suggestions_supportclaim", "portal_event", "portal_actor"):
            cursor.execute(f"SELECT count(*) FROM {table} AS row WHERE row::text ILIKE ANY(ARRAY['%%peeters%%', '%%1960-05-17%%'])")
            assert cursor.fetchone() == (0,), table


@pytest.mark.parametrize(
    "declaration",
    [
        Declaration(name=" ", born_on=ANNA.born_on, postcode="2000"),
        Declaration(name="Anna", born_on=ANNA.born_on, postcode=""),
        Declaration(name="Anna", born_on=date(2090, 1, 1), postcode="2000"),
        Declaration(name="Anna", born_on=date(1066, 10, 14), postcode="2000"),
    ],
)
def test_incomplete_declaration_is_refused(declaration):
    with pytest.raises(DeclarationIncomplete):
        supported(a_suggestion(), nobody(), declaration=declaration)


# --- Taking back -------------------------------------------------------------------------------------------------------


def test_support_can_be_taken_back_and_given_again():
    suggestion, citizen = a_suggestion(), a_proven_citizen()
    support = supported(suggestion, citizen).support

    take_back_support(support=Support.objects.get(uuid=support.uuid), by=citizen, at=MONDAY_NOON + HOUR)
    after = count_of(suggestion)
    supported(suggestion, citizen, at=MONDAY_NOON + DAY)

    assert (after, count_of(suggestion)) == (0, 1)


def test_only_the_supporter_takes_a_support_back():
    suggestion = a_suggestion()
    support = Support.objects.get(uuid=supported(suggestion, a_proven_citizen()).support.uuid)

    for other in (a_citizen(), nobody(), the_author(suggestion)):
        with pytest.raises(NotSupported):
            take_back_support(support=support, by=other, at=MONDAY_NOON + HOUR)


def test_receipt_with_wrong_words_proves_nothing():
    cast = supported(a_suggestion(), nobody())

    with pytest.raises(NotSupported):
        prove_support_receipt(reference=cast.support.reference, phrase="apple apple apple apple")


def test_held_support_taken_back_leaves_the_count_alone():
    suggestion, second = a_suggestion(), a_proven_citizen("two@example.org")
    supported(suggestion, a_proven_citizen("one@example.org"), declaration=ANNA)
    held = supported(suggestion, second, declaration=ANNA).support

    take_back_support(support=held, by=second, at=MONDAY_NOON + HOUR)

    assert count_of(suggestion) == 1


# --- What can be supported, and by whom --------------------------------------------------------------------------------


def test_what_is_not_public_or_withdrawn_cannot_be_supported():
    private = a_suggestion(visibility=Visibility.CITY_AND_OPERATOR)
    withdrawn = a_suggestion()
    withdrawn = withdraw_suggestion(suggestion=withdrawn, by=the_author(withdrawn), reason="Solved.", at=MONDAY_NOON)

    for suggestion in (private, withdrawn):
        with pytest.raises(CannotBeSupported):
            supported(suggestion, a_citizen())


def test_operator_and_city_do_not_support():
    for official in (an_agent(), a_member(Role.CITY_CLERK)):
        with pytest.raises(PermissionDenied):
            supported(a_suggestion(), official)


# --- The count ---------------------------------------------------------------------------------------------------------


def test_roll_up_moves_each_step_once():
    suggestion = a_suggestion()
    for number in range(3):
        supported(suggestion, a_proven_citizen(f"{number}@example.org"))

    runs = [roll_up(at=MONDAY_NOON) for _ in range(2)]

    suggestion.standing.refresh_from_db()
    assert runs == [3, 0]
    assert SupportDelta.objects.count() == 0
    assert count_of(suggestion) == suggestion.standing.supports == suggestion.standing.verified_supports == 3


def test_supports_are_no_events_but_each_batch_is_one_with_a_root():
    suggestion = a_suggestion()
    for number in range(3):
        supported(suggestion, a_proven_citizen(f"{number}@example.org"))

    roll_up(at=MONDAY_NOON)

    event = Event.objects.get(kind=Event.Kind.SUPPORTS_COUNTED)
    assert (event.case, event.facts["given"], event.facts["taken_back"]) == (suggestion.reference, 3, 0)
    assert len(event.facts["root"]) == 64


def test_nightly_proof_finds_a_wrong_count_puts_it_right_and_says_so():
    suggestion = a_suggestion()
    supported(suggestion, a_proven_citizen())
    roll_up(at=MONDAY_NOON)
    SupportTally.objects.update(count=7)

    found = [check_tallies(at=MONDAY_NOON + DAY) for _ in range(2)]

    suggestion.standing.refresh_from_db()
    assert found == [1, 0]
    assert count_of(suggestion) == suggestion.standing.supports == 1
    assert Event.objects.get(kind=Event.Kind.TALLY_REPAIRED).facts == {"difference": -6}


def test_nightly_proof_leaves_waiting_steps_alone():
    suggestion = a_suggestion()
    supported(suggestion, a_proven_citizen())

    assert check_tallies(at=MONDAY_NOON) == 0
    assert count_of(suggestion) == 1


def test_better_proof_raises_the_assurance_from_then_on():
    suggestion, citizen = a_suggestion(), a_citizen()
    supported(suggestion, citizen)
    learn_key(person=citizen.person, scheme=PersonKey.Scheme.EID, attribute="subject", at=MONDAY_NOON + DAY)

    raised = [raise_assurances(at=MONDAY_NOON + DAY) for _ in range(2)]

    support = Support.objects.get()
    assert raised == [1, 0]
    assert (support.assurance, support.qualified_at) == (Assurance.EID, MONDAY_NOON + DAY)
    assert SupportTally.objects.counts_of(suggestion) == {(Channel.WEB, Assurance.EID): 1}


# --- Thresholds --------------------------------------------------------------------------------------------------------


def a_threshold(number=3, assurance=Assurance.EMAIL, **fields):
    return a_clause(Act.HEAR, None, support_threshold=number, threshold_assurance=assurance, within_minutes=20 * 8 * 60, **fields)


def test_crossing_is_found_once_at_the_support_that_reached_it_and_opens_the_hearing():
    a_threshold()
    suggestion = a_suggestion()
    for number in range(4):
        supported(suggestion, a_proven_citizen(f"{number}@example.org"), at=MONDAY_NOON + number * HOUR)
    roll_up(at=MONDAY_NOON + DAY)

    found = [find_crossings(at=MONDAY_NOON + DAY) for _ in range(2)]

    crossing = Crossing.objects.get()
    assert found == [1, 0]
    assert crossing.crossed_at == MONDAY_NOON + 2 * HOUR
    assert (crossing.obligation.act, crossing.obligation.opened_at) == (Act.HEAR, MONDAY_NOON + 2 * HOUR)
    assert crossing.obligation.owner.kind == "city"


def test_receipts_count_for_no_threshold():
    a_threshold()
    suggestion = a_suggestion()
    for number in range(5):
        supported(suggestion, nobody(), form_key=str(number))
    roll_up(at=MONDAY_NOON)

    assert find_crossings(at=MONDAY_NOON) == 0


def test_crossing_stays_when_supports_are_taken_back_and_waits_where_they_were_taken_back_before():
    a_threshold(2)
    suggestion = a_suggestion()
    citizens = [a_proven_citizen(f"{number}@example.org") for number in range(3)]
    first = supported(suggestion, citizens[0]).support
    take_back_support(support=Support.objects.get(uuid=first.uuid), by=citizens[0], at=MONDAY_NOON + HOUR)
    supported(suggestion, citizens[1], at=MONDAY_NOON + 2 * HOUR)
    third = supported(suggestion, citizens[2], at=MONDAY_NOON + 3 * HOUR).support
    roll_up(at=MONDAY_NOON + DAY)
    find_crossings(at=MONDAY_NOON + DAY)

    take_back_support(support=Support.objects.get(uuid=third.uuid), by=citizens[2], at=MONDAY_NOON + DAY)
    roll_up(at=MONDAY_NOON + DAY)
    find_crossings(at=MONDAY_NOON + DAY)

    assert Crossing.objects.get().crossed_at == MONDAY_NOON + 3 * HOUR
    assert Obligation.objects.running().filter(act=Act.HEAR).count() == 1


def test_assurance_raised_later_never_dates_a_crossing_back():
    a_threshold(1, Assurance.EID)
    suggestion, citizen = a_suggestion(), a_proven_citizen()
    supported(suggestion, citizen)
    learn_key(person=citizen.person, scheme=PersonKey.Scheme.EID, attribute="subject", at=MONDAY_NOON + DAY)
    raise_assurances(at=MONDAY_NOON + DAY)
    roll_up(at=MONDAY_NOON + DAY)

    find_crossings(at=MONDAY_NOON + DAY)

    assert Crossing.objects.get().crossed_at == MONDAY_NOON + DAY


# --- At once -----------------------------------------------------------------------------------------------------------


def at_once(work, times):
    def alone(number):
        try:
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(alone, range(times)))


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_identical_supports_at_once_leave_one_row():
    suggestion, citizen = a_suggestion(), a_proven_citizen()

    casts = at_once(lambda _number: supported(suggestion, citizen), 12)

    assert Counter(cast.is_new for cast in casts) == {True: 1, False: 11}
    assert Support.objects.count() == count_of(suggestion) == 1


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_race_of_web_kiosk_and_paper_counts_the_person_once():
    suggestion, citizen = a_suggestion(), a_proven_citizen()
    doors = [(citizen, Channel.WEB), (nobody(), Channel.KIOSK), (nobody(), Channel.PAPER)] * 3

    at_once(lambda number: supported(suggestion, doors[number][0], channel=doors[number][1], declaration=ANNA), len(doors))

    assert count_of(suggestion) == rows_counted(suggestion) == 1


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_four_roll_ups_at_once_count_each_step_once():
    suggestions = [a_suggestion() for _ in range(3)]
    for number in range(20):
        citizen = a_proven_citizen(f"{number}@example.org")
        for suggestion in suggestions:
            supported(suggestion, citizen)

    moved = at_once(lambda _number: roll_up(at=MONDAY_NOON), 4)

    assert sum(moved) == 60
    assert [count_of(suggestion) for suggestion in suggestions] == [20, 20, 20]
    assert check_tallies(at=MONDAY_NOON) == 0
