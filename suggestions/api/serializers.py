"""What goes out, by role (never the author, a contact or a phrase), and the shape of what comes in."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from portal.api.contracts import OrganisationSerializer
from portal.api.inputs import PerLanguage, StrictSerializer
from portal.models import Actor, AnswerBy, Assurance, Criterion, ServiceLevel, SuggestionKind
from suggestions.models import Channel, Decision, Obligation, Reply, Response, Standing, Suggestion
from suggestions.models.suggestions import Words
from suggestions.permissions import words_for

_Slug = serializers.SlugRelatedField


class StandingSerializer(serializers.ModelSerializer[Standing]):
    """Where it stands: who owes what next, and what became of it."""

    next_owner = OrganisationSerializer(allow_null=True)

    class Meta:
        model = Standing
        fields = [
            "supports",
            "verified_supports",
            "next_act",
            "next_owner",
            "next_due_at",
            "next_is_paused",
            "late_since",
            "acknowledged_at",
            "answered_at",
            "outcome",
            "promised_on",
            "promise_broken_at",
            "delivered_at",
            "judged_as",
            "judged_at",
        ]


class AssetBriefSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()


class SuggestionSerializer(serializers.ModelSerializer[Suggestion]):
    """As this reader may read it: of what is hidden only the tombstone, of a home neither its address nor its exact place."""

    url = serializers.SerializerMethodField(help_text="The page for people.")
    service = _Slug("code", read_only=True)  # type: ignore[var-annotated]
    category = _Slug("code", read_only=True, allow_null=True)  # type: ignore[var-annotated]
    area = _Slug("code", read_only=True, allow_null=True)  # type: ignore[var-annotated]
    asset = AssetBriefSerializer(allow_null=True)
    title = serializers.SerializerMethodField()
    text = serializers.SerializerMethodField()
    lang = serializers.SerializerMethodField()
    answers = serializers.SerializerMethodField(help_text="Answers to the category's questions, by their code.")
    place = serializers.SerializerMethodField()
    latitude = serializers.SerializerMethodField()
    longitude = serializers.SerializerMethodField()
    is_hidden = serializers.BooleanField()
    is_public = serializers.BooleanField()
    withdrawn_reason = serializers.SerializerMethodField()
    standing = StandingSerializer()

    class Meta:
        model = Suggestion
        fields = [
            "reference",
            "url",
            "kind",
            "service",
            "category",
            "area",
            "asset",
            "title",
            "text",
            "lang",
            "answers",
            "place",
            "latitude",
            "longitude",
            "is_home",
            "opened_by",
            "channel",
            "visibility",
            "is_public",
            "is_hidden",
            "status",
            "received_at",
            "withdrawn_at",
            "withdrawn_reason",
            "standing",
        ]

    def to_representation(self, instance: Suggestion) -> dict[str, Any]:
        """In a list what everybody may read, so that no row costs a question of its own."""
        reader: Actor | None = self.context.get("reader")
        self.words: Words = words_for(reader, instance) if reader else instance.public_words
        return super().to_representation(instance)

    def get_url(self, suggestion: Suggestion) -> str:
        return str(self.context["request"].build_absolute_uri(suggestion.get_absolute_url()))

    def get_title(self, suggestion: Suggestion) -> str:
        return self.words.title

    def get_text(self, suggestion: Suggestion) -> str:
        return self.words.text

    def get_lang(self, suggestion: Suggestion) -> str:
        return self.words.lang

    def get_answers(self, suggestion: Suggestion) -> dict[str, Any]:
        return self.words.answers

    def get_place(self, suggestion: Suggestion) -> str:
        return self.words.place

    def get_latitude(self, suggestion: Suggestion) -> float | None:
        return _degrees(self.words.latitude)

    def get_longitude(self, suggestion: Suggestion) -> float | None:
        return _degrees(self.words.longitude)

    def get_withdrawn_reason(self, suggestion: Suggestion) -> str:
        return "" if self.words.are_hidden else suggestion.withdrawn_reason


def _degrees(value: Any) -> float | None:
    return None if value is None else float(value)


class ClauseOfSerializer(serializers.ModelSerializer[ServiceLevel]):
    contract = _Slug("code", read_only=True, allow_null=True, help_text="Empty: the city's own rule.")  # type: ignore[var-annotated]
    text = PerLanguage()

    class Meta:
        model = ServiceLevel
        fields = ["contract", "clause", "version", "basis", "text"]


class ObligationSerializer(serializers.ModelSerializer[Obligation]):
    owner = OrganisationSerializer()
    clause = ClauseOfSerializer(source="service_level", allow_null=True)
    is_open = serializers.BooleanField()

    class Meta:
        model = Obligation
        fields = [
            "uuid",
            "act",
            "owner",
            "clause",
            "due_basis",
            "is_gap",
            "is_open",
            "opened_at",
            "due_at",
            "gross_due_at",
            "paused_at",
            "met_at",
            "breached_at",
            "ended_at",
            "end_cause",
            "voided_at",
            "void_reason",
        ]


class CriterionOfSerializer(serializers.ModelSerializer[Criterion]):
    text = PerLanguage()

    class Meta:
        model = Criterion
        fields = ["code", "version", "text"]


class DecisionSerializer(serializers.ModelSerializer[Decision]):
    criterion = CriterionOfSerializer(allow_null=True)
    handed_to = OrganisationSerializer(allow_null=True)
    is_proposal = serializers.BooleanField(help_text="It waits for the city and stops no clock.")

    class Meta:
        model = Decision
        fields = [
            "outcome",
            "criterion",
            "handed_to",
            "promise",
            "promised_on",
            "is_proposal",
            "effective_at",
            "rejected_at",
            "settled_note",
        ]


class ReplySerializer(serializers.ModelSerializer[Reply]):
    """What the citizen said to a question."""

    text = serializers.SerializerMethodField()

    class Meta:
        model = Reply
        fields = ["uuid", "text", "given_at"]

    def get_text(self, reply: Reply) -> str:
        return "" if getattr(reply.question, "reply_is_hidden", False) else reply.text


class ResponseSerializer(serializers.ModelSerializer[Response]):
    """An official act, in public words; a hidden one keeps its place and loses its words."""

    organisation = OrganisationSerializer()
    text = serializers.SerializerMethodField()
    is_hidden = serializers.SerializerMethodField()
    decision = serializers.SerializerMethodField()
    reply = serializers.SerializerMethodField()

    class Meta:
        model = Response
        fields = ["uuid", "kind", "organisation", "text", "is_hidden", "lang", "published_at", "decision", "reply"]

    def get_is_hidden(self, response: Response) -> bool:
        return bool(getattr(response, "is_hidden", False))

    def get_text(self, response: Response) -> str:
        return "" if self.get_is_hidden(response) else response.text

    @extend_schema_field(DecisionSerializer(allow_null=True))
    def get_decision(self, response: Response) -> Any:
        decision = getattr(response, "decision", None)
        return DecisionSerializer(decision).data if decision else None

    @extend_schema_field(ReplySerializer(allow_null=True))
    def get_reply(self, response: Response) -> Any:
        reply = getattr(response, "reply", None)
        return ReplySerializer(reply).data if reply else None


class SupportCountSerializer(serializers.Serializer[Any]):
    channel = serializers.ChoiceField(Channel.choices)
    assurance = serializers.ChoiceField([(level.name.lower(), level.label) for level in Assurance])
    count = serializers.IntegerField()


class SupportsSerializer(serializers.Serializer[Any]):
    """How many, never who."""

    total = serializers.IntegerField()
    counts = SupportCountSerializer(many=True)


class SupportGivenSerializer(serializers.Serializer[Any]):
    """The same answer for a first support and a repeated one."""

    reference = serializers.CharField(help_text="Of the suggestion.")
    total = serializers.IntegerField()


class ReceiptSerializer(serializers.Serializer[Any]):
    """The citizen's receipt. The phrase is here once and nowhere else: give it to the citizen and keep it nowhere."""

    reference = serializers.CharField()
    phrase = serializers.CharField(help_text="Four words that open the case for whoever has them.")
    url = serializers.CharField()
    status = serializers.CharField()
    visibility = serializers.CharField()
    received_at = serializers.DateTimeField()
    obligations = ObligationSerializer(many=True)


# --- What comes in -----------------------------------------------------------------------------------------------------


class ContactInput(StrictSerializer):
    """Only what the chosen way of answering needs; the rest is not kept."""

    name = serializers.CharField(required=False, allow_blank=True, max_length=120)
    email = serializers.CharField(required=False, allow_blank=True, max_length=254)
    phone = serializers.CharField(required=False, allow_blank=True, max_length=40)
    postal_address = serializers.CharField(required=False, allow_blank=True, max_length=300)


class SuggestionInput(StrictSerializer):
    """The questions of the form on the website, by the same rules."""

    service = serializers.CharField(max_length=40, help_text="The code of a service.")
    kind = serializers.ChoiceField([SuggestionKind.PROBLEM, SuggestionKind.IDEA])
    category = serializers.CharField(required=False, allow_blank=True, max_length=80)
    title = serializers.CharField(max_length=120)
    text = serializers.CharField(required=False, allow_blank=True, max_length=5000)
    lang = serializers.RegexField(r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,6})?$", required=False, max_length=10, help_text="Such as en or nl.")
    answers = serializers.DictField(child=serializers.JSONField(), required=False, help_text="To the category's questions, by their code.")
    asset = serializers.CharField(required=False, allow_blank=True, max_length=60, help_text="The code of an asset of the service.")
    area = serializers.CharField(required=False, allow_blank=True, max_length=60)
    place = serializers.CharField(required=False, allow_blank=True, max_length=200)
    latitude = serializers.FloatField(required=False, min_value=-90, max_value=90)
    longitude = serializers.FloatField(required=False, min_value=-180, max_value=180)
    is_home = serializers.BooleanField(required=False, help_text="The place is somebody's home: it is shown only roughly.")
    is_private = serializers.BooleanField(required=False, help_text="Only for the city and the operator.")
    answer_by = serializers.ChoiceField(AnswerBy.choices, required=False)
    contact = ContactInput(required=False)


class WithdrawalInput(StrictSerializer):
    reason = serializers.CharField(max_length=500)


class ResponseInput(StrictSerializer):
    """A courtesy, a question, or a decision with its reasons in `text`."""

    kind = serializers.ChoiceField(Response.Kind.choices)
    text = serializers.CharField(max_length=5000)
    outcome = serializers.ChoiceField(Decision.Outcome.choices, required=False, help_text="For a decision only, and then required.")
    promise = serializers.CharField(required=False, allow_blank=True, max_length=300)
    promised_on = serializers.DateField(required=False)
    criterion = serializers.CharField(required=False, allow_blank=True, max_length=40, help_text="The code of a criterion, for a refusal.")
    handed_to = serializers.CharField(required=False, allow_blank=True, max_length=40, help_text="The code of an organisation.")
