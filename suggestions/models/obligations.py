from datetime import datetime
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from portal.models import Act, Actor, PauseReason, Visibility
from portal.models.contracts import EscalationStep
from portal.references import uuid7
from suggestions.clocks import Clock
from suggestions.clocks import Pause as ClockPause

STILL_OWED = Q(met_at=None, ended_at=None, voided_at=None)


class ObligationQuerySet(models.QuerySet["Obligation"]):
    def running(self) -> Self:
        """Owed and not done, late or not."""
        return self.filter(STILL_OWED)

    def shown(self) -> Self:
        """Without the checks of reports, whose clocks would tell that somebody reported something.

        The check before publication is shown: it starts when the suggestion is received.
        """
        before_publication = Q(opened_at=F("suggestion__received_at"), suggestion__visibility=Visibility.AFTER_CHECK)
        return self.filter(~Q(act=Act.CHECK) | before_publication)

    def for_owner(self, organisation_id: int) -> Self:
        return self.filter(owner=organisation_id)

    def for_suggestions(self) -> Self:
        """Those owed for a case that everybody may count; requests about personal data have a list of their own."""
        return self.filter(suggestion__isnull=False)

    def overdue(self, at: datetime) -> Self:
        """Past the due moment and not yet marked late; a clock that stands cannot become late."""
        return self.running().filter(breached_at=None, paused_at=None, due_at__lt=at)

    def to_warn(self, at: datetime) -> Self:
        return self.running().filter(breached_at=None, warned_at=None, paused_at=None, warn_at__lte=at)

    def to_escalate(self, at: datetime) -> Self:
        return self.running().filter(next_step_at__lte=at)

    def due_first(self) -> Self:
        return self.order_by(F("due_at").asc(nulls_last=True), "id")


class Obligation(models.Model):
    """One running clock: somebody owes one act under one clause by a moment everybody can see.

    Lateness is a fact beside being met: a clock can be late and later met, and keeps both.
    """

    class DueBasis(models.TextChoices):
        CLAUSE = "clause", _("Reckoned from the clause")
        PROMISED = "promised", _("The date that was promised")
        PRINTED = "printed", _("Printed in the earlier record")
        NONE = "none", _("No deadline was ever set")

    class EndCause(models.TextChoices):
        WITHDRAWN = "withdrawn", _("The citizen withdrew")
        REFUSED = "refused", _("Refused, with a criterion")
        SUPERSEDED = "superseded", _("Another party took it on")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    act = models.CharField(max_length=16, choices=Act)
    owner = models.ForeignKey("portal.Organisation", models.PROTECT, related_name="obligations")
    suggestion = models.ForeignKey("suggestions.Suggestion", models.PROTECT, null=True, blank=True, related_name="obligations")
    commitment = models.OneToOneField("suggestions.Commitment", models.PROTECT, null=True, blank=True, related_name="obligation")
    appeal = models.OneToOneField("suggestions.Appeal", models.PROTECT, null=True, blank=True, related_name="obligation")
    personal_request = models.OneToOneField(
        "suggestions.PersonalRequest", models.PROTECT, null=True, blank=True, related_name="obligation"
    )
    service_level = models.ForeignKey("portal.ServiceLevel", models.PROTECT, null=True, blank=True, related_name="+")
    calendar_version = models.ForeignKey("portal.CalendarVersion", models.PROTECT, null=True, blank=True, related_name="+")
    due_basis = models.CharField(max_length=10, choices=DueBasis)
    is_gap = models.BooleanField(default=False, help_text=_("The contract is silent: the city's default rule applies."))

    opened_at = models.DateTimeField()
    known_at = models.DateTimeField()
    due_at = models.DateTimeField(
        null=True, blank=True, help_text=_("The newest term; while the clock stands, the latest possible moment.")
    )
    gross_due_at = models.DateTimeField(null=True, blank=True, help_text=_("Without any pause; never moves."))
    warn_at = models.DateTimeField(null=True, blank=True)
    warned_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    met_at = models.DateTimeField(null=True, blank=True)
    met_known_at = models.DateTimeField(null=True, blank=True)
    breached_at = models.DateTimeField(null=True, blank=True, help_text=_("The due moment that passed, whenever that was noticed."))
    next_step_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_known_at = models.DateTimeField(null=True, blank=True)
    end_cause = models.CharField(max_length=12, choices=EndCause, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_known_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=1000, blank=True)
    superseded_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="supersedes")

    objects = ObligationQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], condition=STILL_OWED & Q(breached_at=None), name="obligation_overdue"),
            models.Index(fields=["warn_at"], condition=STILL_OWED & Q(warned_at=None, breached_at=None), name="obligation_to_warn"),
            models.Index(fields=["next_step_at"], condition=STILL_OWED & Q(next_step_at__isnull=False), name="obligation_to_escalate"),
            models.Index(fields=["owner", "due_at"], condition=STILL_OWED, name="obligation_queue"),
            models.Index(fields=["act", "due_at"], name="obligation_by_due_moment"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(suggestion__isnull=False, personal_request=None)
                | Q(suggestion=None, personal_request__isnull=False, act="personal_data"),
                name="obligation_has_one_subject",
            ),
            models.CheckConstraint(
                condition=Q(act="deliver", commitment__isnull=False) | (~Q(act="deliver") & Q(commitment=None)),
                name="obligation_deliver_has_a_promise",
            ),
            models.CheckConstraint(condition=Q(appeal=None) | Q(act="review"), name="obligation_appeal_is_reviewed"),
            models.CheckConstraint(
                condition=~Q(due_basis="clause") | Q(service_level__isnull=False, calendar_version__isnull=False),
                name="obligation_clause_is_pinned",
            ),
            models.CheckConstraint(
                condition=Q(due_basis="none", due_at=None, gross_due_at=None)
                | (~Q(due_basis="none") & Q(due_at__isnull=False, gross_due_at__isnull=False)),
                name="obligation_due_fits_its_basis",
            ),
            models.CheckConstraint(condition=Q(due_at=None) | Q(due_at__gte=F("gross_due_at")), name="obligation_pauses_only_lengthen"),
            models.CheckConstraint(condition=Q(paused_at=None) | STILL_OWED, name="obligation_stands_only_while_owed"),
            models.CheckConstraint(condition=Q(paused_at=None) | Q(breached_at=None), name="obligation_late_never_stands"),
            models.CheckConstraint(
                condition=Q(met_at=None, met_known_at=None) | Q(met_at__isnull=False, met_known_at__isnull=False),
                name="obligation_met_is_dated_twice",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_known_at=None, end_cause="")
                | (Q(ended_at__isnull=False, ended_known_at__isnull=False) & ~Q(end_cause="")),
                name="obligation_end_has_a_cause",
            ),
            models.CheckConstraint(
                condition=Q(voided_at=None, voided_known_at=None, void_reason="")
                | (Q(voided_at__isnull=False, voided_known_at__isnull=False) & ~Q(void_reason="")),
                name="obligation_void_has_a_reason",
            ),
            models.CheckConstraint(condition=Q(met_at=None) | Q(ended_at=None), name="obligation_met_or_ended"),
            models.CheckConstraint(
                condition=Q(breached_at=None) | Q(met_at=None) | Q(met_at__gt=F("breached_at")), name="obligation_late_is_not_in_time"
            ),
            models.CheckConstraint(condition=Q(next_step_at=None) | Q(breached_at__isnull=False), name="obligation_ladder_starts_late"),
            models.UniqueConstraint(
                fields=["suggestion", "act", "owner"],
                condition=STILL_OWED & ~Q(act__in=["deliver"]) & Q(appeal=None),
                name="obligation_owed_once_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.uuid}"

    @property
    def is_open(self) -> bool:
        return self.met_at is None and self.ended_at is None and self.voided_at is None

    @property
    def is_late(self) -> bool:
        return self.is_open and self.breached_at is not None

    def clock(self) -> Clock | None:
        """The clock as it stands with its pauses; None where the due moment was not reckoned from a clause."""
        if self.service_level is None or self.calendar_version is None or self.due_basis != self.DueBasis.CLAUSE:
            return None
        return Clock(
            opening=self.calendar_version.opening_times(),
            opened_at=self.opened_at,
            allowance_minutes=self.service_level.within_minutes,
            pause_limit_minutes=self.service_level.pause_limit_minutes,
            pauses=tuple(ClockPause(pause.started_at, pause.ended_at) for pause in self.pauses.all()),
        )


class ObligationTerm(models.Model):
    """One row of the due history; append-only, so any past due moment can be read again."""

    class Cause(models.TextChoices):
        OPENED = "opened", _("Clock started")
        PAUSED = "paused", _("Clock paused")
        RESUMED = "resumed", _("Clock runs again")
        REASSIGNED = "reassigned", _("Taken on by another party")
        RULED = "ruled", _("Ruling")

    obligation = models.ForeignKey(Obligation, models.PROTECT, related_name="terms")
    cause = models.CharField(max_length=12, choices=Cause)
    due_at = models.DateTimeField(null=True)
    gross_due_at = models.DateTimeField(null=True)
    known_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["obligation", "known_at"], name="term_by_obligation")]
        constraints = [
            models.UniqueConstraint(fields=["obligation"], condition=Q(cause="opened"), name="term_opens_once"),
        ]

    def __str__(self) -> str:
        return f"{self.cause} {self.obligation_id}"


class PauseQuerySet(models.QuerySet["Pause"]):
    def exhausted(self, at: datetime) -> Self:
        """Open pauses whose limit is used up."""
        return self.filter(ended_at=None, runs_out_at__lte=at)


class Pause(models.Model):
    """A stretch in which a clock stands, for a reason that its clause lists, with a public note and somebody who was asked."""

    obligation = models.ForeignKey(Obligation, models.PROTECT, related_name="pauses")
    reason = models.CharField(max_length=20, choices=PauseReason)
    question = models.ForeignKey("suggestions.Response", models.PROTECT, related_name="pauses")
    by = models.ForeignKey(Actor, models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    known_at = models.DateTimeField()
    runs_out_at = models.DateTimeField(help_text=_("When the clause's limit ends it by itself."))
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_known_at = models.DateTimeField(null=True, blank=True)

    objects = PauseQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["runs_out_at"], condition=Q(ended_at=None), name="pause_to_end")]
        constraints = [
            models.CheckConstraint(condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")), name="pause_ends_after_start"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_known_at=None) | Q(ended_at__isnull=False, ended_known_at__isnull=False),
                name="pause_end_is_dated_twice",
            ),
            ExclusionConstraint(
                name="pause_one_at_a_time",
                expressions=[
                    ("obligation", RangeOperators.EQUAL),
                    (Func(F("started_at"), F("ended_at"), RangeBoundary(), function="TSTZRANGE"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.obligation_id}"


class Escalation(models.Model):
    """One step of the ladder that was told because a clock stayed late."""

    obligation = models.ForeignKey(Obligation, models.PROTECT, related_name="escalations")
    step = models.ForeignKey(EscalationStep, models.PROTECT, related_name="+")
    told_at = models.DateTimeField(help_text=_("When the step fell due."))
    known_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["obligation", "step"], name="escalation_each_step_once"),
        ]

    def __str__(self) -> str:
        return f"{self.obligation_id}: {self.step_id}"
