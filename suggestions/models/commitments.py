from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.references import uuid7


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    def known_by(self, as_of: datetime) -> Self:
        return self.filter(known_at__lte=as_of)


class Commitment(models.Model):
    """A dated public promise made by accepting. The database refuses to change its first date."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    decision = models.OneToOneField("suggestions.Decision", models.PROTECT, related_name="commitment")
    suggestion = models.ForeignKey("suggestions.Suggestion", models.PROTECT, related_name="commitments")
    organisation = models.ForeignKey("portal.Organisation", models.PROTECT, related_name="commitments")
    what = models.CharField(max_length=300)
    first_due_on = models.DateField(help_text=_("The day first promised, in the city's zone; never overwritten."))
    made_at = models.DateTimeField()
    known_at = models.DateTimeField()

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(what=""), name="commitment_says_what"),
        ]

    def __str__(self) -> str:
        return f"{self.uuid} by {self.first_due_on:%Y-%m-%d}"


class CommitmentDate(models.Model):
    """A later date named for a promise: shown beside the first one, never in its place."""

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="later_dates")
    due_on = models.DateField()
    reason = models.CharField(max_length=1000)
    by = models.ForeignKey("portal.Actor", models.PROTECT, related_name="+")
    named_at = models.DateTimeField()
    known_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="commitment_date_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.commitment_id}: {self.due_on:%Y-%m-%d}"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def awaiting_verdict(self) -> Self:
        return self.filter(judged_at=None, verdict_until__isnull=False)

    def window_over(self, at: datetime) -> Self:
        return self.awaiting_verdict().filter(verdict_until__lte=at)


class Delivery(models.Model):
    """Somebody says it is done and shows the evidence; the citizens then judge whether it was."""

    class Judgement(models.TextChoices):
        CONFIRMED = "confirmed", _("Confirmed")
        NOT_DONE = "not_done", _("Not done")
        UNJUDGED = "unjudged", _("Nobody judged")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    suggestion = models.ForeignKey("suggestions.Suggestion", models.PROTECT, related_name="deliveries")
    commitment = models.OneToOneField(Commitment, models.PROTECT, null=True, blank=True, related_name="delivery")
    organisation = models.ForeignKey("portal.Organisation", models.PROTECT, related_name="+")
    by = models.ForeignKey("portal.Actor", models.PROTECT, related_name="+")
    evidence = models.TextField(max_length=5000, help_text=_("What was done, and how anybody can check it."))
    evidence_url = models.URLField(blank=True)
    delivered_at = models.DateTimeField()
    known_at = models.DateTimeField()
    verdict_until = models.DateTimeField(null=True, blank=True, help_text=_("Empty where nobody is asked, such as an imported old case."))
    verdict_rule = models.CharField(max_length=10, blank=True)
    judged_as = models.CharField(max_length=10, choices=Judgement, blank=True)
    judged_at = models.DateTimeField(null=True, blank=True)
    judged_known_at = models.DateTimeField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = _("deliveries")
        indexes = [
            models.Index(fields=["verdict_until"], condition=Q(judged_at=None), name="delivery_awaiting_verdict"),
            models.Index(fields=["suggestion"], name="delivery_by_suggestion"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(evidence=""), name="delivery_shows_evidence"),
            models.CheckConstraint(
                condition=Q(judged_at=None, judged_known_at=None, judged_as="")
                | (Q(judged_at__isnull=False, judged_known_at__isnull=False) & ~Q(judged_as="")),
                name="delivery_judgement_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(verdict_until=None) | Q(verdict_until__gt=F("delivered_at")), name="delivery_window_comes_after"
            ),
        ]

    def __str__(self) -> str:
        return str(self.uuid)


class Verdict(models.Model):
    """One person's judgement whether what was promised was done; the author's is shown apart."""

    class Value(models.TextChoices):
        CONFIRMED = "confirmed", _("Yes, it was done")
        NOT_DONE = "not_done", _("No, it was not done")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="verdicts")
    by = models.ForeignKey("portal.Actor", models.PROTECT, related_name="+")
    is_author = models.BooleanField()
    value = models.CharField(max_length=10, choices=Value)
    note = models.TextField(max_length=1000, blank=True)
    given_at = models.DateTimeField()
    known_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["delivery", "by"], name="verdict_once_per_person"),
            models.UniqueConstraint(fields=["delivery"], condition=Q(is_author=True), name="verdict_one_of_the_author"),
        ]

    def __str__(self) -> str:
        return f"{self.value} {self.uuid}"
