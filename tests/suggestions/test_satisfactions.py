import pytest
from django.core.exceptions import PermissionDenied

from portal.models import Event
from suggestions.actions.decisions import decide
from suggestions.actions.satisfactions import AlreadyAnswered, NotAsked, answer_satisfaction
from suggestions.models import Decision, Obligation, Satisfaction
from tests.factories import (
    HOUR,
    MONDAY_NOON,
    a_browser,
    a_citizen,
    a_clerk,
    a_criterion,
    a_suggestion,
    an_agent,
    the_author,
)

AT = MONDAY_NOON + 2 * HOUR
Value = Satisfaction.Value


def a_decision(outcome=Decision.Outcome.DECLINED, **fields) -> Decision:
    return decide(
        suggestion=a_suggestion(**fields), by=an_agent(), outcome=outcome, criterion=a_criterion(), reasons="No.", at=MONDAY_NOON + HOUR
    )


@pytest.mark.django_db
def test_author_says_once_whether_a_decision_answers_them():
    decision = a_decision()
    author = the_author(decision.suggestion)

    answer_satisfaction(decision=decision, by=author, value=Value.PARTLY, note="Half.", at=AT)

    with pytest.raises(AlreadyAnswered):
        answer_satisfaction(decision=decision, by=author, value=Value.NO, at=AT)
    assert Satisfaction.objects.counts() == {"yes": 0, "partly": 1, "no": 0}


@pytest.mark.django_db
def test_author_with_account_and_receipt_is_one_person():
    citizen = a_citizen()
    decision = a_decision(by=citizen)
    answer_satisfaction(decision=decision, by=citizen, value=Value.YES, at=AT)

    with pytest.raises(AlreadyAnswered):
        answer_satisfaction(decision=decision, by=the_author(decision.suggestion), value=Value.NO, at=AT)


@pytest.mark.django_db
def test_nobody_else_is_asked():
    decision = a_decision()

    for stranger in (a_citizen(), an_agent()):
        with pytest.raises(PermissionDenied):
            answer_satisfaction(decision=decision, by=stranger, value=Value.YES, at=AT)


@pytest.mark.django_db
def test_proposal_is_not_asked_about():
    proposal = a_decision(outcome=Decision.Outcome.OUT_OF_SCOPE)

    with pytest.raises(NotAsked):
        answer_satisfaction(decision=proposal, by=the_author(proposal.suggestion), value=Value.NO, at=AT)


@pytest.mark.django_db
def test_answer_moves_no_clock_and_the_log_does_not_say_which_it_was():
    decision = a_decision()
    before = list(Obligation.objects.order_by("pk").values())

    answer_satisfaction(decision=decision, by=the_author(decision.suggestion), value=Value.NO, at=AT)

    assert list(Obligation.objects.order_by("pk").values()) == before
    assert Event.objects.get(kind=Event.Kind.SATISFACTION_ANSWERED).facts == {}


@pytest.mark.django_db
def test_author_is_asked_on_the_page_and_a_link_alone_answers_nothing():
    citizen = a_citizen()
    decision = a_decision(by=citizen)
    browser = a_browser(citizen)
    address = f"/suggestions/{decision.suggestion.reference}/answers/{decision.response.uuid}/"

    asked = browser.get(decision.suggestion.get_absolute_url()).content.decode()
    browser.get(address, {"value": "yes"})
    given_by_link = Satisfaction.objects.count()
    answer = browser.post(address, {"value": "no", "note": "You answered another question."})
    asked_again = browser.get(decision.suggestion.get_absolute_url()).content.decode()

    assert address in asked
    assert given_by_link == 0
    assert answer.status_code == 302
    assert address not in asked_again


@pytest.mark.django_db
def test_note_is_read_at_the_desk_and_not_by_everybody():
    decision = a_decision()
    answer_satisfaction(
        decision=decision, by=the_author(decision.suggestion), value=Value.NO, note="You answered another question.", at=AT
    )
    reference = decision.suggestion.reference

    for reader in (an_agent(), a_clerk()):
        assert "You answered another question." in a_browser(reader).get(f"/desk/{reference}/").content.decode()
    assert "You answered another question." not in a_browser().get(f"/suggestions/{reference}/").content.decode()


@pytest.mark.django_db
def test_wrong_answers_lose_nothing_that_was_typed():
    citizen = a_citizen()
    decision = a_decision(by=citizen)
    address = f"/suggestions/{decision.suggestion.reference}/answers/{decision.response.uuid}/"

    answer = a_browser(citizen).post(address, {"value": "perhaps", "note": "A sentence I typed."})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "<title>Error:" in page
    assert "A sentence I typed." in page


@pytest.mark.django_db
def test_strangers_do_not_get_the_question():
    decision = a_decision()
    address = f"/suggestions/{decision.suggestion.reference}/answers/{decision.response.uuid}/"

    assert a_browser(a_citizen()).get(address).status_code == 403
    assert a_browser().post(address, {"value": "yes"}).status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize(("answers", "is_shown"), [(4, False), (5, True)])
def test_public_reads_only_counts_and_only_once_nobody_can_be_guessed(answers, is_shown):
    for _ in range(answers):
        decision = a_decision()
        answer_satisfaction(decision=decision, by=the_author(decision.suggestion), value=Value.PARTLY, at=AT)

    page = a_browser().get("/suggestions/?service=bikes").content.decode()

    assert ("0 say that the decision answers them, 5 partly, 0 not." in page) is is_shown
