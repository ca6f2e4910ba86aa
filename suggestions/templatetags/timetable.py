"""The public timetable in templates: who owes what by when. Everything shown was fetched by the door; nothing is queried here."""

from datetime import date, datetime
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal import wall_clock
from portal.city_days import city_day
from suggestions.models import Obligation, Standing
from suggestions.templatetags import time_words
from suggestions.templatetags.answer_lines import AnswerLine
from suggestions.templatetags.clock_faces import SOON, ClockFace

register = template.Library()


@register.inclusion_tag("components/clock_strip.html")
def clock_strip(obligation: Obligation) -> dict[str, Any]:
    """Owner, act, due moment, time left, bar and clause."""
    return {"face": ClockFace(obligation, wall_clock.now()), "obligation": obligation, "level": obligation.service_level}


@register.inclusion_tag("components/clock_badge.html")
def clock_badge(obligation: Obligation) -> dict[str, Any]:
    """One line of text for a dense list."""
    return {"face": ClockFace(obligation, wall_clock.now()), "obligation": obligation}


@register.inclusion_tag("components/answer_line.html")
def answer_line(standing: Standing, small: bool = False) -> dict[str, Any]:
    """The five stations, reached, broken or still ahead."""
    return {"stations": AnswerLine(standing, wall_clock.now()).stations(), "small": small}


@register.inclusion_tag("components/due.html")
def due(standing: Standing) -> dict[str, Any]:
    """The due column of a list: what falls due next, or how late it is."""
    now = wall_clock.now()
    due_at = standing.next_due_at
    runs = due_at is not None and not standing.next_is_paused
    late_from = standing.late_since or (due_at if due_at and runs and due_at < now else None)
    return {
        "standing": standing,
        "due_at": due_at,
        "late": time_words.lateness(late_from, until=now) if late_from else "",
        "late_from": late_from,
        "soon": bool(due_at and runs and not late_from and due_at - now <= SOON),
        "relative": time_words.relative(due_at, now=now) if due_at else "",
    }


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """The moment in the city's zone, with how far away it is beside it."""
    if value is None:
        return ""
    now = wall_clock.now()
    return format_html(
        '{} <span class="beside">({})</span>', _time(value, time_words.absolute(value, now=now)), time_words.relative(value, now=now)
    )


@register.filter
def short_moment(value: datetime | None) -> SafeString | str:
    """The moment alone, for places where the distance is said already."""
    return "" if value is None else _time(value, time_words.absolute(value, now=wall_clock.now()))


@register.filter
def day(value: date | None) -> SafeString | str:
    """A day, with how far away it is beside it."""
    if value is None:
        return ""
    now = wall_clock.now()
    words = time_words.relative_day((value - city_day(now)).days)
    return format_html('{} <span class="beside">({})</span>', _day(value, now), words)


@register.filter
def short_day(value: date | None) -> SafeString | str:
    return "" if value is None else _day(value, wall_clock.now())


def _time(value: datetime, words: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', value.isoformat(timespec="minutes"), words)


def _day(value: date, now: datetime) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), time_words.day_words(value, now=now))
