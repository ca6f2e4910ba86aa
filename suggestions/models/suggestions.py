from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce, Round, Upper
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from portal.city_days import city_day
from portal.models import Actor, AnswerBy, Contract, Criterion, SuggestionKind, Visibility
from portal.references import new_reference, uuid7


class Channel(models.TextChoices):
    WEB = "web", _("Website")
    KIOSK = "kiosk", _("Kiosk")
    ASSISTED = "assisted", _("With a helper")
    PAPER = "paper", _("Paper")
    PHONE = "phone", _("Phone")
    OPERATOR = "operator", _("The operator's own app or desk")
    API = "api", _("Other software")
    OPEN311 = "open311", _("Open311")


class OpenedBy(models.TextChoices):
    """Who opened the case; only citizens' cases count in citizens' indicators."""

    CITIZEN = "citizen", _("Citizen")
    STAFF = "staff", _("City staff")
    OPERATOR = "operator", _("Operator")
    SENSOR = "sensor", _("Sensor")


class Status(models.TextChoices):
    AWAITING_CHECK = "awaiting_check", _("Waiting for the city's check")
    PUBLISHED = "published", _("Waiting for a decision")
    ANSWERED = "answered", _("Answered")
    PROMISED = "promised", _("Promised")
    DELIVERED = "delivered", _("Delivered")
    CONFIRMED = "confirmed", _("Confirmed")
    DISPUTED = "disputed", _("Disputed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


MOVES: dict[str, frozenset[str]] = {
    Status.AWAITING_CHECK: frozenset({Status.PUBLISHED, Status.ANSWERED, Status.PROMISED, Status.DELIVERED, Status.WITHDRAWN}),
    Status.PUBLISHED: frozenset({Status.ANSWERED, Status.PROMISED, Status.DELIVERED, Status.WITHDRAWN}),
    Status.ANSWERED: frozenset({Status.PROMISED, Status.DELIVERED, Status.WITHDRAWN}),
    Status.PROMISED: frozenset({Status.DELIVERED, Status.WITHDRAWN}),
    Status.DELIVERED: frozenset({Status.CONFIRMED, Status.DISPUTED}),
    Status.DISPUTED: frozenset({Status.ANSWERED, Status.PROMISED, Status.DELIVERED, Status.CONFIRMED}),
    Status.CONFIRMED: frozenset(),
    Status.WITHDRAWN: frozenset(),
}


def _concerns(organisation_id: int) -> Q:
    runs_it = Contract.objects.filter(service=OuterRef("service"), operator=organisation_id)
    owes_for_it = Suggestion.objects.filter(pk=OuterRef("pk"), obligations__owner=organisation_id)
    return Q(Exists(runs_it)) | Q(Exists(owes_for_it))


PUBLIC = Q(visibility=Visibility.PUBLIC) | Q(visibility=Visibility.AFTER_CHECK, cleared_at__isnull=False)


class SuggestionQuerySet(models.QuerySet["Suggestion"]):
    def visible_to(self, actor: Actor) -> Self:
        """What somebody in this capacity may read; everything else does not exist for them."""
        if actor.is_city and actor.is_official:
            return self
        if actor.is_operator:
            assert actor.membership is not None
            return self.filter(PUBLIC | _concerns(actor.membership.organisation_id))
        if actor.kind == Actor.Kind.PERSON:
            return self.filter(PUBLIC | Q(author__person=actor.person_id))
        if actor.kind == Actor.Kind.RECEIPT:
            return self.filter(PUBLIC | Q(reference=actor.subject, author_erased_at=None))
        return self.filter(PUBLIC)

    def for_act(self) -> Self:
        """Locked, with what an action needs to know of it."""
        return self.select_for_update(of=("self",)).select_related("author", "service", "category", "area")

    def authored_by(self, actor: Actor) -> Self:
        """Theirs, as the person who sent it or for whom it was sent, or by showing its receipt."""
        if actor.kind == Actor.Kind.RECEIPT:
            return self.filter(reference=actor.subject, author_erased_at=None)
        if actor.person_id is None:
            return self.none()
        return self.filter(Q(author__person=actor.person_id) | Q(author__on_behalf_of=actor.person_id))

    def concerning(self, organisation_id: int) -> Self:
        """The cases of the services that this organisation runs, and those that it took on or owes something for."""
        return self.filter(_concerns(organisation_id))

    def awaiting_clearance(self) -> Self:
        """Waiting for the city's check before publication."""
        return self.filter(visibility=Visibility.AFTER_CHECK, cleared_at=None, hidden_at=None, withdrawn_at=None)

    def still_moving(self, since: datetime) -> Self:
        """Something is owed for them, a verdict is awaited, or something was done or fell away at this moment or later."""
        owed = Q(obligations__met_at=None, obligations__ended_at=None, obligations__voided_at=None, obligations__isnull=False)
        recent = (
            Q(obligations__met_known_at__gte=since)
            | Q(obligations__ended_known_at__gte=since)
            | Q(obligations__voided_known_at__gte=since)
            | Q(deliveries__judged_at=None, deliveries__verdict_until__gte=since)
        )
        return self.filter(Q(known_at__gte=since) | Exists(Suggestion.objects.filter(owed | recent, pk=OuterRef("pk"))))

    def settled_before(self, moment: datetime) -> Self:
        return self.exclude(pk__in=self.still_moving(moment).values("pk"))

    def from_citizens(self) -> Self:
        return self.filter(opened_by=OpenedBy.CITIZEN)

    def known_by(self, as_of: datetime) -> Self:
        return self.filter(known_at__lte=as_of)

    def with_standing(self) -> Self:
        return self.select_related("standing__next_owner", "service", "category", "area", "hidden_for")

    def with_pin(self) -> Self:
        """With the point that a map may show of each: its own, which is rounded for a home, else that of its asset."""
        return self.annotate(
            pin_latitude=Coalesce("latitude", "asset__latitude"), pin_longitude=Coalesce("longitude", "asset__longitude")
        )

    def with_traces(self) -> Self:
        """With the names of the kinds of rows that each has, so that its page asks for nothing that is not there."""
        return self.annotate(traces=RawSQL(TRACES, [], output_field=ArrayField(models.TextField())))

    def newest_first(self) -> Self:
        return self.order_by("-received_at", "-id")

    def as_they_arrive(self) -> Self:
        """The newest in this record first, whenever it was received."""
        return self.order_by("-known_at", "-id")

    def due_soonest_first(self) -> Self:
        return self.order_by(F("standing__next_due_at").asc(nulls_last=True), "-received_at", "-id")


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody wrote, as far as one reader may read it; of a hidden suggestion only the tombstone, in the language of the page."""

    title: str
    text: str
    lang: str
    place: str
    answers: dict[str, Any]
    latitude: Decimal | None
    longitude: Decimal | None
    are_hidden: bool = False


_OF_CASE = {
    "commitments": "suggestions_commitment WHERE suggestion_id = suggestions_suggestion.id",
    "crossings": "suggestions_crossing WHERE suggestion_id = suggestions_suggestion.id",
    "deliveries": "suggestions_delivery WHERE suggestion_id = suggestions_suggestion.id",
    "deltas": "suggestions_supportdelta WHERE suggestion_id = suggestions_suggestion.id",
    "escalations": "suggestions_escalation e JOIN suggestions_obligation o ON o.id = e.obligation_id"
    " WHERE o.suggestion_id = suggestions_suggestion.id",
    "hidings": "suggestions_hiding WHERE suggestion_id = suggestions_suggestion.id",
    "later_dates": "suggestions_commitmentdate d JOIN suggestions_commitment c ON c.id = d.commitment_id"
    " WHERE c.suggestion_id = suggestions_suggestion.id",
    "pauses": "suggestions_pause p JOIN suggestions_obligation o ON o.id = p.obligation_id"
    " WHERE o.suggestion_id = suggestions_suggestion.id",
    "photos": "suggestions_photo WHERE suggestion_id = suggestions_suggestion.id",
    "responses": "suggestions_response WHERE suggestion_id = suggestions_suggestion.id",
    "tallies": "suggestions_supporttally WHERE suggestion_id = suggestions_suggestion.id",
    "thresholds": "portal_servicelevel l LEFT JOIN portal_contract c ON c.id = l.contract_id WHERE l.support_threshold IS NOT NULL"
    " AND l.published_at IS NOT NULL AND l.kind IN ('', suggestions_suggestion.kind)"
    " AND (l.contract_id IS NULL OR c.service_id = suggestions_suggestion.service_id)",
    "verdicts": "suggestions_verdict v JOIN suggestions_delivery d ON d.id = v.delivery_id"
    " WHERE d.suggestion_id = suggestions_suggestion.id",
    "versions": "suggestions_suggestionversion WHERE suggestion_id = suggestions_suggestion.id",
}
TRACES = "ARRAY[" + ", ".join(f"CASE WHEN EXISTS (SELECT FROM {rows}) THEN '{name}' END" for name, rows in _OF_CASE.items()) + "]"


class Suggestion(models.Model):
    """What a citizen puts forward about a service. What is owed for it is read from its obligations, never from its status."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    reference = models.CharField(max_length=14, unique=True, default=new_reference, editable=False)
    kind = models.CharField(max_length=10, choices=SuggestionKind)
    service = models.ForeignKey("portal.Service", models.PROTECT, related_name="suggestions")
    category = models.ForeignKey("portal.Category", models.PROTECT, null=True, blank=True, related_name="suggestions")
    area = models.ForeignKey("portal.Area", models.PROTECT, null=True, blank=True, related_name="suggestions")
    asset = models.ForeignKey("portal.Asset", models.PROTECT, null=True, blank=True, related_name="suggestions")

    title = models.CharField(max_length=120)
    text = models.TextField(max_length=5000, blank=True)
    lang = models.CharField(max_length=10, help_text=_("The language in which the citizen wrote."))
    answers = models.JSONField(default=dict, blank=True, help_text=_("Answers to the category's own questions, by their code."))
    private_answers = models.JSONField(
        default=dict, blank=True, help_text=_("Answers to questions that ask for something personal: never public.")
    )
    place = models.CharField(max_length=200, blank=True, help_text=_("Where, in words."))
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    is_home = models.BooleanField(default=False, help_text=_("The place is somebody's home: its pin is rounded."))

    author = models.ForeignKey(Actor, models.PROTECT, related_name="suggestions")
    opened_by = models.CharField(max_length=10, choices=OpenedBy, default=OpenedBy.CITIZEN)
    channel = models.CharField(max_length=10, choices=Channel)
    contact = models.ForeignKey("portal.Person", models.PROTECT, null=True, blank=True, related_name="+")
    answer_by = models.CharField(max_length=10, choices=AnswerBy, default=AnswerBy.COME_BACK)
    phrase_hash = models.BinaryField(max_length=32, null=True, editable=False)
    form_hash = models.BinaryField(
        max_length=32, null=True, unique=True, editable=False, help_text=_("Hash of the form's key: sent twice, kept once.")
    )
    visibility = models.CharField(max_length=20, choices=Visibility)

    status = models.CharField(max_length=16, choices=Status)
    received_at = models.DateTimeField(
        help_text=_("When it reached the city or the operator; clocks start here, also for paper and phone.")
    )
    known_at = models.DateTimeField(help_text=_("When this record learned of it."))
    cleared_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_known_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=500, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True, help_text=_("Copied from the hiding in force: the words are not public."))
    hidden_for = models.ForeignKey("portal.Criterion", models.PROTECT, null=True, blank=True, related_name="+")
    author_erased_at = models.DateTimeField(
        null=True, blank=True, help_text=_("Since when nothing here leads to the author: no receipt opens it any more.")
    )
    words_removed_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When its author had the words taken away; clocks and counts stay.")
    )

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(F("received_at").desc(), F("id").desc(), name="suggestion_newest"),
            models.Index(fields=["service", "-received_at"], name="suggestion_by_service"),
            models.Index(fields=["known_at"], name="suggestion_by_known_at"),
            # for the search, which asks in capitals: any part of a word, in any language
            GinIndex(OpClass(Upper("title"), "gin_trgm_ops"), name="suggestion_title_parts"),
            GinIndex(OpClass(Upper("text"), "gin_trgm_ops"), name="suggestion_text_parts"),
            GinIndex(OpClass(Upper("reference"), "gin_trgm_ops"), name="suggestion_reference_parts"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="suggestion_has_a_title"),
            models.CheckConstraint(condition=Q(known_at__gte=F("received_at")), name="suggestion_known_after_received"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_known_at=None) | Q(withdrawn_at__isnull=False, withdrawn_known_at__isnull=False),
                name="suggestion_withdrawal_is_dated_twice",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("received_at")), name="suggestion_withdrawn_after_received"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) & ~Q(status="withdrawn") | Q(withdrawn_at__isnull=False, status="withdrawn"),
                name="suggestion_withdrawn_status_is_dated",
            ),
            models.CheckConstraint(condition=Q(answer_by="come_back") | Q(contact__isnull=False), name="suggestion_can_be_answered"),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__isnull=False, longitude__isnull=False, latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="suggestion_stands_on_earth",
            ),
            models.CheckConstraint(
                condition=Q(is_home=False) | Q(latitude=None) | Q(latitude=Round("latitude", 3), longitude=Round("longitude", 3)),
                name="suggestion_home_is_rounded",
            ),
            models.CheckConstraint(
                condition=~Q(cleared_at__isnull=False) | ~Q(status="awaiting_check"), name="suggestion_cleared_is_not_waiting"
            ),
            models.CheckConstraint(
                condition=Q(hidden_at=None, hidden_for=None) | Q(hidden_at__isnull=False, hidden_for__isnull=False),
                name="suggestion_hidden_for_a_criterion",
            ),
            models.CheckConstraint(
                condition=Q(words_removed_at=None) | Q(text="", place="", answers={}, latitude=None),
                name="suggestion_removed_words_are_gone",
            ),
            models.CheckConstraint(
                condition=Q(author_erased_at=None) | Q(phrase_hash=None), name="suggestion_of_an_erased_author_opens_to_nobody"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("suggestions:detail", args=[self.reference])

    def can_move_to(self, status: str) -> bool:
        return status in MOVES[self.status]

    @property
    def is_settled(self) -> bool:
        """Nothing more is expected of anybody."""
        return not MOVES[self.status]

    def has(self, trace: str) -> bool:
        """Whether there may be rows of this kind; without with_traces() nobody knows, so there may be of every kind."""
        traces: list[str | None] | None = getattr(self, "traces", None)
        return traces is None or trace in traces

    @property
    def public_place(self) -> str:
        """Where, in words, as everybody may read it: nothing where it is a home."""
        return "" if self.is_home else self.place

    @property
    def can_be_supported(self) -> bool:
        return self.is_public and self.status != Status.WITHDRAWN

    @property
    def is_public(self) -> bool:
        return self.visibility == Visibility.PUBLIC or (self.visibility == Visibility.AFTER_CHECK and self.cleared_at is not None)

    @property
    def is_hidden(self) -> bool:
        return self.hidden_at is not None

    @property
    def awaits_clearance(self) -> bool:
        return (
            self.visibility == Visibility.AFTER_CHECK and self.cleared_at is None and self.hidden_at is None and self.withdrawn_at is None
        )

    @property
    def all_words(self) -> Words:
        """For the author, the city and whoever must answer; suggestions.permissions.words_for says who that is."""
        answers = self.answers | self.private_answers
        return Words(self.title, self.text, self.lang, self.place, answers, self.latitude, self.longitude)

    @property
    def public_words(self) -> Words:
        """What everybody may read: pages, feeds, exports and interfaces show these and never the fields themselves."""
        if self.hidden_at is None or self.hidden_for is None:
            return replace(self.all_words, place=self.public_place, answers=self.answers)
        return Words(tombstone(self.hidden_at, self.hidden_for), "", get_language() or "", "", {}, None, None, are_hidden=True)


def tombstone(hidden_at: datetime, criterion: Criterion) -> str:
    """What stands in the place of hidden words."""
    hidden_on = date_format(city_day(hidden_at), "j F Y")
    return gettext("Hidden by the city on %(day)s: %(criterion)s") % {"day": hidden_on, "criterion": criterion}
