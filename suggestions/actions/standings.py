from collections.abc import Sequence

from django.db.models import Min

from portal.models import Act
from suggestions.models import Commitment, Decision, Delivery, Obligation, Standing, Suggestion

SUPPORTS = {"supports", "verified_supports"}  # counted by the roll-up, never here
FROM_ROWS = [field.name for field in Standing._meta.concrete_fields if not field.primary_key and field.name not in SUPPORTS]


def write_first_standing(suggestion: Suggestion, obligations: Sequence[Obligation]) -> Standing:
    """What refresh_standing() would find of a suggestion that just came in: its clocks and nothing else."""
    standing = Standing(suggestion=suggestion)
    _copy_clocks(standing, sorted(obligations, key=lambda obligation: (obligation.due_at is None, obligation.due_at, obligation.pk)))
    standing.save(force_insert=True)
    return standing


def refresh_standing(suggestion: Suggestion) -> Standing:
    """Copy where a suggestion stands from its rows, under a lock, so that two acts at once cannot leave an old picture."""
    standing = Standing.objects.select_for_update().get(pk=suggestion.pk)
    obligations = list(Obligation.objects.filter(suggestion=suggestion).due_first())
    _copy_clocks(standing, obligations)
    _copy_acknowledgement(standing, suggestion, obligations)
    _copy_decision(standing, suggestion)
    _copy_promise(standing, suggestion, obligations)
    _copy_delivery(standing, suggestion)
    standing.save(update_fields=FROM_ROWS)
    return standing


def _copy_clocks(standing: Standing, due_first: Sequence[Obligation]) -> None:
    """A check is left out: it is no answer, and the check of a report is not for everybody to see."""
    running = [obligation for obligation in due_first if obligation.is_open and obligation.act != Act.CHECK]
    first = running[0] if running else None
    standing.next_act = first.act if first else ""
    standing.next_owner_id = first.owner_id if first else None
    standing.next_due_at = first.due_at if first else None
    standing.next_is_paused = bool(first and first.paused_at)
    standing.late_since = min((obligation.breached_at for obligation in running if obligation.breached_at), default=None)


def _copy_acknowledgement(standing: Standing, suggestion: Suggestion, obligations: Sequence[Obligation]) -> None:
    met = [obligation.met_at for obligation in obligations if obligation.act == Act.ACKNOWLEDGE and obligation.met_at]
    standing.acknowledged_at = min(met) if met else suggestion.responses.aggregate(at=Min("published_at"))["at"]


def _copy_decision(standing: Standing, suggestion: Suggestion) -> None:
    decision = suggestion.decisions.in_effect().exclude(outcome=Decision.Outcome.HANDED_OVER).order_by("-effective_at", "-id").first()
    standing.answered_at = decision.effective_at if decision else None
    standing.outcome = decision.outcome if decision else ""


def _copy_promise(standing: Standing, suggestion: Suggestion, obligations: Sequence[Obligation]) -> None:
    """The newest promise; without a clock of one there is none to look for."""
    broken = {obligation.commitment_id: obligation.breached_at for obligation in obligations if obligation.commitment_id}
    newest = Commitment.objects.filter(suggestion=suggestion).order_by("-made_at", "-id").first() if broken else None
    standing.promised_on = newest.first_due_on if newest else None
    standing.promise_broken_at = broken[newest.pk] if newest else None


def _copy_delivery(standing: Standing, suggestion: Suggestion) -> None:
    delivery = Delivery.objects.filter(suggestion=suggestion).order_by("-delivered_at", "-id").first()
    standing.delivered_at = delivery.delivered_at if delivery else None
    standing.judged_as = delivery.judged_as if delivery else ""
    standing.judged_at = delivery.judged_at if delivery else None
