"""Each rule that the database keeps is broken once in every way, and is the only one that stands in that way."""

import importlib
import pkgutil
from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from tests import constraints as registries
from tests.constraints.rules_of_portal import COMPOSITE_KEYS, UNBREAKABLE
from tests.constraints.rules_of_suggestions import NOT_ALONE

pytestmark = [pytest.mark.database, pytest.mark.django_db]

RULES: dict[str, list[Callable[[], object]]] = {}
for found in pkgutil.iter_modules(registries.__path__, f"{registries.__name__}."):
    RULES |= getattr(importlib.import_module(found.name), "RULES", {}) if ".rules_of_" in found.name else {}
ATTEMPTS = [
    pytest.param(name, attempt, id=f"{name}-{number}")
    for name, attempts in (RULES | COMPOSITE_KEYS).items()
    for number, attempt in enumerate(attempts, start=1)
]


def constraints() -> dict[str, tuple[type[models.Model], models.BaseConstraint]]:
    """Every constraint that our models declare, by name."""
    own = [model for label in ("portal", "suggestions", "reports") for model in apps.get_app_config(label).get_models()]
    return {constraint.name: (model, constraint) for model in own for constraint in model._meta.constraints}


def drop(name: str) -> None:
    """Take one rule away until the test ends."""
    if name in COMPOSITE_KEYS:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE portal_membership DROP CONSTRAINT {name}")
        return
    model, constraint = constraints()[name]
    with connection.schema_editor() as editor:
        editor.remove_constraint(model, constraint)


def carry_out(attempt: Callable[[], object]) -> None:
    """To the end: what the database puts off until the commit is asked now."""
    attempt()
    connection.check_constraints()


def test_every_constraint_has_a_test_that_breaks_it():
    assert RULES.keys() | UNBREAKABLE.keys() == constraints().keys()


@pytest.mark.parametrize(("name", "attempt"), ATTEMPTS)
def test_database_refuses(name: str, attempt: Callable[[], object]):
    with pytest.raises(IntegrityError, match=f'"{name}"'), transaction.atomic():
        carry_out(attempt)


@pytest.mark.parametrize(("name", "attempt"), [attempt for attempt in ATTEMPTS if attempt.values[0] not in NOT_ALONE])
def test_nothing_else_would_refuse_it(name: str, attempt: Callable[[], object]):
    drop(name)

    carry_out(attempt)
