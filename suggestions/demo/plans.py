"""Which suggestion the demo city gets under which number: from the seed and the number alone, so that any of them can be made again."""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from portal.actions.contracts import calendar_version_for, contract_for, service_level_for
from portal.city_days import city_zone
from portal.models import Act, AnswerBy, SuggestionKind
from suggestions.demo import stories
from suggestions.demo.bicycles import BICYCLES
from suggestions.demo.cases import AT_NIGHT, Case
from suggestions.demo.city import DemoCity
from suggestions.demo.founding import BICYCLE_OPERATOR, CITY, SERVICES, WASTE_OPERATOR
from suggestions.demo.home_care import HOME_CARE
from suggestions.demo.manners import BRISK, CAREFUL, FRIENDLY_AND_SLOW, Manner
from suggestions.demo.senders import Sender, choose_sender
from suggestions.demo.services import IDEA, PROBLEM, DemoService
from suggestions.demo.stages import STAGES, Stage
from suggestions.demo.stories import whole_life
from suggestions.demo.waste import WASTE
from suggestions.models import Channel

DAYS, RECENT_DAYS = 270, 21
QUARTER, FAR_BACK = timedelta(minutes=15), timedelta(days=90)
Shares = dict[stories.Story, int]


_OF_HOME_CARE: Shares = {
    stories.only_courtesy: 10,
    stories.silence: 5,
    stories.fixed: 16,
    stories.promise_kept: 30,
    stories.promise_broken: 6,
    stories.promise_moved: 9,
    stories.accepted_then_nothing: 8,
    stories.declined: 12,
    stories.withdrawn: 5,
}


@dataclass(frozen=True)
class Habits:
    """What usually becomes of the cases of one service."""

    share: int
    owner: str
    manner: Manner
    of_problems: Shares
    of_ideas: Shares


HABITS = {
    BICYCLES.code: Habits(
        share=52,
        owner=BICYCLE_OPERATOR,
        manner=FRIENDLY_AND_SLOW,
        of_problems={
            stories.only_courtesy: 22,
            stories.silence: 3,
            stories.city_steps_in: 5,
            stories.fixed: 34,
            stories.promise_kept: 6,
            stories.promise_broken: 9,
            stories.promise_moved: 5,
            stories.accepted_then_nothing: 7,
            stories.declined: 4,
            stories.not_ours: 3,
            stories.handed_over: 3,
            stories.withdrawn: 5,
        },
        of_ideas={
            stories.only_courtesy: 32,
            stories.city_steps_in: 4,
            stories.promise_kept: 8,
            stories.promise_broken: 12,
            stories.promise_moved: 8,
            stories.accepted_then_nothing: 12,
            stories.promise_beyond_the_clause: 6,
            stories.declined: 9,
            stories.not_ours: 5,
            stories.handed_over: 3,
            stories.withdrawn: 5,
        },
    ),
    WASTE.code: Habits(
        share=33,
        owner=WASTE_OPERATOR,
        manner=BRISK,
        of_problems={
            stories.only_courtesy: 3,
            stories.silence: 3,
            stories.fixed: 80,
            stories.promise_kept: 3,
            stories.promise_broken: 2,
            stories.promise_moved: 2,
            stories.declined: 8,
            stories.not_ours: 4,
            stories.handed_over: 4,
            stories.withdrawn: 5,
        },
        of_ideas={
            stories.only_courtesy: 4,
            stories.promise_kept: 28,
            stories.promise_broken: 4,
            stories.promise_moved: 6,
            stories.promise_beyond_the_clause: 3,
            stories.declined: 38,
            stories.not_ours: 8,
            stories.handed_over: 4,
            stories.withdrawn: 5,
        },
    ),
    HOME_CARE.code: Habits(
        share=15,
        owner=CITY,
        manner=CAREFUL,
        of_problems=_OF_HOME_CARE,
        of_ideas=_OF_HOME_CARE,
    ),
}


@dataclass(frozen=True)
class Plan:
    """A case that is still to be lived: it reaches the record at `case.now`."""

    form_key: str
    case: Case
    sender: Sender
    life: stories.Moments


def make_plan(city: DemoCity, *, seed: int, number: int) -> Plan:
    """The case of one number; the first numbers are the stages of the day."""
    form_key = f"demo/{seed}/{number}"
    chance = Random(form_key)
    if number < len(STAGES):
        return _staged(city, STAGES[number], form_key, chance)
    demo = chance.choices(SERVICES, [HABITS[demo.code].share for demo in SERVICES])[0]
    habits = HABITS[demo.code]
    case = _case(city, demo, chance.choices([PROBLEM, IDEA], [3, 2])[0], chance)
    sender = choose_sender(city, chance)
    case.now = known_at(city, sender.channel, chance)
    likely = habits.of_problems if case.said.kind == PROBLEM else habits.of_ideas
    return Plan(form_key, case, sender, whole_life(case, habits.manner, chance.choices(list(likely), list(likely.values()))[0]))


def _staged(city: DemoCity, stage: Stage, form_key: str, chance: Random) -> Plan:
    case = _case(city, stage.service, stage.kind, chance)
    author = city.citizens[0] if stage.by_demo_citizen else chance.choice(city.citizens[2:])
    case.now = city.until - timedelta(days=stage.days_ago)
    if stage.runs_out:
        case.now = _when_it_runs_out(case, stage.runs_out, is_late=stage.is_late)
    return Plan(form_key, case, Sender(author, Channel.WEB, AnswerBy.EMAIL), stage.story(case, HABITS[stage.service.code].manner))


def _case(city: DemoCity, demo: DemoService, kind: SuggestionKind, chance: Random) -> Case:
    topic, said = chance.choice([(topic, said) for topic in demo.topics for said in topic.said if said.kind == kind])
    return Case(city, demo, topic, said, owner=HABITS[demo.code].owner, chance=chance)


def known_at(city: DemoCity, channel: Channel, chance: Random) -> datetime:
    """Any moment of the nine months, more often one of the last weeks; what officials type in comes in their hours."""
    days = chance.uniform(0, RECENT_DAYS if chance.random() < 0.15 else DAYS)
    moment = city.until - timedelta(days=days)
    if moment.astimezone(city_zone()).hour < 6 and chance.random() < 0.8:
        moment += AT_NIGHT
    if channel in {Channel.PAPER, Channel.PHONE}:
        moment = city.parties[CITY].hours.due_after(moment, chance.randint(3, 90))
    return min(moment, city.until - timedelta(minutes=chance.randint(2, 50)))


def _when_it_runs_out(case: Case, act: Act, *, is_late: bool) -> datetime:
    """The moment of receipt from which the clock of this act ran out shortly before the end of the history, or does soon after."""
    until, service = case.city.until, case.service
    contract = contract_for(service=service, area=case.area, at=until)
    level = service_level_for(act=act, contract=contract, kind=case.said.kind, category=case.category, at=until)
    assert level is not None
    opening = calendar_version_for(level).opening_times()
    line = until + timedelta(minutes=-30 if is_late else 30)

    def has_run_out(quarters: int) -> bool:
        return opening.due_after(until - QUARTER * quarters, level.within_minutes) <= line

    quarters = bisect_left(range(FAR_BACK // QUARTER), True, key=has_run_out)  # the youngest that has
    return until - QUARTER * max(quarters if is_late else quarters - 1, 1)
