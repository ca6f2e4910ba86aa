"""What the database refuses, tried on a database that the migrations alone made: nothing of the tests' own set-up reaches it."""

from collections.abc import Iterator

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

APPEND_ONLY = ["portal_event", "suggestions_obligationterm", "suggestions_response", "suggestions_commitmentdate"]

INSERT_EVENT = """
    INSERT INTO portal_event (uuid, kind, "case", about, actor, at, known_at, facts)
    VALUES (gen_random_uuid(), 'suggestion_submitted', '', 'x/1', 'citizen', now(), now(), '{}')
"""


@pytest.fixture(scope="module")
def production(django_db_setup, django_db_blocker) -> Iterator[psycopg.Connection]:
    """A database as `manage.py migrate` leaves it in a city."""
    name = f"{settings.DATABASES['default']['NAME']}_production"
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
            cursor.execute(f'CREATE DATABASE "{name}"')
        connections.databases["production"] = connections.databases["default"] | {"NAME": name}
        call_command("migrate", database="production", verbosity=0)
        connections["production"].ensure_connection()
        yield connections["production"].connection
        connections["production"].close()
        del connections.databases["production"]
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}"')


@pytest.mark.database
@pytest.mark.parametrize("statement", ["UPDATE portal_event SET actor = 'nobody'", "DELETE FROM portal_event"])
def test_event_can_be_neither_changed_nor_removed(production: psycopg.Connection, statement: str):
    production.execute(INSERT_EVENT)

    with pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
        production.execute(statement)


@pytest.mark.database
@pytest.mark.parametrize("table", APPEND_ONLY)
def test_append_only_table_refuses_truncate(production: psycopg.Connection, table: str):
    with pytest.raises(psycopg.errors.RestrictViolation, match="TRUNCATE"):
        production.execute(f"TRUNCATE {table} CASCADE")


@pytest.mark.database
def test_nothing_empties_the_due_history_by_the_back_door(production: psycopg.Connection):
    for table in ("suggestions_suggestion", "portal_organisation", "portal_person"):
        with pytest.raises(psycopg.errors.RestrictViolation):
            production.execute(f"TRUNCATE {table} CASCADE")


@pytest.mark.database
def test_every_guard_is_switched_on_in_production(production: psycopg.Connection):
    rows = production.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'O'").fetchall()
    guards = production.execute("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal").fetchone()

    assert rows == []
    assert guards is not None
    assert guards[0] >= 30
