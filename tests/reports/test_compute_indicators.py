import json
from datetime import UTC, date, datetime
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from portal.models import Act, SuggestionKind
from reports.models import IndicatorValue
from suggestions.actions.commitments import deliver
from suggestions.actions.decisions import decide, settle_proposal
from suggestions.actions.moderation import hide_item, report_item
from suggestions.actions.responses import ask_citizen
from suggestions.actions.suggestions import withdraw_suggestion
from suggestions.models import Commitment, Decision, Delivery, Flag, Obligation, ObligationTerm, Suggestion
from tests.factories import (
    DAY,
    HOUR,
    MONDAY_NOON,
    a_city_manager,
    a_clerk,
    a_contact,
    a_criterion,
    a_ground,
    a_suggestion,
    an_agent,
    nobody,
    the_author,
    the_default_rules,
)
from tests.reports.rows import RECEIVED_AT, a_case, a_decision, a_delivery, a_duty, a_promise, a_reply

pytestmark = pytest.mark.django_db
Outcome = Decision.Outcome
AS_OF = datetime(2026, 4, 30, 22, tzinfo=UTC)  # the start of 1 May in Brussels
NOW = datetime(2026, 8, 1, tzinfo=UTC)


def output(*arguments, at=NOW):
    out = StringIO()
    with time_machine.travel(at, tick=False):
        call_command("compute_indicators", *arguments, stdout=out)
    return out.getvalue()


def a_month_of_life():
    """Every kind of fact, most of them through the acts, enough of each to be published."""
    agent, manager = an_agent(), a_city_manager()
    for number in range(12):
        suggestion = a_suggestion(kind=SuggestionKind.IDEA if number % 2 else SuggestionKind.PROBLEM, **a_contact())
        decide(
            suggestion=suggestion,
            by=agent,
            outcome=Outcome.ACCEPTED,
            reasons="Yes.",
            promise="A bench",
            promised_on=date(2026, 3, 10),
            at=MONDAY_NOON + DAY,
        )
        if number < 5:
            deliver(suggestion=suggestion, by=agent, evidence="It stands.", at=MONDAY_NOON + (number + 5) * DAY)
        ask_citizen(suggestion=a_suggestion(**a_contact()), by=agent, text="Where?", at=MONDAY_NOON + HOUR)
    ruled_out, withdrawn = a_suggestion(), a_suggestion()
    proposal = decide(suggestion=ruled_out, by=agent, outcome=Outcome.OUT_OF_SCOPE, reasons="No.", criterion=a_criterion(), at=MONDAY_NOON)
    settle_proposal(decision=proposal, by=manager, agrees=True, note="True.", at=MONDAY_NOON + 2 * DAY)
    withdraw_suggestion(suggestion=withdrawn, by=the_author(withdrawn), reason="Done.", at=MONDAY_NOON + 3 * DAY)
    waiting = a_suggestion()
    decide(suggestion=waiting, by=agent, outcome=Outcome.OUT_OF_SCOPE, reasons="No.", criterion=a_criterion(), at=MONDAY_NOON + DAY)
    for number in range(30):
        case = a_case(RECEIVED_AT + number * HOUR)
        a_reply(case, RECEIVED_AT + 2 * DAY)
        a_duty(case, RECEIVED_AT + 6 * DAY)
        if number % 3:
            a_decision(case, RECEIVED_AT + (number % 7 + 3) * DAY, Outcome.DECLINED)
        if number % 4 == 0:
            a_delivery(case, RECEIVED_AT + 9 * DAY)


def a_thousand_later_facts():
    """Of every kind that could move the report, all learned after its as-of moment, most of them about days inside the window."""
    later = AS_OF + HOUR
    earlier = RECEIVED_AT + 4 * DAY
    open_duties = list(Obligation.objects.running().order_by("id"))
    for place, duty in enumerate(open_duties):
        change = (
            {"met_at": earlier, "met_known_at": later, "breached_at": None, "paused_at": None},
            {"ended_at": earlier, "ended_known_at": later, "end_cause": "withdrawn", "paused_at": None},
            {"voided_at": earlier, "voided_known_at": later, "void_reason": "Not theirs.", "paused_at": None},
        )[place % 3]
        Obligation.objects.filter(pk=duty.pk).update(**change)
        ObligationTerm.objects.create(
            obligation=duty, cause="ruled", due_at=duty.gross_due_at + 40 * DAY, gross_due_at=duty.gross_due_at, known_at=later
        )
    facts = 2 * len(open_duties)
    for delivery in Delivery.objects.filter(judged_at=None):
        Delivery.objects.filter(pk=delivery.pk).update(judged_as="not_done", judged_at=delivery.delivered_at, judged_known_at=later)
        facts += 1
    for commitment in Commitment.objects.filter(delivery=None):
        a_delivery(commitment.suggestion, earlier, commitment=commitment, known_at=later)
        facts += 1
    Decision.objects.proposed().update(effective_at=earlier, effective_known_at=later)
    number = 0
    while facts < 1000:
        number += 1
        paper = a_case(RECEIVED_AT + (number % 20) * DAY, known_at=later, withdrawn_at=later if number % 5 == 0 else None)
        duty_facts = {"met_at": paper.received_at + HOUR, "met_known_at": later} if number % 2 else {}
        a_duty(paper, paper.received_at + DAY, **duty_facts)
        facts += 2
        if number % 4 == 0:
            a_decision(paper, later)
            facts += 1
        if number % 4 == 1:
            a_promise(paper, date(2026, 3, 20), made_at=later)
            facts += 2
    return facts


def test_old_report_computed_again_after_a_thousand_later_facts_has_the_same_bytes():
    a_month_of_life()
    arguments = ("--as-of", "2026-05-01", "--window", "2026-03", "--scope", "all", "--format", "json")
    before = output(*arguments)

    later_facts = a_thousand_later_facts()
    again = output(*arguments, at=NOW + 40 * DAY)  # stored too: a figure that differed would be a fault
    of_today = output("--as-of", "2026-07-01", *arguments[2:])

    assert later_facts >= 1000
    assert again == before
    assert json.loads(of_today)["figures"] != json.loads(before)["figures"]
    assert sum(figure["withheld"] == "" for figure in json.loads(before)["figures"]) > 40


def test_default_is_the_last_quarter_that_had_ended_and_its_own_as_of():
    printed = json.loads(output("--format", "json", "--code", "R5"))
    as_of_then = json.loads(output("--format", "json", "--code", "R5", "--as-of", "2011-08-01"))

    assert (printed["window"], printed["as_of"], printed["provisional"]) == ("2026-Q2", "2026-07-31T22:00:00+00:00", False)
    assert (as_of_then["window"], as_of_then["as_of"]) == ("2011-Q2", "2011-07-31T22:00:00+00:00")


def test_table_says_what_is_withheld():
    a_duty(a_case(), RECEIVED_AT + DAY)

    table = output("--window", "2026-03", "--code", "R3")

    assert "R3 Clocks kept" in table
    assert "too_few" in table


def test_dry_run_stores_nothing():
    output("--window", "2026-03", "--dry-run")

    assert not IndicatorValue.objects.exists()


@pytest.mark.parametrize(
    "arguments", [("--window", "2026-Q9"), ("--scope", "service:none"), ("--as-of", "2026-05-01T12:00"), ("--as-of", "2030-01-01")]
)
def test_what_cannot_be_computed_is_said_in_one_sentence(arguments):
    with pytest.raises(CommandError) as refusal:
        output(*arguments)

    assert str(refusal.value).endswith((".", "00:00:00+01:00."))


def test_hiding_and_checking_change_no_figure():
    the_default_rules()
    a_month_of_life()
    asked = ("--as-of", AS_OF.isoformat(), "--window", "2026-03", "--format", "json")
    before = output(*asked)

    for suggestion in Suggestion.objects.order_by("pk")[:6]:
        report_item(item=suggestion, by=nobody(), reason=Flag.Reason.INSULT, at=MONDAY_NOON)
        hide_item(item=suggestion, by=a_clerk(), criterion=a_ground(), reasons="It insults.", at=MONDAY_NOON + 20 * DAY)

    assert Obligation.objects.filter(act=Act.CHECK, breached_at__isnull=False).count() == 6
    assert output(*asked) == before
