"""Reports, hiding and appeals: what each does, who may do it, and that no clock, count or log line bends to it."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from portal.actions.organisations import appoint
from portal.models import Act, Actor, Event, Role, Visibility
from suggestions.actions.decisions import NeedsCriterion, decide
from suggestions.actions.moderation import (
    AlreadyAppealed,
    AlreadyHidden,
    NeedsModerationCriterion,
    NoReasonsGiven,
    NotHidden,
    SameModerator,
    appeal_hiding,
    hide_item,
    lift_hiding,
    report_item,
    rule_on_appeal,
    settle_reports,
)
from suggestions.actions.obligations import breach_overdue
from suggestions.actions.responses import publish_response
from suggestions.actions.suggestions import AlreadySettled, clear_suggestion, withdraw_suggestion
from suggestions.models import Appeal, Decision, Flag, Hiding, Obligation, Response, Standing, Suggestion
from suggestions.permissions import words_for
from tests.factories import (
    DAY,
    HOUR,
    MONDAY_NOON,
    a_citizen,
    a_city_manager,
    a_clerk,
    a_contract,
    a_criterion,
    a_ground,
    a_member,
    a_suggestion,
    an_agent,
    an_operator,
    an_operator_manager,
    nobody,
    the_author,
    the_city,
    the_default_rules,
    the_obligation,
)

pytestmark = pytest.mark.django_db

LATER = MONDAY_NOON + HOUR
PERSONAL = Flag.Reason.PERSONAL


def a_report(item, by=None, at=MONDAY_NOON, **fields):
    return report_item(item=item, by=by or nobody(), reason=PERSONAL, at=at, **fields)


def a_hiding(item, by=None, at=LATER, **fields):
    ground = {"criterion": a_ground(), "reasons": "It names a neighbour."}
    return hide_item(item=item, by=by or a_clerk(), at=at, **ground | fields)


def an_appeal(hiding, at=LATER + HOUR):
    author = the_author(hiding.suggestion)
    return appeal_hiding(hiding=hiding, by=author, text="It is my own name.", at=at)


def an_answer(suggestion):
    return publish_response(
        suggestion=suggestion, by=an_agent(), kind=Response.Kind.ACKNOWLEDGEMENT, text="Mrs Peeters will call.", at=MONDAY_NOON
    )


def checks_of(suggestion):
    return Obligation.objects.filter(suggestion=suggestion, act=Act.CHECK)


# --- Reports -----------------------------------------------------------------------------------------------------------


def test_anybody_may_report_without_an_account():
    flag = a_report(a_suggestion(), note=" He lives there. ")

    assert flag.by is None
    assert flag.note == "He lives there."


def test_second_report_of_one_person_joins_the_first():
    suggestion, citizen = a_suggestion(), a_citizen()

    flags = {a_report(suggestion, by=citizen, note=note).pk for note in ("A name.", "And a number.", "A name.")}

    assert len(flags) == 1
    assert Flag.objects.get().note == "A name.\nAnd a number."


def test_two_people_report_twice():
    suggestion = a_suggestion()

    for by in (a_citizen(), a_citizen(), nobody(), nobody()):
        a_report(suggestion, by=by)

    assert Flag.objects.waiting().count() == 4


def test_report_of_what_one_may_not_read_is_refused():
    suggestion = a_suggestion(visibility=Visibility.CITY_AND_OPERATOR)

    with pytest.raises(PermissionDenied):
        a_report(suggestion, by=a_citizen())


def test_log_tells_of_a_report_neither_who_nor_which_case():
    the_default_rules()
    suggestion, citizen = a_suggestion(), a_citizen()
    before = Event.objects.latest("id").pk

    a_report(suggestion, by=citizen)
    settle_reports(item=suggestion, by=a_clerk(), at=LATER)

    lines = Event.objects.filter(pk__gt=before)
    assert {line.kind for line in lines} == {"item_reported", "report_settled", "obligation_opened", "obligation_met"}
    assert {line.case for line in lines} == {""}
    assert "citizen" not in {line.actor for line in lines}


def test_first_report_starts_the_citys_clock_and_the_last_settled_one_meets_it():
    the_default_rules()
    suggestion = a_suggestion()
    answer = an_answer(suggestion)
    a_report(suggestion)
    a_report(answer, at=LATER)

    settle_reports(item=suggestion, by=a_clerk(), at=LATER)
    halfway = checks_of(suggestion).get()
    settle_reports(item=answer, by=a_clerk(), at=LATER + HOUR)

    check = checks_of(suggestion).get()
    assert halfway.met_at is None
    assert check.owner == the_city()
    assert (check.opened_at, check.met_at, check.is_gap) == (MONDAY_NOON, LATER + HOUR, False)


def test_check_that_nobody_does_becomes_late():
    the_default_rules()
    suggestion = a_suggestion()
    a_report(suggestion)

    breach_overdue(at=MONDAY_NOON + 60 * DAY)

    check = checks_of(suggestion).get()
    assert check.breached_at == check.due_at


def test_clock_of_a_report_is_shown_to_nobody():
    the_default_rules()
    suggestion = a_suggestion()
    before = Standing.objects.filter(pk=suggestion.pk).values().get()

    a_report(suggestion)
    breach_overdue(at=MONDAY_NOON + 60 * DAY)

    after = Standing.objects.filter(pk=suggestion.pk).values().get()
    assert not suggestion.obligations.shown().filter(act=Act.CHECK).exists()
    assert after["next_act"] == before["next_act"]
    assert after["next_due_at"] == before["next_due_at"]


def test_where_the_city_has_no_rule_a_report_is_taken_without_a_clock():
    suggestion = a_suggestion()

    a_report(suggestion)

    assert Flag.objects.waiting().count() == 1
    assert not checks_of(suggestion).exists()


# --- The check before publication --------------------------------------------------------------------------------------


def a_suggestion_to_check():
    contract = a_contract()
    contract.service.visibility = Visibility.AFTER_CHECK
    contract.service.save()
    return a_suggestion(service=contract.service)


def test_check_before_publication_has_a_clock_that_clearing_meets():
    the_default_rules()
    suggestion = a_suggestion_to_check()

    clear_suggestion(suggestion=suggestion, by=a_clerk(), at=LATER)

    check = checks_of(suggestion).get()
    assert (check.opened_at, check.met_at) == (MONDAY_NOON, LATER)
    assert check in suggestion.obligations.shown()


def test_check_before_publication_is_met_by_hiding():
    the_default_rules()
    suggestion = a_suggestion_to_check()

    a_hiding(suggestion)

    assert checks_of(suggestion).get().met_at == LATER


def test_check_before_publication_ends_when_the_author_withdraws():
    the_default_rules()
    suggestion = a_suggestion_to_check()

    withdraw_suggestion(suggestion=suggestion, by=the_author(suggestion), reason="Solved.", at=LATER)

    assert checks_of(suggestion).get().end_cause == Obligation.EndCause.WITHDRAWN


def test_report_that_outlives_the_check_before_publication_keeps_a_clock_of_its_own():
    the_default_rules()
    suggestion = a_suggestion_to_check()
    a_report(suggestion, by=an_agent(), at=MONDAY_NOON + timedelta(minutes=5))

    clear_suggestion(suggestion=suggestion, by=a_clerk(), at=LATER)

    first, second = checks_of(suggestion).order_by("pk")
    assert first.met_at == LATER
    assert second.is_open
    assert second.opened_at == MONDAY_NOON + timedelta(minutes=5)
    assert second not in suggestion.obligations.shown()


def test_report_stays_owed_when_the_author_withdraws():
    the_default_rules()
    suggestion = a_suggestion()
    a_report(suggestion)

    withdraw_suggestion(suggestion=suggestion, by=the_author(suggestion), reason="Solved.", at=LATER)

    assert checks_of(suggestion).get().is_open


def test_what_is_hidden_is_not_cleared():
    suggestion = a_suggestion_to_check()
    a_hiding(suggestion)

    with pytest.raises(AlreadySettled):
        clear_suggestion(suggestion=suggestion, by=a_clerk(), at=LATER + HOUR)


def test_what_is_shown_again_uncleared_waits_for_the_check_again():
    the_default_rules()
    suggestion = a_suggestion_to_check()
    hiding = a_hiding(suggestion)

    lift_hiding(hiding=hiding, by=a_clerk(), reason="A mistake.", at=LATER + HOUR)

    assert [check.opened_at for check in checks_of(suggestion).running()] == [LATER + HOUR]
    assert not Suggestion.objects.get(pk=suggestion.pk).is_public


# --- Hiding ------------------------------------------------------------------------------------------------------------


def test_hiding_leaves_a_tombstone_and_the_words_to_author_city_and_who_must_answer():
    suggestion, agent = a_suggestion(), an_agent()

    a_hiding(suggestion)

    suggestion = Suggestion.objects.with_standing().get(pk=suggestion.pk)
    public = words_for(nobody(), suggestion)
    assert public.title == "Hidden by the city on 2 March 2026: It shows private facts about a person."
    assert (public.text, public.place, public.answers, public.latitude) == ("", "", {}, None)
    assert words_for(a_citizen(), suggestion) == public
    for reader in (the_author(suggestion), a_clerk(), agent):
        assert words_for(reader, suggestion).text == "Every morning at the station."


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.HELPER, Role.GROUP_OFFICER])
def test_nobody_else_reads_what_is_hidden(role):
    suggestion = a_suggestion()
    a_hiding(suggestion)
    organisation = an_operator("cyclists") if role == Role.GROUP_OFFICER else None
    if organisation:
        organisation.kind = "group"
        organisation.save()
    reader = a_member(role, organisation)

    assert words_for(reader, Suggestion.objects.get(pk=suggestion.pk)).are_hidden


def test_operator_of_another_contract_reads_only_the_tombstone():
    suggestion = a_suggestion()
    a_hiding(suggestion)
    stranger = an_agent(an_operator("another"))

    assert words_for(stranger, Suggestion.objects.get(pk=suggestion.pk)).are_hidden


def test_clocks_of_what_is_hidden_run_on_and_become_late():
    suggestion = a_suggestion()
    before = Standing.objects.filter(pk=suggestion.pk).values().get()

    a_hiding(suggestion)
    after = Standing.objects.filter(pk=suggestion.pk).values().get()
    breach_overdue(at=MONDAY_NOON + 60 * DAY)

    assert before == after
    assert {the_obligation(suggestion, act).is_late for act in (Act.ACKNOWLEDGE, Act.ANSWER, Act.SOLVE)} == {True}


def test_hiding_upholds_the_reports_of_that_item_alone():
    suggestion = a_suggestion()
    answer = an_answer(suggestion)
    about_suggestion, about_answer = a_report(suggestion), a_report(answer)

    a_hiding(suggestion)

    about_suggestion.refresh_from_db()
    about_answer.refresh_from_db()
    assert (about_suggestion.upheld, about_suggestion.settled_at) == (True, LATER)
    assert about_answer.settled_at is None


def test_log_names_the_criterion_of_a_hiding_and_no_word_of_it():
    suggestion = a_suggestion()

    a_hiding(suggestion)

    line = Event.objects.get(kind=Event.Kind.ITEM_HIDDEN)
    assert (line.case, line.actor, line.facts) == (
        suggestion.reference,
        "city_clerk",
        {"item": "suggestion", "criterion": "private-facts", "version": 1},
    )


@pytest.mark.parametrize("somebody", [an_agent, an_operator_manager, a_citizen, nobody])
@pytest.mark.parametrize("act", [a_hiding, lambda item, by: settle_reports(item=item, by=by, at=LATER)])
def test_only_the_city_moderates(somebody, act):
    with pytest.raises(PermissionDenied):
        act(a_suggestion(), by=somebody())


@pytest.mark.parametrize("role", [Role.HELPER, Role.COUNCIL_SECRETARY, Role.VERIFICATION_OFFICER, Role.AUDITOR])
def test_of_the_city_only_clerk_and_manager_moderate(role):
    with pytest.raises(PermissionDenied):
        a_hiding(a_suggestion(), by=a_member(role))


def test_hiding_needs_a_published_criterion_for_hiding():
    retired = a_ground("old")
    retired.retired_at = MONDAY_NOON
    retired.save()
    for criterion in (a_criterion(), retired):
        with pytest.raises(NeedsModerationCriterion):
            a_hiding(a_suggestion(), criterion=criterion)


def test_refusal_needs_a_criterion_for_refusals():
    with pytest.raises(NeedsCriterion):
        decide(
            suggestion=a_suggestion(), by=a_clerk(), outcome=Decision.Outcome.DECLINED, reasons="No.", criterion=a_ground(), at=LATER
        )


def test_hiding_needs_reasons():
    with pytest.raises(NoReasonsGiven):
        a_hiding(a_suggestion(), reasons="  ")


def test_item_is_hidden_once_and_what_is_hidden_is_not_reported():
    suggestion = a_suggestion()
    a_hiding(suggestion)

    with pytest.raises(AlreadyHidden):
        a_hiding(suggestion)
    with pytest.raises(AlreadyHidden):
        a_report(suggestion)


def test_lifted_is_shown_again_and_may_be_hidden_again():
    suggestion = a_suggestion()

    lift_hiding(hiding=a_hiding(suggestion), by=a_clerk(), reason="A mistake.", at=LATER)
    shown = Suggestion.objects.get(pk=suggestion.pk).public_words
    a_hiding(suggestion)

    assert shown.title == "The brakes squeal"
    assert Suggestion.objects.get(pk=suggestion.pk).is_hidden
    assert Hiding.objects.count() == 2


def test_part_of_a_case_is_hidden_without_the_rest():
    suggestion = a_suggestion()

    hiding = a_hiding(an_answer(suggestion))

    assert hiding.item_key == ("response", hiding.response_id)
    assert not Suggestion.objects.get(pk=suggestion.pk).is_hidden


# --- Appeals -----------------------------------------------------------------------------------------------------------


def test_appeal_opens_a_review_that_the_city_owes():
    the_default_rules()
    suggestion = a_suggestion()

    appeal = an_appeal(a_hiding(suggestion))

    review = appeal.obligation
    assert (review.act, review.owner, review.opened_at) == (Act.REVIEW, the_city(), appeal.made_at)


def test_granted_appeal_shows_the_words_again_and_meets_the_review():
    the_default_rules()
    suggestion = a_suggestion()
    appeal = an_appeal(a_hiding(suggestion))

    rule_on_appeal(appeal=appeal, by=a_city_manager(), granted=True, reasons="It is your own name.", at=LATER + DAY)

    appeal.refresh_from_db()
    assert appeal.hiding.lifted_at == appeal.obligation.met_at == LATER + DAY
    assert not Suggestion.objects.get(pk=suggestion.pk).is_hidden


def test_refused_appeal_leaves_it_hidden_and_is_final():
    the_default_rules()
    suggestion = a_suggestion()
    hiding = a_hiding(suggestion)
    appeal = an_appeal(hiding)

    rule_on_appeal(appeal=appeal, by=a_city_manager(), granted=False, reasons="A neighbour's name too.", at=LATER + DAY)

    assert Suggestion.objects.get(pk=suggestion.pk).is_hidden
    with pytest.raises(AlreadyAppealed):
        an_appeal(hiding)
    with pytest.raises(AlreadyAppealed):
        rule_on_appeal(appeal=appeal, by=a_city_manager(), granted=True, reasons="Yes.", at=LATER + DAY)


def test_whoever_hid_it_does_not_rule_in_another_role_either():
    the_default_rules()
    clerk = a_clerk()
    appeal = an_appeal(a_hiding(a_suggestion(), by=clerk))
    second = appoint(person=clerk.membership.person, organisation=the_city(), role=Role.CITY_MANAGER, at=MONDAY_NOON)

    for by in (clerk, Actor.objects.membership(second.pk)):
        with pytest.raises(SameModerator):
            rule_on_appeal(appeal=appeal, by=by, granted=False, reasons="No.", at=LATER + DAY)


def test_database_refuses_a_ruling_by_whoever_hid_it():
    the_default_rules()
    appeal = an_appeal(a_hiding(a_suggestion()))

    with pytest.raises(IntegrityError, match="appeal_ruled_by_somebody_else"), transaction.atomic():
        Appeal.objects.filter(pk=appeal.pk).update(ruled_at=LATER + DAY, ruled_by=appeal.hidden_by, granted=False, reasons="No.")


@pytest.mark.parametrize("somebody", [nobody, a_citizen, an_agent, a_clerk])
def test_only_the_author_appeals(somebody):
    hiding = a_hiding(a_suggestion())

    with pytest.raises(PermissionDenied):
        appeal_hiding(hiding=hiding, by=somebody(), text="Show it.", at=LATER)


def test_operator_whose_answer_is_hidden_appeals():
    the_default_rules()
    hiding = a_hiding(an_answer(a_suggestion()))

    appeal = appeal_hiding(hiding=hiding, by=an_operator_manager(), text="It names nobody.", at=LATER + HOUR)

    assert appeal.obligation.is_open


def test_while_an_appeal_waits_it_is_not_lifted_by_the_way():
    the_default_rules()
    hiding = a_hiding(a_suggestion())
    an_appeal(hiding)

    with pytest.raises(AlreadyAppealed):
        lift_hiding(hiding=hiding, by=a_clerk(), reason="A mistake.", at=LATER + DAY)


def test_what_is_shown_again_has_nothing_to_appeal_against():
    hiding = a_hiding(a_suggestion())
    lift_hiding(hiding=hiding, by=a_clerk(), reason="A mistake.", at=LATER)

    with pytest.raises(NotHidden):
        an_appeal(hiding)


def test_decision_on_the_suggestion_does_not_meet_the_review_of_an_appeal():
    the_default_rules()
    suggestion = a_suggestion()
    appeal = an_appeal(a_hiding(suggestion))

    decide(
        suggestion=suggestion, by=a_city_manager(), outcome=Decision.Outcome.ACCEPTED, reasons="We shall.", at=LATER + DAY
    )

    appeal.obligation.refresh_from_db()
    assert appeal.obligation.is_open
    assert not the_obligation(suggestion, Act.ANSWER).is_open
