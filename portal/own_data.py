"""Everything that the record holds about one person, read along the register: for their page, and as a copy that other software reads."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.data_register import Held, Table, Text, Whose, register
from portal.models import Actor, Person

ROWS_SHOWN = 20
NOT_TOLD = (Person, Actor)  # rows that a column points at and that are, or could be, somebody else


@dataclass(frozen=True, slots=True)
class Section:
    """The rows of one table about one person, each by the names of its columns."""

    label: str
    title: Text
    held: dict[str, Held]
    rows: list[dict[str, Any]] = field(default_factory=list)
    files: list[Any] = field(default_factory=list)

    @property
    def told(self) -> list[Held]:
        """The columns with personal data that are shown."""
        return [held for held in self.held.values() if not held.is_secret]

    @property
    def scrambled(self) -> list[Held]:
        return [held for held in self.held.values() if held.is_secret]

    @property
    def shown(self) -> list[list[tuple[Text, Any]]]:
        """The first rows in words: which case, then what is personal and filled."""
        return [list(self._in_words(row)) for row in self.rows[:ROWS_SHOWN]]

    def _in_words(self, row: dict[str, Any]) -> Iterator[tuple[Text, Any]]:
        if case := next((row[name] for name in ("reference", "suggestion", "case") if row.get(name)), ""):
            yield _("case"), case
        for name, held in self.held.items():
            if not held.is_secret and row.get(name) not in (None, "", {}, []):
                yield held.what, _readable(apps.get_model(self.label)._meta.get_field(name), row[name])

    @property
    def more(self) -> int:
        return max(0, len(self.rows) - ROWS_SHOWN)


def own_data(whose: Whose) -> list[Section]:
    """What is held about them, table by table; tables without a row are left out."""
    sections = []
    in_order = sorted(register().about_people(), key=lambda entry: (entry[0] is not Person, entry[0]._meta.app_label != "suggestions"))
    for model, table in in_order:
        rows = list(_with_what_it_points_at(whose.rows(model, table), model).order_by("pk"))
        if rows:
            files = [getattr(row, name) for row in rows for name in _files_of(model, table) if getattr(row, name)]
            sections.append(Section(model._meta.label, table.what, dict(table.held), [_told(row, model, table) for row in rows], files))
    return sections


def as_json(sections: list[Section], *, at: datetime) -> str:
    """One document: the moment, then the rows of each table."""
    held = {section.label: section.rows for section in sections}
    return json.dumps({"copied_at": at, "held": held}, default=_plain, ensure_ascii=False, indent=2)


def as_zip(sections: list[Section]) -> bytes:
    """A CSV for each table, and the files themselves."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for section in sections:
            archive.writestr(f"{section.label.lower().replace('.', '-')}.csv", _as_csv(section))
            for file in section.files:
                with file.open("rb") as opened:
                    archive.writestr(f"files/{file.name}", opened.read())
    return packed.getvalue()


def _as_csv(section: Section) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    names = list(section.rows[0])
    writer.writerow(names)
    for row in section.rows:
        writer.writerow([_in_a_cell(row[name]) for name in names])
    return "\ufeff" + text.getvalue()  # so that a spreadsheet reads it as UTF-8


def _told(row: models.Model, model: type[models.Model], table: Table) -> dict[str, Any]:
    """The columns in their order, without keys of other rows and without what nobody may read back."""
    told = {}
    for column in model._meta.concrete_fields:
        held = table.held.get(column.name)
        if column.name in table.links.split() or (held and held.is_secret) or isinstance(column, models.BinaryField):
            continue
        if column.is_relation:
            if _points_at_somebody(column):
                continue
            pointed = getattr(row, column.name)
            told[column.name] = str(pointed) if pointed is not None else None
        elif column.name != "id":
            told[column.name] = _plain(getattr(row, column.name))
    return told


def _points_at_somebody(column: Any) -> bool:
    """Whether the column points at somebody: that row is, or could be, about somebody else."""
    return issubclass(column.related_model, NOT_TOLD)


def _readable(column: Any, value: Any) -> Any:
    """As the page shows it: moments as moments, choices by their label, lists with commas."""
    if isinstance(column, models.DateTimeField):
        return datetime.fromisoformat(value)
    labels = dict(getattr(getattr(column, "base_field", column), "flatchoices", ()))
    yes_no = {True: _("yes"), False: _("no")}
    if isinstance(value, list):
        return ", ".join(str(labels.get(part, part)) for part in value)
    if isinstance(value, dict):
        return ", ".join(str(yes_no.get(part, part)) if isinstance(part, bool) else str(part) for part in value.values())
    return labels.get(value, value)


def _with_what_it_points_at(rows: models.QuerySet[Any], model: type[models.Model]) -> models.QuerySet[Any]:
    pointing = [column.name for column in model._meta.concrete_fields if column.is_relation and not _points_at_somebody(column)]
    return rows.select_related(*pointing) if pointing else rows


def _files_of(model: type[models.Model], table: Table) -> list[str]:
    return [column.name for column in model._meta.concrete_fields if isinstance(column, models.FileField) and column.name in table.held]


def _plain(value: Any) -> Any:
    """As JSON knows it: moments in ISO 8601, everything unknown as text."""
    if value is None or isinstance(value, bool | int | float | str | list | dict):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if not isinstance(value, Decimal) else format(value, "f")


def _in_a_cell(value: Any) -> Any:
    """An apostrophe stands before what a spreadsheet program would take for a formula."""
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
