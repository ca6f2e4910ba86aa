"""What the record holds about people: the words of the register, and how the rows about one person are found.

Each app declares its tables, forms and retention rules in its data_held.py. Whatever nobody declared stops the start (portal.checks).
"""

import importlib
import importlib.util
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Model, Q, QuerySet, TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class Purpose(TextChoices):
    ANSWER = "answer", _("to answer you")
    TELL = "tell", _("to tell you what you asked to hear about")
    RECORD = "record", _("to keep a public record of what people say and what is done about it")
    COUNT = "count", _("to count each person once")
    SIGN_IN = "sign_in", _("to let you sign in safely")
    WORK = "work", _("to know who may do what at the city and the operators")
    WATCH = "watch", _("to see later who looked at something or changed it")
    RIGHTS = "rights", _("to do what you ask about your own data")


class Basis(TextChoices):
    PUBLIC_TASK = "public_task", _("the city's public task (GDPR, article 6.1.e)")
    CHOICE = "choice", _("your own choice, which you can take back (GDPR, article 6.1.a)")
    LEGAL_DUTY = "legal_duty", _("the law asks the city to (GDPR, article 6.1.c)")


class Recipient(TextChoices):
    COMPUTER = "computer", _("nobody: only the computer reads it")
    CITY = "city", _("the city")
    OPERATOR = "operator", _("the operator of the service")
    PUBLIC = "public", _("everybody")


class OnErasure(TextChoices):
    GOES = "goes", _("is removed")
    AUTHOR_CHOOSES = "author_chooses", _("is removed if you want your words away too")
    STAYS = "stays", _("stays")


@dataclass(frozen=True, slots=True)
class Held:
    """One column with personal data: what it is called in plain words, why it is there, who reads it, how long, and how it ends."""

    what: Text
    purpose: Purpose
    kept: str  # the code of a retention rule
    read_by: tuple[Recipient, ...] = (Recipient.CITY,)
    basis: Basis = Basis.PUBLIC_TASK
    on_erasure: OnErasure = OnErasure.GOES
    because: Text = ""  # why it stays, where it stays
    is_secret: bool = False  # a hash or a key: that it is there is told, what it is, to nobody
    tombstone: Text = ""  # what stands in its place afterwards, in the language of the row

    @property
    def readers(self) -> str:
        return ", ".join(str(recipient.label) for recipient in self.read_by)


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its personal columns, its other ones by name, and the ways from a row to the person it is about."""

    what: Text
    held: Mapping[str, Held] = field(default_factory=dict)
    plain: str = ""  # columns that say nothing about anybody, with spaces
    links: str = ""  # columns that point at a person or an actor: after an erasure they point at an empty row
    person: tuple[str, ...] = ()  # lookups that lead to a Person
    actor: tuple[str, ...] = ()  # lookups that lead to the Actor whose row it is
    case: tuple[str, ...] = ()  # lookups that lead to the reference of a receipt
    rows_go: bool = False  # an erasure removes whole rows

    def declared(self) -> set[str]:
        return {*self.held, *self.plain.split(), *self.links.split()}

    @property
    def is_about_people(self) -> bool:
        return bool(self.person or self.actor or self.case)


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """How long something is kept: so many days from a moment, after which something happens by itself; or for ever, and why."""

    code: str
    what: Text
    since: Text
    then: Text
    setting: str = ""  # the name of the setting that holds the days; none: no night ends it

    @property
    def days(self) -> int | None:
        return getattr(settings, self.setting) if self.setting else None


@dataclass(frozen=True, slots=True)
class Collected:
    """What the fields of one form become: columns of the register by "app.Model.column", or nothing that is about anybody."""

    becomes: Mapping[str, str] = field(default_factory=dict)  # a name may end in "*"
    plain: str = ""

    def column_of(self, name: str) -> str | None:
        """The column that this field fills; an empty text where it fills none of anybody; None where nobody declared it."""
        if name in self.plain.split():
            return ""
        for pattern, column in self.becomes.items():
            if name == pattern or (pattern.endswith("*") and name.startswith(pattern[:-1])):
                return column
        return None


@dataclass(frozen=True, slots=True)
class Register:
    """Everything that the apps declared."""

    tables: Mapping[str, Table]
    forms: Mapping[str, Collected]
    rules: Mapping[str, RetentionRule]

    def held(self, column: str) -> Held:
        """The entry of "app.Model.column"; raises KeyError for one that is not personal or not declared."""
        model, _dot, name = column.rpartition(".")
        return self.tables[model].held[name]

    def entries(self) -> Iterator[tuple[str, Table, Held]]:
        for model, table in self.tables.items():
            for held in table.held.values():
                yield model, table, held

    def about_people(self) -> Iterator[tuple[type[Model], Table]]:
        for label, table in self.tables.items():
            if table.is_about_people:
                yield apps.get_model(label), table


@dataclass(frozen=True, slots=True)
class Whose:
    """The person whose rows are meant, or the holder of receipts, or both."""

    person_id: int | None = None
    references: tuple[str, ...] = ()

    def rows(self, model: type[Model], table: Table) -> QuerySet[Any]:
        mine = Q(pk__in=[])
        if self.person_id is not None:
            for lookup in table.person:
                mine |= Q(**{lookup: self.person_id})
            for lookup in table.actor:
                mine |= Q(**{f"{lookup}__person": self.person_id}) | Q(**{f"{lookup}__on_behalf_of": self.person_id})
        if self.references:
            for lookup in table.case:
                mine |= Q(**{f"{lookup}__in": self.references})
            for lookup in table.actor:
                mine |= Q(**{f"{lookup}__kind": "receipt", f"{lookup}__subject__in": self.references})
        return model._base_manager.filter(mine)


@cache
def register() -> Register:
    """What every installed app declares in its data_held.py, read once."""
    tables: dict[str, Table] = {}
    forms: dict[str, Collected] = {}
    rules: dict[str, RetentionRule] = {}
    for app in apps.get_app_configs():
        if importlib.util.find_spec(f"{app.name}.data_held"):
            declared = importlib.import_module(f"{app.name}.data_held")
            tables |= {label: table for label, table in declared.TABLES.items() if apps.is_installed(_app_of(label))}
            forms |= declared.FORMS
            rules |= {rule.code: rule for rule in declared.RULES}
    return Register(tables, forms, rules)


def _app_of(label: str) -> str:
    """The name of the app behind a label such as "account.EmailAddress"; an empty text where it is not installed."""
    return next((app.name for app in apps.get_app_configs() if app.label == label.partition(".")[0]), "")
