"""Moments, and stretches of time, in the words that people use."""

from datetime import date, datetime, timedelta
from functools import lru_cache

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from portal.city_days import city_day, end_of_day
from portal.working_time import OpeningTimes

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DAYS_UNTIL_MONTHS = 90


def absolute(moment: datetime, *, now: datetime) -> str:
    """Such as "Tue 3 Dec, 17:00"; the end of a day is the day alone, and the year appears where it is another one."""
    day = city_day(moment)
    if is_end_of_day(moment):
        return day_words(day, now=now)
    return _("%(day)s, %(time)s") % {"day": day_words(day, now=now), "time": date_format(timezone.localtime(moment), "H:i")}


def day_words(day: date, *, now: datetime) -> str:
    return _day_words(day, "D j M" if day.year == city_day(now).year else "D j M Y", get_language())


@lru_cache(maxsize=4096)  # a list says a hundred days, and most of them often
def _day_words(day: date, form: str, language: str | None) -> str:
    if language and not language.startswith("en"):
        form = form.replace("M", "b")  # "M" is always given a capital; "b" is the month as the language writes it
    return date_format(day, form)


def is_end_of_day(moment: datetime) -> bool:
    return moment == end_of_day(city_day(moment))


def relative(moment: datetime, *, now: datetime) -> str:
    """How far away it is: by the clock within a day, by the calendar beyond it."""
    days = (city_day(moment) - city_day(now)).days
    if days:
        return relative_day(days)
    if is_end_of_day(moment):
        return _("today")
    if abs(moment - now) < timedelta(minutes=1):
        return _("just now")
    words = _span(abs(moment - now))
    return _("in %(span)s") % {"span": words} if moment > now else _("%(span)s ago") % {"span": words}


def relative_day(days: int) -> str:
    if days == 0:
        return _("today")
    if days == 1:
        return _("tomorrow")
    if days == -1:
        return _("yesterday")
    words = _span(abs(days) * DAY)
    return _("in %(span)s") % {"span": words} if days > 0 else _("%(span)s ago") % {"span": words}


def lateness(due_at: datetime, *, until: datetime) -> str:
    """Such as "2 days late"."""
    gone = until - due_at
    if gone >= DAY:
        days = gone // DAY
        return ngettext("%(count)d day late", "%(count)d days late", days) % {"count": days}
    if gone >= HOUR:
        hours = gone // HOUR
        return ngettext("%(count)d hour late", "%(count)d hours late", hours) % {"count": hours}
    minutes = max(gone // timedelta(minutes=1), 1)
    return ngettext("%(count)d minute late", "%(count)d minutes late", minutes) % {"count": minutes}


def working_time_left(minutes: int, opening: OpeningTimes) -> str:
    """Contract time that is left, in working days of the clause's own calendar; hours once it is less than two."""
    full_day = max(sum(closes - opens for opens, closes in frames) for frames in opening.weekly.values())
    never_closes = full_day == 24 * 60 and len(opening.weekly) == 7
    if minutes >= 2 * full_day:
        days = round(minutes / full_day)
        if never_closes:
            return ngettext("%(count)d day left", "%(count)d days left", days) % {"count": days}
        return ngettext("%(count)d working day left", "%(count)d working days left", days) % {"count": days}
    if minutes >= 60:
        hours = minutes // 60
        if never_closes:
            return ngettext("%(count)d hour left", "%(count)d hours left", hours) % {"count": hours}
        return ngettext("%(count)d working hour left", "%(count)d working hours left", hours) % {"count": hours}
    minutes = max(minutes, 1)
    return ngettext("%(count)d minute left", "%(count)d minutes left", minutes) % {"count": minutes}


def time_left(left: timedelta) -> str:
    """Plain time that is left, where no calendar of a clause counts it."""
    return _("%(span)s left") % {"span": _span(max(left, timedelta(minutes=1)))}


def _span(length: timedelta) -> str:
    if length >= DAYS_UNTIL_MONTHS * DAY:
        months = round(length / (30.4375 * DAY))
        return ngettext("%(count)d month", "%(count)d months", months) % {"count": months}
    if length >= DAY:
        return ngettext("%(count)d day", "%(count)d days", length // DAY) % {"count": length // DAY}
    if length >= HOUR:
        return ngettext("%(count)d hour", "%(count)d hours", length // HOUR) % {"count": length // HOUR}
    minutes = length // timedelta(minutes=1)
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
