"""Everything here belongs to actions: the administration shows it and changes nothing. No contact data, no phrase."""

from django.contrib import admin

from portal.admin import ReadOnly
from suggestions.models import Commitment, Decision, Delivery, ImportRun, Obligation, Response, Suggestion, Verdict


class OwnedByActions(ReadOnly, admin.ModelAdmin):
    ordering = ["-id"]
    show_full_result_count = False


@admin.register(Suggestion)
class SuggestionAdmin(OwnedByActions):
    list_display = ["reference", "service", "kind", "status", "channel", "visibility", "received_at"]
    list_filter = ["service", "kind", "status", "channel", "visibility"]
    list_select_related = ["service"]
    search_fields = ["=reference"]
    exclude = ["author", "contact", "phrase_hash", "form_hash"]


@admin.register(Obligation)
class ObligationAdmin(OwnedByActions):
    list_display = ["suggestion", "act", "owner", "opened_at", "due_at", "met_at", "breached_at", "ended_at"]
    list_filter = ["act", "owner"]
    list_select_related = ["suggestion", "owner"]
    search_fields = ["=suggestion__reference"]


@admin.register(Response)
class ResponseAdmin(OwnedByActions):
    list_display = ["suggestion", "kind", "organisation", "published_at"]
    list_filter = ["kind", "organisation"]
    list_select_related = ["suggestion", "organisation"]
    search_fields = ["=suggestion__reference"]
    exclude = ["by"]


@admin.register(Decision)
class DecisionAdmin(OwnedByActions):
    list_display = ["suggestion", "outcome", "criterion", "decided_at", "effective_at"]
    list_filter = ["outcome"]
    list_select_related = ["suggestion", "criterion"]
    search_fields = ["=suggestion__reference"]
    exclude = ["settled_by"]


@admin.register(Commitment)
class CommitmentAdmin(OwnedByActions):
    list_display = ["suggestion", "organisation", "first_due_on", "made_at"]
    list_filter = ["organisation"]
    list_select_related = ["suggestion", "organisation"]
    search_fields = ["=suggestion__reference"]


@admin.register(Delivery)
class DeliveryAdmin(OwnedByActions):
    list_display = ["suggestion", "organisation", "delivered_at", "verdict_until", "judged_as"]
    list_filter = ["judged_as", "organisation"]
    list_select_related = ["suggestion", "organisation"]
    search_fields = ["=suggestion__reference"]
    exclude = ["by"]


@admin.register(Verdict)
class VerdictAdmin(OwnedByActions):
    list_display = ["delivery", "value", "is_author", "given_at"]
    list_filter = ["value", "is_author"]
    list_select_related = ["delivery"]
    exclude = ["by"]


@admin.register(ImportRun)
class ImportRunAdmin(OwnedByActions):
    list_display = ["source", "service", "started_at", "finished_at", "rows", "added"]
    list_select_related = ["service"]
