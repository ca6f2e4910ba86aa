"""Our own PostgreSQL and Valkey for a machine where DATABASE_URL and REDIS_URL are unset; the settings read the addresses here."""

from urllib.parse import urlencode, urlsplit, urlunsplit

from portal.embedded.homes import is_testing, var_directory
from portal.embedded.notes import read_note

__all__ = ["database_url", "is_testing", "redis_database", "redis_url", "var_directory"]

BROKER_DATABASE = 0


def database_url() -> str | None:
    """Address of the PostgreSQL that a living supervisor has noted."""
    note = read_note()
    return note.database_url if note else None


def redis_url() -> str | None:
    """Address of the Valkey that a living supervisor has noted."""
    note = read_note()
    return note.redis_url if note else None


def redis_database(url: str, number: int) -> str:
    """The address of one numbered database on a Redis server: 0 for Celery, 1 for the cache."""
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return urlunsplit(parts._replace(path=f"/{number}"))
    if number == BROKER_DATABASE:  # Celery spells a Unix socket in its own way
        return f"redis+socket://{parts.path}?" + urlencode({"virtual_host": number})
    return f"unix://{parts.path}?" + urlencode({"db": number})
