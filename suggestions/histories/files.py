import codecs
import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import IO, BinaryIO, cast

from django.utils.translation import gettext as _

from portal.errors import Refused
from suggestions.histories.mappings import Mapping
from suggestions.histories.rows import PrintedCase, RowFault, RowReader

DELIMITERS = (",", ";", "\t", "|")
GZIP = b"\x1f\x8b"
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
PIECE = 1 << 20
LONGEST_FIELD = 1 << 20


class FileUnreadable(Refused):
    pass


@dataclass(frozen=True, slots=True)
class History:
    """A file of old cases and how to read it; made by open_history(). The file is read anew each time its cases are asked for."""

    path: Path
    sha256: str
    is_gzip: bool
    encoding: str
    delimiter: str
    mapping: Mapping

    def cases(self, *, until: datetime) -> Iterator[PrintedCase | list[RowFault]]:
        """Each row as a case, or as what is wrong with it; empty lines are no rows. Nothing may lie later than `until`."""
        with self._rows() as rows:
            reader = RowReader(self.mapping, _header(next(rows)[1]))
            for line, fields in rows:
                yield reader.read(fields, line=line, until=until)

    def header(self) -> list[str]:
        with self._rows() as rows:
            return _header(next(rows, (0, []))[1])

    @contextmanager
    def _rows(self) -> Iterator[Iterator[tuple[int, list[str]]]]:
        """The rows with the line on which each begins, the header first."""
        with _bytes_of(self.path, is_gzip=self.is_gzip) as raw, io.TextIOWrapper(raw, self.encoding, newline="") as text:
            yield self._numbered(text)

    def _numbered(self, text: IO[str]) -> Iterator[tuple[int, list[str]]]:
        csv.field_size_limit(LONGEST_FIELD)
        above = self.mapping.file.skip_lines
        line = above + 1
        try:
            for _line in range(above):
                text.readline()
            reader = csv.reader(text, delimiter=self.delimiter, quotechar=self.mapping.file.quote or '"')
            for fields in reader:
                if any(field.strip() for field in fields):
                    yield line, fields
                line = above + reader.line_num + 1
        except UnicodeDecodeError as fault:
            raise FileUnreadable(
                _("The file is not written in %(encoding)s. Name its encoding under [file] in the mapping.") % {"encoding": self.encoding}
            ) from fault
        except csv.Error as fault:
            raise FileUnreadable(
                _("From line %(line)d on, the file cannot be read as a table: %(fault)s.") % {"line": line, "fault": fault}
            ) from fault
        except (OSError, EOFError, zlib.error) as fault:
            raise FileUnreadable(_("The file cannot be read to its end: %(fault)s.") % {"fault": fault}) from fault


def open_history(path: Path, mapping: Mapping) -> History:
    """Look at a file: whether it is packed, how it is written, what parts its columns. FileUnreadable says what does not fit."""
    try:
        with path.open("rb") as file:
            is_gzip = file.read(2) == GZIP
            file.seek(0)
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        encoding = mapping.file.encoding or _encoding_of(path, is_gzip=is_gzip)
    except (OSError, EOFError, zlib.error) as fault:
        raise FileUnreadable(_("The file cannot be read: %(fault)s.") % {"fault": fault}) from fault
    history = History(path, sha256, is_gzip, encoding, mapping.file.delimiter or DELIMITERS[0], mapping)
    return _with_its_delimiter(history)


def _with_its_delimiter(history: History) -> History:
    """The delimiter that the city named, else the one under which the header has every column of the mapping."""
    asked = history.mapping.columns.values()
    candidates = [replace(history, delimiter=mark) for mark in ([history.delimiter] if history.mapping.file.delimiter else DELIMITERS)]
    headers = [candidate.header() for candidate in candidates]
    for candidate, header in zip(candidates, headers, strict=True):
        if all(header.count(column) == 1 for column in asked):
            return candidate
    fullest = max(headers, key=len)
    if not fullest:
        raise FileUnreadable(_("The file is empty."))
    if twice := [column for column in asked if fullest.count(column) > 1]:
        raise FileUnreadable(_("The header has this column twice: %(columns)s.") % {"columns": ", ".join(twice)})
    raise FileUnreadable(
        _("The file has no column %(missing)s. Its columns are: %(columns)s.")
        % {"missing": ", ".join(column for column in asked if column not in fullest), "columns": ", ".join(fullest)}
    )


def _header(fields: list[str]) -> list[str]:
    return [field.replace("\0", "").strip().removeprefix("\ufeff") for field in fields]


def _encoding_of(path: Path, *, is_gzip: bool) -> str:
    """By its mark, else UTF-8 where every byte fits, else what Windows wrote in western Europe."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with _bytes_of(path, is_gzip=is_gzip) as raw:
        piece = raw.read(PIECE)
        for mark, encoding in MARKS:
            if piece.startswith(mark):
                return encoding
        try:
            while piece:
                decoder.decode(piece)
                piece = raw.read(PIECE)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def _bytes_of(path: Path, *, is_gzip: bool) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path, "rb")) if is_gzip else path.open("rb")
