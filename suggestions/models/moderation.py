from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from portal.references import uuid7
from suggestions.models.commitments import Delivery, Verdict
from suggestions.models.photos import Photo
from suggestions.models.responses import Reply, Response
from suggestions.models.suggestions import Suggestion, tombstone

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Item = Suggestion | Response | Reply | Delivery | Verdict | Photo

PARTS: dict[str, type[models.Model]] = {"response": Response, "reply": Reply, "delivery": Delivery, "verdict": Verdict, "photo": Photo}
KINDS: dict[str, type[models.Model]] = {"suggestion": Suggestion, **PARTS}
CALLED = {
    "suggestion": _("the suggestion"),
    "response": _("an answer"),
    "reply": _("a reply"),
    "delivery": _("a delivery"),
    "verdict": _("a verdict"),
    "photo": _("a photo"),
}
SUBJECT = ["suggestion", *PARTS]  # the columns that name one item


def noun_of(item: Item) -> str:
    return type(item).__name__.lower()


def case_of(item: Item) -> Suggestion:
    """The suggestion that an item belongs to: itself, or the one it was said about."""
    if isinstance(item, Suggestion):
        return item
    return item.delivery.suggestion if isinstance(item, Verdict) else item.suggestion


def columns_of(item: Item) -> dict[str, Item | None]:
    """The keys that name an item: its case always, and the part of it unless the item is the suggestion itself."""
    return {"suggestion": case_of(item)} | {part: item if noun_of(item) == part else None for part in PARTS}


def rows_of(suggestion: Suggestion, noun: str) -> models.QuerySet:
    """What of this kind was said in a case."""
    if noun == "suggestion":
        return Suggestion.objects.filter(pk=suggestion.pk)
    return PARTS[noun]._default_manager.filter(**{"delivery__suggestion" if noun == "verdict" else "suggestion": suggestion})


def _one_item() -> Q:
    ways = Q(**{f"{part}__isnull": True for part in PARTS})
    for part in PARTS:
        ways |= Q(**{f"{other}__isnull": other != part for other in PARTS})
    return ways


class AboutOneItemQuerySet(models.QuerySet):
    def about(self, item: Item) -> Self:
        return self.filter(**columns_of(item))

    def with_item(self) -> Self:
        return self.select_related(
            *("suggestion__service", "suggestion__author", "suggestion__hidden_for", "response__organisation", "reply"),
            *("delivery__organisation", "verdict__delivery", "photo"),
        )


class AboutOneItem(models.Model):
    """Points at one thing that was said: the suggestion itself, or one part of its case."""

    suggestion = models.ForeignKey("suggestions.Suggestion", models.PROTECT, related_name="%(class)ss")
    response = models.ForeignKey("suggestions.Response", models.PROTECT, null=True, blank=True, related_name="+")
    reply = models.ForeignKey("suggestions.Reply", models.PROTECT, null=True, blank=True, related_name="+")
    delivery = models.ForeignKey("suggestions.Delivery", models.PROTECT, null=True, blank=True, related_name="+")
    verdict = models.ForeignKey("suggestions.Verdict", models.PROTECT, null=True, blank=True, related_name="+")
    photo = models.ForeignKey("suggestions.Photo", models.PROTECT, null=True, blank=True, related_name="%(class)ss")

    class Meta:
        abstract = True
        constraints = [models.CheckConstraint(condition=_one_item(), name="%(class)s_is_about_one_item")]

    @property
    def noun(self) -> str:
        return next((part for part in PARTS if getattr(self, f"{part}_id") is not None), "suggestion")

    @property
    def called(self) -> "StrOrPromise":
        """What kind of thing it is, in words."""
        return CALLED[self.noun]

    @property
    def item(self) -> Item:
        return getattr(self, self.noun)

    @property
    def item_key(self) -> tuple[str, int]:
        """Which item it is, without reading the item."""
        return self.noun, getattr(self, f"{self.noun}_id")


class FlagQuerySet(AboutOneItemQuerySet):
    def waiting(self) -> Self:
        return self.filter(settled_at=None)

    def settled(self) -> Self:
        return self.filter(settled_at__isnull=False)


class Flag(AboutOneItem):
    """One report that an item should not be public. Nothing of it is public; its author learns what came of it, never who sent it."""

    class Reason(models.TextChoices):
        PERSONAL = "personal", _("It shows private facts about a person")
        INSULT = "insult", _("It insults or threatens somebody")
        UNLAWFUL = "unlawful", _("It breaks the law")
        ADVERTISING = "advertising", _("It advertises, or says the same again and again")
        OTHER = "other", _("Something else")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    reason = models.CharField(max_length=12, choices=Reason)
    note = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(
        "portal.Actor", models.PROTECT, null=True, blank=True, related_name="+", help_text=_("Empty for a visitor without an account.")
    )
    reported_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey("portal.Actor", models.PROTECT, null=True, blank=True, related_name="+")
    upheld = models.BooleanField(null=True, blank=True, help_text=_("Whether the city hid the item because of it."))

    objects = FlagQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["suggestion", "reported_at"], condition=Q(settled_at=None), name="flag_waiting")]
        constraints = [
            *AboutOneItem.Meta.constraints,
            models.UniqueConstraint(
                fields=[*SUBJECT, "by"], condition=Q(settled_at=None, by__isnull=False), nulls_distinct=False, name="flag_once_per_person"
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by=None, upheld=None)
                | Q(settled_at__isnull=False, settled_by__isnull=False, upheld__isnull=False),
                name="flag_settled_by_somebody",
            ),
            models.CheckConstraint(condition=Q(settled_at=None) | Q(settled_at__gte=F("reported_at")), name="flag_settled_after_reported"),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.uuid}"


class HidingQuerySet(AboutOneItemQuerySet):
    def current(self) -> Self:
        return self.filter(lifted_at=None)


def is_hidden_now(part: str) -> Exists:
    """For a query over responses, replies, deliveries, verdicts or photos (named in the singular): whether the row is hidden."""
    return Exists(Hiding.objects.current().filter(**{part: OuterRef("pk")}))


class Hiding(AboutOneItem):
    """The city took the words of one item away, on a published criterion; a tombstone stays, and every clock runs on."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    criterion = models.ForeignKey("portal.Criterion", models.PROTECT, related_name="+")
    reasons = models.TextField(max_length=2000, help_text=_("Why, to the author; nobody else reads them."))
    by = models.ForeignKey("portal.Actor", models.PROTECT, related_name="+")
    hidden_at = models.DateTimeField()
    known_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey("portal.Actor", models.PROTECT, null=True, blank=True, related_name="+")
    lifted_reason = models.CharField(max_length=2000, blank=True)

    objects = HidingQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["suggestion", "hidden_at"], name="hiding_by_suggestion")]
        constraints = [
            *AboutOneItem.Meta.constraints,
            models.UniqueConstraint(fields=SUBJECT, condition=Q(lifted_at=None), nulls_distinct=False, name="hiding_one_at_a_time"),
            models.CheckConstraint(condition=~Q(reasons=""), name="hiding_gives_reasons"),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None, lifted_reason="")
                | (Q(lifted_at__isnull=False, lifted_by__isnull=False) & ~Q(lifted_reason="")),
                name="hiding_lifted_with_a_reason",
            ),
            models.CheckConstraint(condition=Q(lifted_at=None) | Q(lifted_at__gte=F("hidden_at")), name="hiding_lifted_after_hidden"),
        ]

    def __str__(self) -> str:
        return f"{self.noun} {self.uuid}"

    @property
    def tombstone(self) -> str:
        return tombstone(self.hidden_at, self.criterion)


class AppealQuerySet(models.QuerySet["Appeal"]):
    def waiting(self) -> Self:
        return self.filter(ruled_at=None)


class Appeal(models.Model):
    """The author says that hiding was wrong, once; somebody else than who hid it decides."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    hiding = models.OneToOneField(Hiding, models.PROTECT, related_name="appeal")
    hidden_by = models.ForeignKey("portal.Actor", models.PROTECT, related_name="+", help_text=_("Copied for the database to compare."))
    text = models.TextField(max_length=2000)
    by = models.ForeignKey("portal.Actor", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    known_at = models.DateTimeField()
    ruled_at = models.DateTimeField(null=True, blank=True)
    ruled_by = models.ForeignKey("portal.Actor", models.PROTECT, null=True, blank=True, related_name="+")
    granted = models.BooleanField(null=True, blank=True)
    reasons = models.CharField(max_length=2000, blank=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="appeal_says_something"),
            models.CheckConstraint(
                condition=Q(ruled_at=None, ruled_by=None, granted=None, reasons="")
                | (Q(ruled_at__isnull=False, ruled_by__isnull=False, granted__isnull=False) & ~Q(reasons="")),
                name="appeal_ruled_with_reasons",
            ),
            models.CheckConstraint(condition=Q(ruled_by=None) | ~Q(ruled_by=F("hidden_by")), name="appeal_ruled_by_somebody_else"),
            models.CheckConstraint(condition=Q(ruled_at=None) | Q(ruled_at__gte=F("made_at")), name="appeal_ruled_after_made"),
        ]

    def __str__(self) -> str:
        return str(self.uuid)
