"""Forgetting, table by table, as the register of portal.data_register says: what is declared there is what goes."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.utils import translation

from portal.actions.events import record_event
from portal.data_register import Held, OnErasure, Table, Whose, register
from portal.models import Actor, Erasure, Event, Person

SESSIONS_READ_AT_ONCE = 2000


def forget_rows(whose: Whose, *, words_too: bool) -> dict[str, int]:
    """Remove or empty what the register says about them, in every table but the person's own row; how many rows it was, by table."""
    removed = {}
    for model, table in register().about_people():
        if model is Person:
            continue
        rows = model._base_manager.filter(pk__in=list(whose.rows(model, table).values_list("pk", flat=True)))
        touched = _remove(rows, model) if table.rows_go else _empty(rows, model, table, words_too=words_too)
        if touched:
            removed[model._meta.label] = touched
    return removed


def what_stays(whose: Whose, *, words_too: bool) -> list[str]:
    """The tables of which something stays, where there is a row of theirs."""
    staying = []
    for model, table in register().about_people():
        if not table.rows_go and any(_stays(held, words_too) for held in table.held.values()) and whose.rows(model, table).exists():
            staying.append(model._meta.label)
    return staying


def end_sessions_of(person_id: int) -> int:
    """Sign the person out everywhere: sessions hold what was typed and who it was."""
    theirs = [session.pk for session in Session.objects.iterator(SESSIONS_READ_AT_ONCE) if _is_of(session, person_id)]
    return Session.objects.filter(pk__in=theirs).delete()[0]


def write_erasure(
    *,
    scope: Erasure.Scope,
    about: str,
    by: Actor,
    identity: Erasure.Identity,
    words_too: bool,
    removed: dict[str, int],
    stays: Iterable[str],
    at: datetime,
    case: str = "",
) -> Erasure:
    """The receipt, and one line of the log with the counts."""
    erasure = Erasure.objects.create(
        scope=scope, role=by.public_role, identity=identity, words_too=words_too, removed=removed, stays=list(stays), erased_at=at
    )
    facts = {"scope": scope.value, "words_too": words_too, "removed": removed}
    record_event(Event.Kind.PERSON_ERASED, about=about, by=by, at=at, case=case, facts=facts)
    return erasure


def _stays(held: Held, words_too: bool) -> bool:
    return held.on_erasure == OnErasure.STAYS or (held.on_erasure == OnErasure.AUTHOR_CHOOSES and not words_too)


def _remove(rows: models.QuerySet[Any], model: type[models.Model]) -> int:
    for name in _files_of(model):
        _drop_files(rows, name)
    return rows.delete()[1].get(model._meta.label, 0)


def _empty(rows: models.QuerySet[Any], model: type[models.Model], table: Table, *, words_too: bool) -> int:
    going = {name: held for name, held in table.held.items() if not _stays(held, words_too)}
    if not going:
        return 0
    for name in going.keys() & _files_of(model):
        _drop_files(rows, name)
    blanks = {name: _blank(model._meta.get_field(name)) for name, held in going.items() if not held.tombstone}
    touched = rows.update(**blanks) if blanks else rows.count()
    if tombstones := {name: held.tombstone for name, held in going.items() if held.tombstone}:
        _set_tombstones(rows, model, tombstones)
    return touched


def _set_tombstones(rows: models.QuerySet[Any], model: type[models.Model], tombstones: dict[str, Any]) -> None:
    """What stands where words were, in the language in which they were written, where the row knows it."""
    has_language = any(field.name == "lang" for field in model._meta.concrete_fields)
    for lang in set(rows.values_list("lang", flat=True)) if has_language else [translation.get_language()]:
        with translation.override(lang):
            written = {name: str(words) for name, words in tombstones.items()}
        (rows.filter(lang=lang) if has_language else rows).update(**written)


def _blank(field: Any) -> Any:
    """The emptiest value that a column takes."""
    if field.null:
        return None
    if isinstance(field, models.JSONField):
        return field.get_default()
    if isinstance(field, models.BooleanField):
        return False
    return b"" if isinstance(field, models.BinaryField) else ""


def _files_of(model: type[models.Model]) -> set[str]:
    return {field.name for field in model._meta.concrete_fields if isinstance(field, models.FileField)}


def _drop_files(rows: models.QuerySet[Any], name: str) -> None:
    """Once the erasure is certain, not before: a file cannot be rolled back."""
    field = rows.model._meta.get_field(name)
    for place in rows.exclude(**{name: ""}).values_list(name, flat=True):
        if place:
            transaction.on_commit(partial(field.storage.delete, place))


def _is_of(session: Session, person_id: int) -> bool:
    return session.get_decoded().get("_auth_user_id") == str(person_id)
