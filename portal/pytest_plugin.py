"""Starts the built-in servers for a test run before pytest-django reads the settings; does nothing where the environment names servers."""

import itertools
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from portal.embedded.errors import CannotStart
from portal.embedded.homes import var_directory
from portal.embedded.notes import supervision

servers_of_this_run = ExitStack()


@pytest.hookimpl(wrapper=True, tryfirst=True)  # a wrapper: pytest-django asks to be first as well
def pytest_load_initial_conftests(args: list[str]) -> Iterator[None]:
    if "ANSWERABLE_TEST_HOME" not in os.environ:  # else a worker of pytest-xdist, whose parent has them
        try:
            servers_of_this_run.enter_context(servers_for_tests())
        except CannotStart as refusal:
            raise pytest.UsageError(str(refusal)) from refusal
    return (yield)


def pytest_unconfigure() -> None:
    servers_of_this_run.close()


@contextmanager
def servers_for_tests() -> Iterator[None]:
    """Servers in the first home that no other test run uses; they need not survive a power cut, so they are fast."""
    os.environ["ANSWERABLE_TEST_HOME"] = str(var_directory() / "tests")
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        yield
        return
    from portal.embedded.running import servers  # noqa: PLC0415  (a city's own servers need none of it)

    for number in itertools.count(2):
        with supervision() as ours:
            if ours:
                with servers(durable=False):
                    yield
                return
        os.environ["ANSWERABLE_TEST_HOME"] = str(var_directory() / f"tests-{number}")
