"""The answer line: acknowledged, answered, promised, delivered, confirmed."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.city_days import city_day, end_of_day
from suggestions.models import Decision, Delivery, Standing
from suggestions.templatetags import time_words

Judgement = Delivery.Judgement
REFUSALS = {Decision.Outcome.DECLINED, Decision.Outcome.OUT_OF_SCOPE}


class Reach(models.TextChoices):
    REACHED = "reached", _("yes")
    NEXT = "next", _("not yet")
    AHEAD = "ahead", _("not yet")
    BROKEN = "broken", _("broken")
    PASSED = "passed", _("passed by")
    CLOSED = "closed", _("does not follow")


@dataclass(frozen=True, slots=True)
class Station:
    name: str | Promise
    reach: Reach
    when: str = ""


class AnswerLine:
    """Where one suggestion is on its way, read from its standing."""

    def __init__(self, standing: Standing, now: datetime) -> None:
        self.standing = standing
        self.now = now

    def stations(self) -> list[Station]:
        return self._mark_next([self._acknowledged(), self._answered(), self._promised(), self._delivered(), self._confirmed()])

    def _acknowledged(self) -> Station:
        return self._reached(_("Acknowledged"), self.standing.acknowledged_at)

    def _answered(self) -> Station:
        name = Decision.Outcome(self.standing.outcome).label if self.standing.outcome else _("Answered")
        return self._reached(name, self.standing.answered_at)

    def _promised(self) -> Station:
        standing = self.standing
        if standing.promised_on is None:
            if standing.delivered_at:
                return Station(_("Promised"), Reach.PASSED)
            return Station(_("Promised"), Reach.CLOSED if self._refused else Reach.AHEAD)
        by = self._day(standing.promised_on)
        if self._promise_is_broken:
            return Station(_("Promise broken"), Reach.BROKEN, by)
        return Station(_("Promise kept") if standing.delivered_at else _("Promised for"), Reach.REACHED, by)

    def _delivered(self) -> Station:
        if self._refused and not self.standing.delivered_at:
            return Station(_("Delivered"), Reach.CLOSED)
        return self._reached(_("Delivered"), self.standing.delivered_at)

    def _confirmed(self) -> Station:
        standing = self.standing
        when = self._day(city_day(standing.judged_at)) if standing.judged_at else ""
        if standing.judged_as == Judgement.CONFIRMED:
            return Station(_("Confirmed"), Reach.REACHED, when)
        if standing.judged_as == Judgement.NOT_DONE:
            return Station(_("Not done"), Reach.BROKEN, when)
        if standing.judged_as == Judgement.UNJUDGED:
            return Station(_("Nobody judged"), Reach.PASSED, when)
        return Station(_("Confirmed"), Reach.CLOSED if self._refused and not standing.delivered_at else Reach.AHEAD)

    @property
    def _refused(self) -> bool:
        return self.standing.outcome in REFUSALS

    @property
    def _promise_is_broken(self) -> bool:
        standing = self.standing
        if standing.promised_on is None:
            return False
        over = end_of_day(standing.promised_on)
        return standing.promise_broken_at is not None or (over < self.now and standing.delivered_at is None)

    def _reached(self, name: str | Promise, at: datetime | None) -> Station:
        return Station(name, Reach.REACHED, self._day(city_day(at))) if at else Station(name, Reach.AHEAD)

    def _day(self, day: date) -> str:
        return time_words.day_words(day, now=self.now)

    def _mark_next(self, stations: list[Station]) -> list[Station]:
        """The first station that is still ahead comes next, while anybody is expected to do something."""
        expected = self.standing.next_act or (self.standing.delivered_at and not self.standing.judged_as)
        for place, station in enumerate(stations):
            if station.reach == Reach.AHEAD and expected:
                return [*stations[:place], Station(station.name, Reach.NEXT), *stations[place + 1 :]]
        return stations
