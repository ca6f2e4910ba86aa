"""The doors about suggestions: load what the reader may see, make one call, show the result."""

import uuid
from typing import Any, ClassVar

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response as Answer

from portal import wall_clock
from portal.api.doors import DoorSet
from portal.errors import Refused
from portal.models import Actor, Assurance, TokenScope
from portal.permissions import Permission, can, require
from portal.references import read_reference
from suggestions.actions.decisions import NeedsCriterion, NeedsReceiver, PromiseIncomplete, PromiseTooFar, SameDecider, decide
from suggestions.actions.responses import NotAwaitingResponse, NothingSaid, ask_citizen, publish_response
from suggestions.actions.suggestions import AlreadySettled, NoReason, submit_suggestion, withdraw_suggestion
from suggestions.actions.supports import CannotBeSupported, NotSupported, give_support, take_back_support
from suggestions.api.bodies import decision_of, refuse_parts_of_decisions, suggestion_of
from suggestions.api.serializers import (
    ObligationSerializer,
    ReceiptSerializer,
    ResponseInput,
    ResponseSerializer,
    SuggestionInput,
    SuggestionSerializer,
    SupportGivenSerializer,
    SupportsSerializer,
    WithdrawalInput,
)
from suggestions.filters import SuggestionFilter
from suggestions.models import Channel, Obligation, OpenedBy, Response, Suggestion, Support, SupportTally
from suggestions.models.moderation import Hiding, is_hidden_now
from suggestions.models.suggestions import SuggestionQuerySet
from suggestions.permissions import require_on

TAG = "Suggestions"
LONGEST_KEY = 200
ONCE = OpenApiParameter(
    "Idempotency-Key",
    location=OpenApiParameter.HEADER,
    description="Any text of your own, new for each suggestion. Sent again with the same text, it is kept once and answered the same.",
)
_PROBLEM = {"service": "bicycles", "kind": "problem", "title": "The brakes squeal", "text": "Every morning at the station."}
_COURTESY = {"kind": "update", "text": "The parts arrive on Tuesday."}


class KeyUsedBefore(Refused):
    """The same Idempotency-Key with something else to say."""


class AboutSuggestions(DoorSet):
    """What is about one suggestion is as visible as the suggestion itself."""

    is_open = True

    def readable(self) -> SuggestionQuerySet:
        """Who checks the logs reads no messages that are not public (DESIGN 8.8)."""
        checks_logs = self.actor.membership is not None and can(self.actor, Permission.READ_LOGS)
        reader = Actor(kind=Actor.Kind.NOBODY) if checks_logs else self.actor
        return Suggestion.objects.visible_to(reader)

    def suggestion(self) -> Suggestion:
        printed = read_reference(self.kwargs["reference"])
        rows = self.readable().filter(reference=printed).select_related("service", "category", "area", "author")
        found = rows.first() if printed else None
        if found is None:
            raise Http404
        return found


@extend_schema_view(
    list=extend_schema(summary="Suggestions, the newest first, filtered as on the website", tags=[TAG], operation_id="suggestions"),
    retrieve=extend_schema(summary="One suggestion", tags=[TAG], operation_id="suggestion"),
)
class SuggestionDoors(AboutSuggestions):
    queryset = Suggestion.objects.none()
    serializer_class = SuggestionSerializer
    filterset_class = SuggestionFilter
    page_order: ClassVar[tuple[str, ...]] = ("-received_at", "-id")
    scopes: ClassVar[dict[str, TokenScope]] = {"create": TokenScope.SUGGEST, "withdraw": TokenScope.SUGGEST}
    conflicts = (AlreadySettled, KeyUsedBefore)
    refused_at: ClassVar[dict[type[Exception], str]] = {NoReason: "reason"}

    def rows(self) -> QuerySet[Suggestion]:
        return self.readable().with_standing().select_related("asset", "author")

    def get_serializer_context(self) -> dict[str, Any]:
        is_described = getattr(self, "swagger_fake_view", False)
        return {**super().get_serializer_context(), "reader": None if is_described or self.action == "list" else self.actor}

    def retrieve(self, request: Request, reference: str) -> Answer:
        return Answer(self.get_serializer(self.find(reference=read_reference(reference))).data)

    @extend_schema(
        summary="Send a suggestion",
        description="Its clocks start at once. Give the reference and the phrase to the citizen: they open the case.",
        tags=[TAG],
        operation_id="send_suggestion",
        parameters=[ONCE],
        request=SuggestionInput,
        responses={201: ReceiptSerializer},
        examples=[OpenApiExample("A problem", value=_PROBLEM, request_only=True)],
    )
    def create(self, request: Request) -> Answer:
        require(self.actor, Permission.SUBMIT)
        body = self.read_body(SuggestionInput)
        form_key = _form_key(self.actor, request.headers.get("Idempotency-Key"))
        asked = suggestion_of(body, form_key=form_key)
        receipt = submit_suggestion(
            by=self.actor,
            channel=Channel.API,
            opened_by=OpenedBy.STAFF if self.actor.is_city and self.actor.is_official else OpenedBy.CITIZEN,
            form_key=form_key,
            at=wall_clock.now(),
            **asked,
        )
        suggestion = receipt.suggestion
        if (suggestion.kind, suggestion.service_id, suggestion.title) != (asked["kind"], asked["service"].pk, asked["title"].strip()):
            raise KeyUsedBefore(_("This Idempotency-Key was used for another suggestion. Take a new one for each."))
        shown = {
            "reference": suggestion.reference,
            "phrase": receipt.phrase,
            "url": request.build_absolute_uri(suggestion.get_absolute_url()),
            "status": suggestion.status,
            "visibility": suggestion.visibility,
            "received_at": suggestion.received_at,
            "obligations": _obligations_of(suggestion).due_first(),
        }
        place = f"{request.build_absolute_uri(request.path)}{suggestion.reference}/"
        return Answer(ReceiptSerializer(shown).data, 201, headers={"Location": place})

    @extend_schema(
        summary="Take a suggestion back",
        description="Only its author may. Nothing is owed for it any more; what was late stays on record.",
        tags=[TAG],
        operation_id="withdraw_suggestion",
        request=WithdrawalInput,
        responses={200: SuggestionSerializer},
        examples=[OpenApiExample("It was repaired", value={"reason": "It was repaired."}, request_only=True)],
    )
    def withdraw(self, request: Request, reference: str) -> Answer:
        suggestion = self.suggestion()
        require_on(self.actor, Permission.WITHDRAW_OWN, suggestion)  # before the body is judged
        body = self.read_body(WithdrawalInput)
        withdraw_suggestion(suggestion=suggestion, by=self.actor, reason=body["reason"], at=wall_clock.now())
        return Answer(self.get_serializer(self.find(reference=suggestion.reference)).data)


@extend_schema_view(
    list=extend_schema(summary="Who owes what for it, under which clause, by when", tags=[TAG], operation_id="obligations")
)
class ObligationDoors(AboutSuggestions):
    queryset = Obligation.objects.none()
    serializer_class = ObligationSerializer
    page_order: ClassVar[tuple[str, ...]] = ("opened_at", "id")

    def rows(self) -> QuerySet[Obligation]:
        return _obligations_of(self.suggestion())


@extend_schema_view(list=extend_schema(summary="What the operator and the city said", tags=[TAG], operation_id="responses"))
class ResponseDoors(AboutSuggestions):
    queryset = Response.objects.none()
    serializer_class = ResponseSerializer
    page_order: ClassVar[tuple[str, ...]] = ("published_at", "id")
    scopes: ClassVar[dict[str, TokenScope]] = {"create": TokenScope.ANSWER}
    conflicts = (NotAwaitingResponse, SameDecider)
    refused_at: ClassVar[dict[type[Exception], str]] = {
        NothingSaid: "text",
        NeedsCriterion: "criterion",
        NeedsReceiver: "handed_to",
        PromiseIncomplete: "promised_on",
        PromiseTooFar: "promised_on",
    }

    def rows(self) -> QuerySet[Response]:
        return _responses_of(self.suggestion())

    @extend_schema(
        summary="Answer a case",
        description=(
            "An acknowledgement, an update, a question or a decision, published as it stands. The same words sent again within ten "
            "minutes are published once."
        ),
        tags=[TAG],
        operation_id="answer_case",
        request=ResponseInput,
        responses={201: ResponseSerializer},
        examples=[OpenApiExample("An update", value=_COURTESY, request_only=True)],
    )
    def create(self, request: Request, reference: str) -> Answer:
        suggestion = self.suggestion()
        require(self.actor, Permission.RESPOND)
        body = self.read_body(ResponseInput)
        refuse_parts_of_decisions(body)
        case: dict[str, Any] = {"suggestion": suggestion, "by": self.actor, "at": wall_clock.now()}
        kind = Response.Kind(body["kind"])
        if kind == Response.Kind.DECISION:
            response = decide(**case, **decision_of(body, suggestion=suggestion, at=case["at"])).response
        elif kind == Response.Kind.QUESTION:
            response, _standing = ask_citizen(**case, text=body["text"])
        else:
            response = publish_response(**case, kind=kind, text=body["text"])
        return Answer(self.get_serializer(_responses_of(suggestion).get(pk=response.pk)).data, 201)


class SupportDoors(AboutSuggestions):
    """Counts for everybody; one's own support for whoever gives it. Nobody can list who supports."""

    queryset = Support.objects.none()
    serializer_class = SupportsSerializer
    pagination_class = None
    filter_backends = ()
    scopes: ClassVar[dict[str, TokenScope]] = {"create": TokenScope.SUPPORT, "destroy": TokenScope.SUPPORT}
    conflicts = (CannotBeSupported, NotSupported)

    @extend_schema(
        summary="How many support it, by channel and assurance",
        tags=[TAG],
        operation_id="supports",
        responses={200: SupportsSerializer},
    )
    def counts(self, request: Request, reference: str) -> Answer:
        counts = SupportTally.objects.counts_of(self.suggestion())
        rows = [
            {"channel": channel, "assurance": Assurance(assurance).name.lower(), "count": count}
            for (channel, assurance), count in sorted(counts.items())
        ]
        return Answer(SupportsSerializer({"total": sum(counts.values()), "counts": rows}).data)

    @extend_schema(
        summary="Support it",
        description="In the name of the key's holder, who counts once, however often this is sent.",
        tags=[TAG],
        operation_id="support",
        request=None,
        responses={200: SupportGivenSerializer},
    )
    def create(self, request: Request, reference: str) -> Answer:
        suggestion = self.suggestion()
        give_support(suggestion=suggestion, by=self.actor, channel=Channel.API, at=wall_clock.now())
        return self._given(suggestion)

    @extend_schema(
        summary="Take one's support back",
        tags=[TAG],
        operation_id="take_back_support",
        request=None,
        responses={200: SupportGivenSerializer},
    )
    def destroy(self, request: Request, reference: str) -> Answer:
        suggestion = self.suggestion()
        require(self.actor, Permission.SUPPORT)
        own = Support.objects.not_taken_back().filter(suggestion=suggestion, by=self.actor).order_by("id").first()
        if own is None:
            raise NotSupported(_("You do not support this suggestion."))
        take_back_support(support=own, by=self.actor, at=wall_clock.now())
        return self._given(suggestion)

    def _given(self, suggestion: Suggestion) -> Answer:
        total = sum(SupportTally.objects.counts_of(suggestion).values())
        return Answer(SupportGivenSerializer({"reference": suggestion.reference, "total": total}).data)


def _form_key(by: Actor, written: str | None) -> str:
    """A key that is the holder's own: the same text from two of them means two suggestions, and opens nothing of the other's."""
    if written is None:
        return str(uuid.uuid4())
    if not 1 <= len(written) <= LONGEST_KEY or not written.isprintable():
        raise ValidationError(
            {"Idempotency-Key": [_("Write between 1 and %(most)d characters that can be printed.") % {"most": LONGEST_KEY}]}
        )
    # keyed by the city's secret: who could reckon the key of another's form would be given its receipt
    return str(uuid.UUID(bytes=salted_hmac("api.form_key", f"{by.pk}:{written}", algorithm="sha256").digest()[:16]))


def _obligations_of(suggestion: Suggestion) -> Any:
    return suggestion.obligations.shown().select_related("owner", "service_level__contract")


def _responses_of(suggestion: Suggestion) -> QuerySet[Response]:
    reply_is_hidden = Exists(Hiding.objects.current().filter(reply=OuterRef("reply")))
    return suggestion.responses.select_related("organisation", "reply", "decision__criterion", "decision__handed_to").annotate(
        is_hidden=is_hidden_now("response"), reply_is_hidden=reply_is_hidden
    )
