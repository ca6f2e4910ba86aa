"""Where the demo and the tests keep their data; imports nothing heavy, for the settings read it."""

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def var_directory() -> Path:
    """Where the data of the demo is kept."""
    return Path(os.environ.get("ANSWERABLE_VAR") or REPOSITORY / "var").absolute()


def home_directory() -> Path:
    """Where the servers of this process live: the tests never share them with the demo, or with another test run."""
    return Path(os.environ.get("ANSWERABLE_TEST_HOME") or var_directory())


def is_testing() -> bool:
    """Whether pytest runs us; its plugin leaves this mark before any settings are read."""
    return bool(os.environ.get("ANSWERABLE_TEST_HOME"))


def hand_over(path: Path) -> None:
    """Give to the owner of the tree what root made there, so that the owner can use it the next time."""
    owner = REPOSITORY.stat()
    if os.name == "posix" and os.geteuid() == 0 and owner.st_uid != 0:
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def make_home() -> Path:
    """The home directory, made if it is missing; one that exists keeps its modes."""
    home = home_directory()
    missing = [path for path in (home, *home.parents) if not path.exists()]
    home.mkdir(parents=True, exist_ok=True)
    for path in missing:
        hand_over(path)
    return home
