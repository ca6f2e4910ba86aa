"""What is written at once must be what the acts would have left: held against the acts themselves, and against the sweeps."""

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, F, Max, Q

from portal.city_days import end_of_day
from portal.models import Act, Event, Notification, SuggestionKind
from suggestions.actions.obligations import breach_overdue, climb_ladders, resume_exhausted_pauses, warn_due_soon
from suggestions.actions.standings import FROM_ROWS, refresh_standing
from suggestions.actions.verdicts import close_verdict_windows
from suggestions.demo import load_crowd
from suggestions.models import Decision, Delivery, Obligation, Standing, Status, Suggestion

pytestmark = pytest.mark.django_db

WEDNESDAY = datetime(2026, 9, 16, 12, 30, tzinfo=UTC)
MANY = 120


def load(*, suggestions=MANY, seed=1):
    return load_crowd(seed=seed, suggestions=suggestions, at=WEDNESDAY, progress=lambda written, of: None)


def test_standing_of_each_case_is_what_the_acts_would_write():
    load()
    written = {standing.pk: [getattr(standing, name) for name in FROM_ROWS] for standing in Standing.objects.all()}

    for suggestion in Suggestion.objects.all():
        refresh_standing(suggestion)

    refreshed = {standing.pk: [getattr(standing, name) for name in FROM_ROWS] for standing in Standing.objects.all()}
    assert len(written) == MANY
    assert written == refreshed


def test_sweeps_find_nothing_left_to_do():
    load()

    sweeps = (resume_exhausted_pauses, warn_due_soon, breach_overdue, climb_ladders, close_verdict_windows)

    assert [sweep(at=WEDNESDAY) for sweep in sweeps] == [0] * len(sweeps)


def test_every_case_has_its_clocks_and_each_replays_from_its_pinned_versions():
    load()

    owed = Suggestion.objects.annotate(
        **{act.value: Count("obligations", filter=Q(obligations__act=act)) for act in (Act.ACKNOWLEDGE, Act.ANSWER, Act.SOLVE)}
    )
    assert not owed.exclude(acknowledge=1, answer=1).exists()
    assert not owed.filter(kind=SuggestionKind.PROBLEM, service__code__in=["bicycles", "waste"]).exclude(solve=1).exists()
    clocks = Obligation.objects.select_related("service_level", "calendar_version", "commitment").prefetch_related("pauses", "terms")
    for obligation in clocks:
        if clock := obligation.clock():
            assert (obligation.due_at, obligation.gross_due_at) == (clock.due_at(), clock.gross_due_at())
        else:
            assert obligation.due_at == end_of_day(obligation.commitment.first_due_on)
        assert [term.due_at for term in obligation.terms.all()] == [obligation.due_at]
        stopped_at = obligation.met_at or obligation.ended_at or WEDNESDAY
        assert (obligation.breached_at is not None) == (obligation.due_at < stopped_at)


def test_log_tells_the_same_as_the_rows():
    load()

    told = dict(Event.objects.values_list("kind").annotate(Count("pk")))
    kinds = Event.Kind
    assert told[kinds.SUGGESTION_SUBMITTED] == MANY
    assert told[kinds.OBLIGATION_OPENED] == Obligation.objects.count()
    assert told[kinds.OBLIGATION_LATE] == Obligation.objects.filter(breached_at__isnull=False).count()
    assert told[kinds.OBLIGATION_MET] == Obligation.objects.filter(met_at__isnull=False).count()
    assert told[kinds.DECISION_PUBLISHED] == Decision.objects.count()
    assert told[kinds.DELIVERED] == Delivery.objects.count()
    assert told[kinds.SUGGESTION_WITHDRAWN] == Suggestion.objects.filter(status=Status.WITHDRAWN).count()
    late = Obligation.objects.filter(breached_at__isnull=False, suggestion__reference__in=Event.objects.values("case"))
    assert Notification.objects.filter(kind=Notification.Kind.LATE).count() == 2 * late.count()


def test_nothing_happens_after_the_history_or_before_the_case():
    load()

    newest = Event.objects.aggregate(at=Max("at"), known_at=Max("known_at"))
    assert all(moment <= WEDNESDAY for moment in newest.values())
    assert not Obligation.objects.filter(met_at__lt=F("opened_at")).exists()


def test_crowd_is_spread_over_services_months_and_statuses():
    load()

    months = {moment.month for moment in Suggestion.objects.values_list("received_at", flat=True)}
    assert len(months) >= 6
    assert Suggestion.objects.values("service").distinct().count() == 3
    assert Suggestion.objects.values("status").distinct().count() >= 6


def test_writing_again_adds_only_what_is_missing():
    load(suggestions=10)

    added = [load(suggestions=25), load(suggestions=25)]

    assert added == [15, 0]
    assert Suggestion.objects.count() == 25


def test_another_seed_writes_other_cases():
    load(suggestions=5)
    load(suggestions=5, seed=2)

    said = list(Suggestion.objects.order_by("pk").values_list("title", "text", "received_at"))
    assert len(said) == 10
    assert not set(said[:5]) & set(said[5:])


def test_crowd_is_never_written_into_a_city(settings):
    settings.DEMO = settings.TESTING = False

    with pytest.raises(CommandError):
        call_command("seed_demo", scale=3, stdout=StringIO())

    assert not Suggestion.objects.exists()
