"""What the tables and forms of this app hold about people."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.data_register import Basis, Collected, Held, OnErasure, Purpose, Recipient, RetentionRule, Table

CITY = (Recipient.CITY,)
COMPUTER = (Recipient.COMPUTER,)
SERVICE = (Recipient.CITY, Recipient.OPERATOR)
EVERYBODY = (Recipient.PUBLIC,)

RULES = [
    RetentionRule(
        "contact",
        _("How to reach you, where you have no account"),
        since=_("the day nothing more was owed for your last case"),
        then=_("it is blanked; a mark says when"),
        setting="KEEP_CONTACT_DAYS",
    ),
    RetentionRule(
        "support_mark",
        _("The scrambled mark that keeps anybody from counting twice"),
        since=_("the day nothing more was owed for the case"),
        then=_("it is destroyed; the count stays"),
        setting="KEEP_SUPPORT_MARK_DAYS",
    ),
    RetentionRule(
        "report",
        _("Who reported that something should not be public, and what they added"),
        since=_("the day the city decided on the report"),
        then=_("both are blanked; the report stays counted"),
        setting="KEEP_REPORT_DAYS",
    ),
    RetentionRule(
        "held_photo",
        _("A photo added to something you did not send"),
        since=_("the moment you added it"),
        then=_("it is deleted"),
        setting="KEEP_HELD_PHOTO_DAYS",
    ),
    RetentionRule(
        "personal_request",
        _("What you asked about your own data"),
        since=_("the day it was done"),
        then=_("it no longer points at you; that it was asked and done in time stays"),
        setting="KEEP_PERSONAL_REQUEST_DAYS",
    ),
    RetentionRule(
        "follow",
        _("What you followed and follow no longer"),
        since=_("the day you stopped"),
        then=_("it is deleted"),
        setting="KEEP_ENDED_FOLLOW_DAYS",
    ),
    RetentionRule(
        "public_record",
        _("What was said, answered and promised in public"),
        since=_("the moment it was said"),
        then=_("it stays, because it is the city's public record; you may have your own words taken away"),
    ),
]


def _words(what: Any, **more: Any) -> Held:
    """Something that somebody wrote themselves: it stays in the public record unless its author wants it away."""
    return Held(
        what,
        Purpose.RECORD,
        "public_record",
        **{"read_by": EVERYBODY, "on_erasure": OnErasure.AUTHOR_CHOOSES, "because": _("You let your words stay, without your name.")}
        | more,
    )


REMOVED = _("Removed by its author")

TABLES = {
    "suggestions.Suggestion": Table(
        _("What you said"),
        held={
            "title": _words(_("what you said, in one sentence"), tombstone=REMOVED),
            "text": _words(_("what you told more")),
            "answers": _words(_("your answers to the questions of the category")),
            "private_answers": Held(_("your answers to questions that ask something personal"), Purpose.ANSWER, "public_record", SERVICE),
            "place": _words(_("the place you named; a home is shown only roughly")),
            "latitude": _words(_("the point on the map")),
            "longitude": _words(_("the point on the map")),
            "withdrawn_reason": _words(_("why you took it back")),
            "answer_by": Held(
                _("how the answer should reach you"),
                Purpose.ANSWER,
                "public_record",
                on_erasure=OnErasure.STAYS,
                because=_("That somebody wanted a letter or a call is counted; to whom is gone."),
            ),
            "phrase_hash": Held(
                _("a scrambled mark of your four words"), Purpose.SIGN_IN, "public_record", read_by=COMPUTER, is_secret=True
            ),
        },
        plain="id uuid reference kind service category area asset lang is_home opened_by channel form_hash visibility status received_at"
        " known_at cleared_at withdrawn_at withdrawn_known_at hidden_at hidden_for author_erased_at words_removed_at",
        links="author contact",
        actor=("author",),
        case=("reference",),
    ),
    "suggestions.SuggestionVersion": Table(
        _("What you said before you corrected it"),
        held={
            "title": _words(_("an earlier title"), tombstone=REMOVED),
            "text": _words(_("an earlier text")),
            "place": _words(_("an earlier place")),
            "latitude": _words(_("an earlier point on the map")),
            "longitude": _words(_("an earlier point on the map")),
        },
        plain="id uuid suggestion is_home said_at replaced_at",
        links="by",
        actor=("suggestion__author",),
        case=("suggestion__reference",),
    ),
    "suggestions.Photo": Table(
        _("Your photos"),
        held={
            "large": _words(_("your photo, without the place and camera that were written in it")),
            "small": _words(_("a small copy of your photo")),
            "description": _words(_("what you say can be seen")),
            "refused_note": Held(_("what the city wrote to you about it"), Purpose.ANSWER, "public_record"),
        },
        plain="id uuid width height size sha256 suggestion state added_at reviewed_at reviewed_by refused_ground removed_at",
        links="by",
        actor=("suggestion__author",),
        case=("suggestion__reference",),
    ),
    "suggestions.HeldPhoto": Table(
        _("Photos added to something not sent"),
        held={
            "large": Held(_("your photo before you send it"), Purpose.RECORD, "held_photo", read_by=COMPUTER),
            "small": Held(_("a small copy of it"), Purpose.RECORD, "held_photo", read_by=COMPUTER),
            "description": Held(_("what you say can be seen"), Purpose.RECORD, "held_photo", read_by=COMPUTER),
        },
        plain="id uuid width height size sha256 form_hash held_at expires_at",  # whose it is, only the session knows
    ),
    "suggestions.PhotoQuota": Table(_("How many photos came in a day"), plain="id sender_hash on taken"),  # its secret changes every day
    "suggestions.Reply": Table(
        _("Your replies"),
        held={"text": _words(_("what you replied to a question"), tombstone=REMOVED)},
        plain="id uuid question suggestion given_at known_at",
        links="by",
        actor=("by",),
    ),
    "suggestions.Verdict": Table(
        _("Your verdicts"),
        held={
            "value": Held(
                _("whether you found that it was done"),
                Purpose.RECORD,
                "public_record",
                EVERYBODY,
                on_erasure=OnErasure.STAYS,
                because=_("A verdict is counted. It points at an empty row now."),
            ),
            "note": _words(_("what you saw")),
        },
        plain="id uuid delivery is_author given_at known_at",
        links="by",
        actor=("by",),
    ),
    "suggestions.Satisfaction": Table(
        _("Whether an answer answered you"),
        held={
            "value": Held(
                _("whether an answer answered you"),
                Purpose.RECORD,
                "public_record",
                on_erasure=OnErasure.STAYS,
                because=_("It is counted. It points at an empty row now."),
            ),
            "note": Held(_("what you said about an answer"), Purpose.RECORD, "public_record"),
        },
        plain="id uuid decision answered_at known_at",
        links="by",
        actor=("by",),
    ),
    "suggestions.Support": Table(
        _("What you support"),
        held={
            "given_at": Held(
                _("that you support something, and since when"),
                Purpose.COUNT,
                "public_record",
                read_by=COMPUTER,
                on_erasure=OnErasure.STAYS,
                because=_("The support stays counted. It points at an empty row now. Take it back first if it should not count."),
            ),
            "phrase_hash": Held(_("a scrambled mark of four words"), Purpose.COUNT, "support_mark", read_by=COMPUTER, is_secret=True),
            "reference": Held(_("the reference of the receipt of your support"), Purpose.COUNT, "support_mark", read_by=COMPUTER),
            "salt": Held(
                _("the number that ties your support to the public list"), Purpose.COUNT, "support_mark", COMPUTER, is_secret=True
            ),
        },
        plain="id uuid suggestion channel assurance known_at qualified_at withdrawn_at withdrawn_known_at held_at held_because cleared_at"
        " rejected_at settled_by settled_reason",
        links="by",
        actor=("by",),
        case=("reference",),
    ),
    "suggestions.SupportClaim": Table(
        _("Scrambled marks of what you support"),
        held={
            "key": Held(
                _("a scrambled mark that keeps anybody from counting twice"),
                Purpose.COUNT,
                "support_mark",
                read_by=COMPUTER,
                is_secret=True,
                on_erasure=OnErasure.STAYS,
                because=_("Without it one person could count many times. Nobody can read it back; it is destroyed after the case is over."),
            )
        },
        plain="id suggestion support scheme",
        actor=("support__by",),
    ),
    "suggestions.Follow": Table(
        _("What you follow"),
        held={"since_at": Held(_("what you follow, and since when"), Purpose.TELL, "follow", read_by=COMPUTER, basis=Basis.CHOICE)},
        plain="id suggestion service area until_at",
        links="person",
        person=("person",),
        rows_go=True,
    ),
    "suggestions.Flag": Table(
        _("What you reported"),
        held={
            "reason": Held(
                _("why you think that something should not be public"),
                Purpose.RECORD,
                "report",
                on_erasure=OnErasure.STAYS,
                because=_("The report is counted. It points at an empty row now."),
            ),
            "note": Held(_("what you added to your report"), Purpose.RECORD, "report"),
        },
        plain="id suggestion response reply delivery verdict photo uuid reported_at settled_at settled_by upheld",
        links="by",
        actor=("by",),
    ),
    "suggestions.Hiding": Table(
        _("Words of yours that the city hid"),
        held={
            "reasons": Held(
                _("why the city hid what you said"), Purpose.RECORD, "public_record", tombstone=_("Removed with its author's data")
            )
        },
        plain="id suggestion response reply delivery verdict photo uuid criterion by hidden_at known_at lifted_at lifted_by lifted_reason",
        actor=("suggestion__author",),
        case=("suggestion__reference",),
    ),
    "suggestions.Appeal": Table(
        _("Your appeals"),
        held={
            "text": Held(
                _("why you think that hiding it was wrong"), Purpose.RECORD, "public_record", tombstone=_("Removed with its author's data")
            )
        },
        plain="id uuid hiding hidden_by made_at known_at ruled_at ruled_by granted reasons",
        links="by",
        actor=("by",),
    ),
    "suggestions.PersonalRequest": Table(
        _("What you asked about your data"),
        held={
            "kind": Held(
                _("what you asked about your own data, and how we knew it was you"),
                Purpose.RIGHTS,
                "personal_request",
                basis=Basis.LEGAL_DUTY,
                on_erasure=OnErasure.STAYS,
                because=_("That it was asked and done in time stays. It points at an empty row now."),
            )
        },
        plain="id uuid reference case channel identity received_at known_at done_at done_known_at erasure",
        links="person",
        person=("person",),
        case=("case",),
    ),
    # --- what is about cases, officials and counts, never about a citizen ---------------------------------------------------
    "suggestions.Response": Table(_("Answers"), plain="id uuid suggestion kind by organisation text lang published_at known_at"),
    "suggestions.Decision": Table(
        _("Decisions"),
        plain="id response suggestion outcome criterion handed_to promise promised_on reviews decided_at known_at effective_at"
        " effective_known_at rejected_at settled_by settled_note",
    ),
    "suggestions.Commitment": Table(_("Promises"), plain="id uuid decision suggestion organisation what first_due_on made_at known_at"),
    "suggestions.CommitmentDate": Table(_("Later dates of promises"), plain="id commitment due_on reason by named_at known_at"),
    "suggestions.Delivery": Table(
        _("Deliveries"),
        plain="id uuid suggestion commitment organisation by evidence evidence_url delivered_at known_at verdict_until verdict_rule"
        " judged_as judged_at judged_known_at",
    ),
    "suggestions.Telling": Table(_("Events that were told"), plain="event told_at"),
    "suggestions.ImportRun": Table(
        _("Imports"),
        plain="id uuid service source file_name file_sha256 mapping time_zone started_at finished_at rows added known_already repeated"
        " bad_rows ended_before_start doubled_hours missing_hours",
    ),
    "suggestions.ImportedCase": Table(_("Imported cases"), plain="suggestion run source external_id line printed_on_time printed_channel"),
    "suggestions.Obligation": Table(
        _("What is owed"),
        plain="id uuid act owner suggestion commitment appeal personal_request service_level calendar_version due_basis is_gap"
        " opened_at known_at due_at gross_due_at warn_at warned_at paused_at met_at met_known_at breached_at next_step_at"
        " ended_at ended_known_at end_cause voided_at voided_known_at void_reason superseded_by",
    ),
    "suggestions.ObligationTerm": Table(_("The history of due moments"), plain="id obligation cause due_at gross_due_at known_at"),
    "suggestions.Pause": Table(
        _("Pauses"), plain="id obligation reason question by started_at known_at runs_out_at ended_at ended_known_at"
    ),
    "suggestions.Escalation": Table(_("Steps of ladders that were told"), plain="id obligation step told_at known_at"),
    "suggestions.Standing": Table(
        _("Where cases stand"),
        plain="suggestion supports verified_supports next_act next_owner next_due_at next_is_paused late_since acknowledged_at answered_at"
        " outcome promised_on promise_broken_at delivered_at judged_as judged_at",
    ),
    "suggestions.SupportDelta": Table(_("Counts on their way"), plain="id suggestion support channel assurance step"),
    "suggestions.SupportTally": Table(_("Counts"), plain="id suggestion channel assurance count"),
    "suggestions.Crossing": Table(_("Thresholds reached"), plain="id suggestion service_level support obligation crossed_at known_at"),
}

_RESPONSES = "suggestions.forms.responses."
_COMMITMENTS = "suggestions.forms.commitments."

FORMS = {
    "suggestions.forms.suggestions.AboutForm": Collected(plain="kind category"),
    "suggestions.forms.suggestions.SuggestionForm": Collected(
        {
            "title": "suggestions.Suggestion.title",
            "text": "suggestions.Suggestion.text",
            "question_*": "suggestions.Suggestion.answers",
            "place": "suggestions.Suggestion.place",
            "pin": "suggestions.Suggestion.latitude",
            "answer_by": "suggestions.Suggestion.answer_by",
            "email": "portal.Person.email",
            "phone": "portal.Person.phone",
            "postal_address": "portal.Person.postal_address",
            "name": "portal.Person.name",
        },
        plain="form_key asset is_home area is_private",
    ),
    "suggestions.forms.versions.EditForm": Collected(
        {
            "title": "suggestions.Suggestion.title",
            "text": "suggestions.Suggestion.text",
            "place": "suggestions.Suggestion.place",
            "pin": "suggestions.Suggestion.latitude",
        },
        plain="is_home",
    ),
    "suggestions.forms.suggestions.WithdrawForm": Collected({"reason": "suggestions.Suggestion.withdrawn_reason"}),
    "suggestions.forms.receipts.FollowForm": Collected({"phrase": "suggestions.Suggestion.phrase_hash"}, plain="reference"),
    "suggestions.forms.replies.ReplyForm": Collected({"text": "suggestions.Reply.text"}),
    "suggestions.forms.verdicts.VerdictForm": Collected({"value": "suggestions.Verdict.value", "note": "suggestions.Verdict.note"}),
    "suggestions.forms.satisfactions.SatisfactionForm": Collected(
        {"value": "suggestions.Satisfaction.value", "note": "suggestions.Satisfaction.note"}
    ),
    "suggestions.forms.supports.SupportForm": Collected(
        {
            "name": "suggestions.SupportClaim.key",
            "born_on": "suggestions.SupportClaim.key",
            "postcode": "suggestions.SupportClaim.key",
        },
        plain="form_key",
    ),
    "suggestions.forms.supports.DoubtForm": Collected(plain="counts reason"),
    "suggestions.forms.notices.NoticePreferencesForm": Collected({"*": "portal.NoticePreference.pace"}),
    "suggestions.forms.photos.PhotoForm": Collected(
        {"photo": "suggestions.Photo.large", "description": "suggestions.Photo.description"}
    ),
    "suggestions.forms.photos.ReviewPhotoForm": Collected({"note": "suggestions.Photo.refused_note"}, plain="verdict ground"),
    "suggestions.forms.kiosks.KioskForm": Collected(plain="name place"),
    "suggestions.forms.kiosks.EnrolForm": Collected(plain="code"),
    "suggestions.forms.kiosks.HelpForm": Collected({"reason": "portal.HelpSession.reason"}, plain="confirmed place"),
    "suggestions.forms.kiosks.PaperForm": Collected(plain="channel received_at"),
    "suggestions.forms.personal_data.ContactReasonForm": Collected({"reason": "portal.ContactView.reason"}),
    "suggestions.forms.personal_data.WordsForm": Collected(plain="words"),
    "suggestions.forms.personal_data.EraseForm": Collected(plain="words confirm"),
    "suggestions.forms.personal_data.PersonalRequestForm": Collected(
        {"kind": "suggestions.PersonalRequest.kind", "identity": "suggestions.PersonalRequest.kind"},
        plain="channel received_on email reference",  # to find them by: not kept
    ),
    "suggestions.forms.moderation.ReportForm": Collected({"reason": "suggestions.Flag.reason", "note": "suggestions.Flag.note"}),
    "suggestions.forms.moderation.AppealForm": Collected({"text": "suggestions.Appeal.text"}),
    "suggestions.forms.moderation.HideForm": Collected({"reasons": "suggestions.Hiding.reasons"}, plain="criterion"),
    "suggestions.forms.moderation.LiftForm": Collected(plain="reason"),
    "suggestions.forms.moderation.RulingForm": Collected(plain="granted reasons"),
    "suggestions.forms.responses.ActForm": Collected(),
    "suggestions.forms.responses.AcknowledgeForm": Collected(plain="text"),
    "suggestions.forms.responses.UpdateForm": Collected(plain="text"),
    "suggestions.forms.responses.AskForm": Collected(plain="text"),
    "suggestions.forms.responses.DecideForm": Collected(plain="outcome reasons promise promised_on criterion handed_to"),
    "suggestions.forms.responses.SettleForm": Collected(plain="agrees note"),
    "suggestions.forms.responses.ClearForm": Collected(),
    "suggestions.forms.commitments.DeliverForm": Collected(plain="evidence evidence_url"),
    "suggestions.forms.commitments.FixForm": Collected(plain="text evidence evidence_url"),
    "suggestions.forms.commitments.MovePromiseForm": Collected(plain="due_on reason"),
    "suggestions.forms.commitments.PromiseForm": Collected(plain="what due_on"),
}
