from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange

from portal.actions.contracts import TwoClausesForOneCase, contract_for, publish_service_level
from portal.models import Act, Area, Contract
from suggestions.models import Obligation
from tests.factories import (
    DAY,
    MONDAY_NOON,
    a_city_manager,
    a_clause,
    a_clerk,
    a_contract,
    a_service,
    a_suggestion,
    an_operator,
    the_obligation,
)

pytestmark = pytest.mark.django_db


def test_two_clauses_for_the_same_cases_cannot_both_be_published():
    contract = a_contract()
    twin = a_clause(Act.ANSWER, contract, clause="2bis", published=False)

    with pytest.raises(TwoClausesForOneCase):
        publish_service_level(service_level=twin, by=a_city_manager(), at=MONDAY_NOON)

    twin.refresh_from_db()
    assert twin.published_at is None


def test_clause_may_be_published_once_the_earlier_one_has_ended():
    contract = a_contract(clauses=False)
    until, later = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 2, tzinfo=UTC)
    first = a_clause(Act.ANSWER, contract, clause="2")
    second = a_clause(Act.ANSWER, contract, clause="2", version=2, published=False, in_force=DateTimeTZRange(until, None))

    first.in_force = DateTimeTZRange(first.in_force.lower, until)
    first.save(update_fields=["in_force"])
    publish_service_level(service_level=second, by=a_city_manager(), at=MONDAY_NOON)

    a_clause(Act.ACKNOWLEDGE, contract)
    assert the_obligation(a_suggestion(service=contract.service, at=later), Act.ANSWER).service_level == second
    assert the_obligation(a_suggestion(service=contract.service, at=until - DAY), Act.ANSWER).service_level == first


def test_clause_published_later_never_judges_an_old_clock_again():
    suggestion = a_suggestion()
    before = Obligation.objects.values("service_level", "due_at").get(suggestion=suggestion, act=Act.ANSWER)
    level = the_obligation(suggestion, Act.ANSWER).service_level
    level.in_force = DateTimeTZRange(level.in_force.lower, MONDAY_NOON + DAY)
    level.save(update_fields=["in_force"])

    a_clause(Act.ANSWER, level.contract, clause="2", version=2, within_minutes=60, in_force=DateTimeTZRange(MONDAY_NOON + DAY, None))

    assert Obligation.objects.values("service_level", "due_at").get(suggestion=suggestion, act=Act.ANSWER) == before


def test_only_the_citys_manager_publishes_a_clause():
    draft = a_clause(Act.SOLVE, a_contract(clauses=False), kind="problem", published=False)

    with pytest.raises(PermissionDenied):
        publish_service_level(service_level=draft, by=a_clerk(), at=MONDAY_NOON)


def test_contract_of_the_area_goes_before_the_one_of_the_city():
    service = a_service()
    whole = a_contract(service)
    north = Area.objects.create(code="north", name={"en": "North"})
    local = Contract.objects.create(
        code="north",
        title={"en": "North"},
        service=service,
        area=north,
        operator=an_operator("local"),
        term=DateRange(date(2020, 1, 1), None),
    )

    assert contract_for(service=service, area=north, at=MONDAY_NOON) == local
    assert contract_for(service=service, area=None, at=MONDAY_NOON) == whole


def test_day_of_the_contract_is_the_citys_day():
    service = a_service()
    contract = a_contract(service)
    contract.term = DateRange(date(2026, 3, 2), None)
    contract.save()
    just_after_midnight_in_brussels = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)

    assert contract_for(service=service, area=None, at=just_after_midnight_in_brussels) == contract
    assert contract_for(service=service, area=None, at=just_after_midnight_in_brussels - DAY) is None
