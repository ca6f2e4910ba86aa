"""People at their browsers: they write suggestions, answer them at the desk, and try again when the connection breaks."""

import http.client
import random
import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.cookiejar import CookieJar
from itertools import count

from tests.bench.forms import Form, forms_of

REFERENCE = re.compile(r"AN-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]")
PATIENCE = 90.0  # seconds in which one act is tried again and again
BETWEEN_TRIES = 0.3
TIMEOUT = 20.0
PASSWORD = "demo-demo-demo"
BROKEN = (OSError, http.client.HTTPException)


class GivenUp(Exception):
    """Tried for as long as anybody would."""


@dataclass
class Page:
    address: str
    status: int
    text: str

    def form(self, having: str) -> Form:
        """The form that has this field or leads to this address."""
        for form in forms_of(self.text, self.address):
            if having in form.fields or having in form.action:
                return form
        raise LookupError(f"{self.address} ({self.status}) has no form with {having}")


@dataclass
class Ledger:
    """What the people were told: only that counts as done."""

    submitted: dict[str, str] = field(default_factory=dict)  # title -> reference on the receipt
    answered: dict[str, str] = field(default_factory=dict)  # text of the act -> what kind it was
    doubtful: dict[str, str] = field(default_factory=dict)  # given up: may have happened or not
    counts: Counter[str] = field(default_factory=Counter)
    in_flight: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, what: str) -> None:
        with self.lock:
            self.counts[what] += 1


class Browser:
    """One visit with its cookies."""

    def __init__(self, address: str, ledger: Ledger) -> None:
        self.address, self.ledger = address, ledger
        self.line = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> Page:
        return self._ask(urllib.request.Request(urllib.parse.urljoin(self.address, path)))

    def send(self, form: Form, **answers: str) -> Page:
        data = urllib.parse.urlencode(form.fields | answers)
        if form.method == "get":
            return self.get(f"{urllib.parse.urldefrag(form.action).url.partition('?')[0]}?{data}")
        return self._ask(urllib.request.Request(urllib.parse.urljoin(self.address, form.action), data.encode()))

    def _ask(self, request: urllib.request.Request) -> Page:
        ledger = self.ledger
        with ledger.lock:
            ledger.in_flight += 1
        try:
            with self.line.open(request, timeout=TIMEOUT) as answer:
                page = Page(answer.url, answer.status, answer.read().decode())
        except urllib.error.HTTPError as refusal:
            page = Page(refusal.url, refusal.code, refusal.read().decode(errors="replace"))
        except BROKEN:
            ledger.count("broken connections")
            raise
        finally:
            with ledger.lock:
                ledger.in_flight -= 1
        ledger.count(f"answers {page.status}")
        if page.status >= 500:
            raise ConnectionError(f"{page.address} answered {page.status}")
        return page


def patiently(act: Callable[[], Page]) -> Page:
    """The act, again and again until it is answered."""
    ends_at = time.monotonic() + PATIENCE
    while True:
        try:
            return act()
        except BROKEN as fault:
            if time.monotonic() > ends_at:
                raise GivenUp(str(fault)) from fault
            time.sleep(BETWEEN_TRIES)


class Citizen:
    """Writes one suggestion after the other, each with the key of its form; sends the same form again when the connection breaks."""

    def __init__(self, number: int, address: str, ledger: Ledger, services: list[str], seed: int) -> None:
        self.number, self.address, self.ledger, self.services = number, address, ledger, services
        self.chance = random.Random(f"{seed}-citizen-{number}")
        self.numbers = count(1)

    def act(self) -> None:
        title = f"Kill nine {self.number}-{next(self.numbers)}: the lamp is out"
        try:
            self.ledger.submitted[title] = self.submit(title)
        except GivenUp:
            self.ledger.doubtful[title] = "submission"

    def submit(self, title: str) -> str:
        browser = Browser(self.address, self.ledger)
        service, kind = self.chance.choice(self.services), self.chance.choice(["problem", "idea"])
        details = patiently(lambda: browser.get(f"/write/details/?service={service}&kind={kind}"))
        form = details.form("title")
        check = patiently(lambda: browser.send(form, title=title, text="It has been out for a week.", place="Station square"))
        send = check.form("form_key")
        receipt = patiently(lambda: browser.send(send))
        found = re.search(rf'id="reference"[^>]*>\s*({REFERENCE.pattern})', receipt.text)
        if receipt.status != 200 or not found:
            self.ledger.count("receipts that did not come")
            raise LookupError(f"No receipt for {title}: {receipt.address} ({receipt.status}) {receipt.text[:2000]}")
        return found.group(1)


class Agent:
    """Answers at the desk; after a broken connection looks first whether the words are there, then sends them again."""

    def __init__(self, email: str, address: str, ledger: Ledger, today: Callable[[], date], seed: int) -> None:
        self.email, self.ledger, self.today = email, ledger, today
        self.browser = Browser(address, ledger)
        self.chance = random.Random(f"{seed}-{email}")
        self.numbers = count(1)
        self.settled: set[str] = set()

    def act(self) -> None:
        waiting = [reference for reference in list(self.ledger.submitted.values()) if reference not in self.settled]
        if not waiting:
            return
        reference = self.chance.choice(waiting[-30:])
        text = f"Kill nine, {self.email} {next(self.numbers)}: we have read it."
        kind = self.chance.choice(["acknowledge", "update", "decide", "decide", "fix"])
        try:
            self.answer(reference, kind, text)
        except GivenUp:
            self.ledger.doubtful[text] = kind

    def answer(self, reference: str, kind: str, text: str) -> None:
        case = patiently(lambda: self.case(reference))
        if case.status != 200:
            self.settled.add(reference)  # another operator's case
            return
        while True:
            if text in case.text:
                self.ledger.answered[text] = kind
                return
            try:
                form = case.form(f"/{kind}/")
            except LookupError:
                if kind in {"decide", "fix"}:
                    self.settled.add(reference)
                return
            try:
                case = self.browser.send(form, **self.answers(kind, text))
            except BROKEN:
                case = patiently(lambda: self.case(reference))
                continue
            if text not in case.text or case.status != 200:
                self.ledger.count(f"refused: {kind}")
                return

    def case(self, reference: str) -> Page:
        page = self.browser.get(f"/desk/{reference}/")
        if "/sign-in/" in page.address:
            door = self.browser.send(self.browser.get("/sign-in/password/").form("password"), login=self.email, password=PASSWORD)
            digits = re.search(r'class="code"[^>]*>(\d{6})', self.browser.get("/demo/mailbox/").text)
            if digits and "/second-factor/" in door.address:
                self.browser.send(door.form("code"), code=digits[1])
            page = self.browser.get(f"/desk/{reference}/")
        return page

    def answers(self, kind: str, text: str) -> dict[str, str]:
        if kind == "fix":
            return {"evidence": text}
        if kind == "decide":
            day = self.today() + timedelta(days=self.chance.randint(1, 20))
            promise = {"promise": "A new lamp", "promised_on": day.isoformat()} if self.chance.random() < 0.7 else {}
            return {"outcome": "accepted", "reasons": text} | promise
        return {"text": text}


class Crowd:
    """Everybody at once, until told to stop; then they finish what they have begun."""

    def __init__(self, people: list[Citizen | Agent], *, pause: float) -> None:
        self.people, self.pause = people, pause
        self.over = threading.Event()
        self.faults: list[str] = []
        self.threads = [threading.Thread(target=self._live, args=(person,), daemon=True) for person in people]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def finish(self) -> None:
        self.over.set()
        ends_at = time.monotonic() + PATIENCE + TIMEOUT
        for thread in self.threads:
            thread.join(max(0.0, ends_at - time.monotonic()))

    def _live(self, person: Citizen | Agent) -> None:
        while not self.over.wait(person.chance.uniform(0.5, 1.5) * self.pause):
            try:
                person.act()
            except LookupError as fault:
                self.faults.append(str(fault))
