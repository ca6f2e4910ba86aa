"""Where the servers' programs and data lie, and under which account they run: PostgreSQL refuses to run as root."""

import hashlib
import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypedDict

from portal.embedded.errors import CannotStart
from portal.embedded.homes import REPOSITORY, home_directory, make_home, var_directory

if sys.platform != "win32":
    import pwd


class Identity(TypedDict, total=False):
    """The arguments by which subprocess starts a program under another account."""

    user: int
    group: int
    extra_groups: list[int]


class Account(NamedTuple):
    """A user of this machine, by number."""

    uid: int
    gid: int


@dataclass(frozen=True)
class Place:
    """Directories that the servers' account can reach."""

    account: Account | None  # None: whoever runs us
    data: Path
    programs: Path  # copies, where the installed ones are out of the account's reach

    @property
    def identity(self) -> Identity:
        return identity_of(self.account)

    def own(self, path: Path) -> Path:
        """Make a private directory of the servers' account, or make sure that an existing one is theirs."""
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        facts = path.lstat()
        if path.is_symlink() or facts.st_uid not in {os.geteuid(), self.account.uid if self.account else os.geteuid()}:
            raise CannotStart(f"{path} belongs to somebody else: remove it, or set ANSWERABLE_VAR to another directory.")
        self.give(path)
        return path

    def give(self, path: Path) -> None:
        if self.account:
            os.chown(path, self.account.uid, self.account.gid, follow_symlinks=False)

    def can_run(self, program: Path) -> bool:
        return runs(program, self.account)

    def within_reach(self, program: Path, package: Path) -> Path:
        """The program itself, or a copy of its package for an account that may not read the installed one."""
        if self.can_run(program):
            return program
        copy = self.programs / f"{package.name}-{importlib.metadata.version(package.name)}"
        if not copy.exists():
            self._copy(package, to=copy)
        reached = copy / program.relative_to(package.parent)
        if not self.can_run(reached):
            raise CannotStart(f"{program.name} does not run on this machine: set DATABASE_URL and REDIS_URL to servers of your own.")
        return reached

    def _copy(self, package: Path, *, to: Path) -> None:
        draft = self.own(self.programs) / f"{to.name}.new"
        shutil.rmtree(draft, ignore_errors=True)
        for folder in (package, package.with_name(f"{package.name}.libs")):  # the sibling holds libraries that the tools load
            if folder.exists():
                shutil.copytree(folder, draft / folder.name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
        for directory, _, files in os.walk(draft):
            for path in (Path(directory), *(Path(directory) / file for file in files)):
                self.give(path)
        draft.rename(to)


def find_place() -> Place:
    """The home directory if the servers' account can write there, else a private folder in the persistent temporary directory."""
    account = service_account()
    at_home = Place(account, data=make_home() / "servers", programs=var_directory() / "programs")
    at_home.own(at_home.data)
    if account is None or can_write(at_home.data, account):
        return at_home
    with suppress(OSError):
        at_home.data.rmdir()
    elsewhere = fallback_directory()
    away = Place(account, data=elsewhere / "servers" / home_directory().name, programs=elsewhere / "programs")
    for path in (elsewhere, away.data.parent, away.data):
        away.own(path)
    return away


def service_account() -> Account | None:
    """The account that the servers run under when we are root: the owner of the tree, else nobody; none is ever created."""
    if os.geteuid() != 0:
        return None
    owner = REPOSITORY.stat().st_uid
    entry = pwd.getpwnam("nobody")
    with suppress(KeyError):  # a container may show an owner that has no name here, and PostgreSQL wants one
        entry = pwd.getpwuid(owner) if owner else entry
    return Account(entry.pw_uid, entry.pw_gid)


def identity_of(account: Account | None) -> Identity:
    return Identity(user=account.uid, group=account.gid, extra_groups=[]) if account else Identity()


def runs(program: Path, account: Account | None) -> bool:
    try:
        return subprocess.run([program, "--version"], capture_output=True, cwd="/", check=False, **identity_of(account)).returncode == 0
    except OSError:
        return False


def can_write(directory: Path, account: Account) -> bool:
    return subprocess.run(["test", "-w", directory], cwd="/", check=False, **identity_of(account)).returncode == 0


def fallback_directory() -> Path:
    tag = hashlib.sha256(os.fsencode(var_directory())).hexdigest()[:10]
    return Path("/var/tmp") / f"answerable-{tag}"


def make_socket_directory(place: Place) -> Path:
    """A private directory with a short name in lower case: socket paths end at 107 bytes, and addresses lose their capitals."""
    sockets = Path(tempfile.mkdtemp(prefix="answerable-", dir="/tmp"))
    place.give(sockets)
    return sockets


def installed_package(name: str) -> Path | None:
    """Where a package lies, without importing it."""
    spec = importlib.util.find_spec(name)
    return Path(next(iter(spec.submodule_search_locations))) if spec and spec.submodule_search_locations else None
