"""Doubtful supports are looked at one by one; a better proof raises what a support is good for, from then on."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, F, IntegerField, OuterRef, Subquery, Value, When
from django.utils.translation import gettext as _

from portal.actions.events import record_event
from portal.errors import Refused
from portal.models import Actor, Event, PersonKey
from portal.permissions import Permission, require
from suggestions.actions.supports.casting import take_step
from suggestions.models import ASSURANCE_OF_KEY, Support

LOOKED_BACK = timedelta(days=2)  # the sweep runs every minute; this is how long it may have slept


class AlreadyLookedAt(Refused):
    pass


class DoubtWithoutReason(Refused):
    pass


@transaction.atomic
def settle_doubt(*, support: Support, by: Actor, counts: bool, reason: str, at: datetime) -> Support:
    """Say whether a held support is one more person or not. It counts from now on, never from before."""
    require(by, Permission.SETTLE_DOUBT)
    support = Support.objects.select_for_update(of=("self",)).select_related("suggestion").get(pk=support.pk)
    if not support.is_held:
        raise AlreadyLookedAt(_("Somebody has looked at this support already, or it was taken back."))
    if not reason.strip():
        raise DoubtWithoutReason(_("Say in a sentence how you know."))
    support.settled_by, support.settled_reason = by, reason.strip()
    if counts:
        support.cleared_at = support.qualified_at = at
        take_step(support, 1)
    else:
        support.rejected_at = at
    support.save(update_fields=["settled_by", "settled_reason", "cleared_at", "rejected_at", "qualified_at"])
    record_event(Event.Kind.SUPPORT_CLEARED, about=support, by=by, at=at, case=support.suggestion.reference, facts={"counts": counts})
    return support


def raise_assurances(*, at: datetime) -> int:
    """Raise the supports of people who have proved more of themselves since; it counts from now, never from before."""
    steps = (When(scheme=scheme, then=Value(int(assurance))) for scheme, assurance in ASSURANCE_OF_KEY.items())
    best = Case(*steps, default=Value(0), output_field=IntegerField())
    proven_of = (
        PersonKey.objects.filter(person=OuterRef("by__person")).annotate(assurance=best).order_by("-assurance").values("assurance")[:1]
    )
    learned = PersonKey.objects.filter(added_at__gte=at - LOOKED_BACK).values("person")
    raised = 0
    better = (
        Support.objects.counted()
        .filter(by__person__in=learned)
        .annotate(proven=Subquery(proven_of, output_field=IntegerField()))
        .filter(proven__gt=F("assurance"))
    )
    for pk, proven in better.order_by("pk").values_list("pk", "proven"):
        with transaction.atomic():
            support = Support.objects.counted().select_for_update().filter(pk=pk, assurance__lt=proven).first()
            if support is None:
                continue
            take_step(support, -1)
            support.assurance, support.qualified_at = proven, at
            support.save(update_fields=["assurance", "qualified_at"])
            take_step(support, 1)
            raised += 1
    return raised
