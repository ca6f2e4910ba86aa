"""Each guard of the migrations refuses every way past it, column by column, and is the only thing that stands in that way."""

import re
from collections import ChainMap
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType, SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction

from portal.models import ServiceLevel
from suggestions import migrations
from tests import constraints as registries
from tests.constraints.rows import change
from tests.constraints.rules_of_guards import GUARDS_OF_PORTAL, Attempt, a_published_clause

pytestmark = [pytest.mark.database, pytest.mark.django_db]

KINDS = ("APPEND_ONLY", "NEVER_REMOVED", "FROZEN", "ONCE_SET")


def merged(package: ModuleType) -> SimpleNamespace:
    """The tables of each kind of guard, from every module of a package that names some."""
    modules = [import_module(found.name) for found in iter_modules(package.__path__, f"{package.__name__}.") if ".test_" not in found.name]
    return SimpleNamespace(**{kind: dict(ChainMap(*(getattr(module, kind, {}) for module in modules))) for kind in KINDS})


guards, rules_of_guards = merged(migrations), merged(registries)

FIXED = "this was fixed when it was recorded"
ONCE = "a recorded fact is never unsaid"


def attempts() -> Iterator[tuple[str, str, str, Attempt]]:
    """Every way past a guard: the guard, what it says, a name for the way, and the way."""
    for guard, (reason, ways) in GUARDS_OF_PORTAL.items():
        yield from ((guard, reason, str(number), way) for number, way in enumerate(ways, start=1))
    for suffix, reasons in (("append_only", guards.APPEND_ONLY), ("never_removed", guards.NEVER_REMOVED)):
        for table, ways in getattr(rules_of_guards, suffix.upper()).items():
            yield from ((f"{table}_{suffix}", reasons[table], str(number), way) for number, way in enumerate(ways, start=1))
    for suffix, reason in (("frozen", FIXED), ("once_set", ONCE)):
        for table, columns in getattr(rules_of_guards, suffix.upper()).items():
            yield from ((f"{table}_{suffix}", reason, column, way) for column, way in columns.items())


ATTEMPTS = [pytest.param(guard, reason, way, id=f"{guard}-{name}") for guard, reason, name, way in attempts()]


def triggers() -> dict[str, str]:
    """The table of every guard that the database has, by the guard's name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
        return dict(cursor.fetchall())


def switch(guard: str, to: str) -> None:
    """Until the test ends."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {triggers()[guard]} {to} TRIGGER {guard}")


def test_every_guard_has_a_test_that_tries_to_get_past_it():
    tried = {guard for guard, *_ in attempts()}

    assert tried == {guard for guard in triggers() if not guard.endswith("_no_truncate")}


@pytest.mark.parametrize("guards_of_columns", ["FROZEN", "ONCE_SET"])
def test_every_guarded_column_is_tried(guards_of_columns: str):
    tried = {table: set(columns) for table, columns in getattr(rules_of_guards, guards_of_columns).items()}

    assert tried == {table: set(columns) for table, columns in getattr(guards, guards_of_columns).items()}


@pytest.mark.parametrize(("guard", "reason", "attempt"), ATTEMPTS)
def test_guard_refuses(guard: str, reason: str, attempt: Attempt):
    says = rf"of {triggers()[guard]} is refused: {re.escape(reason)}"

    with pytest.raises(IntegrityError, match=says), transaction.atomic():
        attempt()


@pytest.mark.parametrize(("guard", "reason", "attempt"), ATTEMPTS)
def test_nothing_but_the_guard_would_refuse_it(guard: str, reason: str, attempt: Attempt):
    switch(guard, "DISABLE")

    attempt()

    connection.check_constraints()


def test_no_guarded_table_is_ever_emptied():
    tables = set(triggers().values())
    for guard in triggers():
        if guard.endswith("_no_truncate"):
            switch(guard, "ENABLE")  # tests/conftest.py has switched it off for the tests that empty the tables

    for table in tables:
        with pytest.raises(IntegrityError, match="TRUNCATE of .* is refused"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {table} CASCADE")


def test_published_clause_may_end():
    clause = a_published_clause()
    until = clause.in_force.lower.replace(year=2030)

    change(clause, in_force=type(clause.in_force)(clause.in_force.lower, until))

    assert ServiceLevel.objects.get(pk=clause.pk).in_force.upper == until
