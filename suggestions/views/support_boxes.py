"""What a page says about the supports of one suggestion."""

from dataclasses import dataclass

from portal.models import Actor, Assurance, ServiceLevel
from portal.permissions import Permission, can
from suggestions.models import Channel, Crossing, Suggestion, Support, SupportTally


@dataclass(frozen=True, slots=True)
class SupportBox:
    """What the page says about the supports of one suggestion, and what the reader may do about them."""

    suggestion: Suggestion
    counts: dict[tuple[str, int], int]
    threshold: ServiceLevel | None
    crossing: Crossing | None
    own: Support | None
    may_support: bool

    @property
    def total(self) -> int:
        """Everybody who proved to be one person."""
        return sum(count for (_channel, assurance), count in self.counts.items() if assurance > Assurance.RECEIPT)

    @property
    def by_receipt(self) -> int:
        return sum(count for (_channel, assurance), count in self.counts.items() if assurance == Assurance.RECEIPT)

    @property
    def by_channel(self) -> list[tuple[str, int]]:
        sums = {channel: sum(n for (of, _assurance), n in self.counts.items() if of == channel) for channel in Channel}
        return [(str(channel.label), count) for channel, count in sums.items() if count]

    @property
    def by_assurance(self) -> list[tuple[str, int]]:
        sums = {level: sum(n for (_channel, of), n in self.counts.items() if of == level) for level in Assurance}
        return [(str(level.label), count) for level, count in sums.items() if count]

    @property
    def toward_threshold(self) -> int:
        """How many count for the threshold."""
        least = (self.threshold.threshold_assurance if self.threshold else None) or Assurance.RECEIPT
        return sum(count for (_channel, assurance), count in self.counts.items() if assurance >= least)

    @property
    def missing(self) -> int:
        return max(0, (self.threshold.support_threshold or 0) - self.toward_threshold) if self.threshold else 0


def support_box(suggestion: Suggestion, actor: Actor) -> SupportBox:
    threshold = crossing = None
    if suggestion.has("thresholds"):
        in_force = ServiceLevel.objects.thresholds_of(suggestion.service, suggestion.kind, suggestion.category, suggestion.received_at)
        threshold = in_force.first()
    if threshold and suggestion.has("crossings"):
        crossing = suggestion.crossings.filter(service_level=threshold).select_related("obligation").first()
    is_supported = suggestion.has("tallies") or suggestion.has("deltas")
    return SupportBox(
        suggestion=suggestion,
        counts=SupportTally.objects.counts_of(suggestion) if is_supported else {},
        threshold=threshold,
        crossing=crossing,
        own=own_support(suggestion, actor),
        may_support=suggestion.can_be_supported and can(actor, Permission.SUPPORT),
    )


def own_support(suggestion: Suggestion, actor: Actor) -> Support | None:
    """The support that this person gave in their own name; a visitor without an account is known by the session alone."""
    if actor.kind != Actor.Kind.PERSON:
        return None
    return Support.objects.not_taken_back().filter(suggestion=suggestion, by=actor).order_by("-id").first()
