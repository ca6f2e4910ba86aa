"""The public timetable in templates: who owes what by when. Everything shown was fetched by the door; nothing is queried here."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from portal import wall_clock
from portal.city_days import city_day
from suggestions.models import Obligation, Standing
from suggestions.templatetags import time_words
from suggestions.templatetags.answer_lines import AnswerLine, Reach, Station
from suggestions.templatetags.clock_faces import SOON, ClockFace

register = template.Library()

STATION = """
  <li class="station station-{}">
    <svg class="station-sign" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false"><circle cx="8" cy="8" r="6.5" />{}</svg>
    <span class="station-words visually-hidden"><span class="station-name">{}</span> <span class="station-when">{}</span></span>
  </li>"""  # noqa: E501
BROKEN = mark_safe('<path d="M3.5 3.5l9 9m0-9l-9 9" />')


@register.inclusion_tag("components/clock_strip.html")
def clock_strip(obligation: Obligation) -> dict[str, Any]:
    """Owner, act, due moment, time left, bar and clause."""
    return {"face": ClockFace(obligation, wall_clock.now()), "obligation": obligation, "level": obligation.service_level}


@register.inclusion_tag("components/clock_badge.html")
def clock_badge(obligation: Obligation) -> dict[str, Any]:
    """One line of text for a dense list."""
    return {"face": ClockFace(obligation, wall_clock.now()), "obligation": obligation}


@register.inclusion_tag("components/answer_line.html")
def answer_line(standing: Standing) -> dict[str, Any]:
    """The five stations, reached, broken or still ahead."""
    return {"stations": AnswerLine(standing, wall_clock.now()).stations()}


@register.simple_tag
def small_answer_line(standing: Standing) -> SafeString:
    """The same five stations for a row of a list, where the signs are seen and the words are heard.

    Written here and not in a template: a list has a hundred of them, and they were half of its time.
    """
    stations = AnswerLine(standing, wall_clock.now()).stations()
    return format_html(
        '<ol class="line line-small" aria-label="{}">{}</ol>', _("Answer line"), format_html_join("", "{}", _small(stations))
    )


def _small(stations: Sequence[Station]) -> Iterator[tuple[SafeString]]:
    for station in stations:
        when = station.when or format_html('<span class="visually-hidden">{}</span>', station.reach.label)
        yield (format_html(STATION, station.reach, BROKEN if station.reach == Reach.BROKEN else "", station.name, when),)


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
