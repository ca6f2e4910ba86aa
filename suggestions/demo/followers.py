"""Who follows what in the demo: the two who can sign in, and some of the residents."""

from datetime import datetime
from random import Random

from portal.actions.accounts import confirm_address
from portal.models import Actor
from suggestions.actions.follows import follow
from suggestions.demo.city import HISTORY, DemoCity
from suggestions.models import Status, Suggestion

FOLLOWERS = 10
FOLLOWED_CASES = 4  # by each of them
NOBODY = Actor(kind=Actor.Kind.NOBODY)


def follow_services_and_areas(city: DemoCity) -> None:
    """Before anybody says anything, so that the sweeps of the running portal find whom to tell; safe to repeat."""
    services = sorted(city.services.values(), key=lambda service: service.code)
    for number, citizen in enumerate(city.citizens[:FOLLOWERS]):
        assert citizen.person is not None
        confirm_address(person=citizen.person, email=citizen.person.email or "", at=city.until - HISTORY)
        follow(subject=services[number % len(services)], by=citizen, at=city.until - HISTORY)
        follow(subject=city.areas[number % len(city.areas)], by=citizen, at=city.until - HISTORY)


def follow_cases(city: DemoCity, *, seed: int, at: datetime) -> None:
    """Some recent cases that everybody may read; safe to repeat."""
    chance = Random(f"followers {seed}")
    open_to_all = Suggestion.objects.visible_to(NOBODY).exclude(status=Status.WITHDRAWN)
    recent = list(open_to_all.newest_first()[:60])
    for citizen in city.citizens[:FOLLOWERS]:
        for case in chance.sample(recent, min(FOLLOWED_CASES, len(recent))):
            follow(subject=case, by=citizen, at=at)
