"""The catalogue: which indicators there are, what each asks, how it is computed and where it misleads."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _

from portal.errors import Refused
from reports.indicators import empowerment, responsiveness
from reports.indicators.facts import Facts
from reports.indicators.measures import Measure
from reports.indicators.periods import Window

CODE_VERSION = "0.1.0"  # stored beside each figure; raise it when the code behind the figures changes

Text = str | LazyText


class NoSuchIndicator(Refused):
    pass


class Unit(StrEnum):
    SHARE = "share"
    DAYS = "days"
    NUMBER = "number"
    A_WEEK = "a_week"


class Side(StrEnum):
    """Which kind of public value it stands for; a page shows both or none."""

    SERVICE = "service"
    SOCIAL = "social"


@dataclass(frozen=True, slots=True)
class Line:
    """One measure of an indicator in the reader's words."""

    measure: str
    label: Text
    unit: Unit = Unit.SHARE
    is_detail: bool = False  # shown on request only


@dataclass(frozen=True, slots=True)
class Indicator:
    """`sentence` puts the first line into words; its version is raised with the definition, and the old series stays."""

    code: str
    name: Text
    question: Text
    sentence: Text
    side: Side
    definition: int
    method: Text
    pitfalls: Sequence[Text]
    lines: Sequence[Line]
    compute: Callable[[Facts, Window], list[Measure]]


_ACTS: dict[str, tuple[Text, Text, Text]] = {
    "": (_("All acts: in time"), _("All acts: in time if pauses did not count"), _("All acts: no due moment was ever set")),
    "acknowledge_": (
        _("To acknowledge: in time"),
        _("To acknowledge: in time if pauses did not count"),
        _("To acknowledge: no due moment was ever set"),
    ),
    "answer_": (_("To decide: in time"), _("To decide: in time if pauses did not count"), _("To decide: no due moment was ever set")),
    "solve_": (
        _("To solve the problem: in time"),
        _("To solve the problem: in time if pauses did not count"),
        _("To solve the problem: no due moment was ever set"),
    ),
    "deliver_": (
        _("To deliver what was promised: in time"),
        _("To deliver what was promised: in time if pauses did not count"),
        _("To deliver what was promised: no due moment was ever set"),
    ),
    "review_": (
        _("To decide again: in time"),
        _("To decide again: in time if pauses did not count"),
        _("To decide again: no due moment was ever set"),
    ),
}

CATALOGUE: tuple[Indicator, ...] = (
    Indicator(
        code="R2",
        name=_("Time to a real answer"),
        question=_("How long until I get a real answer?"),
        sentence=_("Of all suggestions, %(value)s had a real answer within 7 days."),
        side=Side.SERVICE,
        definition=1,
        method=_(
            "Counted from the day a suggestion was received to the first decision with reasons, hand-over that was taken on, or delivery. "
            "Thanks and “we will look at it” do not count. Suggestions that still wait count for as long as they have waited; those "
            "withdrawn or ruled out of scope count as ended without an answer (Aalen-Johansen estimate)."
        ),
        pitfalls=(
            _("An average over answered cases alone would look better the longer the hard ones are left."),
            _("A fast answer can still be a poor one: read it beside “Courtesy without action”."),
        ),
        lines=(
            Line("answered_by_7", _("Answered within 7 days")),
            Line("answered_by_30", _("Answered within 30 days")),
            Line("answered_by_90", _("Answered within 90 days")),
            Line("unanswered_at_180", _("Never answered in 180 days")),
            Line("median_days", _("Half were answered within"), Unit.DAYS),
            Line("received", _("Suggestions received from citizens"), Unit.NUMBER),
            Line("received_from_others", _("Opened by staff, operators or sensors (not counted above)"), Unit.NUMBER),
        ),
        compute=responsiveness.substantive_response,
    ),
    Indicator(
        code="R3",
        name=_("Clocks kept"),
        question=_("Did they do what they owed in time?"),
        sentence=_("Of %(n)s clocks that ran out, %(events)s were met in time: %(value)s."),
        side=Side.SERVICE,
        definition=1,
        method=_(
            "Everything owed whose due moment fell in the period counts, also what is still not done. In time means at or before the due "
            "moment of the contract's own calendar. A pause that the contract allows moves the due moment; the second line shows the share "
            "without that. What was withdrawn before it fell due, or was never theirs, is left out; what had no due moment stands apart."
        ),
        pitfalls=(
            _("Counting closed cases alone would hide everything still open."),
            _("“In time” says nothing of how late the others are."),
        ),
        lines=(
            *(
                Line(f"{prefix}{measure}", label, is_detail=bool(prefix) and measure != "in_time")
                for prefix, labels in _ACTS.items()
                for measure, label in zip(("in_time", "in_time_without_pauses", "without_due_moment"), labels, strict=True)
            ),
            Line("fell_due_of_others", _("Fell due in cases of staff, operators or sensors (not counted above)"), Unit.NUMBER),
        ),
        compute=responsiveness.clauses_kept,
    ),
    Indicator(
        code="R5",
        name=_("What is still open"),
        question=_("How old is what is still open?"),
        sentence=_("Half of the open suggestions are older than %(value)s."),
        side=Side.SERVICE,
        definition=1,
        method=_(
            "All suggestions that were neither delivered, refused nor withdrawn at the as-of moment, by their age in days. What was "
            "accepted stays open until it is delivered. These are counts of everything there is, so they have no range of chance."
        ),
        pitfalls=(_("It looks best where cases are closed without being solved."),),
        lines=(
            Line("median_age_days", _("Half are older than"), Unit.DAYS),
            Line("p90_age_days", _("One in ten is older than"), Unit.DAYS),
            Line("over_30_days", _("Open for more than 30 days")),
            Line("over_90_days", _("Open for more than 90 days")),
            Line("past_due", _("With something past its due moment")),
            Line("open", _("Open suggestions"), Unit.NUMBER),
            Line("net_flow_a_week", _("More opened than ended"), Unit.A_WEEK),
            Line("open_of_others", _("Open, from staff, operators or sensors (not counted above)"), Unit.NUMBER),
        ),
        compute=responsiveness.backlog,
    ),
    Indicator(
        code="R8",
        name=_("Courtesy without action"),
        question=_("Friendly, but nothing happened?"),
        sentence=_("After a first reply, nothing but words followed for %(events)s of %(n)s within 60 days: %(value)s."),
        side=Side.SOCIAL,
        definition=1,
        method=_(
            "Suggestions whose first reply came in the period and at least 60 days before the as-of moment. Counted are those without a "
            "decision, dated promise, delivery or accepted hand-over within 60 days of that reply. The second line also uses the ones "
            "followed for less than 60 days (Aalen-Johansen estimate)."
        ),
        pitfalls=(_("A courtesy can be dressed up as a decision: read it beside “Reasons given”."),),
        lines=(
            Line("no_action_in_60", _("Nothing but words in 60 days")),
            Line("no_action_by_60_estimated", _("The same, estimated from all first replies")),
        ),
        compute=responsiveness.courtesy_without_action,
    ),
    Indicator(
        code="E1",
        name=_("Taken up"),
        question=_("What share of suggestions is taken up?"),
        sentence=_("Of %(n)s suggestions decided, %(events)s were accepted in full or in part: %(value)s."),
        side=Side.SOCIAL,
        definition=1,
        method=_(
            "Suggestions whose decision took effect in the period: accepted or partly accepted, out of all accepted, partly accepted and "
            "declined. The newest decision counts. Out of scope and still undecided are shown beside it, never mixed in."
        ),
        pitfalls=(
            _("Easy ones are taken up first: look at ideas and problems apart."),
            _("Taken up is not done: read it beside “Promises kept”."),
        ),
        lines=(
            Line("adopted", _("Accepted in full or in part")),
            Line("adopted_ideas", _("Of ideas")),
            Line("adopted_problems", _("Of problems")),
            Line("adopted_petitions", _("Of petitions")),
            Line("partly", _("Accepted only in part")),
            Line("undecided_at_90", _("Still undecided 90 days after it was received")),
            Line("out_of_scope", _("Ruled out of scope")),
            Line("decided", _("Suggestions decided"), Unit.NUMBER),
        ),
        compute=empowerment.adoption,
    ),
    Indicator(
        code="E2",
        name=_("Promises kept"),
        question=_("Was what was promised delivered in time?"),
        sentence=_("Of %(n)s promises whose day has passed, %(events)s were kept: %(value)s."),
        side=Side.SOCIAL,
        definition=1,
        method=_(
            "Promises whose first day fell in the period and has passed. Kept means delivered by that first day; a day that was moved "
            "later changes nothing. What was accepted but had no day 30 days later is a rate of its own."
        ),
        pitfalls=(_("“Delivered” is what the operator says; the citizens' verdict stands on each suggestion."),),
        lines=(
            Line("kept", _("Delivered by the first day promised")),
            Line("delivered", _("Delivered at all")),
            Line("no_date_after_30", _("Accepted, but still without a day after 30 days")),
            Line("median_days_to_delivery", _("Half of what was accepted was delivered within"), Unit.DAYS),
        ),
        compute=empowerment.promises_kept,
    ),
    Indicator(
        code="E4",
        name=_("Reasons given"),
        question=_("Were we told why?"),
        sentence=_("Of %(n)s decisions, %(events)s gave their reasons in the citizen's language: %(value)s."),
        side=Side.SOCIAL,
        definition=1,
        method=_(
            "Decisions that took effect in the period. Counted are those with public reasons in the language of the suggestion; a refusal "
            "must also name the published criterion it rests on."
        ),
        pitfalls=(_("Whether a reason is a good one takes two readers and a sample; this counts only that it is there."),),
        lines=(
            Line("reasons_given", _("All decisions")),
            Line("reasons_for_refusals", _("Refusals")),
            Line("reasons_for_partly", _("Partly accepted")),
        ),
        compute=empowerment.reasons_given,
    ),
)

BY_CODE = {indicator.code: indicator for indicator in CATALOGUE}


def indicators_of(codes: Sequence[str]) -> list[Indicator]:
    """Those named, or all where none is; NoSuchIndicator for a code that is not in the catalogue."""
    unknown = [code for code in codes if code not in BY_CODE]
    if unknown:
        raise NoSuchIndicator(
            _("%(code)s is no indicator of this portal; there are %(codes)s.") % {"code": unknown[0], "codes": ", ".join(BY_CODE)}
        )
    return [indicator for indicator in CATALOGUE if not codes or indicator.code in codes]
