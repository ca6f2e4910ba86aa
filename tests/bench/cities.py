"""Databases to measure in: each a city of so many suggestions, made once and kept, on the server that DATABASE_URL names."""

import os
import subprocess
import sys
from urllib.parse import urlsplit

import psycopg

from portal.embedded.homes import REPOSITORY
from tests.bench.bare.tables import TABLES

MANAGE = [sys.executable, str(REPOSITORY / "manage.py")]
CITIZENS = "person%@crowd.demo.example"


def of_scale(scale: int, *, seed: int = 1) -> dict[str, str]:
    """The environment of a city of this size: its database is made, migrated and filled where it is not there yet."""
    given = os.environ.get("DATABASE_URL")
    if not given or not os.environ.get("REDIS_URL"):
        raise SystemExit("Name the servers to measure on: DATABASE_URL and REDIS_URL. Databases of our own are made beside that one.")
    name = f"answerable_bench_{scale}"
    environment = as_a_city(urlsplit(given)._replace(path=f"/{name}").geturl())
    with psycopg.connect(urlsplit(given)._replace(path="/postgres").geturl(), autocommit=True) as server:
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            server.execute(f'CREATE DATABASE "{name}"')
    manage(environment | {"DEMO": "1"}, "migrate", "--verbosity", "0")
    if ask(environment, "SELECT count(*) FROM suggestions_suggestion") < scale:
        manage(environment | {"DEMO": "1"}, "seed_demo", "--scale", str(scale), "--seed", str(seed))
    if ask(environment, "SELECT to_regclass('bare.suggestion') IS NULL"):
        with psycopg.connect(environment["DATABASE_URL"], autocommit=True) as database:
            database.execute(TABLES.format(rows=scale))
    return environment


def as_a_city(database_url: str) -> dict[str, str]:
    """Settings as in a city, not as in the demo: the demo looks at its own clock with every moment it shows."""
    return {
        "DATABASE_URL": database_url,
        "REDIS_URL": os.environ["REDIS_URL"],
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "portal.settings"),
        "DEMO": "0",
        "DEBUG": "0",
        "SECRET_KEY": "measured-with-a-key-that-is-no-secret-0123456789abcdefghij",
        "PERSON_KEY_SECRET": "measured-with-a-person-key-secret",
        "RECEIPT_PHRASE_SECRET": "measured-with-a-receipt-secret",
        "ALLOWED_HOSTS": "127.0.0.1",
        "PUBLIC_ADDRESS": "http://127.0.0.1",
        "SECURE_SSL_REDIRECT": "0",
        "PAGE_CACHE_SECONDS": "0",
    }


def bare(environment: dict[str, str]) -> dict[str, str]:
    return environment | {"DJANGO_SETTINGS_MODULE": "tests.bench.bare.settings"}


def manage(environment: dict[str, str], *words: str) -> str:
    done = subprocess.run([*MANAGE, *words], cwd=REPOSITORY, env=os.environ | environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"manage.py {' '.join(words)} failed: {done.stdout[-1000:]} {done.stderr[-3000:]}")
    return done.stdout


def in_the_city(environment: dict[str, str], code: str) -> str:
    """What a few lines in the city's own process print."""
    return manage(environment, "shell", "-v", "0", "-c", code)


def ask(environment: dict[str, str], statement: str, *arguments: object) -> object:
    with psycopg.connect(environment["DATABASE_URL"], autocommit=True) as database:
        row = database.execute(statement, arguments).fetchone()
    return row[0] if row else None


def rows(environment: dict[str, str], statement: str, *arguments: object) -> list[tuple[object, ...]]:
    with psycopg.connect(environment["DATABASE_URL"], autocommit=True) as database:
        return database.execute(statement, arguments).fetchall()


def collect_static(environment: dict[str, str]) -> None:
    manage(environment, "collectstatic", "--no-input", "--verbosity", "0")
