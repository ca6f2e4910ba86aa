"""Four sweeps at once, one of them killed in the middle, hand notices to a mail server of our own: none arrives twice."""

import json
import signal
import socketserver
import subprocess
import sys
import threading
import time
from collections import Counter

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.management import call_command

from portal.actions.notices import mail_counts
from portal.embedded.homes import REPOSITORY
from portal.models import Mail, Notice, Pace, Person, Scope, Topic
from portal.models.notices import NoticePreference
from suggestions.actions.notices import send_notices, tell_followers
from suggestions.actions.responses import publish_response
from suggestions.models import Follow, Response
from tests.factories import HOUR, MONDAY_NOON, a_suggestion, an_agent

SWEEPERS = 4
MIDDLE = 0.4  # of the mails, when one sweeper is killed
LATER = MONDAY_NOON + 2 * HOUR
SHELL = [sys.executable, str(REPOSITORY / "manage.py"), "shell", "-v", "0", "-c"]


class MailServer(socketserver.StreamRequestHandler):
    """As little SMTP (RFC 5321) as it takes to be handed a mail; what was accepted is counted by its Message-ID."""

    accepted: Counter[str] = Counter()
    first_at = last_at = 0.0

    def handle(self) -> None:
        self.say(220)
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                self.say(354)
                self.take()
                self.say(250)
            elif word == b"QUIT":
                self.say(221)
                return
            else:
                self.say(250)

    def take(self) -> None:
        while (line := self.rfile.readline()).rstrip() != b".":
            if not line:
                return
            if line.lower().startswith(b"message-id:"):
                MailServer.accepted[line.split(b":", 1)[1].strip().decode()] += 1
                MailServer.last_at = time.monotonic()
                MailServer.first_at = MailServer.first_at or MailServer.last_at

    def say(self, code: int) -> None:
        self.wfile.write(b"%d ok\r\n" % code)


class Listening(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True


def run(followers: int) -> None:
    """Everybody follows one service and is told at once; a case of it is answered."""
    call_command("migrate", verbosity=0)
    suggestion = a_suggestion()
    people = Person.objects.bulk_create(Person(email=f"follower{number}@example.org", password="!") for number in range(followers))
    EmailAddress.objects.bulk_create(EmailAddress(user=person, email=person.email, verified=True, primary=True) for person in people)
    Follow.objects.bulk_create(Follow(person=person, service=suggestion.service, since_at=MONDAY_NOON) for person in people)
    NoticePreference.objects.bulk_create(
        NoticePreference(person=person, scope=Scope.FOLLOWED, topic=Topic.ANSWERS, pace=Pace.AT_ONCE, changed_at=MONDAY_NOON)
        for person in people
    )
    publish_response(suggestion=suggestion, by=an_agent(), kind=Response.Kind.UPDATE, text="We look at it.", at=LATER)
    with Listening(("127.0.0.1", 0), MailServer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sweepers = [start(server.server_address[1]) for _ in range(SWEEPERS)]
        began_at = time.monotonic()
        for sweeper in sweepers:
            go(sweeper)
        while len(MailServer.accepted) < MIDDLE * followers and time.monotonic() - began_at < 120:
            time.sleep(0.01)
        sweepers[0].send_signal(signal.SIGKILL)
        for sweeper in sweepers:
            sweeper.communicate(timeout=300)
        last = start(server.server_address[1])
        go(last)
        last.communicate(timeout=300)
        server.shutdown()
    report(followers)


def start(port: int) -> subprocess.Popen[str]:
    command = [*SHELL, f"from tests.bench.notices import one; one({port})"]
    sweeper = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY)
    assert sweeper.stdout
    sweeper.stdout.readline()  # it is ready
    return sweeper


def go(sweeper: subprocess.Popen[str]) -> None:
    assert sweeper.stdin
    sweeper.stdin.write("go\n")
    sweeper.stdin.flush()


def report(followers: int) -> None:
    twice = sum(times > 1 for times in MailServer.accepted.values())
    counts = mail_counts(at=LATER + HOUR)
    notices = Notice.objects.filter(way=Notice.Way.EMAIL).exclude(kind="suggestion_submitted")
    seconds = MailServer.last_at - MailServer.first_at
    wrong = {
        "mails that arrived twice": twice,
        "people not told once": followers - notices.count() or followers - notices.values("person").distinct().count(),
        "mails neither sent nor counted as uncertain": Mail.objects.count() - Mail.objects.sent().count() - counts["uncertain"],
        "mails lost that nobody counted": max(0, Mail.objects.count() - len(MailServer.accepted) - counts["uncertain"]),
    }
    print(
        json.dumps(
            {
                "wrong": {name: what for name, what in wrong.items() if what},
                "mails": Mail.objects.count(),
                "arrived": len(MailServer.accepted),
                "uncertain after the kill": counts["uncertain"],
                "seconds": round(seconds, 1),
                "mails per second": round(len(MailServer.accepted) / seconds, 1) if seconds else None,
            }
        )
    )


def one(port: int) -> None:
    """One sweeper, as soon as it is told to go."""
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1", port
    Notice.objects.count()  # connected
    print("ready", flush=True)
    sys.stdin.readline()
    tell_followers(at=LATER)
    while send_notices(at=LATER):
        pass
