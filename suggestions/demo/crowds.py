"""A demo city of any size: the same services, manners and shares, written by COPY instead of lived."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random

from django.db import connection

from portal.models import Actor, AnswerBy, Person, Visibility
from portal.references import new_reference
from suggestions.demo import stories
from suggestions.demo.cases import Case
from suggestions.demo.city import DemoCity, the_demo_city
from suggestions.demo.copying import Copies, in_batches
from suggestions.demo.founding import CITY, SERVICES
from suggestions.demo.lives import Life, NotYet, Rulebook, Writer
from suggestions.demo.loading import alone
from suggestions.demo.manners import Manner
from suggestions.demo.plans import HABITS, known_at
from suggestions.demo.services import IDEA, PROBLEM
from suggestions.models import Channel, OpenedBy, Response, Suggestion, Verdict

BATCH = 1000
CASES_A_PERSON = 20
DOMAIN = "@crowd.demo.example"


def load_crowd(*, seed: int, suggestions: int, at: datetime, progress: Callable[[int, int], None]) -> int:
    """Write what is missing of a city of so many suggestions and return how many that were; what is there stays as it is.

    Every constraint and every trigger is on. Texts and times come from the seed; references and ids are drawn anew. Nobody holds
    a receipt of these cases: a hundred thousand slow hashes would take an hour.
    """
    with alone():
        city = the_demo_city(at=at)
        rules = Rulebook(city)
        people = _people(1 + suggestions // CASES_A_PERSON, at=city.until)
        added = 0
        for numbers in in_batches(range(suggestions), BATCH):
            added += _write(city, rules, people, seed, numbers)
            progress(numbers[-1] + 1, suggestions)
        _count_tables_anew()
    return added


def _people(wanted: int, *, at: datetime) -> list[Actor]:
    """Those who write and support in a large city; they have no password."""
    there = Person.objects.filter(email__endswith=DOMAIN).count()
    copies = Copies()
    for number in range(there, wanted):
        person = copies.add(Person(email=f"person{number}{DOMAIN}", password="!", created_at=at))
        copies.add(Actor(kind=Actor.Kind.PERSON, person_id=person.pk))
    copies.write()
    actors = Actor.objects.filter(kind=Actor.Kind.PERSON, person__email__endswith=DOMAIN)
    return list(actors.order_by("person_id")[:wanted])


def _write(city: DemoCity, rules: Rulebook, people: list[Actor], seed: int, numbers: list[int]) -> int:
    hashes = {hashlib.sha256(f"crowd/{seed}/{number}".encode()).digest(): number for number in numbers}
    there = {bytes(known or b"") for known in Suggestion.objects.filter(form_hash__in=hashes).values_list("form_hash", flat=True)}
    references = _new_references(len(hashes))
    copies = Copies()
    for form_hash, number in hashes.items():
        if form_hash not in there:
            _live(city, rules, people, copies, Random(f"crowd/{seed}/{number}"), next(references), form_hash)
    copies.write()
    return len(hashes) - len(there)


def _new_references(count: int) -> Iterator[str]:
    """So many references that nobody has; among a million a clash is as likely as not, and would undo a whole batch."""
    references: set[str] = set()
    while len(references) < count:
        drawn = {new_reference() for _number in range(count - len(references))}
        references |= drawn - set(Suggestion.objects.filter(reference__in=drawn).values_list("reference", flat=True))
    return iter(references)


def _live(city: DemoCity, rules: Rulebook, people: list[Actor], copies: Copies, chance: Random, reference: str, form_hash: bytes) -> None:
    demo = chance.choices(SERVICES, [HABITS[demo.code].share for demo in SERVICES])[0]
    habits = HABITS[demo.code]
    kind = chance.choices([PROBLEM, IDEA], [3, 2])[0]
    topic, said = chance.choice([(topic, said) for topic in demo.topics for said in topic.said if said.kind == kind])
    case = Case(city, demo, topic, said, owner=habits.owner, chance=chance)
    writer = _writer(city, rules, people, chance)
    life = Life(case, rules, copies, known_at(city, writer.channel, chance))
    wish = Visibility.CITY_AND_OPERATOR if chance.random() < 0.04 else None
    life.submit(writer, reference=reference, form_hash=form_hash, wish=wish)
    likely = habits.of_problems if kind == PROBLEM else habits.of_ideas
    story = chance.choices(list(likely), list(likely.values()))[0]
    try:
        _first_days(life, habits.manner)
        _THE_LIKE_OF[story](life, habits.manner, writer)
    except NotYet:
        pass
    life.rest()


def _writer(city: DemoCity, rules: Rulebook, people: list[Actor], chance: Random) -> Writer:
    clerk = city.parties[CITY].agent
    if chance.random() < 0.6:
        person = chance.choice(people)
        return Writer(person, chance.choice([Channel.WEB, Channel.WEB, Channel.API]), AnswerBy.EMAIL, person.person_id)
    if chance.random() < 0.5:
        return Writer(rules.nobody, chance.choice([Channel.WEB, Channel.KIOSK, Channel.OPERATOR]))
    if chance.random() < 0.9:
        on_the_way = timedelta(days=chance.randint(0, 5), minutes=chance.randint(4, 300))
        return Writer(clerk, chance.choice([Channel.PAPER, Channel.PHONE]), on_the_way=on_the_way)
    return Writer(clerk, Channel.WEB, opened_by=OpenedBy.STAFF)


# --- How cases go ------------------------------------------------------------------------------------------------------


def _first_days(life: Life, manner: Manner) -> None:
    chance = life.case.chance
    if life.suggestion.visibility == Visibility.AFTER_CHECK and chance.random() < 0.93:
        life.wait(days=chance.uniform(0.1, 0.9))
        life.clear()
    if chance.random() < manner.acknowledges:
        life.wait(days=chance.uniform(*manner.acknowledges_after))
        life.say(Response.Kind.ACKNOWLEDGEMENT)
    elif chance.random() < 0.5:
        life.wait(days=chance.uniform(1.2, 3))
        life.say(Response.Kind.ACKNOWLEDGEMENT)


def _silence(life: Life, manner: Manner, writer: Writer) -> None:
    pass


def _only_courtesy(life: Life, manner: Manner, writer: Writer) -> None:
    for _ in range(life.case.chance.randint(1, 3)):
        life.wait(days=life.case.chance.uniform(4, 18))
        life.say(Response.Kind.UPDATE)


def _withdrawn(life: Life, manner: Manner, writer: Writer) -> None:
    life.wait(days=life.case.chance.uniform(0.5, 9))
    life.withdraw(_author(life, writer))


def _fixed(life: Life, manner: Manner, writer: Writer) -> None:
    _think(life, manner, days=5, share_in_time=manner.solves_in_time)
    life.fix()
    _verdict(life, manner, writer)


def _promise_kept(life: Life, manner: Manner, writer: Writer) -> None:
    _think(life, manner, days=10, share_in_time=manner.answers_in_time)
    days = life.case.chance.randint(7, 90)
    life.accept(promised_in=days)
    life.wait(days=days * life.case.chance.uniform(0.2, 0.6))
    life.deliver()
    _verdict(life, manner, writer)


def _promise_broken(life: Life, manner: Manner, writer: Writer) -> None:
    _think(life, manner, days=10, share_in_time=manner.answers_in_time)
    days = life.case.chance.randint(5, 45)
    life.accept(promised_in=days)
    life.wait(days=days + life.case.chance.uniform(2, 30))
    if life.case.chance.random() < 0.5:
        life.deliver()
        _verdict(life, manner, writer)


def _accepted_then_nothing(life: Life, manner: Manner, writer: Writer) -> None:
    _think(life, manner, days=10, share_in_time=manner.answers_in_time)
    life.accept()


def _declined(life: Life, manner: Manner, writer: Writer) -> None:
    _think(life, manner, days=10, share_in_time=manner.answers_in_time)
    life.decline()


def _think(life: Life, manner: Manner, *, days: float, share_in_time: float) -> None:
    chance = life.case.chance
    in_time = chance.random() < share_in_time
    life.wait(days=days * chance.uniform(*manner.uses) if in_time else days + chance.uniform(0.5, 2 * manner.late_by))


def _verdict(life: Life, manner: Manner, writer: Writer) -> None:
    says = life.case.chance.random()
    if says < manner.confirmed + manner.disputed and life.delivery and life.delivery.verdict_until:
        moment = life.now + timedelta(days=life.case.chance.uniform(0.2, 12))
        life.at(min(moment, life.delivery.verdict_until))
        value = Verdict.Value.CONFIRMED if says < manner.confirmed else Verdict.Value.NOT_DONE
        life.judge(value, _author(life, writer))


def _author(life: Life, writer: Writer) -> Actor:
    """The author as they come back: signed in, else with the receipt."""
    if writer.by.kind == Actor.Kind.PERSON:
        return writer.by
    return life.copies.add(Actor(kind=Actor.Kind.RECEIPT, subject=life.suggestion.reference))


_THE_LIKE_OF: dict[stories.Story, Callable[[Life, Manner, Writer], None]] = {
    stories.only_courtesy: _only_courtesy,
    stories.silence: _silence,
    stories.city_steps_in: _accepted_then_nothing,
    stories.fixed: _fixed,
    stories.promise_kept: _promise_kept,
    stories.promise_broken: _promise_broken,
    stories.promise_moved: _promise_broken,
    stories.accepted_then_nothing: _accepted_then_nothing,
    stories.promise_beyond_the_clause: _promise_kept,
    stories.declined: _declined,
    stories.not_ours: _declined,
    stories.handed_over: _declined,
    stories.withdrawn: _withdrawn,
}


def _count_tables_anew() -> None:
    """Thousands of rows came at once: plans made for the tables as they were would take hours until the database counts by itself."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
