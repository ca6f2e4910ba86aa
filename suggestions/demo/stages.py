"""The cases that the demo always has on the day it is loaded: one of each thing that can be waiting."""

from dataclasses import dataclass

from portal.city_days import city_day
from portal.models import Act, SuggestionKind
from suggestions.demo.bicycles import BICYCLES
from suggestions.demo.cases import Case
from suggestions.demo.home_care import HOME_CARE
from suggestions.demo.manners import Manner
from suggestions.demo.services import IDEA, PROBLEM, DemoService
from suggestions.demo.stories import Moments, Story, silence
from suggestions.demo.waste import WASTE
from suggestions.models import Verdict


@dataclass(frozen=True)
class Stage:
    """A case received so long ago, or just so long ago that the clock of one act has run out, or is about to."""

    service: DemoService
    kind: SuggestionKind
    story: Story
    days_ago: float = 0
    runs_out: Act | None = None
    is_late: bool = False
    by_demo_citizen: bool = False


def acknowledged(case: Case, manner: Manner) -> Moments:
    yield case.before_due(Act.ACKNOWLEDGE, 0.3)
    case.acknowledge()


def asked_just_now(case: Case, manner: Manner) -> Moments:
    yield case.office(days=0.4)
    case.ask()


def proposed(case: Case, manner: Manner) -> Moments:
    yield case.office(days=0.6)
    case.propose_out_of_scope()


def promised_for_soon(case: Case, manner: Manner) -> Moments:
    yield from _promised(case, days_from_now=2)


def promised_for_yesterday(case: Case, manner: Manner) -> Moments:
    yield from _promised(case, days_from_now=-1)


def delivered(case: Case, manner: Manner) -> Moments:
    yield case.office(days=0.8)
    case.fix()


def disputed(case: Case, manner: Manner) -> Moments:
    yield from delivered(case, manner)
    yield case.awake(days=0.6)
    case.judge(Verdict.Value.NOT_DONE)


def _promised(case: Case, *, days_from_now: int) -> Moments:
    yield case.office(days=1.5)
    case.accept(promised_in=(city_day(case.city.until) - city_day(case.now)).days + days_from_now)


STAGES = (
    Stage(BICYCLES, IDEA, acknowledged, runs_out=Act.ANSWER),
    Stage(BICYCLES, IDEA, acknowledged, runs_out=Act.ANSWER, is_late=True, by_demo_citizen=True),
    Stage(BICYCLES, PROBLEM, silence, runs_out=Act.ACKNOWLEDGE),
    Stage(WASTE, PROBLEM, acknowledged, runs_out=Act.SOLVE),
    Stage(WASTE, PROBLEM, acknowledged, runs_out=Act.SOLVE, is_late=True),
    Stage(HOME_CARE, IDEA, acknowledged, runs_out=Act.ANSWER),
    Stage(BICYCLES, IDEA, asked_just_now, days_ago=3, by_demo_citizen=True),
    Stage(WASTE, IDEA, proposed, days_ago=4),
    Stage(BICYCLES, IDEA, promised_for_soon, days_ago=20, by_demo_citizen=True),
    Stage(BICYCLES, PROBLEM, promised_for_yesterday, days_ago=24),
    Stage(WASTE, PROBLEM, delivered, days_ago=4, by_demo_citizen=True),
    Stage(BICYCLES, PROBLEM, disputed, days_ago=8),
)
