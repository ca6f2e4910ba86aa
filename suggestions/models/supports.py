from collections import Counter
from typing import Self

from django.db import models
from django.db.models import F, Q, Sum
from django.utils.translation import gettext_lazy as _

from portal.models import Actor, Assurance, PersonKey
from portal.references import uuid7
from suggestions.models.suggestions import Channel, Suggestion


class KeyScheme(models.TextChoices):
    """What a key is made of. Two supports that both name a kind and differ in it are two people, or a slip: nobody guesses which."""

    RECEIPT = "receipt", _("Receipt")
    ACCOUNT = "account", _("Account")
    EMAIL = PersonKey.Scheme.EMAIL.value, PersonKey.Scheme.EMAIL.label
    DECLARED = PersonKey.Scheme.DECLARED.value, PersonKey.Scheme.DECLARED.label
    EID = PersonKey.Scheme.EID.value, PersonKey.Scheme.EID.label


ASSURANCE_OF_KEY = {
    KeyScheme.RECEIPT: Assurance.RECEIPT,
    KeyScheme.ACCOUNT: Assurance.RECEIPT,
    KeyScheme.EMAIL: Assurance.EMAIL,
    KeyScheme.DECLARED: Assurance.DECLARED,
    KeyScheme.EID: Assurance.EID,
}

COUNTED = Q(withdrawn_at=None, rejected_at=None) & (Q(held_at=None) | Q(cleared_at__isnull=False))
HELD = Q(withdrawn_at=None, rejected_at=None, cleared_at=None, held_at__isnull=False)


class SupportQuerySet(models.QuerySet["Support"]):
    def counted(self) -> Self:
        return self.filter(COUNTED)

    def held(self) -> Self:
        """Doubtful: not counted, not lost, waiting for somebody who may look."""
        return self.filter(HELD)

    def not_taken_back(self) -> Self:
        return self.filter(withdrawn_at=None)


class Support(models.Model):
    """One person's backing of one suggestion, whichever channel it came by. Whose it is can be proven by them, and listed by nobody."""

    class Doubt(models.TextChoices):
        SOME_KEYS_MATCH = "some_keys_match", _("It agrees with another support in one thing and differs in another")
        REPEATED = "repeated", _("The same person had supported before")
        TWO_BECAME_ONE = "two_became_one", _("A later proof showed that the same person had supported before")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    suggestion = models.ForeignKey("suggestions.Suggestion", models.PROTECT, related_name="supports")
    by = models.ForeignKey(Actor, models.PROTECT, related_name="+")
    channel = models.CharField(max_length=10, choices=Channel)
    assurance = models.SmallIntegerField(choices=Assurance)
    reference = models.CharField(
        max_length=14, unique=True, null=True, blank=True, editable=False, help_text=_("Of the receipt, where there is no account.")
    )
    phrase_hash = models.BinaryField(max_length=32, null=True, editable=False)
    salt = models.BinaryField(max_length=16, null=True, editable=False, help_text=_("Of its commitment in the log; erasure destroys it."))
    given_at = models.DateTimeField(help_text=_("For paper the moment of receipt."))
    known_at = models.DateTimeField()
    qualified_at = models.DateTimeField(
        help_text=_("Since when it counts with the assurance it has: a crossing is never dated before this.")
    )
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_known_at = models.DateTimeField(null=True)
    held_at = models.DateTimeField(null=True)
    held_because = models.CharField(max_length=20, choices=Doubt, blank=True)
    cleared_at = models.DateTimeField(null=True)
    rejected_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(Actor, models.PROTECT, null=True, related_name="+")
    settled_reason = models.CharField(max_length=500, blank=True)

    objects = SupportQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["suggestion", "qualified_at", "id"], name="support_in_recording_order"),
            models.Index(fields=["by"], name="support_by_actor"),
            models.Index(fields=["held_at"], condition=HELD, name="support_held"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(known_at__gte=F("given_at")), name="support_known_after_given"),
            models.CheckConstraint(condition=Q(qualified_at__gte=F("known_at")), name="support_qualified_once_known"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_known_at=None)
                | Q(
                    withdrawn_at__isnull=False,
                    withdrawn_known_at__isnull=False,
                    withdrawn_at__gte=F("given_at"),
                    withdrawn_known_at__gte=F("withdrawn_at"),
                ),
                name="support_withdrawn_after_given",
            ),
            models.CheckConstraint(
                condition=Q(held_at=None, held_because="") | (Q(held_at__isnull=False) & ~Q(held_because="")),
                name="support_held_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(cleared_at=None, rejected_at=None, settled_by=None, settled_reason="")
                | (
                    Q(held_at__isnull=False, settled_by__isnull=False)
                    & ~Q(settled_reason="")
                    & (Q(cleared_at__isnull=False, rejected_at=None) | Q(cleared_at=None, rejected_at__isnull=False))
                ),
                name="support_doubt_is_settled_once",
            ),
            models.CheckConstraint(
                condition=Q(reference=None, phrase_hash=None) | Q(reference__isnull=False, phrase_hash__isnull=False),
                name="support_receipt_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return str(self.uuid)

    @property
    def is_held(self) -> bool:
        return self.held_at is not None and self.cleared_at is None and self.rejected_at is None and self.withdrawn_at is None

    @property
    def is_counted(self) -> bool:
        return self.withdrawn_at is None and self.rejected_at is None and (self.held_at is None or self.cleared_at is not None)


class SupportClaim(models.Model):
    """What makes one person count once: each key known of the supporter, claimed for this suggestion."""

    suggestion = models.ForeignKey("suggestions.Suggestion", models.PROTECT, related_name="+")
    support = models.ForeignKey(Support, models.CASCADE, related_name="claims")
    scheme = models.CharField(max_length=10, choices=KeyScheme)
    key = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["suggestion", "key"], name="support_once_per_key"),
        ]

    def __str__(self) -> str:
        return f"{self.scheme} of {self.support_id}"


class SupportDelta(models.Model):
    """One step of a count that the roll-up has not yet taken: +1 or -1. It is deleted in the transaction that counts it."""

    suggestion = models.ForeignKey("suggestions.Suggestion", models.CASCADE, related_name="support_deltas")
    support = models.ForeignKey(Support, models.CASCADE, related_name="+")
    channel = models.CharField(max_length=10, choices=Channel)
    assurance = models.SmallIntegerField(choices=Assurance)
    step = models.SmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(step__in=[-1, 1]), name="support_delta_is_one_step"),
        ]

    def __str__(self) -> str:
        return f"{self.step:+d} for {self.suggestion_id}"


class SupportTallyQuerySet(models.QuerySet["SupportTally"]):
    def counts_of(self, suggestion: Suggestion) -> dict[tuple[str, int], int]:
        """Counted supports by channel and assurance, with the steps that wait for the roll-up: who just pressed sees it. One query."""
        tallied = self.filter(suggestion=suggestion).values_list("channel", "assurance", "count")
        waiting = SupportDelta.objects.filter(suggestion=suggestion).values("channel", "assurance").annotate(count=Sum("step"))
        counts: Counter[tuple[str, int]] = Counter()
        for channel, assurance, count in tallied.union(waiting.values_list("channel", "assurance", "count"), all=True):
            counts[channel, assurance] += count
        return {kind: count for kind, count in counts.items() if count > 0}


class SupportTally(models.Model):
    """How many counted supports a suggestion has by channel and assurance, without the steps still waiting."""

    suggestion = models.ForeignKey("suggestions.Suggestion", models.CASCADE, related_name="tallies")
    channel = models.CharField(max_length=10, choices=Channel)
    assurance = models.SmallIntegerField(choices=Assurance)
    count = models.IntegerField()

    objects = SupportTallyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["suggestion", "channel", "assurance"], name="tally_once_per_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.count} for {self.suggestion_id}"


class Crossing(models.Model):
    """A threshold that was reached, once and for ever: dated at the support that reached it, whatever is taken back later."""

    suggestion = models.ForeignKey("suggestions.Suggestion", models.PROTECT, related_name="crossings")
    service_level = models.ForeignKey("portal.ServiceLevel", models.PROTECT, related_name="+")
    support = models.ForeignKey(Support, models.PROTECT, related_name="+")
    obligation = models.ForeignKey("suggestions.Obligation", models.PROTECT, null=True, related_name="+")
    crossed_at = models.DateTimeField()
    known_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["suggestion", "service_level"], name="crossing_once"),
            models.CheckConstraint(condition=Q(known_at__gte=F("crossed_at")), name="crossing_known_after_it_happened"),
        ]

    def __str__(self) -> str:
        return f"{self.suggestion_id} at {self.service_level_id}"
