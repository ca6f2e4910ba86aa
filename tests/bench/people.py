"""Citizens who are signed in: sessions written straight into the database, as a sign-in would have left them."""

import json
from dataclasses import dataclass

from tests.bench import cities
from tests.bench.serving import Ask

SESSION_COOKIE, TOKEN_COOKIE = "__Host-session", "__Host-csrf"  # as the settings of a city name them
TOKEN = "a" * 32  # of forms; the cookie and the header must say the same
SESSIONS = """
import json, uuid
from datetime import timedelta
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import get_random_string
from portal.models import Person
from suggestions.views.drafts import DRAFTS
store = import_module(settings.SESSION_ENGINE).SessionStore()
people = list(Person.objects.filter(email__endswith="@crowd.demo.example").order_by("pk")[:{wanted}])
if len(people) < {wanted}:
    first = Person.objects.filter(email__endswith="@crowd.demo.example").count()
    more = [Person(email=f"person{{number}}@crowd.demo.example", password="!") for number in range(first, first + {wanted} - len(people))]
    people += Person.objects.bulk_create(more)
until = timezone.now() + timedelta(days=1)
rows, keys = [], []
for number, person in enumerate(people):
    facts = {{SESSION_KEY: str(person.pk), BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
             HASH_SESSION_KEY: person.get_session_auth_hash()}}
    keys.append(str(uuid.uuid4()))
    if {title!r}:
        draft = {{"service": {service!r}, "kind": "problem", "category": "", "form_key": keys[-1],
                 "title": {title!r} % {{"number": number}},
                 "text": "It has been out for a week. " * 8, "place": "Station square", "answer_by": "come_back"}}
        facts[DRAFTS] = {{keys[-1]: draft}}
    rows.append(Session(session_key=get_random_string(32, "abcdefghijklmnopqrstuvwxyz0123456789"),
                        session_data=store.encode(facts), expire_date=until))
Session.objects.bulk_create(rows, batch_size=2000)
print(json.dumps([[person.pk, row.session_key, key] for person, row, key in zip(people, rows, keys)]))
"""


@dataclass(frozen=True)
class Visitor:
    person: int
    session: str
    draft: str  # the key of what this visitor has typed and not yet sent


def signed_in(city: dict[str, str], wanted: int, *, service: str = "", title: str = "") -> list[Visitor]:
    """So many people in a visit; made where the city has fewer. With a title, each has written a suggestion that is not yet sent."""
    printed = cities.in_the_city(city, SESSIONS.format(wanted=wanted, service=service, title=title))
    return [Visitor(*facts) for facts in json.loads(printed.strip().splitlines()[-1])]


def cookies(session: str) -> str:
    return f"{TOKEN_COOKIE}={TOKEN}" + (f"; {SESSION_COOKIE}={session}" if session else "")


def post(line: str, body: str = "", *, session: str = "") -> Ask:
    headers = (("Cookie", cookies(session)), ("X-CSRFToken", TOKEN), ("Content-Type", "application/x-www-form-urlencoded"))
    return Ask(line, "POST", headers, body)
