"""Where outside judges' data lies: beside the project, never in it."""

import os
from pathlib import Path

import pytest

DATA = Path(__file__).parents[1].parent / "shared" / "data"


def outside_data(*names: str) -> Path:
    """A file or folder of the outside data; the test skips where it is absent, and fails in CI."""
    path = DATA.joinpath(*names)
    if not path.exists():
        if os.environ.get("CI"):
            pytest.fail(f"The outside data {'/'.join(names)} are missing, and CI must judge by them.")
        pytest.skip(f"The outside data {'/'.join(names)} are not beside this checkout.")
    return path
