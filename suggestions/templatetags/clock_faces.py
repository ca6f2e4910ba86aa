"""What a clock shows at one moment: a sentence, the time left, and the bar of contract time used."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.models import Act
from portal.working_time import BeyondCalendar
from suggestions.clocks import Clock
from suggestions.models import Obligation
from suggestions.templatetags import time_words

SOON = timedelta(days=2)

DONE = {
    Act.ACKNOWLEDGE: gettext_lazy("acknowledged"),
    Act.ANSWER: gettext_lazy("decided"),
    Act.SOLVE: gettext_lazy("solved the problem"),
    Act.DELIVER: gettext_lazy("delivered what was promised"),
    Act.HEAR: gettext_lazy("heard the petition"),
    Act.REVIEW: gettext_lazy("decided again"),
    Act.SUPPLY_DATA: gettext_lazy("supplied the data"),
    Act.PERSONAL_DATA: gettext_lazy("answered the request about personal data"),
    Act.CHECK: gettext_lazy("checked whether it may be public"),
}


class State(models.TextChoices):
    RUNNING = "running", gettext_lazy("running")
    SOON = "soon", gettext_lazy("due soon")
    PAUSED = "paused", gettext_lazy("the clock stands")
    LATE = "late", gettext_lazy("late")
    KEPT = "kept", gettext_lazy("kept")
    KEPT_LATE = "kept_late", gettext_lazy("done late")
    DONE = "done", gettext_lazy("done")
    ENDED = "ended", gettext_lazy("no longer owed")
    OPEN_ENDED = "open_ended", gettext_lazy("no deadline")


MARKS = {State.SOON: "◷", State.LATE: "!", State.KEPT: "✓", State.KEPT_LATE: "!", State.PAUSED: "‖"}


@dataclass(frozen=True, slots=True)
class Stretch:
    """One piece of the bar, in percent of its length."""

    kind: str
    start: str
    length: str


@dataclass(frozen=True)
class ClockFace:
    """Reads the obligation with what the door has fetched: owner, clause with its contract, calendar version, pauses, escalations."""

    obligation: Obligation
    now: datetime

    @cached_property
    def state(self) -> State:
        owed = self.obligation
        if owed.met_at and owed.due_at is None:
            return State.DONE
        if owed.met_at:
            return State.KEPT_LATE if owed.breached_at else State.KEPT
        if not owed.is_open:
            return State.ENDED
        if owed.due_at is None:
            return State.OPEN_ENDED
        if owed.paused_at:
            return State.PAUSED
        if self.late_from:
            return State.LATE
        runs_out = owed.due_at - SOON if owed.warn_at is None else owed.warn_at
        return State.SOON if runs_out <= self.now else State.RUNNING

    @property
    def mark(self) -> str:
        return MARKS.get(self.state, "")

    @property
    def is_open(self) -> bool:
        return self.obligation.is_open

    @cached_property
    def late_from(self) -> datetime | None:
        """The due moment that passed, whether or not a sweep has written it down yet."""
        owed = self.obligation
        if owed.breached_at:
            return owed.breached_at
        if owed.is_open and owed.paused_at is None and owed.due_at and owed.due_at < self.now:
            return owed.due_at
        return None

    @property
    def sentence(self) -> str:
        owed = self.obligation
        words = {"owner": owed.owner.name, "act": Act(owed.act).label, "done": DONE[Act(owed.act)]}
        if self.state == State.DONE:
            return _("%(owner)s %(done)s") % words
        if self.state == State.KEPT:
            return _("%(owner)s %(done)s in time") % words
        if self.state == State.KEPT_LATE:
            return _("%(owner)s %(done)s, but late") % words
        if self.state == State.ENDED:
            return _("%(owner)s no longer has to %(act)s") % words
        if self.state == State.LATE:
            return _("%(owner)s is late: it had to %(act)s") % words
        return _("%(owner)s must %(act)s") % words

    @property
    def is_promise(self) -> bool:
        return self.obligation.due_basis == Obligation.DueBasis.PROMISED

    @property
    def is_broken_promise(self) -> bool:
        return self.is_promise and self.late_from is not None

    @cached_property
    def clock(self) -> Clock | None:
        return self.obligation.clock()

    @property
    def left(self) -> str:
        """What is left, or how late it is, in words."""
        owed = self.obligation
        if self.late_from and (self.is_open or owed.met_at):
            return time_words.lateness(self.late_from, until=owed.met_at or self.now)
        if not self.is_open or owed.due_at is None:
            return ""
        if self.clock:
            try:
                return time_words.working_time_left(self.clock.minutes_left(self.now), self.clock.opening)
            except BeyondCalendar:
                pass
        return time_words.time_left(owed.due_at - self.now)

    @property
    def short(self) -> str:
        """One line for a list: late, paused, or due then."""
        owed = self.obligation
        if self.state in {State.LATE, State.KEPT_LATE, State.RUNNING, State.SOON}:
            return self.left
        if self.state == State.PAUSED:
            return _("paused")
        return str(State(self.state).label) if owed.due_at or not self.is_open else _("no deadline")

    @property
    def stops_at(self) -> datetime:
        owed = self.obligation
        return owed.met_at or owed.ended_at or owed.voided_at or self.now

    @cached_property
    def used_percent(self) -> int | None:
        """How much of the allowed time ran, late time not counted twice; None where no deadline was set."""
        owed = self.obligation
        if owed.due_at is None:
            return None
        if self.clock and owed.service_level:
            try:
                return min(100 * self.clock.minutes_used(self.stops_at) // owed.service_level.within_minutes, 100)
            except BeyondCalendar:
                pass
        whole = max(owed.due_at - owed.opened_at, timedelta(seconds=1))
        return int(min(max(100 * ((self.stops_at - owed.opened_at) / whole), 0), 100))

    @cached_property
    def bar(self) -> list[Stretch]:
        """The used, paused and late pieces of the bar; its length is the time allowed, and more when it is late."""
        owed = self.obligation
        if owed.due_at is None:
            return []
        try:
            return self._stretches(owed.due_at)
        except BeyondCalendar:
            return []

    @cached_property
    def due_mark(self) -> str:
        """Where on the bar the due moment lies, once time runs past it."""
        owed = self.obligation
        if owed.due_at is None or self.stops_at <= owed.due_at:
            return ""
        try:
            return _percent(self._run(owed.due_at) / self._run(self.stops_at))
        except BeyondCalendar:
            return ""

    def _run(self, moment: datetime) -> timedelta:
        opened_at = self.obligation.opened_at
        moment = max(moment, opened_at)
        return self.clock.opening.open_time(opened_at, moment) if self.clock else moment - opened_at

    def _stretches(self, due_at: datetime) -> list[Stretch]:
        until = self.stops_at
        whole = max(self._run(max(due_at, until)), timedelta(seconds=1))
        edges: list[tuple[str, datetime, datetime]] = []
        reached = self.obligation.opened_at
        for begins, ends in self.clock.honoured_pauses() if self.clock else ():
            edges += [("used", reached, min(begins, until)), ("paused", min(begins, until), min(ends, until))]
            reached = min(ends, until)
        edges += [("used", reached, min(until, due_at)), ("late", max(due_at, reached), until)]
        return [
            Stretch(kind, _percent(self._run(begins) / whole), _percent((self._run(ends) - self._run(begins)) / whole))
            for kind, begins, ends in edges
            if self._run(ends) > self._run(begins)
        ]


def _percent(share: float) -> str:
    return f"{max(min(share, 1), 0) * 100:.2f}%"
