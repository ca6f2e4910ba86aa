from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.models import Act
from suggestions.models.responses import Decision


class Standing(models.Model):
    """Where one suggestion stands, copied from its rows by the actions, so that a list reads one narrow row."""

    suggestion = models.OneToOneField("suggestions.Suggestion", models.CASCADE, primary_key=True, related_name="standing")
    supports = models.PositiveIntegerField(default=0)
    verified_supports = models.PositiveIntegerField(default=0)
    next_act = models.CharField(max_length=16, choices=Act, blank=True)
    next_owner = models.ForeignKey("portal.Organisation", models.PROTECT, null=True, related_name="+")
    next_due_at = models.DateTimeField(null=True)
    next_is_paused = models.BooleanField(default=False)
    late_since = models.DateTimeField(null=True, help_text=_("The oldest due moment that passed and is still not met."))
    acknowledged_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, choices=Decision.Outcome, blank=True)
    promised_on = models.DateField(null=True, help_text=_("The first date of the newest promise."))
    promise_broken_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    judged_as = models.CharField(max_length=10, blank=True)
    judged_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["next_due_at"], name="standing_due_soonest"),
            models.Index(fields=["late_since"], name="standing_late"),
        ]

    def __str__(self) -> str:
        return str(self.suggestion_id)
