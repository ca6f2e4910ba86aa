from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.references import uuid7


class Event(models.Model):
    """One line of the public log: what happened, to what, by which role; ids only. The database refuses to change or remove it."""

    class Kind(models.TextChoices):
        SUGGESTION_SUBMITTED = "suggestion_submitted", _("Suggestion received")
        SUGGESTION_CLEARED = "suggestion_cleared", _("Cleared for publication")
        SUGGESTION_EDITED = "suggestion_edited", _("Corrected by its author")
        PHOTO_ADDED = "photo_added", _("Photo added")
        PHOTO_REVIEWED = "photo_reviewed", _("Photo looked at by the city")
        PHOTO_REMOVED = "photo_removed", _("Photo taken away")
        SUGGESTION_WITHDRAWN = "suggestion_withdrawn", _("Withdrawn by its author")
        RESPONSE_PUBLISHED = "response_published", _("Response published")
        REPLY_GIVEN = "reply_given", _("The citizen replied to a question")
        DECISION_PUBLISHED = "decision_published", _("Decision published")
        DECISION_PROPOSED = "decision_proposed", _("Decision proposed by the operator")
        PROPOSAL_SETTLED = "proposal_settled", _("The city settled the proposal")
        COMMITMENT_MADE = "commitment_made", _("Promise made")
        COMMITMENT_MOVED = "commitment_moved", _("New date named for a promise")
        COMMITMENT_BROKEN = "commitment_broken", _("Promise broken")
        DELIVERED = "delivered", _("Delivered, with evidence")
        SATISFACTION_ANSWERED = "satisfaction_answered", _("The author said whether the decision answers them")
        VERDICT_GIVEN = "verdict_given", _("Verdict given")
        VERDICT_CLOSED = "verdict_closed", _("Time for a verdict ended")
        OBLIGATION_OPENED = "obligation_opened", _("Clock started")
        OBLIGATION_PAUSED = "obligation_paused", _("Clock paused")
        OBLIGATION_RESUMED = "obligation_resumed", _("Clock runs again")
        OBLIGATION_WARNED = "obligation_warned", _("Clock runs out soon")
        OBLIGATION_MET = "obligation_met", _("Done what was owed")
        OBLIGATION_LATE = "obligation_late", _("Late")
        OBLIGATION_ENDED = "obligation_ended", _("No longer owed")
        OBLIGATION_ESCALATED = "obligation_escalated", _("Next step of the ladder told")
        HELP_STARTED = "help_started", _("A helper began to help somebody")
        HELP_ENDED = "help_ended", _("A helper ended")
        KIOSK_PUT_UP = "kiosk_put_up", _("Kiosk put up")
        KIOSK_ENROLLED = "kiosk_enrolled", _("Kiosk set up on a screen")
        KIOSK_TAKEN_DOWN = "kiosk_taken_down", _("Kiosk taken down")
        SUPPORTS_COUNTED = "supports_counted", _("Supports counted")
        SUPPORT_CLEARED = "support_cleared", _("A doubtful support was looked at")
        TALLY_REPAIRED = "tally_repaired", _("A count was put right")
        THRESHOLD_CROSSED = "threshold_crossed", _("Enough people support it")
        PERSONAL_REQUEST_RECEIVED = "personal_request_received", _("Request about personal data received")
        PERSONAL_REQUEST_DONE = "personal_request_done", _("Request about personal data done")
        PERSON_ERASED = "person_erased", _("Personal data erased")
        ITEM_REPORTED = "item_reported", _("Somebody reported something")
        REPORT_SETTLED = "report_settled", _("The city looked at a report")
        ITEM_HIDDEN = "item_hidden", _("Hidden by the city, on a criterion")
        HIDING_LIFTED = "hiding_lifted", _("Shown again")
        APPEAL_MADE = "appeal_made", _("The author appeals against the hiding")
        APPEAL_RULED = "appeal_ruled", _("The city decided on the appeal")
        CLAUSE_PUBLISHED = "clause_published", _("Clause published")
        TOKEN_ISSUED = "token_issued", _("Key for other software made")
        TOKEN_REVOKED = "token_revoked", _("Key for other software revoked")
        CASES_IMPORTED = "cases_imported", _("Earlier cases imported")
        EXPORTED = "exported", _("List exported")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    kind = models.CharField(max_length=30, choices=Kind)
    case = models.CharField(max_length=40, blank=True, help_text=_("The reference of the suggestion, where there is one."))
    about = models.CharField(max_length=80, help_text=_('The row, as "noun/id"; text, so that the log never blocks anything.'))
    actor = models.CharField(max_length=24, help_text=_("A role, never a name."))
    at = models.DateTimeField(help_text=_("When it legally happened."))
    known_at = models.DateTimeField(help_text=_("When the record learned of it."))
    facts = models.JSONField(default=dict, help_text=_("Codes, ids and moments; no personal data."))

    class Meta:
        indexes = [
            models.Index(fields=["case", "at"], name="event_by_case"),
            models.Index(fields=["known_at"], name="event_by_known_at"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(about="") & ~Q(actor=""), name="event_says_what_and_who"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"
