"""Which columns leave the house, and what each of them means. A new column is added here and nowhere else."""

from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.db.models import Case, F, Func, Q, TextField, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from suggestions.models.suggestions import PUBLIC

Expression = Case | Cast | F | Func

# Where a spreadsheet program would see a cell begin as a formula; one that parts cells at ";" or a tab sees cells begin inside a text too.
FORMULA = r"(^|(?<=[;\t\r\n]))(?=[=+@＝＋－＠\t\r-])"
MOMENT = """to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""


class Unit(StrEnum):
    CODE = "code"
    TEXT = "text"
    MOMENT = "moment"
    DAY = "day"
    NUMBER = "number"
    TRUTH = "truth"

    @property
    def words(self) -> str | Promise:
        return {
            Unit.CODE: _("code"),
            Unit.TEXT: _("text; an apostrophe stands before what a spreadsheet program would take for a formula"),
            Unit.MOMENT: _("moment, UTC, such as 2026-03-02T11:00:00Z"),
            Unit.DAY: _("day in the city, such as 2026-03-02"),
            Unit.NUMBER: _("whole number"),
            Unit.TRUTH: _("true or false"),
        }[self]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in the file, what a cell of it means, and where it is read."""

    name: str
    meaning: str | Promise
    unit: Unit
    value: str | Expression
    is_personal: bool = False

    def expression(self) -> Expression:
        """The cell as PostgreSQL writes it: moments in UTC, texts that no spreadsheet program takes for a formula."""
        value = F(self.value) if isinstance(self.value, str) else self.value
        if self.unit == Unit.MOMENT:
            return Func(value, template=MOMENT, output_field=TextField())
        if self.unit == Unit.TEXT:
            return Func(value, Value(FORMULA), Value("'"), Value("g"), function="regexp_replace", output_field=TextField())
        return Cast(value, TextField()) if self.unit == Unit.TRUTH else value


def _name_of(relation: str) -> Expression:
    return KeyTextTransform(settings.LEADING_LANGUAGE, f"{relation}__name")


def _public_words() -> Expression:
    """A file goes further than a page: the citizen's words are in it only where everybody may read them."""
    return Case(When(PUBLIC & Q(hidden_at=None), then=F("title")), default=Value(""))


SUGGESTIONS = (
    Column("reference", _("The reference of the case, as on its receipt."), Unit.CODE, "reference"),
    Column("kind", _("What the citizen puts forward: idea, problem or petition."), Unit.CODE, "kind"),
    Column("title", _("The citizen's own title. Empty where not everybody may read the case."), Unit.TEXT, _public_words()),
    Column("lang", _("The language in which the citizen wrote."), Unit.CODE, "lang"),
    Column("service", _("The service it is about."), Unit.CODE, "service__code"),
    Column("service_name", _("The service's name in the city's leading language."), Unit.TEXT, _name_of("service")),
    Column("category", _("The category, where one was chosen."), Unit.CODE, "category__code"),
    Column("category_name", _("The category's name in the city's leading language."), Unit.TEXT, _name_of("category")),
    Column("area", _("The part of the city, where one was named. The exact place is not in the file."), Unit.CODE, "area__code"),
    Column("area_name", _("The area's name in the city's leading language."), Unit.TEXT, _name_of("area")),
    Column("channel", _("How it came: web, kiosk, assisted, paper, phone, operator, api or open311."), Unit.CODE, "channel"),
    Column("opened_by", _("Who opened the case: a citizen, staff, the operator or a sensor."), Unit.CODE, "opened_by"),
    Column("visibility", _("Who may read it: public, public_after_check or city_and_operator."), Unit.CODE, "visibility"),
    Column("status", _("Where the case is in its life."), Unit.CODE, "status"),
    Column("received_at", _("When it reached the city or the operator. Clocks start here."), Unit.MOMENT, "received_at"),
    Column("known_at", _("When this record learned of it."), Unit.MOMENT, "known_at"),
    Column("acknowledged_at", _("When a person first acknowledged it."), Unit.MOMENT, "standing__acknowledged_at"),
    Column("answered_at", _("When it was decided, with reasons."), Unit.MOMENT, "standing__answered_at"),
    Column("outcome", _("What was decided."), Unit.CODE, "standing__outcome"),
    Column("promised_on", _("The day that the newest promise named first."), Unit.DAY, "standing__promised_on"),
    Column("promise_broken_at", _("When that promise was broken, if it was."), Unit.MOMENT, "standing__promise_broken_at"),
    Column("delivered_at", _("When it was delivered, with evidence."), Unit.MOMENT, "standing__delivered_at"),
    Column("judged_as", _("What the citizens judged: confirmed, not_done or unjudged."), Unit.CODE, "standing__judged_as"),
    Column("judged_at", _("When the time for their verdict ended."), Unit.MOMENT, "standing__judged_at"),
    Column("supports", _("How many people support it."), Unit.NUMBER, "standing__supports"),
    Column("verified_supports", _("How many of them are known to be one person."), Unit.NUMBER, "standing__verified_supports"),
    Column("next_act", _("What is owed next."), Unit.CODE, "standing__next_act"),
    Column("next_owner", _("The organisation that owes it."), Unit.CODE, "standing__next_owner__code"),
    Column("next_due_at", _("When that is due; while the clock stands, the latest possible moment."), Unit.MOMENT, "standing__next_due_at"),
    Column("clock_stands", _("Whether that clock stands at the moment."), Unit.TRUTH, "standing__next_is_paused"),
    Column("late_since", _("The oldest due moment that passed and is still not met."), Unit.MOMENT, "standing__late_since"),
)
