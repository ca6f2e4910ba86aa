from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.models import Actor, AnswerBy, Contract, SuggestionKind, Visibility
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


class SuggestionQuerySet(models.QuerySet["Suggestion"]):
    def visible_to(self, actor: Actor) -> Self:
        """What somebody in this capacity may read; everything else does not exist for them."""
        if actor.is_city and actor.is_official:
            return self
        public = Q(visibility=Visibility.PUBLIC) | Q(visibility=Visibility.AFTER_CHECK, cleared_at__isnull=False)
        if actor.is_operator:
            assert actor.membership is not None
            return self.filter(public | _concerns(actor.membership.organisation_id))
        if actor.kind == Actor.Kind.PERSON:
            return self.filter(public | Q(author__person=actor.person_id))
        if actor.kind == Actor.Kind.RECEIPT:
            return self.filter(public | Q(reference=actor.subject))
        return self.filter(public)

    def for_act(self) -> Self:
        """Locked, with what an action needs to know of it."""
        return self.select_for_update(of=("self",)).select_related("author", "service", "category", "area")

    def concerning(self, organisation_id: int) -> Self:
        """The cases of the services that this organisation runs, and those that it took on or owes something for."""
        return self.filter(_concerns(organisation_id))

    def from_citizens(self) -> Self:
        return self.filter(opened_by=OpenedBy.CITIZEN)

    def known_by(self, as_of: datetime) -> Self:
        return self.filter(known_at__lte=as_of)

    def with_standing(self) -> Self:
        return self.select_related("standing__next_owner", "service", "category", "area")

    def newest_first(self) -> Self:
        return self.order_by("-received_at", "-id")

    def due_soonest_first(self) -> Self:
        return self.order_by(F("standing__next_due_at").asc(nulls_last=True), "-received_at", "-id")


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

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(F("received_at").desc(), F("id").desc(), name="suggestion_newest"),
            models.Index(fields=["service", "-received_at"], name="suggestion_by_service"),
            models.Index(fields=["known_at"], name="suggestion_by_known_at"),
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
                condition=~Q(cleared_at__isnull=False) | ~Q(status="awaiting_check"), name="suggestion_cleared_is_not_waiting"
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

    @property
    def is_public(self) -> bool:
        return self.visibility == Visibility.PUBLIC or (self.visibility == Visibility.AFTER_CHECK and self.cleared_at is not None)
