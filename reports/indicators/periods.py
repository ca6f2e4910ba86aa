"""Which days a figure is about, and up to which moment the facts behind it were known."""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Self

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.city_days import city_day, city_zone, start_of_day
from portal.errors import Refused


class NoSuchPeriod(Refused):
    pass


class NoSuchMoment(Refused):
    pass


@dataclass(frozen=True, slots=True)
class Window:
    """Days in the city's zone, from the first up to but not including `after`. NoSuchPeriod where there are none."""

    first: date
    after: date
    from_at: datetime = field(init=False)
    until_at: datetime = field(init=False)  # the first moment that no longer belongs to it

    def __post_init__(self) -> None:
        if self.first >= self.after:
            raise NoSuchPeriod(_("A period ends after it begins; its last day is the one before the second date."))
        object.__setattr__(self, "from_at", start_of_day(self.first))
        object.__setattr__(self, "until_at", start_of_day(self.after))

    @classmethod
    def month(cls, day: date) -> Self:
        """The calendar month of a day."""
        return cls(*_months(day.year, day.month, 1))

    @classmethod
    def quarter(cls, day: date) -> Self:
        """The calendar quarter of a day."""
        return cls(*_months(day.year, (day.month - 1) // 3 * 3 + 1, 3))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads 2026-Q3, 2026-07, 2026 or 2026-07-01..2026-08-01, the second date being the first day outside."""
        try:
            if found := re.fullmatch(r"(\d{4})-Q([1-4])", text):
                return cls(*_months(int(found[1]), int(found[2]) * 3 - 2, 3))
            if found := re.fullmatch(r"(\d{4})-(\d{2})", text):
                return cls(*_months(int(found[1]), int(found[2]), 1))
            if found := re.fullmatch(r"(\d{4})", text):
                return cls(*_months(int(found[1]), 1, 12))
            first, _dots, after = text.partition("..")
            return cls(date.fromisoformat(first), date.fromisoformat(after))
        except ValueError as fault:
            raise NoSuchPeriod(
                _("A period is written 2026-Q3, 2026-07, 2026 or 2026-07-01..2026-08-01, not %(text)s.") % {"text": text}
            ) from fault

    @property
    def days(self) -> int:
        return (self.after - self.first).days

    @property
    def before(self) -> Self:
        """The month, quarter or year before this one; as many days before for any other."""
        months = self._whole_months
        if months is None:
            return type(self)(self.first - timedelta(days=self.days), self.first)
        return type(self)(_months_later(self.first, -months), self.first)

    @property
    def default_as_of(self) -> datetime:
        """The end of the month that follows: late paper and slow news have had that long to arrive."""
        return start_of_day(_months_later(self.after - timedelta(days=1), 2))

    def holds(self, moment: datetime | None) -> bool:
        return moment is not None and self.from_at <= moment < self.until_at

    def is_provisional(self, as_of: datetime) -> bool:
        """Whether facts of its own days may still be missing."""
        return as_of < self.until_at

    @property
    def code(self) -> str:
        """As parse() reads it, the shortest way."""
        match self._whole_months:
            case 1:
                return f"{self.first:%Y-%m}"
            case 3 if self.first.month % 3 == 1:
                return f"{self.first.year:04}-Q{self.first.month // 3 + 1}"
            case 12 if self.first.month == 1:
                return f"{self.first.year:04}"
        return f"{self.first}..{self.after}"

    @property
    def name(self) -> str:
        """As a reader says it: October 2026, the third quarter of 2026."""
        match self._whole_months:
            case 1:
                return date_format(self.first, "F Y")
            case 3 if self.first.month % 3 == 1:
                quarter = [_("first"), _("second"), _("third"), _("fourth")][self.first.month // 3]
                return _("the %(quarter)s quarter of %(year)d") % {"quarter": quarter, "year": self.first.year}
            case 12 if self.first.month == 1:
                return str(self.first.year)
        last = self.after - timedelta(days=1)
        return _("%(first)s to %(last)s") % {"first": date_format(self.first), "last": date_format(last)}

    @property
    def _whole_months(self) -> int | None:
        if self.first.day != 1 or self.after.day != 1:
            return None
        return (self.after.year - self.first.year) * 12 + self.after.month - self.first.month


def window_of(from_at: datetime, until_at: datetime) -> Window:
    """The window that two stored moments stand for."""
    return Window(city_day(from_at), city_day(until_at))


def last_ended(window: Window, at: datetime) -> Window:
    """The newest period of this length that is over, counting back from this one."""
    while window.until_at > at:
        window = window.before
    return window


def parse_as_of(text: str) -> datetime:
    """A day stands for its first moment in the city's zone; a full moment must name its zone."""
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return start_of_day(date.fromisoformat(text))
        moment = datetime.fromisoformat(text)
    except ValueError as fault:
        raise NoSuchMoment(
            _("%(text)s is neither a day nor a moment, such as 2026-11-01 or 2026-11-01T00:00:00+01:00.") % {"text": text}
        ) from fault
    if moment.tzinfo is None:
        raise NoSuchMoment(
            _("%(text)s does not name its zone; write %(better)s, or the day alone.")
            % {"text": text, "better": moment.replace(tzinfo=city_zone()).isoformat()}
        )
    return moment.astimezone(UTC)


def _months(year: int, month: int, length: int) -> tuple[date, date]:
    first = date(year, month, 1)
    return first, _months_later(first, length)


def _months_later(day: date, months: int) -> date:
    """The first day of the month so many months after that of `day`."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)
