"""How the columns of an old case history are read. A city writes it as a TOML file:

source = "works-2011"                 # the earlier system; its case numbers are unique within it
zone = "Europe/Brussels"              # in which the printed times are meant; there is no default
formats = ["%d/%m/%Y %H:%M", "iso"]   # tried in turn; "iso" alone when nothing is said
due_precision = "day"                 # every deadline is the end of its day; one printed without a time always is
blanks = ["NULL", "-"]                # what means nothing, beside an empty field
visibility = "public"                 # "city_and_operator" when nothing is said
lang = "nl"                           # the city's leading language when nothing is said

[file]                                # each found by itself when nothing is said
encoding = "cp1252"
delimiter = ";"
quote = "'"
skip_lines = 2                        # lines above the header

[columns]                             # id and received must be there
id = "case"
received = "opened"
due = "target"
closed = "closed"
cancelled = "cancelled"
category = "type"
area = "district"
title = "subject"
text = "remarks"
outcome = "result"
channel = "source"
opened_by = "source"
flag = "on time?"

[channel]                             # a printed value, and what we call it; upper and lower case are the same
values = { "Phone call" = "phone", "Letter" = "paper" }
blank = "phone"                       # what an empty field means
otherwise = "api"                     # what any other value means; without it such a row is a fault

[opened_by]                           # citizen, staff, operator or sensor; must be said, for only citizens count as such
values = { "Inspection" = "staff" }
otherwise = "citizen"

[flag]                                # on_time, overdue or none
values = { "Y" = "on_time", "N" = "overdue" }
"""

import json
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.utils.text import slugify
from django.utils.translation import gettext as _

from portal.errors import Refused
from portal.models import Visibility
from suggestions.models import Channel, OpenedBy

COLUMNS = (
    "id", "received", "due", "closed", "cancelled", "category", "area", "title", "text", "outcome", "channel", "opened_by", "flag",
)  # fmt: skip
NEEDED_COLUMNS = ("id", "received")
FLAGS: dict[str, bool | None] = {"on_time": True, "overdue": False, "none": None}
ISO = "iso"
WORDS = {"source", "zone", "formats", "due_precision", "blanks", "visibility", "lang", "file", "columns", "channel", "opened_by", "flag"}
FILE_WORDS = {"encoding", "delimiter", "quote", "skip_lines"}


class MappingUnusable(Refused):
    pass


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the printed values of one column mean in our words."""

    values: dict[str, str]
    blank: str | None
    otherwise: str | None

    def meaning_of(self, printed: str) -> str | None:
        """Our word for a printed value; None when nothing was said about it."""
        if not printed and self.blank is not None:
            return self.blank
        return self.values.get(printed.casefold(), self.otherwise)


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What the city says about the file itself; None and 0 are found out by looking."""

    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    skip_lines: int = 0


@dataclass(frozen=True, slots=True)
class Mapping:
    """How to read one earlier system; made by read_mapping()."""

    source: str
    zone: ZoneInfo
    formats: tuple[str, ...]
    due_is_a_day: bool
    blanks: frozenset[str]
    visibility: Visibility
    lang: str
    file: FileFacts
    columns: dict[str, str]
    channel: Vocabulary
    opened_by: Vocabulary
    flag: Vocabulary
    as_written: dict[str, Any]


def read_mapping(text: str) -> Mapping:
    """The mapping that a TOML text describes; MappingUnusable says what to change in it."""
    try:
        written = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise MappingUnusable(_("The mapping cannot be read as TOML: %(fault)s.") % {"fault": fault}) from fault
    _refuse_unknown(written, WORDS, _("the mapping"))
    columns = _columns(written)
    return Mapping(
        source=slugify(str(written.get("source", ""))),
        zone=_zone(written),
        formats=tuple(_texts(written, "formats")) or (ISO,),
        due_is_a_day=_one_of(written, "due_precision", ("moment", "day"), default="moment") == "day",
        blanks=frozenset(text.strip().casefold() for text in _texts(written, "blanks")),
        visibility=Visibility(_one_of(written, "visibility", Visibility.values, default=Visibility.CITY_AND_OPERATOR)),
        lang=str(written.get("lang", "")),
        file=_file_facts(written),
        columns=columns,
        channel=_vocabulary(written, "channel", Channel.values, columns),
        opened_by=_vocabulary(written, "opened_by", OpenedBy.values, columns),
        flag=_vocabulary(written, "flag", FLAGS, columns),
        as_written=json.loads(json.dumps(written, default=str)),  # TOML has days and times, JSON has not
    )


def read_mapping_file(path: Path) -> Mapping:
    try:
        return read_mapping(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError) as fault:
        raise MappingUnusable(_("The mapping %(file)s cannot be read: %(fault)s.") % {"file": path, "fault": fault}) from fault


def _zone(written: dict[str, Any]) -> ZoneInfo:
    name = written.get("zone")
    if not name:
        raise MappingUnusable(_('Say in which time zone the printed times are meant, such as zone = "Europe/Brussels".'))
    if name not in available_timezones():
        raise MappingUnusable(_("%(zone)s is not the name of a time zone.") % {"zone": name})
    return ZoneInfo(name)


def _columns(written: dict[str, Any]) -> dict[str, str]:
    columns = _table(written, "columns")
    _refuse_unknown(columns, COLUMNS, "[columns]")
    for name in NEEDED_COLUMNS:
        if not columns.get(name):
            raise MappingUnusable(_("Name the column of %(name)s under [columns].") % {"name": name})
    return {name: str(column).strip() for name, column in columns.items()}


def _file_facts(written: dict[str, Any]) -> FileFacts:
    facts = _table(written, "file")
    _refuse_unknown(facts, FILE_WORDS, "[file]")
    for name in ("delimiter", "quote"):
        if name in facts and len(str(facts[name])) != 1:
            raise MappingUnusable(_("%(name)s must be one character.") % {"name": name})
    try:
        "".encode(facts.get("encoding", "utf-8"))
        return FileFacts(**facts | {"skip_lines": int(facts.get("skip_lines", 0))})
    except (LookupError, TypeError, ValueError) as fault:
        raise MappingUnusable(_("[file] cannot be used: %(fault)s.") % {"fault": fault}) from fault


def _vocabulary(written: dict[str, Any], name: str, ours: Collection[str], columns: dict[str, str]) -> Vocabulary:
    table = _table(written, name)
    _refuse_unknown(table, {"values", "blank", "otherwise"}, f"[{name}]")
    values = {str(printed).strip().casefold(): word for printed, word in _table(table, "values").items()}
    for word in [*values.values(), *(table[key] for key in ("blank", "otherwise") if key in table)]:
        if word not in ours:
            raise MappingUnusable(
                _("[%(name)s]: %(word)s is none of %(ours)s.") % {"name": name, "word": word, "ours": ", ".join(map(str, ours))}
            )
    if name == "flag":
        return Vocabulary(values, table.get("blank", "none"), table.get("otherwise") if name in columns else "none")
    if name not in columns and "otherwise" not in table:
        raise MappingUnusable(
            _("Nothing says what %(name)s is. Name its column under [columns], or one word for every case as otherwise in [%(name)s].")
            % {"name": name}
        )
    return Vocabulary(values, table.get("blank"), table.get("otherwise"))


def _table(written: dict[str, Any], name: str) -> dict[str, Any]:
    table = written.get(name, {})
    if not isinstance(table, dict):
        raise MappingUnusable(_("%(name)s must be a table.") % {"name": name})
    return table


def _texts(written: dict[str, Any], name: str) -> list[str]:
    texts = written.get(name, [])
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise MappingUnusable(_("%(name)s must be a list of texts.") % {"name": name})
    return texts


def _one_of(written: dict[str, Any], name: str, words: Collection[str], *, default: str) -> str:
    word = written.get(name, default)
    if word not in words:
        raise MappingUnusable(_("%(name)s: %(word)s is none of %(ours)s.") % {"name": name, "word": word, "ours": ", ".join(words)})
    return str(word)


def _refuse_unknown(table: dict[str, Any], known: Collection[str], where: str) -> None:
    if unknown := [name for name in table if name not in known]:
        raise MappingUnusable(
            _("%(where)s has words that mean nothing here: %(unknown)s. It may have %(known)s.")
            % {"where": where, "unknown": ", ".join(unknown), "known": ", ".join(sorted(known))}
        )
