from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.references import uuid7


class ImportRun(models.Model):
    """One reading of a city's old case history; its cases appear all together or not at all."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    service = models.ForeignKey("portal.Service", models.PROTECT, related_name="import_runs")
    source = models.SlugField(max_length=60, help_text=_("The earlier system; its case numbers are unique within it."))
    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    mapping = models.JSONField(help_text=_("How the columns were read."))
    time_zone = models.CharField(max_length=60)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True, help_text=_("Empty while it runs, or after it was killed and left nothing."))
    rows = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    known_already = models.PositiveIntegerField(default=0)
    repeated = models.PositiveIntegerField(default=0, help_text=_("Rows of the file with a number that came earlier in it."))
    bad_rows = models.PositiveIntegerField(default=0, help_text=_("Rows that could not be read and were left out."))
    ended_before_start = models.PositiveIntegerField(
        default=0, help_text=_("Added cases that were closed before they were received, by the printed times: taken as closed at once.")
    )
    doubled_hours = models.PositiveIntegerField(
        default=0, help_text=_("Printed times in the hour that came twice when the clocks went back: read as the first.")
    )
    missing_hours = models.PositiveIntegerField(
        default=0, help_text=_("Printed times in the hour that was skipped when the clocks went forward: read as one hour later.")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source"], condition=Q(finished_at=None), name="import_one_run_at_a_time"),
            models.CheckConstraint(condition=~Q(source="") & ~Q(time_zone=""), name="import_run_says_where_from"),
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(rows=F("added") + F("known_already") + F("repeated") + F("bad_rows")),
                name="import_run_counts_every_row_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.started_at:%Y-%m-%d}"


class ImportedCaseQuerySet(models.QuerySet["ImportedCase"]):
    def known_by(self, as_of: datetime) -> Self:
        return self.filter(suggestion__known_at__lte=as_of)


class ImportedCase(models.Model):
    """What the earlier system printed about a case, kept beside what we compute from it."""

    suggestion = models.OneToOneField("suggestions.Suggestion", models.CASCADE, primary_key=True, related_name="imported")
    run = models.ForeignKey(ImportRun, models.PROTECT, related_name="cases")
    source = models.SlugField(max_length=60)
    external_id = models.CharField(max_length=80)
    line = models.PositiveIntegerField(help_text=_("Line of the file, the header being line 1."))
    printed_on_time = models.BooleanField(null=True, help_text=_("The earlier system's own flag."))
    printed_channel = models.CharField(max_length=80, blank=True)

    objects = ImportedCaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="imported_case_once"),
            models.CheckConstraint(condition=~Q(external_id=""), name="imported_case_has_a_number"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.external_id}"
