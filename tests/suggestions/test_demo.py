from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import count

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count, Max

from portal.city_days import end_of_day
from portal.models import Event, Notification, Person
from suggestions.demo import DEMO_ACCOUNTS, DEMO_PASSWORD, load_demo_city
from suggestions.demo.city import the_demo_city
from suggestions.demo.loading import live
from suggestions.demo.plans import make_plan
from suggestions.models import Channel, Obligation, ObligationTerm, Response, Status, Suggestion

pytestmark = pytest.mark.django_db

WEDNESDAY = datetime(2026, 9, 16, 12, 30, tzinfo=UTC)
SOON = timedelta(seconds=30)
FEW = 16


def load(*, seed=1, at=WEDNESDAY, progress=lambda lived, of: None):
    return load_demo_city(seed=seed, suggestions=FEW, at=at, progress=progress)


def the_city():
    """What is alike in every city of one seed; references and ids are drawn anew each time."""
    cases = Suggestion.objects.order_by("form_hash").annotate(
        late=Max("obligations__breached_at"), met=Max("obligations__met_at"), told=Count("obligations__escalations")
    )
    return list(cases.values_list("title", "text", "status", "channel", "received_at", "known_at", "late", "met", "told"))


def counts():
    return [model.objects.count() for model in (Suggestion, Response, Obligation, ObligationTerm, Event, Notification, Person)]


def stop_before_the_twelfth(lived, of):
    if lived == 11:
        raise KeyboardInterrupt


def test_interrupted_load_goes_on_and_ends_in_the_same_city():
    with transaction.atomic():
        load()
        undisturbed = the_city()
        transaction.set_rollback(True)

    with pytest.raises(KeyboardInterrupt):
        load(progress=stop_before_the_twelfth)
    had = Suggestion.objects.count()
    added = load(at=WEDNESDAY + SOON)

    assert (had, added) == (11, FEW - 11)
    assert the_city() == undisturbed


def test_loading_a_finished_city_adds_nothing():
    load()
    before = counts()

    added = load(at=WEDNESDAY + timedelta(hours=3))

    assert added == 0
    assert counts() == before


def test_another_seed_gives_other_suggestions():
    city = the_demo_city(at=WEDNESDAY)

    one, other = ([make_plan(city, seed=seed, number=number) for number in range(FEW)] for seed in (1, 2))

    assert [plan.case.words for plan in one] != [plan.case.words for plan in other]


def test_every_clock_of_the_demo_replays_from_its_pinned_versions():
    load()

    clocks = Obligation.objects.select_related("service_level", "calendar_version", "commitment").prefetch_related("pauses", "terms")
    for obligation in clocks:
        if clock := obligation.clock():
            assert (obligation.due_at, obligation.gross_due_at) == (clock.due_at(), clock.gross_due_at())
        else:
            assert obligation.due_at == end_of_day(obligation.commitment.first_due_on)
        assert max(obligation.terms.all(), key=lambda term: term.pk).due_at == obligation.due_at
        stopped_at = obligation.met_at or obligation.ended_at or WEDNESDAY
        assert (obligation.breached_at is not None) == (obligation.due_at < stopped_at and not obligation.paused_at)
        assert obligation.breached_at in {None, obligation.due_at}


def test_nothing_in_the_demo_happens_after_the_moment_of_loading():
    load()

    newest = [
        Event.objects.aggregate(at=Max("at"), known_at=Max("known_at")),
        Suggestion.objects.aggregate(received_at=Max("received_at"), known_at=Max("known_at")),
        Response.objects.aggregate(at=Max("published_at")),
        Notification.objects.aggregate(at=Max("told_at")),
        Obligation.objects.aggregate(warned=Max("warned_at"), late=Max("breached_at"), met=Max("met_at"), ended=Max("ended_at")),
    ]
    assert all(moment <= WEDNESDAY for moments in newest for moment in moments.values())


def test_demo_always_holds_one_of_each_thing_that_can_be_waiting():
    load()

    running = Obligation.objects.running()
    assert running.filter(due_at__range=(WEDNESDAY, WEDNESDAY + timedelta(days=1))).exists()
    assert running.filter(breached_at__range=(WEDNESDAY - timedelta(days=1), WEDNESDAY)).exists()
    assert running.filter(paused_at__isnull=False).exists()
    assert Suggestion.objects.filter(decisions__effective_at=None, decisions__rejected_at=None).exists()
    assert {Status.PUBLISHED, Status.PROMISED, Status.DELIVERED, Status.DISPUTED} <= set(
        Suggestion.objects.values_list("status", flat=True)
    )


def test_what_came_on_paper_runs_from_the_day_it_was_received():
    city = the_demo_city(at=WEDNESDAY)
    plans = (make_plan(city, seed=1, number=number) for number in count(FEW))
    on_paper = next(plan for plan in plans if plan.sender.channel == Channel.PAPER)

    live(on_paper)

    suggestion = Suggestion.objects.get()
    assert suggestion.known_at - suggestion.received_at >= timedelta(days=1)
    assert suggestion.obligations.earliest("id").opened_at == suggestion.received_at


def test_command_names_accounts_that_open_with_the_public_password(settings):
    settings.DEMO = True
    printed = StringIO()

    call_command("seed_demo", suggestions=3, stdout=printed)

    assert printed.getvalue().startswith("seeding 0/3\nseeding 1/3\nseeding 2/3\nseeding 3/3\n")
    assert all(account.email in printed.getvalue() for account in DEMO_ACCOUNTS)
    assert Person.objects.get(email=DEMO_ACCOUNTS[0].email).check_password(DEMO_PASSWORD)
    assert len(set(Person.objects.filter(email__in=[account.email for account in DEMO_ACCOUNTS]).values_list("password"))) == 1


def test_demo_is_never_loaded_into_a_city(settings):
    settings.DEMO = False

    with pytest.raises(CommandError):
        call_command("seed_demo")

    assert not Person.objects.exists()
