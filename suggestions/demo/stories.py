"""How cases go in the demo. A story yields the moment at which it goes on; what it does then happens at that moment."""

from collections.abc import Callable, Iterator
from datetime import datetime

from portal.models import Act, Visibility
from suggestions.demo.cases import Case
from suggestions.demo.founding import CITY, WASTE_OPERATOR
from suggestions.demo.manners import Manner
from suggestions.demo.services import PROBLEM
from suggestions.models import Verdict

Moments = Iterator[datetime]
Story = Callable[[Case, Manner], Moments]


def whole_life(case: Case, manner: Manner, story: Story) -> Moments:
    """The first days are alike for all; then comes the story."""
    yield from _first_days(case, manner)
    yield from story(case, manner)


def _first_days(case: Case, manner: Manner) -> Moments:
    chance = case.chance
    if case.suggestion.visibility == Visibility.AFTER_CHECK and chance.random() < 0.93:
        yield case.at_city(days=chance.uniform(0.1, 0.9))
        case.clear()
    if chance.random() < manner.acknowledges:
        yield case.before_due(Act.ACKNOWLEDGE, chance.uniform(*manner.acknowledges_after))
        case.acknowledge()
    elif chance.random() < 0.5:
        yield case.past_due(Act.ACKNOWLEDGE, days=chance.uniform(0.2, 2))
        case.acknowledge()
    if chance.random() < manner.asks:
        yield from asked(case, manner)


def asked(case: Case, manner: Manner) -> Moments:
    """Two of three reply; where nobody does, the pause runs out by itself."""
    yield case.office(days=case.chance.uniform(0.2, 1.5))
    case.ask()
    if case.chance.random() < 0.65:
        yield case.awake(days=case.chance.uniform(0.1, 4))
        case.reply()


# --- Little or nothing happens -----------------------------------------------------------------------------------------


def silence(case: Case, manner: Manner) -> Moments:
    yield from ()


def only_courtesy(case: Case, manner: Manner) -> Moments:
    """Always friendly, and nothing done."""
    for _ in range(case.chance.randint(1, 3)):
        yield case.office(days=case.chance.uniform(4, 18))
        case.update()


def city_steps_in(case: Case, manner: Manner) -> Moments:
    """The operator stays friendly; long after its time the city decides in its place."""
    yield case.office(days=case.chance.uniform(3, 8))
    case.update()
    yield case.past_due(Act.ANSWER, days=case.chance.uniform(8, 16))
    case.take_over(CITY)
    case.accept(promised_in=case.chance.randint(14, 60), occasion="in place")
    yield case.office(days=case.chance.uniform(5, 30))
    case.deliver()
    yield from _verdict(case, manner)


def withdrawn(case: Case, manner: Manner) -> Moments:
    yield case.awake(days=case.chance.uniform(0.5, 9))
    case.withdraw()


# --- It is done --------------------------------------------------------------------------------------------------------


def fixed(case: Case, manner: Manner) -> Moments:
    act = Act.SOLVE if case.said.kind == PROBLEM else Act.ANSWER
    yield _when_done(case, manner, act, share_in_time=manner.solves_in_time)
    case.fix()
    yield from _verdict(case, manner)


def promise_kept(case: Case, manner: Manner) -> Moments:
    yield _when_answered(case, manner)
    days = case.chance.randint(7, 90)
    case.accept(promised_in=days, occasion=case.chance.choice(["accepted", "accepted", "partly_accepted"]))
    yield case.office(days=days * case.chance.uniform(0.2, 0.6))
    case.deliver()
    yield from _verdict(case, manner)


def promise_broken(case: Case, manner: Manner) -> Moments:
    """The day passes; sometimes it is done long after, sometimes never."""
    yield _when_answered(case, manner)
    case.accept(promised_in=case.chance.randint(7, 60))
    yield case.office(days=case.chance.uniform(3, 10))
    case.update()
    if case.chance.random() < 0.5:
        yield case.past_due(Act.DELIVER, days=case.chance.uniform(3, 35))
        case.deliver()
        yield from _verdict(case, manner)


def promise_moved(case: Case, manner: Manner) -> Moments:
    """A later day is named, once or twice; the first one stays the one that is judged."""
    yield _when_answered(case, manner)
    days = case.chance.randint(14, 60)
    case.accept(promised_in=days)
    yield case.office(days=days * case.chance.uniform(0.4, 0.9))
    case.move(days=case.chance.randint(7, 30))
    if case.chance.random() < 0.4:
        yield case.office(days=case.chance.uniform(5, 20))
        case.move(days=case.chance.randint(7, 30))
    if case.chance.random() < 0.6:
        yield case.office(days=case.chance.uniform(4, 24))
        case.deliver()
        yield from _verdict(case, manner)


def accepted_then_nothing(case: Case, manner: Manner) -> Moments:
    """Yes without a day; with luck a day is named later."""
    yield _when_answered(case, manner)
    case.accept()
    if case.chance.random() < 0.35:
        yield case.office(days=case.chance.uniform(5, 25))
        case.promise(days=case.chance.randint(10, 50))
        if case.chance.random() < 0.5:
            yield case.office(days=case.chance.uniform(4, 30))
            case.deliver()
            yield from _verdict(case, manner)


def promise_beyond_the_clause(case: Case, manner: Manner) -> Moments:
    """A day further off than the contract allows: only a manager may ask for it, and the city must consent."""
    yield _when_answered(case, manner)
    case.proposal = case.accept(promised_in=case.chance.randint(130, 220), by=case.owner.manager)
    if not case.proposal.is_proposal:  # the clause sets no limit
        return
    yield case.at_city(days=case.chance.uniform(1, 6))
    if case.chance.random() < 0.6:
        case.settle(agrees=True)
        return
    case.settle(agrees=False)
    yield case.office(days=case.chance.uniform(1, 5))
    case.accept(promised_in=case.chance.randint(60, 110), by=case.owner.manager)
    yield case.office(days=case.chance.uniform(20, 80))
    case.deliver()
    yield from _verdict(case, manner)


# --- No, or not ours ---------------------------------------------------------------------------------------------------


def declined(case: Case, manner: Manner) -> Moments:
    yield _when_answered(case, manner)
    case.decline()


def not_ours(case: Case, manner: Manner) -> Moments:
    """The operator says that its contract does not cover it; the city agrees, or sends it back."""
    yield case.before_due(Act.ANSWER, case.chance.uniform(0.1, 0.8))
    case.propose_out_of_scope()
    if case.chance.random() < 0.15:
        return
    yield case.at_city(days=case.chance.uniform(0.5, 8))
    agrees = case.chance.random() < 0.5
    case.settle(agrees=agrees)
    if not agrees:
        yield _when_answered(case, manner)
        if case.chance.random() < 0.5:
            case.decline()
        else:
            case.accept(promised_in=case.chance.randint(10, 40))
            yield case.office(days=case.chance.uniform(3, 30))
            case.deliver()
            yield from _verdict(case, manner)


def handed_over(case: Case, manner: Manner) -> Moments:
    """It belongs to another party, which owes the answer once the city has taken the case on."""
    receiver = case.chance.choice([CITY, CITY, WASTE_OPERATOR])
    if case.city.parties[receiver] is case.owner:
        receiver = CITY
    yield case.before_due(Act.ANSWER, case.chance.uniform(0.1, 0.7))
    case.propose_hand_over(receiver)
    yield case.at_city(days=case.chance.uniform(0.5, 6))
    agrees = case.chance.random() < 0.8
    case.settle(agrees=agrees)
    if agrees:
        case.take_over(receiver)
    yield _when_answered(case, manner)
    if case.chance.random() < 0.6:
        case.fix()
        yield from _verdict(case, manner)
    else:
        case.decline()


# --- What follows on a delivery ----------------------------------------------------------------------------------------


def _verdict(case: Case, manner: Manner) -> Moments:
    """The author says yes, says no, or says nothing until the window closes by itself."""
    roll = case.chance.random()
    if roll < manner.confirmed:
        yield case.awake(days=case.chance.uniform(0.2, 9))
        case.judge(Verdict.Value.CONFIRMED)
    elif roll < manner.confirmed + manner.disputed:
        yield case.awake(days=case.chance.uniform(0.5, 11))
        case.judge(Verdict.Value.NOT_DONE)
        yield from _review(case, manner)


def _review(case: Case, manner: Manner) -> Moments:
    """Somebody else must decide again: they do, they say no, or they leave it."""
    roll = case.chance.random()
    if roll > 0.75:
        return
    yield _when_done(case, manner, Act.REVIEW, share_in_time=manner.answers_in_time)
    if roll < 0.15:
        case.decline(by=case.second_decider)
        return
    case.accept(promised_in=case.chance.randint(5, 25), by=case.second_decider, occasion="review")
    yield case.office(days=case.chance.uniform(2, 22))
    case.deliver()
    if case.chance.random() < 0.7:
        yield case.awake(days=case.chance.uniform(0.2, 6))
        case.judge(Verdict.Value.CONFIRMED)


# --- When --------------------------------------------------------------------------------------------------------------


def _when_answered(case: Case, manner: Manner) -> datetime:
    return _when_done(case, manner, Act.ANSWER, share_in_time=manner.answers_in_time)


def _when_done(case: Case, manner: Manner, act: Act, *, share_in_time: float) -> datetime:
    if case.chance.random() < share_in_time:
        return case.before_due(act, case.chance.uniform(*manner.uses))
    return case.past_due(act, days=0.1 + case.chance.expovariate(1 / manner.late_by))
