"""The strip of pages of a role: each of them opens, none is missing, nobody else gets one."""

import re

import pytest
from django.urls import reverse

from portal.models import Role
from portal.permissions import Permission, can
from portal.templatetags.desk import ROOMS, rooms_of
from tests.factories import a_browser, a_citizen, a_member

pytestmark = pytest.mark.django_db

STAFF = [role for role in Role if role != Role.GROUP_OFFICER]


@pytest.mark.parametrize("role", STAFF)
def test_every_page_in_the_strip_opens_for_the_role_that_sees_it(role):
    actor = a_member(role)
    browser = a_browser(actor)

    rooms = [reverse(name) for name, _label in rooms_of(actor)]

    assert rooms
    assert {room: browser.get(room).status_code for room in rooms} == dict.fromkeys(rooms, 200)


@pytest.mark.parametrize("role", STAFF)
def test_a_page_that_is_not_in_the_strip_refuses_the_role(role):
    actor = a_member(role)
    browser = a_browser(actor)
    everybody = {"suggestions:moderation_log"}

    others = {name for name, _label, _rights in ROOMS} - {name for name, _label in rooms_of(actor)} - everybody

    assert {name: browser.get(reverse(name)).status_code for name in others} == dict.fromkeys(others, 403)


def test_citizen_sees_no_strip():
    page = a_browser(a_citizen()).get(reverse("reports:start")).content.decode()

    assert 'class="rooms"' not in page


@pytest.mark.parametrize("role", STAFF)
def test_button_to_write_is_shown_to_those_who_may(role):
    actor = a_member(role)

    page = a_browser(actor).get(reverse("reports:start")).content.decode()

    assert bool(re.search(r'<a class="write"', page)) == can(actor, Permission.SUBMIT)


def test_helper_begins_on_the_page_of_helpers():
    assert a_browser(a_member(Role.HELPER)).get(reverse("portal:home")).url == reverse("suggestions:help")
