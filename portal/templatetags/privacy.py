"""Who holds what a form asks for, from the register."""

from typing import Any

from django import template
from django.forms import BaseForm

from portal import data_register
from portal.data_register import Held

register = template.Library()


@register.inclusion_tag("components/who_holds.html")
def who_holds(form: BaseForm) -> dict[str, Any]:
    """The panel for exactly the fields of this form, each kind of data once; nothing where the form asks for nothing personal."""
    return {"entries": entries_of(form)}


def entries_of(form: BaseForm) -> list[dict[str, Any]]:
    """Raises KeyError for a form or a field that nobody declared: better no page than a page that says too little."""
    declared = data_register.register()
    collected = declared.forms[f"{type(form).__module__}.{type(form).__qualname__}"]
    columns: dict[str, Held] = {}
    for name in form.fields:
        column = collected.column_of(name)
        if column is None:
            raise KeyError(f"{type(form).__qualname__}.{name} is not in the register.")
        if column:
            columns[column] = declared.held(column)
    return [{"held": held, "rule": declared.rules[held.kept]} for held in columns.values()]
