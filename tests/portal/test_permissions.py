import pytest

from portal.models import Actor, Organisation, Role
from portal.models.organisations import ROLES_OF
from portal.permissions import ROLE_MAY, Permission, can
from tests.factories import DAY, MONDAY_NOON, a_citizen, a_city_manager, a_member, nobody

OFFICIAL = [Permission.RESPOND, Permission.READ_ALL, Permission.SETTLE_PROPOSAL, Permission.MANAGE_CONTRACTS, Permission.IMPORT]


def test_every_role_has_its_line_in_the_table_and_its_kind_of_organisation():
    placed = {role for roles in ROLES_OF.values() for role in roles}

    assert set(ROLE_MAY) == set(Role) == placed


def test_every_kind_of_organisation_has_roles():
    assert set(ROLES_OF) == set(Organisation.Kind)


@pytest.mark.parametrize("role", [Role.OPERATOR_AGENT, Role.OPERATOR_MANAGER])
def test_operator_never_reads_everything_nor_settles_its_own_proposals(role):
    assert not ROLE_MAY[role] & {Permission.READ_ALL, Permission.SETTLE_PROPOSAL, Permission.CLEAR, Permission.MANAGE_CONTRACTS}


@pytest.mark.django_db
def test_citizen_and_visitor_may_submit_but_nothing_official():
    for actor in (a_citizen(), nobody()):
        assert can(actor, Permission.SUBMIT)
        assert not any(can(actor, permission) for permission in OFFICIAL)


@pytest.mark.django_db
def test_membership_that_ended_gives_no_rights():
    manager = a_city_manager()
    manager.membership.until_at = MONDAY_NOON + DAY
    manager.membership.save()

    actor = Actor.objects.membership(manager.membership.pk)

    assert not any(can(actor, permission) for permission in Permission)


@pytest.mark.django_db
def test_each_capacity_of_a_person_is_one_actor():
    member = a_member(Role.AUDITOR)

    assert Actor.objects.membership(member.membership.pk) == member
    assert Actor.objects.person(member.membership.person_id) != member
    assert member.public_role == "auditor"
