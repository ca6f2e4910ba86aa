"""Nothing about people is kept that nobody declared: a table, a column or a form field outside the register stops the start."""

import importlib
import pkgutil
from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Error
from django.db.models import Model
from django.forms import BaseForm, BaseModelForm

from portal.data_register import Register, register

OURS = ("portal", "suggestions", "reports")


def check_data_register(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[CheckMessage]:
    declared = register()
    return [Error(words, hint="Declare it in the data_held.py of its app.", id=f"privacy.{code}") for code, words in faults_of(declared)]


def faults_of(declared: Register) -> Iterator[tuple[str, str]]:
    """Everything that is kept or asked and not declared, declared and not there, or declared without an end."""
    for model in apps.get_models():
        yield from _faults_of_model(model, declared)
    for form in our_forms():
        yield from _faults_of_form(form, declared)
    for label, _table, held in declared.entries():
        if held.kept not in declared.rules:
            yield "E005", f"{label} keeps something by the rule “{held.kept}”, which nobody wrote."
    for form_name, collected in declared.forms.items():
        for column in collected.becomes.values():
            label, _dot, name = column.rpartition(".")
            if label not in declared.tables or name not in declared.tables[label].held:
                yield "E006", f"{form_name} says that a field becomes {column}, which the register does not hold."


def _faults_of_model(model: type[Model], declared: Register) -> Iterator[tuple[str, str]]:
    label = model._meta.label
    table = declared.tables.get(label)
    if table is None:
        yield "E001", f"The table {label} is not in the register."
        return
    columns = {field.name for field in (*model._meta.concrete_fields, *model._meta.local_many_to_many)}
    if undeclared := columns - table.declared():
        yield "E002", f"{label} keeps {', '.join(sorted(undeclared))}, which the register does not know."
    if gone := table.declared() - columns:
        yield "E003", f"The register says that {label} keeps {', '.join(sorted(gone))}, which it does not."


def _faults_of_form(form: type[BaseForm], declared: Register) -> Iterator[tuple[str, str]]:
    name = f"{form.__module__}.{form.__qualname__}"
    collected = declared.forms.get(name)
    asked = set(getattr(form, "base_fields", ()))
    if collected is None:
        yield "E004", f"The form {name} is not in the register."
    elif undeclared := {field for field in asked if collected.column_of(field) is None}:
        yield "E004", f"{name} asks for {', '.join(sorted(undeclared))}, which the register does not know."


def our_forms() -> list[type[BaseForm]]:
    """Every form of ours; one that is made from a table asks for columns of that table, which are declared there."""
    for app in OURS:
        _import_forms(app)
    found = {form for form in _subclasses(BaseForm) if form.__module__.split(".")[0] in OURS and not issubclass(form, BaseModelForm)}
    return sorted((form for form in found if "forms" in form.__module__), key=lambda form: (form.__module__, form.__qualname__))


def _import_forms(app: str) -> None:
    package = importlib.import_module(app)
    for found in pkgutil.walk_packages(package.__path__, f"{app}."):
        if "forms" in found.name:
            importlib.import_module(found.name)


def _subclasses(base: type[BaseForm]) -> Iterator[type[BaseForm]]:
    for child in base.__subclasses__():
        yield child
        yield from _subclasses(child)
