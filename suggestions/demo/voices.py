"""The supports of the demo city: some ideas have many, most have a few, and one stands just before its threshold."""

from datetime import datetime, timedelta
from random import Random

from django.db import transaction

from portal.actions.people import learn_key
from portal.models import Actor, Person, PersonKey, Visibility
from suggestions.actions.supports import Declaration, find_crossings, give_support, roll_up, take_back_support
from suggestions.demo.city import DemoCity
from suggestions.demo.contracts import HEARING_FROM
from suggestions.models import Channel, Status, Suggestion, Support

SUPPORTERS = HEARING_FROM - 2  # the two citizens of the demo can bring the most supported idea over the threshold
WITH_SUPPORTS = 0.55
CHANNELS = {Channel.WEB: 70, Channel.KIOSK: 14, Channel.PAPER: 10, Channel.ASSISTED: 6}
FIRST_NAMES = ("An", "Bilal", "Chris", "Dina", "Els", "Fatma", "Geert", "Hugo", "Ines", "Jan", "Karim", "Lut", "Mia", "Nour", "Omar", "Pia")
LAST_NAMES = ("Aerts", "Bogaert", "Claes", "Demir", "Engels", "Francken", "Goossens", "Haddad", "Ivens", "Janssens", "Kaya", "Lemmens")
OLDEST, YEARS = 1940, 62


@transaction.atomic
def raise_voices(city: DemoCity, *, seed: int, at: datetime) -> int:
    """Let people support what is public; nothing where somebody has. All of it through the act that a press on the page calls."""
    if Support.objects.exists():
        return 0
    chance = Random(f"{seed} voices")
    supporters = _supporters(at=city.until - timedelta(days=300))
    public = Suggestion.objects.filter(visibility=Visibility.PUBLIC, hidden_at=None, status=Status.PUBLISHED)
    ideas = list(public.filter(kind="idea").order_by("received_at", "id"))
    if not ideas:
        return 0
    favourite = ideas[len(ideas) // 2]
    given = _support(favourite, supporters, until=at, chance=chance)
    listed = Suggestion.objects.filter(visibility=Visibility.PUBLIC, hidden_at=None).exclude(status=Status.WITHDRAWN)
    for suggestion in listed.order_by("id"):
        if suggestion.pk != favourite.pk and chance.random() < WITH_SUPPORTS:
            crowd = chance.sample(supporters, min(len(supporters), int(chance.paretovariate(0.9))))
            given += _support(suggestion, crowd, until=at, chance=chance)
    roll_up(at=at)
    find_crossings(at=at)
    return given


def _supporters(*, at: datetime) -> list[Actor]:
    people = Person.objects.bulk_create(
        Person(email=f"supporter{number:03}@demo.example", password="!") for number in range(1, SUPPORTERS + 1)
    )
    for person in people:
        learn_key(person=person, scheme=PersonKey.Scheme.EMAIL, attribute=person.email or "", at=at)
    return Actor.objects.bulk_create(Actor(kind=Actor.Kind.PERSON, person=person) for person in people)


def _support(suggestion: Suggestion, crowd: list[Actor], *, until: datetime, chance: Random) -> int:
    """Everybody of the crowd, one after the other; a few by other ways than the website, and now and then one thinks again."""
    since = suggestion.received_at
    moments = sorted(since + (until - since) * chance.random() for _supporter in crowd)
    for moment, supporter in zip(moments, crowd, strict=True):
        channel = chance.choices(list(CHANNELS), list(CHANNELS.values()))[0]
        if channel == Channel.WEB:
            cast = give_support(suggestion=suggestion, by=supporter, channel=channel, at=moment)
            if len(crowd) < SUPPORTERS and chance.random() < 0.03:
                support = Support.objects.get(uuid=cast.support.uuid)
                take_back_support(support=support, by=supporter, at=moment + (until - moment) / 2)
        else:
            give_support(suggestion=suggestion, by=supporter, channel=channel, at=moment, declaration=_declaration(chance))
    return len(crowd)


def _declaration(chance: Random) -> Declaration:
    """Somebody invented; a desk, a kiosk and a sheet of paper know people by what they declare."""
    born_on = datetime(OLDEST + chance.randrange(YEARS), chance.randint(1, 12), chance.randint(1, 28)).date()
    return Declaration(name=f"{chance.choice(FIRST_NAMES)} {chance.choice(LAST_NAMES)}", born_on=born_on, postcode="9099")
