"""One suggestion from the first word to the dispute, by hand in a browser: the citizen without JavaScript, the operator with it."""

import time
from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from portal import wall_clock
from portal.actions.accounts import add_app, confirm_address
from portal.city_days import city_day
from portal.models import Role
from suggestions.actions.obligations import breach_overdue, climb_ladders
from tests.factories import a_category, a_contract, a_member

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "a long password for the agent"
APP = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def test_life_of_a_suggestion(open_page, moving_clock):
    a_contract()
    a_category()
    agent = a_member(Role.OPERATOR_AGENT).membership.person
    agent.set_password(PASSWORD)
    agent.save()
    confirm_address(person=agent, email=agent.email, at=wall_clock.now())
    add_app(person=agent, secret=APP)
    citizen = open_page("/", java_script_enabled=False, viewport={"width": 320, "height": 700})

    reference, phrase = says_something(citizen)
    desk = signs_in(open_page("/sign-in/password/"), agent.email)
    acknowledges(desk, reference)
    sees_that_the_answer_is_still_owed(citizen, reference)
    promises(desk)
    wall_clock.move_forward(timedelta(days=4))
    breach_overdue(at=wall_clock.now())
    climb_ladders(at=wall_clock.now())
    sees_a_broken_promise(citizen)
    delivers(desk)
    elsewhere = open_page("/follow/", java_script_enabled=False)
    opens_with_receipt(elsewhere, reference, phrase)
    says_it_was_not_done(elsewhere)

    assert elsewhere.get_by_text("The Operator must decide again").first.is_visible()
    assert elsewhere.get_by_role("listitem").filter(has_text="Not done").first.is_visible()


def says_something(citizen):
    citizen.get_by_role("link", name="Say something").first.click()
    citizen.get_by_label("A problem").check()
    citizen.get_by_label("What is it about?").select_option("brakes")
    citizen.get_by_role("button", name="Go on").click()
    assert citizen.get_by_text("must decide, with reasons by").is_visible()  # told before anything is sent
    citizen.get_by_role("button", name="Check your answers").click()
    assert citizen.title().startswith("Error: ")
    citizen.get_by_role("link", name="Say in one sentence what it is about.").click()
    citizen.get_by_label("In one sentence").fill("The brakes of bicycle 12 squeal")
    citizen.get_by_role("button", name="Check your answers").click()
    citizen.get_by_role("button", name="Send").click()
    assert citizen.get_by_role("heading", name="We received it").is_visible()
    shown = citizen.locator("#reference").inner_text(), citizen.locator("#phrase").inner_text()
    citizen.get_by_role("link", name="Go to your suggestion").click()
    return shown


def signs_in(desk, email):
    desk.get_by_label("E-mail address").fill(email)
    desk.get_by_label("Password").fill(PASSWORD)
    desk.get_by_role("button", name="Sign in").click()
    half_minute = int(time.time()) // 30
    desk.get_by_label("Code").fill(format_hotp_value(hotp_value(APP, half_minute)))
    desk.get_by_role("button", name="Sign in").click()
    desk.wait_for_url("**/desk/**")
    return desk


def opened_act(desk, heading):
    """The form of one act, unfolded."""
    act = desk.locator("details.act").filter(has=desk.locator("summary", has_text=heading))
    if act.get_attribute("open") is None:
        act.locator("summary").click()
    return act


def acknowledges(desk, reference):
    desk.goto(f"/desk/{reference}/")
    act = opened_act(desk, "Acknowledge")
    act.get_by_label("What you say").fill("Thank you for telling us!")
    act.get_by_role("button", name="Publish the acknowledgement").click()
    desk.get_by_text("Thank you for telling us!").first.wait_for()


def sees_that_the_answer_is_still_owed(citizen, reference):
    citizen.goto(f"/suggestions/{reference}/")
    assert citizen.get_by_text("Thank you for telling us!").is_visible()
    assert citizen.get_by_text("The Operator must decide, with reasons").first.is_visible()
    assert citizen.get_by_text("This is not a decision: the other clocks run on.").is_visible()


def promises(desk):
    act = opened_act(desk, "Decide")
    act.get_by_label("Accepted", exact=True).check()
    act.get_by_label("Why").fill("You are right.")
    act.get_by_label("What you promise").fill("New brakes on bicycle 12")
    act.get_by_label("By which day").fill((city_day(wall_clock.now()) + timedelta(days=2)).isoformat())
    act.get_by_role("button", name="Publish the decision").click()
    desk.get_by_text("New brakes on bicycle 12").first.wait_for()


def sees_a_broken_promise(citizen):
    citizen.reload()
    assert citizen.get_by_text("Promise broken").is_visible()
    assert citizen.get_by_text("The Operator broke its promise").is_visible()


def delivers(desk):
    desk.reload()
    act = opened_act(desk, "Deliver, with evidence")
    act.get_by_label("What was done, and how anybody can check it").fill("New blocks on both wheels.")
    act.get_by_role("button", name="Publish the delivery").click()
    desk.get_by_text("New blocks on both wheels.").first.wait_for()


def opens_with_receipt(page, reference, phrase):
    page.get_by_label("Reference").fill(reference.lower())
    page.get_by_label("Your four words").fill(phrase)
    page.get_by_role("button", name="Open").click()
    assert page.get_by_role("heading", name="This is yours").is_visible()


def says_it_was_not_done(page):
    page.get_by_role("link", name="Was it really done?").click()
    page.get_by_label("No, it was not done").check()
    page.get_by_label("What do you see?").fill("The old blocks are still on it.")
    page.get_by_role("button", name="Send").click()
    assert page.get_by_text("The old blocks are still on it.").is_visible()
