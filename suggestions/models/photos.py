from datetime import datetime
from typing import Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.models import Actor, Role
from portal.references import uuid7
from suggestions.models.suggestions import Suggestion

PHOTOS_PER_SUGGESTION = 5


def place_of_large(picture: "Picture", name: str) -> str:
    """A name that says nothing: neither of the file that was sent nor of the suggestion."""
    return f"photos/{picture.uuid.hex[-4:]}/{picture.uuid}.jpg"


def place_of_small(picture: "Picture", name: str) -> str:
    return f"photos/{picture.uuid.hex[-4:]}/{picture.uuid}-small.jpg"


class Picture(models.Model):
    """A JPEG that we made from what was sent, with its thumbnail; the files lie in the private storage and have no address of their own."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    large = models.FileField(upload_to=place_of_large, max_length=120, blank=True)
    small = models.FileField(upload_to=place_of_small, max_length=120, blank=True)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    size = models.PositiveIntegerField(help_text=_("Of the large file, in bytes."))
    sha256 = models.BinaryField(max_length=32, help_text=_("Of the large file."))
    description = models.CharField(max_length=200, blank=True, help_text=_("What can be seen, in the words of who sent it."))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.uuid)


class PhotoQuerySet(models.QuerySet["Photo"]):
    def visible_to(self, actor: Actor) -> Self:
        """Reviewed ones to whoever may read the suggestion; others to its author, the city, and the operator who must act on it."""
        if actor.role == Role.AUDITOR:  # checks the record and reads no messages (DESIGN 8.8)
            actor = Actor(kind=Actor.Kind.NOBODY)
        if actor.is_city and actor.is_official:
            return self.standing()
        hidden = apps.get_model("suggestions", "Hiding").objects.filter(photo=OuterRef("pk"), lifted_at=None)
        shown = ~Exists(hidden) & Q(
            state=Photo.State.SHOWN, suggestion__hidden_at=None, suggestion__in=Suggestion.objects.visible_to(actor)
        )
        concerned = Suggestion.objects.authored_by(actor)
        if actor.is_operator:
            assert actor.membership is not None
            concerned = Suggestion.objects.visible_to(actor).concerning(actor.membership.organisation_id)
        return self.standing().filter(shown | Q(suggestion__in=concerned))

    def standing(self) -> Self:
        """Those that were neither refused nor taken away."""
        return self.filter(state__in=[Photo.State.AWAITING, Photo.State.SHOWN])

    def awaiting_review(self) -> Self:
        return self.filter(state=Photo.State.AWAITING)

    def with_leftover_files(self) -> Self:
        """Nobody may see them any more, and their files are still there."""
        return self.filter(state__in=[Photo.State.REFUSED, Photo.State.REMOVED]).exclude(large="")

    def oldest_first(self) -> Self:
        return self.order_by("added_at", "id")


class Photo(Picture):
    """What the author shows of it. Public only after somebody of the city has looked at it."""

    class State(models.TextChoices):
        AWAITING = "awaiting", _("Waiting for the city's look")
        SHOWN = "shown", _("Shown")
        REFUSED = "refused", _("Not shown")
        REMOVED = "removed", _("Taken away")

    class Ground(models.TextChoices):
        """The published grounds on which a photo is not shown."""

        PEOPLE = "people", _("People can be recognised")
        PRIVATE = "private", _("It shows somebody's number plate, name, papers or home")
        OTHER_SUBJECT = "other_subject", _("It does not show what the suggestion is about")
        OFFENSIVE = "offensive", _("It is violent, sexual, hateful or insulting")
        NOT_THEIRS = "not_theirs", _("Somebody else made it, and did not agree")
        ADVERTISING = "advertising", _("It is advertising")

    suggestion = models.ForeignKey("suggestions.Suggestion", models.PROTECT, related_name="photos")
    state = models.CharField(max_length=10, choices=State, default=State.AWAITING)
    by = models.ForeignKey(Actor, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(Actor, models.PROTECT, null=True, blank=True, related_name="+")
    refused_ground = models.CharField(max_length=16, choices=Ground, blank=True)
    refused_note = models.CharField(max_length=300, blank=True, help_text=_("For the author: what to do better."))
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = PhotoQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["suggestion", "added_at"], name="photo_by_suggestion"),
            models.Index(fields=["added_at"], condition=Q(state="awaiting"), name="photo_awaiting_review"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["suggestion", "sha256"], condition=Q(state__in=["awaiting", "shown"]), name="photo_once_per_suggestion"
            ),
            models.CheckConstraint(
                condition=Q(reviewed_at=None, reviewed_by=None) | Q(reviewed_at__isnull=False, reviewed_by__isnull=False),
                name="photo_review_says_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(state="removed")
                | Q(state="awaiting", reviewed_at=None)
                | Q(state__in=["shown", "refused"], reviewed_at__isnull=False),
                name="photo_public_only_after_review",
            ),
            models.CheckConstraint(
                condition=Q(state="removed") | (Q(state="refused") & ~Q(refused_ground="")) | (~Q(state="refused") & Q(refused_ground="")),
                name="photo_refusal_names_a_ground",
            ),
            models.CheckConstraint(
                condition=Q(state="removed", removed_at__isnull=False) | (~Q(state="removed") & Q(removed_at=None)),
                name="photo_removal_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["refused", "removed"]) | (~Q(large="") & ~Q(small="")), name="photo_that_stands_has_its_files"
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("suggestions:photo", args=[self.uuid, "large"])


class HeldPhotoQuerySet(models.QuerySet["HeldPhoto"]):
    def of_draft(self, form_hash: bytes) -> Self:
        return self.filter(form_hash=form_hash).order_by("held_at", "id")

    def expired(self, at: datetime) -> Self:
        return self.filter(expires_at__lte=at)


class HeldPhoto(Picture):
    """Added while writing, before anything is sent: it belongs to a form's key, which only the session knows, and goes within a day."""

    form_hash = models.BinaryField(max_length=32, editable=False)
    held_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    objects = HeldPhotoQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["expires_at"], name="held_photo_by_expiry"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["form_hash", "sha256"], name="held_photo_once_per_draft"),
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("held_at")), name="held_photo_expires_after_held"),
        ]


class PhotoQuota(models.Model):
    """How many photos came from one person, session or address on one day; of the sender only a hash that the next day has changed."""

    sender_hash = models.BinaryField(max_length=32, unique=True)
    on = models.DateField()
    taken = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.on}: {self.taken}"
