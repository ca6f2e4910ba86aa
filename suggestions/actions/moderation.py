"""Reports, hiding by a published criterion, and the author's appeal. Clocks, counts and the record are never touched by any of it."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from portal.actions.events import record_event
from portal.errors import Refused
from portal.models import Act, Actor, Criterion, Event, Organisation
from portal.permissions import Permission, require
from suggestions.actions.checks import open_check, settle_check
from suggestions.actions.obligations import meet_obligations, open_obligation
from suggestions.actions.standings import refresh_standing
from suggestions.models import Appeal, Flag, Hiding, Suggestion
from suggestions.models.moderation import FlagQuerySet, Item, case_of, columns_of, noun_of
from suggestions.permissions import is_author_of


class AlreadyHidden(Refused):
    pass


class NotHidden(Refused):
    pass


class NeedsModerationCriterion(Refused):
    pass


class NoReasonsGiven(Refused):
    pass


class AlreadyAppealed(Refused):
    pass


class SameModerator(Refused):
    pass


@transaction.atomic
def report_item(*, item: Item, by: Actor, reason: Flag.Reason, at: datetime, note: str = "") -> Flag:
    """Tell the city that an item should not be public. A second report by the same person joins the first; the log names no case."""
    suggestion = _case_visible_to(by, item)
    if Hiding.objects.current().about(item).exists():
        raise AlreadyHidden(_("The city has hidden this already."))
    reporter = None if by.kind == Actor.Kind.NOBODY else by
    if reporter and (first := Flag.objects.waiting().about(item).filter(by=reporter).first()):
        first.note = _joined(first.note, note)
        first.save(update_fields=["note"])
        return first
    flag = Flag.objects.create(**columns_of(item), reason=reason, note=note.strip(), by=reporter, reported_at=at)
    open_check(suggestion=suggestion, by=Actor.objects.system(), at=at)
    record_event(Event.Kind.ITEM_REPORTED, about=flag, by=Actor.objects.system(), at=at, facts={"reason": reason})
    return flag


@transaction.atomic
def settle_reports(*, item: Item, by: Actor, at: datetime) -> int:
    """Nothing is wrong with it: the reports that wait are settled, and it stays. How many there were."""
    require(by, Permission.MODERATE)
    suggestion = _locked(case_of(item))
    settled = _settle(Flag.objects.waiting().about(item), by=by, upheld=False, at=at)
    settle_check(suggestion=suggestion, by=by, at=at)
    return settled


@transaction.atomic
def hide_item(*, item: Item, by: Actor, criterion: Criterion, reasons: str, at: datetime) -> Hiding:
    """Take the words of an item away, on a published criterion and with reasons to the author; a tombstone stays, every clock runs on."""
    require(by, Permission.MODERATE)
    suggestion = _locked(case_of(item))
    if not Criterion.objects.for_moderation(at).filter(pk=criterion.pk).exists():
        raise NeedsModerationCriterion(_("Choose one of the published criteria for hiding."))
    if not reasons.strip():
        raise NoReasonsGiven(_("Give the reasons: the author will read them."))
    if Hiding.objects.current().about(item).exists():
        raise AlreadyHidden(_("The city has hidden this already."))
    hiding = Hiding.objects.create(
        **columns_of(item), criterion=criterion, reasons=reasons.strip(), by=by, hidden_at=at, known_at=at
    )
    if isinstance(item, Suggestion):
        _copy_hiding(suggestion, hiding)
    _settle(Flag.objects.waiting().about(item), by=by, upheld=True, at=at)
    settle_check(suggestion=suggestion, by=by, at=at)
    facts = {"item": noun_of(item), "criterion": criterion.code, "version": criterion.version}
    record_event(Event.Kind.ITEM_HIDDEN, about=hiding, by=by, at=at, case=suggestion.reference, facts=facts)
    return hiding


@transaction.atomic
def lift_hiding(*, hiding: Hiding, by: Actor, reason: str, at: datetime) -> Hiding:
    """Show the item again; while an appeal waits, somebody else rules on that instead."""
    require(by, Permission.MODERATE)
    suggestion, hiding = _hiding_in_force(hiding)
    if Appeal.objects.waiting().filter(hiding=hiding).exists():
        raise AlreadyAppealed(_("The author has appealed. Decide on the appeal instead."))
    if not reason.strip():
        raise NoReasonsGiven(_("Say in a sentence why it is shown again."))
    _lift(hiding, suggestion, by=by, reason=reason, at=at)
    return hiding


@transaction.atomic
def appeal_hiding(*, hiding: Hiding, by: Actor, text: str, at: datetime) -> Appeal:
    """The author says why hiding was wrong, once; the city then owes a second decision, by somebody else."""
    if not is_author_of(by, hiding.item):
        raise PermissionDenied(_("Only who wrote it may appeal."))
    suggestion, hiding = _hiding_in_force(hiding)
    if Appeal.objects.filter(hiding=hiding).exists():
        raise AlreadyAppealed(_("You have appealed against this already."))
    if not text.strip():
        raise NoReasonsGiven(_("Say why it should be shown again."))
    appeal = Appeal.objects.create(hiding=hiding, hidden_by=hiding.by, text=text.strip(), by=by, made_at=at, known_at=at)
    open_obligation(act=Act.REVIEW, suggestion=suggestion, by=by, at=at, owner=Organisation.objects.city(), appeal=appeal)
    refresh_standing(suggestion)
    record_event(Event.Kind.APPEAL_MADE, about=appeal, by=by, at=at, case=suggestion.reference)
    return appeal


@transaction.atomic
def rule_on_appeal(*, appeal: Appeal, by: Actor, granted: bool, reasons: str, at: datetime) -> Appeal:
    """Decide on an appeal, with reasons. Whoever hid the item may not, in whatever role."""
    require(by, Permission.MODERATE)
    suggestion, hiding = _hiding_in_force(appeal.hiding)
    appeal = Appeal.objects.select_for_update().get(pk=appeal.pk)
    if appeal.ruled_at:
        raise AlreadyAppealed(_("This appeal has been decided."))
    if hiding.by.human == by.human:
        raise SameModerator(_("Somebody else must decide on this appeal: you hid it."))
    if not reasons.strip():
        raise NoReasonsGiven(_("Give the reasons: the author will read them."))
    appeal.ruled_at, appeal.ruled_by, appeal.granted, appeal.reasons = at, by, granted, reasons.strip()
    appeal.save()
    meet_obligations(
        suggestion=suggestion, acts=(Act.REVIEW,), by=by, organisation=Organisation.objects.city(), at=at, appeal=appeal
    )
    record_event(Event.Kind.APPEAL_RULED, about=appeal, by=by, at=at, case=suggestion.reference, facts={"granted": granted})
    if granted:
        _lift(hiding, suggestion, by=by, reason=reasons, at=at)
    refresh_standing(suggestion)
    return appeal


def _case_visible_to(by: Actor, item: Item) -> Suggestion:
    """The case, locked, if this capacity may read it."""
    if not Suggestion.objects.visible_to(by).filter(pk=case_of(item).pk).exists():
        raise PermissionDenied(_("Your role may not do this here."))
    return _locked(case_of(item))


def _locked(suggestion: Suggestion) -> Suggestion:
    return Suggestion.objects.for_act().get(pk=suggestion.pk)


def _hiding_in_force(hiding: Hiding) -> tuple[Suggestion, Hiding]:
    """The case, locked, and its hiding as it stands now."""
    suggestion = _locked(hiding.suggestion)
    hiding = Hiding.objects.select_for_update(of=("self",)).select_related("by__membership").get(pk=hiding.pk)
    if hiding.lifted_at:
        raise NotHidden(_("This is shown again already."))
    return suggestion, hiding


def _lift(hiding: Hiding, suggestion: Suggestion, *, by: Actor, reason: str, at: datetime) -> None:
    hiding.lifted_at, hiding.lifted_by, hiding.lifted_reason = at, by, reason.strip()
    hiding.save(update_fields=["lifted_at", "lifted_by", "lifted_reason"])
    if hiding.noun == "suggestion":
        _copy_hiding(suggestion, None)
        settle_check(suggestion=suggestion, by=by, at=at)  # what was hidden before it was cleared waits for the check again
    record_event(Event.Kind.HIDING_LIFTED, about=hiding, by=by, at=at, case=suggestion.reference)


def _copy_hiding(suggestion: Suggestion, hiding: Hiding | None) -> None:
    suggestion.hidden_at = hiding.hidden_at if hiding else None
    suggestion.hidden_for = hiding.criterion if hiding else None
    suggestion.save(update_fields=["hidden_at", "hidden_for"])


def _settle(flags: FlagQuerySet, *, by: Actor, upheld: bool, at: datetime) -> int:
    settled: Iterable[Flag] = flags.select_for_update(of=("self",)).order_by("pk")
    count = 0
    for flag in settled:
        flag.settled_at, flag.settled_by, flag.upheld = at, by, upheld
        flag.save(update_fields=["settled_at", "settled_by", "upheld"])
        record_event(Event.Kind.REPORT_SETTLED, about=flag, by=by, at=at, facts={"upheld": upheld})
        count += 1
    return count


def _joined(first: str, second: str) -> str:
    """Both notes, as far as there is room; the first stays whole."""
    second = second.strip()
    if not second or second in first:
        return first
    return f"{first}\n{second}".strip()[: Flag._meta.get_field("note").max_length]
