import pytest
from django.core.exceptions import PermissionDenied

from portal.actions.people import NoReasonToLook, NothingToSee, view_contact
from portal.models import ContactView, Role
from suggestions.actions.suggestions import Contact
from tests.factories import (
    MONDAY_NOON,
    a_browser,
    a_citizen,
    a_clerk,
    a_member,
    a_person,
    a_receipt,
    a_suggestion,
    nobody,
)

pytestmark = pytest.mark.django_db

ANNA = Contact(name="Anna Peeters", phone="0470 12 34 56")


def a_case(**fields):
    return a_suggestion(**{"answer_by": "call", "contact": ANNA} | fields)


def test_a_look_leaves_who_what_why_and_when():
    person, clerk = a_person(name="Anna", phone="0470"), a_clerk()

    look = view_contact(person=person, by=clerk, reason=" To call back. ", case="AN-1", at=MONDAY_NOON)

    assert (look.person, look.by, look.reason, look.case, look.seen_at) == (person, clerk, "To call back.", "AN-1", MONDAY_NOON)
    assert look.details == ["name", "email", "phone"]


def test_nobody_looks_without_a_reason():
    with pytest.raises(NoReasonToLook):
        view_contact(person=a_person(), by=a_clerk(), reason="  ", at=MONDAY_NOON)

    assert not ContactView.objects.exists()


def test_there_is_nothing_to_see_of_an_empty_row():
    with pytest.raises(NothingToSee):
        view_contact(person=a_person(email=None), by=a_clerk(), reason="To call.", at=MONDAY_NOON)


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.CITY_CLERK, Role.CITY_MANAGER, Role.GROUP_OFFICER}])
def test_other_roles_never_look(role):
    with pytest.raises(PermissionDenied):
        view_contact(person=a_person(), by=a_member(role), reason="To call.", at=MONDAY_NOON)


@pytest.mark.parametrize("visitor", [nobody, a_citizen])
def test_citizens_never_look(visitor):
    with pytest.raises(PermissionDenied):
        view_contact(person=a_person(), by=visitor(), reason="To call.", at=MONDAY_NOON)


def test_the_desk_shows_contact_data_only_after_a_reason():
    case, clerk = a_case(), a_browser(a_clerk())

    page = clerk.get(f"/desk/{case.reference}/").content.decode()
    refused = clerk.post(f"/desk/{case.reference}/contact/", {"reason": ""})
    shown = clerk.post(f"/desk/{case.reference}/contact/", {"reason": "You asked to be called."})

    assert "Show contact data" in page
    assert "0470" not in page + refused.content.decode()
    assert refused.status_code == 422
    assert "0470 12 34 56" in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert ContactView.objects.get().details == ["name", "phone"]


def test_an_operator_is_not_shown_the_door():
    case, agent = a_case(), a_browser(a_member(Role.OPERATOR_AGENT))

    page = agent.get(f"/desk/{case.reference}/")
    look = agent.post(f"/desk/{case.reference}/contact/", {"reason": "I want it."})

    assert page.status_code == 200
    assert "Show contact data" not in page.content.decode()
    assert look.status_code == 403


def test_the_person_reads_who_looked_by_role_and_never_by_name():
    citizen = a_citizen()
    clerk = a_clerk()
    clerk.membership.person.name = "Karel Clerk"
    clerk.membership.person.save()
    view_contact(person=citizen.person, by=clerk, reason="To send the letter.", at=MONDAY_NOON)

    page = a_browser(citizen).get("/mine/data/").content.decode()

    assert "City clerk looked at your e-mail address" in page
    assert "To send the letter." in page
    assert "Karel" not in page


def test_the_holder_of_a_receipt_reads_who_looked_for_this_case():
    receipt = a_receipt(answer_by="call", contact=ANNA)
    case = receipt.suggestion
    view_contact(person=case.contact, by=a_clerk(), reason="To call you.", case=case.reference, at=MONDAY_NOON)
    browser = a_browser()
    browser.post("/follow/", {"reference": case.reference, "phrase": receipt.phrase})

    page = browser.get(f"/suggestions/{case.reference}/data/").content.decode()

    assert "To call you." in page
    assert "0470 12 34 56" in page
    assert "Anna" not in page


def test_who_holds_no_receipt_reads_nothing():
    case = a_case()

    assert a_browser().get(f"/suggestions/{case.reference}/data/").status_code == 403
    assert a_browser(a_citizen()).get(f"/suggestions/{case.reference}/data/copy.json").status_code == 403
