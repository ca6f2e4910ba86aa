"""How a table leaves: as CSV, streamed by the database's own COPY."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from django.db import connection
from django.db.models import QuerySet

from reports.exports.tables import Column

BLOCK = 64 * 1024  # bytes sent at once; COPY hands out single rows
BYTE_ORDER_MARK = "\ufeff"


@dataclass(slots=True)
class CsvStream:
    """Rows as CSV (RFC 4180, UTF-8), read while they are sent, so that memory stays flat however many there are.

    `sent` counts the rows handed out so far; `is_whole` turns true after the last one.
    """

    rows: QuerySet[Any]
    columns: Sequence[Column]
    with_mark: bool = False
    sent: int = field(default=0, init=False)
    is_whole: bool = field(default=False, init=False)

    def __iter__(self) -> Iterator[bytes]:
        buffer = bytearray(self._header())
        with connection.cursor() as cursor, cursor.copy(self._statement()) as copy:
            for row in copy:  # one row with each read, ended by a bare line feed
                buffer += row[:-1]
                buffer += b"\r\n"
                self.sent += 1
                if len(buffer) >= BLOCK:
                    yield bytes(buffer)
                    buffer.clear()
        self.is_whole = True
        yield bytes(buffer)

    def _header(self) -> bytes:
        line = io.StringIO(newline="")
        csv.writer(line).writerow([column.name for column in self.columns])
        return ((BYTE_ORDER_MARK if self.with_mark else "") + line.getvalue()).encode()

    def _statement(self) -> str:
        """With its values written in, since COPY takes none from outside."""
        select, values = self.rows.values_list(*(column.expression() for column in self.columns)).query.sql_with_params()
        connection.ensure_connection()
        written = psycopg.ClientCursor(connection.connection).mogrify(select, values)
        return f"COPY ({written}) TO STDOUT WITH (FORMAT csv)"
