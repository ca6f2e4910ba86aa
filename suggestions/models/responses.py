from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.models import Act
from portal.references import uuid7


class Response(models.Model):
    """An official act towards the citizen, in public words. Once published it is never changed."""

    class Kind(models.TextChoices):
        ACKNOWLEDGEMENT = "acknowledgement", _("Acknowledgement")
        UPDATE = "update", _("Update")
        QUESTION = "question", _("Question")
        DECISION = "decision", _("Decision")

        @property
        def meets(self) -> tuple[str, ...]:
            """The acts that this kind settles; courtesy settles none but the first."""
            return MEETS[self]

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    suggestion = models.ForeignKey("suggestions.Suggestion", models.PROTECT, related_name="responses")
    kind = models.CharField(max_length=16, choices=Kind)
    by = models.ForeignKey("portal.Actor", models.PROTECT, related_name="+")
    organisation = models.ForeignKey("portal.Organisation", models.PROTECT, related_name="+")
    text = models.TextField(max_length=5000)
    lang = models.CharField(max_length=10)
    published_at = models.DateTimeField()
    known_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["suggestion", "published_at"], name="response_by_suggestion")]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="response_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.uuid}"


MEETS: dict[Response.Kind, tuple[str, ...]] = {
    Response.Kind.ACKNOWLEDGEMENT: (Act.ACKNOWLEDGE,),
    Response.Kind.UPDATE: (Act.ACKNOWLEDGE,),
    Response.Kind.QUESTION: (Act.ACKNOWLEDGE,),
    Response.Kind.DECISION: (Act.ACKNOWLEDGE, Act.ANSWER),
}


class Reply(models.Model):
    """What the citizen said to a question; it lets a clock that stood for it run again."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    question = models.OneToOneField(Response, models.PROTECT, related_name="reply")
    suggestion = models.ForeignKey("suggestions.Suggestion", models.PROTECT, related_name="replies")
    by = models.ForeignKey("portal.Actor", models.PROTECT, related_name="+")
    text = models.TextField(max_length=5000)
    given_at = models.DateTimeField()
    known_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = _("replies")
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="reply_says_something"),
        ]

    def __str__(self) -> str:
        return str(self.uuid)


class DecisionQuerySet(models.QuerySet["Decision"]):
    def in_effect(self) -> Self:
        return self.filter(effective_at__isnull=False)

    def proposed(self) -> Self:
        """Proposals of an operator that the city has not settled."""
        return self.filter(effective_at=None, rejected_at=None)


class Decision(models.Model):
    """What was decided. An operator's "not ours", or a date beyond the clause, is a proposal until the city takes it on."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted")
        PARTLY_ACCEPTED = "partly_accepted", _("Partly accepted")
        DECLINED = "declined", _("Declined")
        OUT_OF_SCOPE = "out_of_scope", _("Out of scope")
        HANDED_OVER = "handed_over", _("Handed over")

    response = models.OneToOneField(Response, models.PROTECT, related_name="decision")
    suggestion = models.ForeignKey("suggestions.Suggestion", models.PROTECT, related_name="decisions")
    outcome = models.CharField(max_length=16, choices=Outcome)
    criterion = models.ForeignKey("portal.Criterion", models.PROTECT, null=True, blank=True, related_name="+")
    handed_to = models.ForeignKey("portal.Organisation", models.PROTECT, null=True, blank=True, related_name="+")
    promise = models.CharField(max_length=300, blank=True, help_text=_("What was promised, in one sentence."))
    promised_on = models.DateField(null=True, blank=True, help_text=_("The day by which it will be done, in the city's zone."))
    reviews = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="reviewed_by")
    decided_at = models.DateTimeField()
    known_at = models.DateTimeField()
    effective_at = models.DateTimeField(null=True, blank=True, help_text=_("Empty while the city has not taken a proposal on."))
    effective_known_at = models.DateTimeField(null=True, blank=True)
    rejected_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey("portal.Actor", models.PROTECT, null=True, blank=True, related_name="+")
    settled_note = models.CharField(max_length=1000, blank=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["suggestion", "decided_at"], name="decision_by_suggestion")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(outcome__in=["declined", "out_of_scope"]) | Q(criterion__isnull=False),
                name="decision_refusal_names_a_criterion",
            ),
            models.CheckConstraint(
                condition=Q(outcome="handed_over", handed_to__isnull=False) | (~Q(outcome="handed_over") & Q(handed_to=None)),
                name="decision_hand_over_names_the_receiver",
            ),
            models.CheckConstraint(
                condition=Q(promised_on=None, promise="")
                | (Q(promised_on__isnull=False, outcome__in=["accepted", "partly_accepted"]) & ~Q(promise="")),
                name="decision_promise_comes_with_acceptance",
            ),
            models.CheckConstraint(
                condition=Q(effective_at=None, effective_known_at=None) | Q(effective_at__isnull=False, effective_known_at__isnull=False),
                name="decision_effect_is_dated_twice",
            ),
            models.CheckConstraint(condition=Q(rejected_at=None) | Q(effective_at=None), name="decision_not_both_taken_on_and_rejected"),
            models.UniqueConstraint(
                fields=["suggestion"], condition=Q(effective_at=None, rejected_at=None), name="decision_one_proposal_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.response_id}"

    @property
    def is_proposal(self) -> bool:
        return self.effective_at is None and self.rejected_at is None

    @property
    def is_acceptance(self) -> bool:
        return self.outcome in {self.Outcome.ACCEPTED, self.Outcome.PARTLY_ACCEPTED}
