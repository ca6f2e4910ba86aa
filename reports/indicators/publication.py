"""The one place that decides what may be shown. What is stored has passed here; pages, files and feeds read what is stored."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from django.db import models
from django.utils.translation import gettext_lazy as _

from reports.indicators.measures import Measure, Sort


class Withheld(models.TextChoices):
    """Why no value is shown."""

    TOO_FEW = "too_few", _("too few to say anything by a number")
    NOT_FOLLOWED = "not_followed", _("nobody has been followed for that long yet")


@dataclass(frozen=True, slots=True)
class Base:
    """From how many cases, and how many events among them, a line says something."""

    cases: int
    events: int = 0


SMALLEST: dict[Sort, Base] = {
    Sort.SHARE: Base(10),
    Sort.WAIT: Base(20, events=10),
    Sort.AGE: Base(20),
    Sort.COUNT: Base(0),  # how many there are says nothing about any of them
}


def as_published(measure: Measure) -> Measure:
    """The line as it may be stored; where there are too few, only the reason and the base remain, or the rest could be reckoned back."""
    base = SMALLEST[measure.sort]
    if measure.n < base.cases or (base.events and (measure.events or 0) < base.events):
        return Measure(measure.name, measure.sort, None, measure.n, withheld=Withheld.TOO_FEW)
    if measure.withheld:
        return replace(measure, value=None, low=None, high=None)
    return measure


def shows_both_sides(values: Collection[str]) -> bool:
    """Service values are never published without the social ones, nor the other way round: speed alone pushes the others aside."""
    return {"service", "social"} <= set(values)
