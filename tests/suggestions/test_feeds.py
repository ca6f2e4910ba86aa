from xml.etree import ElementTree

import pytest

from portal.models import Visibility
from suggestions.actions.decisions import decide
from suggestions.actions.obligations import breach_overdue
from suggestions.actions.suggestions import Contact
from suggestions.models import Decision
from tests.factories import DAY, HOUR, MONDAY_NOON, a_browser, a_citizen, a_suggestion, an_agent

ATOM = "{http://www.w3.org/2005/Atom}"


def feed(address: str, browser=None) -> ElementTree.Element:
    answer = (browser or a_browser()).get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/atom+xml")
    return ElementTree.fromstring(answer.content)


def titles(root: ElementTree.Element) -> list[str]:
    return [entry.findtext(f"{ATOM}title") for entry in root.iter(f"{ATOM}entry")]


def a_broken_promise() -> Decision:
    decision = decide(
        suggestion=a_suggestion(title="The brakes squeal"),
        by=an_agent(),
        outcome=Decision.Outcome.ACCEPTED,
        reasons="We shall.",
        promise="New brakes",
        promised_on=(MONDAY_NOON + DAY).date(),
        at=MONDAY_NOON + HOUR,
    )
    breach_overdue(at=MONDAY_NOON + 3 * DAY)
    return decision


@pytest.mark.django_db
def test_feed_of_a_list_has_the_filters_of_the_page():
    a_suggestion(title="An idea", kind="idea")
    a_suggestion(title="A problem")

    assert titles(feed("/suggestions/feed.atom")) == ["A problem", "An idea"]
    assert titles(feed("/suggestions/feed.atom?kind=idea")) == ["An idea"]


@pytest.mark.django_db
def test_feeds_are_whole_atom_documents():
    decision = a_broken_promise()

    for address in (
        "/suggestions/feed.atom",
        f"/suggestions/{decision.suggestion.reference}/feed.atom",
        "/suggestions/broken-promises.atom",
    ):
        root = feed(address)
        assert root.tag == f"{ATOM}feed"
        for name in ("title", "id", "updated"):
            assert root.findtext(ATOM + name)
        assert root.find(f"{ATOM}author/{ATOM}name") is not None
        assert {link.get("rel") for link in root.findall(f"{ATOM}link")} == {"alternate", "self"}
        entries = root.findall(f"{ATOM}entry")
        assert entries
        for entry in entries:
            assert entry.findtext(f"{ATOM}id").startswith("urn:uuid:")
            assert entry.findtext(f"{ATOM}updated")
            assert entry.find(f"{ATOM}link").get("href").startswith("http")


@pytest.mark.django_db
def test_feed_of_a_suggestion_tells_its_stations_the_newest_first():
    suggestion = a_broken_promise().suggestion

    told = titles(feed(f"/suggestions/{suggestion.reference}/feed.atom"))

    assert told[0] == "The Operator broke its promise."
    assert told[-1] == "A new suggestion came in."
    assert len(told) == len(set(told))


@pytest.mark.django_db
def test_broken_promises_have_a_feed():
    a_broken_promise()

    assert titles(feed("/suggestions/broken-promises.atom")) == ["The Operator broke its promise: New brakes"]


@pytest.mark.django_db
def test_feeds_hold_what_everybody_may_read_whoever_asks():
    citizen = a_citizen()
    hidden = a_suggestion(title="Between us", by=citizen, visibility=Visibility.CITY_AND_OPERATOR)
    browser = a_browser(citizen)

    assert titles(feed("/suggestions/feed.atom", browser)) == []
    assert browser.get(f"/suggestions/{hidden.reference}/feed.atom").status_code == 404


@pytest.mark.django_db
def test_feeds_name_nobody():
    contact = Contact(name="Jo Peeters", email="jo.peeters@example.org")
    suggestion = a_suggestion(answer_by="email", contact=contact)

    for address in ("/suggestions/feed.atom", f"/suggestions/{suggestion.reference}/feed.atom"):
        assert b"eeters" not in a_browser().get(address).content


@pytest.mark.django_db
@pytest.mark.parametrize("title", ["Bell \x07 rings", "Null-like \x1b[0m", "Half a pair \ufffe", "Tags <b>&amp;</b> ]]>", "😀 smile"])
def test_no_title_breaks_a_feed(title):
    a_suggestion(title=title)

    assert len(titles(feed("/suggestions/feed.atom"))) == 1


@pytest.mark.django_db
def test_empty_feed_is_whole_and_the_same_each_time():
    first, second = (a_browser().get("/suggestions/feed.atom?kind=idea") for _ in range(2))

    assert first.content == second.content
    assert "max-age" in first["Cache-Control"]


@pytest.mark.django_db
def test_feed_that_has_not_changed_is_not_sent_again():
    a_suggestion()
    first = a_browser().get("/suggestions/feed.atom")

    again = a_browser().get("/suggestions/feed.atom", headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.django_db
@pytest.mark.parametrize("asked", ["kind=nonsense", "service=%00", "late=perhaps", "q=" + "x" * 3000, "area=%FF"])
def test_odd_questions_to_a_feed_are_no_fault(asked):
    assert a_browser().get(f"/suggestions/feed.atom?{asked}").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 3])
def test_feed_takes_as_many_queries_for_three_as_for_one(rows, django_assert_max_num_queries):
    for _ in range(rows):
        a_suggestion()

    with django_assert_max_num_queries(6):
        feed("/suggestions/feed.atom")
