"""What reports, hidings and appeals look like: the tombstone everywhere, the city's queue, and what the author is told."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.actions.tries import TRIES
from portal.middleware import RECEIPTS
from portal.models import Actor
from suggestions.actions.moderation import appeal_hiding, hide_item, lift_hiding, report_item, rule_on_appeal, settle_reports
from suggestions.actions.responses import ask_citizen, publish_response, reply_to_question
from suggestions.models import Appeal, Flag, Hiding, Photo, Response, Suggestion
from tests.factories import (
    DAY,
    HOUR,
    MONDAY_NOON,
    a_browser,
    a_citizen,
    a_city_manager,
    a_clerk,
    a_ground,
    a_suggestion,
    an_agent,
    an_operator,
    an_operator_manager,
    nobody,
    the_author,
    the_default_rules,
)

pytestmark = pytest.mark.django_db

SECRET = "Mrs Peeters of number 12"
PERSONAL = {"reason": "personal", "note": "It names my neighbour."}


def a_telling_suggestion(**fields):
    return a_suggestion(title=f"{SECRET} parks badly", text=f"{SECRET} again.", place=f"At {SECRET}", **fields)


def hidden(item, by=None, at=MONDAY_NOON + HOUR):
    return hide_item(item=item, by=by or a_clerk(), criterion=a_ground(), reasons="It names a neighbour.", at=at)


def an_update(suggestion, text="We called."):
    return publish_response(suggestion=suggestion, by=an_agent(), kind=Response.Kind.UPDATE, text=text, at=MONDAY_NOON)


def a_reply(suggestion, text):
    question, _standing = ask_citizen(suggestion=suggestion, by=an_agent(), text="Which one?", at=MONDAY_NOON)
    return reply_to_question(question=question, by=the_author(suggestion), text=text, at=MONDAY_NOON + HOUR)


def with_receipt(suggestion):
    browser = a_browser()
    session = browser.session
    session[RECEIPTS] = [suggestion.reference]
    session.save()
    return browser


def page_of(browser, name, *parts, **query):
    return browser.get(reverse(f"suggestions:{name}", args=parts), query)


def report_address(item, noun="suggestion"):
    reference = item.reference if noun == "suggestion" else item.suggestion.reference
    return reverse("suggestions:report", args=[reference, noun, item.uuid])


# --- Reporting ---------------------------------------------------------------------------------------------------------


def test_public_page_offers_a_report_of_each_thing_said_without_a_form():
    suggestion = a_suggestion()
    update = an_update(suggestion)

    page = page_of(a_browser(), "detail", suggestion.reference).content.decode()

    assert report_address(suggestion) in page
    assert report_address(update, "response") in page
    assert "report" not in "".join(re.findall(r'<form[^>]*action="([^"]*)"', page))


def test_visitor_reports_and_the_page_stays_as_it_was():
    suggestion = a_suggestion()
    before = page_of(a_browser(), "detail", suggestion.reference).content

    answer = a_browser().post(report_address(suggestion), PERSONAL)

    assert answer.status_code == 302
    assert Flag.objects.waiting().get().note == "It names my neighbour."
    assert len(page_of(a_browser(), "detail", suggestion.reference).content) == len(before)


def test_report_without_a_reason_says_so_and_keeps_what_was_typed():
    answer = a_browser().post(report_address(a_suggestion()), {"note": "Look at this."})

    assert "Choose what is wrong with it." in answer.content.decode()
    assert "Look at this." in answer.content.decode()
    assert not Flag.objects.exists()


def test_something_else_needs_words():
    answer = a_browser().post(report_address(a_suggestion()), {"reason": "other"})

    assert "Say in a few words what is wrong." in answer.content.decode()


@pytest.mark.parametrize("noun", ["suggestion", "response", "hiding", "person"])
def test_report_of_what_is_not_there_is_not_found(noun):
    suggestion, other = a_suggestion(), a_suggestion()

    address = reverse("suggestions:report", args=[suggestion.reference, noun, other.uuid])

    assert a_browser().get(address).status_code == 404


def test_many_reports_from_one_place_are_slowed():
    suggestion = a_suggestion()
    browser = a_browser()

    answers = [browser.post(report_address(suggestion), PERSONAL, REMOTE_ADDR="192.0.2.77").status_code for _ in range(TRIES + 1)]

    assert answers == [302] * TRIES + [429]


def test_report_page_of_something_hidden_shows_no_word_of_it():
    suggestion = a_telling_suggestion()
    reply = a_reply(suggestion, f"{SECRET} it is.")
    hidden(reply, at=MONDAY_NOON + 2 * HOUR)

    assert SECRET not in a_browser().get(report_address(reply, "reply")).content.decode()


# --- The tombstone -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reader", [None, a_citizen, lambda: an_agent(an_operator("another"))])
def test_hidden_words_are_nowhere_for_the_public(reader):
    suggestion = a_telling_suggestion()
    hidden(suggestion)
    browser = a_browser(reader() if reader else None)

    pages = [page_of(browser, "list"), page_of(browser, "detail", suggestion.reference), browser.get(reverse("reports:start"))]

    for page in pages:
        assert SECRET not in page.content.decode()
        assert page.status_code == 200
    for page in pages[:2]:
        assert "Hidden by the city on 2 March 2026: It shows private facts about a person." in page.content.decode()


def test_tombstone_keeps_the_clocks_and_the_answer_line():
    suggestion = a_telling_suggestion()
    before = page_of(a_browser(), "detail", suggestion.reference).content.decode()

    hidden(suggestion)

    after = page_of(a_browser(), "detail", suggestion.reference).content.decode()
    assert after.count('class="clock ') == before.count('class="clock ') == 3
    assert after.count("answer-line") == before.count("answer-line")


def test_search_does_not_find_hidden_words_but_finds_the_reference():
    suggestion = a_telling_suggestion()
    hidden(suggestion)

    by_words = page_of(a_browser(), "list", q="Peeters").content.decode()
    by_reference = page_of(a_browser(), "list", q=suggestion.reference).content.decode()

    assert suggestion.get_absolute_url() not in by_words
    assert suggestion.get_absolute_url() in by_reference


@pytest.mark.parametrize("somebody", [the_author, lambda _case: a_clerk(), lambda _case: an_agent()])
def test_author_city_and_who_must_answer_read_it_with_a_mark(somebody):
    suggestion = a_telling_suggestion()
    hidden(suggestion)
    reader = somebody(suggestion)
    browser = with_receipt(suggestion) if reader.kind == Actor.Kind.RECEIPT else a_browser(reader)

    answer = page_of(browser, "detail", suggestion.reference)

    assert f"{SECRET} again." in answer.content.decode()
    assert "can still read it" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


def test_hidden_reply_leaves_a_tombstone_in_the_story():
    suggestion = a_suggestion()
    reply = a_reply(suggestion, f"{SECRET} it is.")
    hidden(reply, at=MONDAY_NOON + 2 * HOUR)

    public = page_of(a_browser(), "detail", suggestion.reference).content.decode()
    own = page_of(with_receipt(suggestion), "detail", suggestion.reference).content.decode()

    assert SECRET not in public
    assert "Hidden by the city" in public
    assert SECRET in own


def test_reason_of_a_withdrawal_goes_with_the_words():
    suggestion = a_telling_suggestion()
    Suggestion.objects.filter(pk=suggestion.pk).update(
        status="withdrawn", withdrawn_at=MONDAY_NOON, withdrawn_known_at=MONDAY_NOON, withdrawn_reason=f"{SECRET} moved."
    )
    hidden(suggestion)

    assert SECRET not in page_of(a_browser(), "detail", suggestion.reference).content.decode()


# --- What the author is told -------------------------------------------------------------------------------------------


def test_author_reads_what_was_checked_and_not_by_whom_it_was_reported():
    suggestion, neighbour = a_suggestion(), a_citizen()
    report_item(item=suggestion, by=neighbour, reason=Flag.Reason.INSULT, note="He always does.", at=MONDAY_NOON)
    waiting = page_of(with_receipt(suggestion), "detail", suggestion.reference).content.decode()
    settle_reports(item=suggestion, by=a_clerk(), at=MONDAY_NOON + HOUR)

    settled = page_of(with_receipt(suggestion), "detail", suggestion.reference).content.decode()

    assert "What the city checked" not in waiting
    assert "found nothing wrong" in settled
    assert "It insults or threatens somebody" in settled
    assert "He always does." not in settled
    assert "What the city checked" not in page_of(a_browser(), "detail", suggestion.reference).content.decode()


def test_author_reads_the_reasons_and_appeals_once():
    the_default_rules()
    suggestion = a_suggestion()
    hiding = hidden(suggestion)
    browser = with_receipt(suggestion)
    address = reverse("suggestions:appeal", args=[suggestion.reference, hiding.uuid])

    before = page_of(browser, "detail", suggestion.reference).content.decode()
    answers = [browser.post(address, {"text": "It is my own name."}) for _ in range(2)]
    after = page_of(browser, "detail", suggestion.reference).content.decode()

    assert "It names a neighbour." in before
    assert address in before
    assert [answer.status_code for answer in answers] == [302, 200]
    assert Appeal.objects.count() == 1
    assert "Somebody else than who hid it will decide." in after


@pytest.mark.parametrize("somebody", [None, a_citizen, a_clerk])
def test_nobody_else_opens_the_appeal(somebody):
    suggestion = a_suggestion()
    hiding = hidden(suggestion)
    browser = a_browser(somebody() if somebody else None)

    answer = page_of(browser, "appeal", suggestion.reference, hiding.uuid)

    assert answer.status_code == 403
    assert "It names a neighbour." not in answer.content.decode()


# --- The city's room ---------------------------------------------------------------------------------------------------


def the_doors():
    hiding = hidden(a_suggestion())
    appeal = appeal_hiding(hiding=hiding, by=the_author(hiding.suggestion), text="It is my name.", at=MONDAY_NOON + DAY)
    return [
        ("moderation", []),
        ("settle_flags", []),
        ("hide", ["suggestion", a_suggestion().uuid]),
        ("lift", [hiding.uuid]),
        ("rule", [appeal.uuid]),
    ]


@pytest.mark.parametrize("somebody", [a_citizen, an_agent, an_operator_manager])
@pytest.mark.parametrize("method", ["get", "post"])
def test_room_is_the_citys(somebody, method):
    the_default_rules()
    browser = a_browser(somebody())

    answers = [getattr(browser, method)(reverse(f"suggestions:{name}", args=parts)) for name, parts in the_doors()]

    assert {answer.status_code for answer in answers} <= {403, 405}
    assert answers[1].status_code == 403


def test_operator_cannot_hide_criticism():
    suggestion = a_suggestion()
    address = reverse("suggestions:hide", args=["suggestion", suggestion.uuid])

    answer = a_browser(an_operator_manager()).post(address, {"criterion": a_ground().pk, "reasons": "It harms us.", "hide": "1"})

    assert answer.status_code == 403
    assert not Hiding.objects.exists()


def test_queue_shows_what_is_due_soonest_first_with_counted_reasons():
    the_default_rules()
    late, early = a_suggestion(title="Later reported"), a_suggestion(title="Reported first")
    report_item(item=early, by=nobody(), reason=Flag.Reason.INSULT, at=MONDAY_NOON)
    report_item(item=early, by=a_citizen(), reason=Flag.Reason.INSULT, note="Rude.", at=MONDAY_NOON)
    report_item(item=late, by=nobody(), reason=Flag.Reason.UNLAWFUL, at=MONDAY_NOON + DAY)

    page = page_of(a_browser(a_clerk()), "moderation").content.decode()

    assert page.index("Reported first") < page.index("Later reported")
    assert 'It insults or threatens somebody <span class="count">2</span>' in page
    assert "“Rude.”" in page


def test_queue_costs_the_same_for_one_and_three_rows():
    the_default_rules()
    browser = a_browser(a_clerk())

    def waiting():
        suggestion = a_suggestion()
        report_item(item=suggestion, by=a_citizen(), reason=Flag.Reason.INSULT, at=MONDAY_NOON)
        report_item(item=an_update(suggestion), by=a_citizen(), reason=Flag.Reason.INSULT, at=MONDAY_NOON)
        hiding = hidden(a_suggestion())
        appeal_hiding(hiding=hiding, by=the_author(hiding.suggestion), text="Mine.", at=MONDAY_NOON + DAY)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            page_of(browser, "moderation")
        return len(captured)

    waiting()
    queries()
    one = queries()
    waiting()
    waiting()

    assert queries() == one


def test_nothing_wrong_settles_one_item_by_one_press():
    suggestion = a_suggestion()
    report_item(item=suggestion, by=nobody(), reason=Flag.Reason.INSULT, at=MONDAY_NOON)

    a_browser(a_clerk()).post(reverse("suggestions:settle_flags"), {"item": f"suggestion/{suggestion.uuid}"})

    assert Flag.objects.get().upheld is False


def test_several_are_looked_at_before_they_are_settled():
    suggestions = [a_suggestion(title=f"Number {number}") for number in range(3)]
    for suggestion in suggestions:
        report_item(item=suggestion, by=nobody(), reason=Flag.Reason.INSULT, at=MONDAY_NOON)
    browser, chosen = a_browser(a_clerk()), [f"suggestion/{suggestion.uuid}" for suggestion in suggestions[:2]]

    preview = page_of(browser, "settle_flags", item=chosen).content.decode()
    waiting_at_preview = Flag.objects.waiting().count()
    browser.post(reverse("suggestions:settle_flags"), {"item": chosen})

    assert ("Number 0" in preview, "Number 1" in preview, "Number 2" in preview) == (True, True, False)
    assert (waiting_at_preview, Flag.objects.waiting().count()) == (3, 1)


NOT_THERE = "reply/00000000-0000-7000-8000-000000000000"


@pytest.mark.parametrize("item", ["", "suggestion/", "person/1", "suggestion/not-a-uuid", NOT_THERE, "\0"])
def test_nonsense_settles_nothing_and_breaks_nothing(item):
    browser = a_browser(a_clerk())

    assert browser.get(reverse("suggestions:settle_flags"), {"item": item}).status_code == 200
    assert browser.post(reverse("suggestions:settle_flags"), {"item": item}).status_code == 302


def test_hiding_shows_the_tombstone_first_and_hides_at_the_second_press():
    suggestion, clerk = a_suggestion(), a_clerk()
    browser, address = a_browser(clerk), reverse("suggestions:hide", args=["suggestion", suggestion.uuid])
    answers = {"criterion": a_ground().pk, "reasons": "It names a neighbour."}

    preview = browser.post(address, answers).content.decode()
    hidden_at_preview = Hiding.objects.exists()
    browser.post(address, answers | {"hide": "1"})

    assert "Hidden by the city on" in preview
    assert not hidden_at_preview
    assert Hiding.objects.get().by == clerk


@pytest.mark.parametrize(
    "answers", [{}, {"reasons": "Why."}, {"criterion": "999", "reasons": "Why.", "hide": "1"}, {"criterion": "x", "hide": "1"}]
)
def test_hiding_with_half_an_answer_says_what_is_missing(answers):
    a_ground()
    address = reverse("suggestions:hide", args=["suggestion", a_suggestion().uuid])

    answer = a_browser(a_clerk()).post(address, answers)

    assert "There is a problem" in answer.content.decode()
    assert not Hiding.objects.exists()


def test_somebody_else_rules_on_the_appeal():
    the_default_rules()
    clerk = a_clerk()
    hiding = hidden(a_suggestion(), by=clerk)
    appeal = appeal_hiding(hiding=hiding, by=the_author(hiding.suggestion), text="It is my name.", at=MONDAY_NOON + DAY)
    address, answers = reverse("suggestions:rule", args=[appeal.uuid]), {"granted": "yes", "reasons": "So it is."}

    same = a_browser(clerk)
    own_page, own_try = same.get(address).content.decode(), same.post(address, answers)
    a_browser(a_city_manager()).post(address, answers)

    assert "somebody else must decide" in own_page
    assert own_try.status_code == 200
    assert Appeal.objects.get().granted is True


def test_case_page_shows_the_city_the_clock_of_a_report_and_the_operator_not():
    the_default_rules()
    suggestion = a_suggestion()
    report_item(item=suggestion, by=nobody(), reason=Flag.Reason.INSULT, at=MONDAY_NOON)

    city = page_of(a_browser(a_clerk()), "case", suggestion.reference).content.decode()
    operator = page_of(a_browser(an_agent()), "case", suggestion.reference).content.decode()
    public = page_of(a_browser(), "detail", suggestion.reference).content.decode()

    assert "check whether it may be public" in city
    assert "whether it may be public" not in operator
    assert "whether it may be public" not in public


# --- The public account ------------------------------------------------------------------------------------------------


def test_public_log_counts_by_criterion_and_tells_no_word():
    the_default_rules()
    first, second, third = (hidden(a_telling_suggestion()) for _ in range(3))
    lift_hiding(hiding=first, by=a_clerk(), reason=f"A mistake about {SECRET}.", at=MONDAY_NOON + DAY)
    appeal = appeal_hiding(hiding=second, by=the_author(second.suggestion), text=f"{SECRET} is me.", at=MONDAY_NOON + DAY)
    rule_on_appeal(appeal=appeal, by=a_city_manager(), granted=True, reasons=f"{SECRET} it is.", at=MONDAY_NOON + 2 * DAY)

    page = page_of(a_browser(), "moderation_log").content.decode()

    assert "Hidden: 3. Still hidden: 1. Appeals: 1, granted: 1." in page
    assert SECRET not in page
    assert third.suggestion.reference not in page


def test_hidden_photo_is_for_its_author_and_the_city_only():
    suggestion = a_suggestion()
    photo = Photo.objects.create(
        **{"suggestion": suggestion, "by": nobody(), "added_at": MONDAY_NOON, "large": "l.jpg", "small": "s.jpg"},
        **{"width": 1, "height": 1, "size": 1, "sha256": b"1", "state": Photo.State.SHOWN},
        **{"reviewed_at": MONDAY_NOON, "reviewed_by": a_clerk()},
    )
    shown_before = Photo.objects.visible_to(nobody()).count()

    hidden(photo)

    readers = [nobody(), a_citizen(), the_author(suggestion), a_clerk()]
    assert shown_before == 1
    assert [Photo.objects.visible_to(reader).count() for reader in readers] == [0, 0, 1, 1]
