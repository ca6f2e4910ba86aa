"""An outside judge reads our description of the API and sends what it allows, and what it does not: nothing may break."""

import os
from types import SimpleNamespace

import pytest
import time_machine
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as bounds
from hypothesis import strategies as st

from portal.api.schema import description
from portal.wsgi import application
from suggestions.actions.responses import publish_response
from suggestions.models import Response
from tests.factories import HOUR, MONDAY_NOON, a_category, a_citizen, a_criterion, a_suggestion, an_agent
from tests.programs import a_program

if os.environ.get("CI"):
    import schemathesis
else:
    schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed: it comes with tests/requirements.txt")

from schemathesis.checks import not_a_server_error  # noqa: E402
from schemathesis.specs.openapi.checks import (  # noqa: E402
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

pytestmark = pytest.mark.django_db
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 20  # of each operation, half of them with names that exist here, and as many that the description forbids
BOUNDS = bounds(
    max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
EXISTING = {"kind": "problem", "service": "bikes", "category": "brakes", "criterion": "unsafe"}


@pytest.fixture
def _one_transaction():
    """Django's own test client does the same: the connection of the test stays open from request to request."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def city(settings, _one_transaction):
    settings.API_LIMITS = dict.fromkeys(settings.API_LIMITS, (1_000_000, 60))
    with time_machine.travel(MONDAY_NOON + HOUR, tick=True):
        author, agent = a_citizen(), an_agent()
        suggestion = a_suggestion(by=author)
        a_category()
        a_criterion()
        publish_response(suggestion=suggestion, by=agent, kind=Response.Kind.UPDATE, text="Soon.", at=MONDAY_NOON + HOUR)
        keys = [a_program(actor).headers_of_key() for actor in (author, agent)]
        yield SimpleNamespace(reference=suggestion.reference, keys=[{}, *keys])


def put_existing_names(case, city):
    for place, real in (("reference", city.reference), ("code", "bikes")):
        if place in (case.path_parameters or {}):
            case.path_parameters[place] = real
    if isinstance(case.body, dict):
        case.body |= {name: real for name, real in EXISTING.items() if name in case.body and (name != "kind" or "service" in case.body)}


def cases_of(operation):
    """What the description allows; and where there is anything to get wrong, what it does not."""
    allowed = operation.as_strategy()
    if not operation.body and not operation.query:
        return allowed
    return st.one_of(allowed, operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE))


def test_nothing_that_is_sent_breaks_the_api(city):
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    tried = 0

    for found in schema.get_all_operations():
        operation = found.ok()

        @BOUNDS
        @given(case=cases_of(operation), who=st.integers(0, 2), really=st.booleans())
        def send(case, who, really):
            nonlocal tried
            tried += 1
            if really:
                put_existing_names(case, city)
            case.call_and_validate(headers=city.keys[who], checks=CHECKS)

        send()

    assert tried >= EXAMPLES * len(description("en")["paths"])
