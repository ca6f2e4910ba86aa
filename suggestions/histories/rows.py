from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from portal.city_days import end_of_day, start_of_day
from suggestions.histories.mappings import FLAGS, Mapping, Vocabulary
from suggestions.histories.moments import PrintedMoment, read_moment
from suggestions.models import Channel, OpenedBy

LONGEST_ID = 80


@dataclass(frozen=True, slots=True)
class PrintedCase:
    """One case as the earlier system printed it, its times read as moments and its values as our words."""

    line: int
    external_id: str
    received_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    cancelled_at: datetime | None
    ended_before_start: bool
    doubled_hours: int
    missing_hours: int
    channel: Channel
    printed_channel: str
    opened_by: OpenedBy
    category: str
    area: str
    title: str
    text: str
    outcome: str
    on_time: bool | None


@dataclass(frozen=True, slots=True)
class RowFault:
    """Why one row cannot be taken in: where to look, and one sentence."""

    line: int
    column: str
    value: str
    sentence: str


class RowReader:
    """Reads the rows below one header."""

    def __init__(self, mapping: Mapping, header: Sequence[str]) -> None:
        self.mapping = mapping
        self.width = len(header)
        self.places = {name: header.index(column) for name, column in mapping.columns.items()}

    def read(self, fields: Sequence[str], *, line: int, until: datetime) -> PrintedCase | list[RowFault]:
        """The case, or everything that is wrong with its row. Nothing may lie later than `until`."""
        if len(fields) != self.width:
            sentence = _("The row has %(found)d fields and the header %(width)d.") % {"found": len(fields), "width": self.width}
            return [RowFault(line, "", "", sentence)]
        return _Row(self, fields, line, until).case()


class _Row:
    def __init__(self, reader: RowReader, fields: Sequence[str], line: int, until: datetime) -> None:
        self.mapping = reader.mapping
        self.places = reader.places
        self.fields = fields
        self.line = line
        self.until = until
        self.faults: list[RowFault] = []
        self.doubled_hours = self.missing_hours = 0

    def case(self) -> PrintedCase | list[RowFault]:
        external_id = self.identity()
        received = self.moment("received", needed=True)
        due, closed, cancelled = self.moment("due"), self.moment("closed"), self.moment("cancelled")
        channel = self.word("channel", self.mapping.channel)
        opened_by = self.word("opened_by", self.mapping.opened_by)
        flag = self.word("flag", self.mapping.flag)
        received_at = self.started(received)
        closed_at, closed_early = self.ended("closed", closed, received_at)
        cancelled_at, cancelled_early = self.ended("cancelled", cancelled, received_at)
        if self.faults or received_at is None:
            return self.faults
        return PrintedCase(
            line=self.line,
            external_id=external_id,
            received_at=received_at,
            due_at=self.deadline(due),
            closed_at=closed_at,
            cancelled_at=cancelled_at,
            ended_before_start=closed_early or cancelled_early,
            doubled_hours=self.doubled_hours,
            missing_hours=self.missing_hours,
            channel=Channel(channel),
            printed_channel=self.value("channel"),
            opened_by=OpenedBy(opened_by),
            category=self.value("category"),
            area=self.value("area"),
            title=self.value("title"),
            text=self.value("text"),
            outcome=self.value("outcome"),
            on_time=FLAGS[flag],
        )

    def value(self, name: str) -> str:
        if name not in self.places:
            return ""
        printed = self.fields[self.places[name]].replace("\0", "").strip()  # no text of the database can hold a NUL
        return "" if printed.casefold() in self.mapping.blanks else printed

    def fault(self, name: str, sentence: str) -> None:
        self.faults.append(RowFault(self.line, self.mapping.columns.get(name, ""), self.value(name), sentence))

    def identity(self) -> str:
        external_id = self.value("id")
        if not external_id:
            self.fault("id", _("The case has no number."))
        if len(external_id) > LONGEST_ID:
            self.fault("id", _("The number of the case is longer than %(longest)d characters.") % {"longest": LONGEST_ID})
        return external_id

    def word(self, name: str, vocabulary: Vocabulary) -> str:
        word = vocabulary.meaning_of(self.value(name))
        if word is None:
            self.fault(name, _("The mapping does not say what this value of [%(name)s] means.") % {"name": name})
        return word or ""

    def moment(self, name: str, *, needed: bool = False) -> PrintedMoment | None:
        printed = self.value(name)
        if not printed:
            if needed:
                self.fault(name, _("The moment is missing."))
            return None
        moment = read_moment(printed, formats=self.mapping.formats, zone=self.mapping.zone)
        if moment is None:
            self.fault(name, _("This is not a moment in any of the formats: %(formats)s.") % {"formats": ", ".join(self.mapping.formats)})
            return None
        if not moment.is_a_day:
            self.doubled_hours += moment.later is not None
            self.missing_hours += moment.is_missing_hour
        return moment

    def started(self, moment: PrintedMoment | None) -> datetime | None:
        if moment is None:
            return None
        received_at = start_of_day(moment.day, zone=self.mapping.zone) if moment.is_a_day else moment.at
        if received_at > self.until:
            self.fault("received", _("This moment lies in the future. Is the time zone right?"))
        return received_at

    def ended(self, name: str, moment: PrintedMoment | None, received_at: datetime | None) -> tuple[datetime | None, bool]:
        """When it ended, never before it began; and whether the printed times say it did."""
        if moment is None or received_at is None:
            return None, False
        at = moment.at
        if moment.is_a_day:
            if at <= self.until:
                at = min(end_of_day(moment.day, zone=self.mapping.zone), self.until)  # done by then; nobody printed when
        elif at < received_at and moment.later and moment.later >= received_at:
            at = moment.later
        if at > self.until:
            self.fault(name, _("This moment lies in the future. Is the time zone right?"))
        return max(at, received_at), at < received_at

    def deadline(self, moment: PrintedMoment | None) -> datetime | None:
        if moment is None:
            return None
        if moment.is_a_day or self.mapping.due_is_a_day:
            return end_of_day(moment.day, zone=self.mapping.zone)
        return moment.at
