from functools import lru_cache
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.working_time import OpeningTimes


class WorkingCalendar(models.Model):
    """The opening hours that a clause counts in; changed only by publishing a new version."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)

    def __str__(self) -> str:
        return self.name


class CalendarVersionQuerySet(models.QuerySet["CalendarVersion"]):
    def published(self) -> "CalendarVersionQuerySet":
        return self.filter(published_at__isnull=False)

    def newest(self) -> "CalendarVersion | None":
        return self.published().order_by("-number").first()


class CalendarVersion(models.Model):
    """Opening hours and closed days as they were published; the database refuses any change after that, so old clocks replay."""

    calendar = models.ForeignKey(WorkingCalendar, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    time_zone = models.CharField(max_length=60)
    covers_from = models.DateField()
    covers_until = models.DateField(help_text=_("The first day that this version no longer knows."))
    published_at = models.DateTimeField(null=True, blank=True)

    objects = CalendarVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "number"], name="calendar_version_once"),
            models.CheckConstraint(condition=Q(covers_until__gt=F("covers_from")), name="calendar_version_covers_days"),
        ]

    def __str__(self) -> str:
        return f"{self.calendar}, {_('version')} {self.number}"

    def opening_times(self) -> OpeningTimes:
        """The arithmetic of a published version; kept in memory, since the version can never change."""
        return _opening_times(self.pk) if self.published_at else _read_opening_times(self)


@lru_cache(maxsize=256)
def _opening_times(pk: int) -> OpeningTimes:
    return _read_opening_times(CalendarVersion.objects.get(pk=pk))


def _read_opening_times(version: CalendarVersion) -> OpeningTimes:
    weekly: dict[int, list[tuple[int, int]]] = {}
    for weekday, opens, closes in version.opening_hours.order_by("weekday", "opens").values_list("weekday", "opens", "closes"):
        weekly.setdefault(weekday, []).append((opens, closes))
    return OpeningTimes(
        zone=ZoneInfo(version.time_zone),
        weekly={weekday: tuple(frames) for weekday, frames in weekly.items()},
        closed_on=frozenset(version.closures.values_list("day", flat=True)),
        covers_from=version.covers_from,
        covers_until=version.covers_until,
    )


class OpeningHours(models.Model):
    """One frame of a weekday in which contract time runs, in minutes after local midnight, half-open."""

    version = models.ForeignKey(CalendarVersion, models.CASCADE, related_name="opening_hours")
    weekday = models.PositiveSmallIntegerField(help_text=_("Monday is 0."))
    opens = models.PositiveSmallIntegerField()
    closes = models.PositiveSmallIntegerField(help_text=_("1440 is midnight."))

    class Meta:
        verbose_name_plural = _("opening hours")
        constraints = [
            models.UniqueConstraint(fields=["version", "weekday", "opens"], name="opening_hours_once"),
            models.CheckConstraint(condition=Q(weekday__lte=6, closes__lte=1440, opens__lt=F("closes")), name="opening_hours_within_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday}: {self.opens // 60:02}:{self.opens % 60:02}–{self.closes // 60:02}:{self.closes % 60:02}"


class Closure(models.Model):
    """One day without opening: a legal holiday written out, or a closing day of this calendar."""

    version = models.ForeignKey(CalendarVersion, models.CASCADE, related_name="closures")
    day = models.DateField()
    reason = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "day"], name="closure_once_a_day"),
            models.CheckConstraint(condition=~Q(reason=""), name="closure_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.reason}"
