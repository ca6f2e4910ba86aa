"""What every test stands on."""

import pytest
from django.conf import settings
from django.db import connection
from django.utils import translation

NO_TRUNCATE = "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgname LIKE '%no_truncate' AND NOT tgisinternal"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Transactional tests empty the tables with TRUNCATE, which the log refuses; only the test database lets them.

    tests/portal/test_append_only.py proves on a database made by the migrations alone that production has no such door.
    """
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(NO_TRUNCATE)
        for table, trigger in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")


@pytest.fixture(autouse=True)
def in_the_leading_language():
    """A page that was read in another language leaves it active in this thread."""
    translation.activate(settings.LANGUAGE_CODE)
    yield
    translation.activate(settings.LANGUAGE_CODE)
