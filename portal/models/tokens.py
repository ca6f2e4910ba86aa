from datetime import datetime, timedelta
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.models.actors import Actor
from portal.references import uuid7

LONGEST = timedelta(days=366)  # a year, also a leap one


class TokenScope(models.TextChoices):
    """What a token may do of what its holder may do."""

    READ = "read", _("Read what I may read")
    SUGGEST = "suggest", _("Send suggestions and take my own back")
    SUPPORT = "support", _("Give and take back my support")
    ANSWER = "answer", _("Answer cases: acknowledge, update, ask, decide")


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def usable(self, at: datetime) -> Self:
        """Neither run out nor revoked, of a person and a role that still stand."""
        holder = Q(person__is_active=True) | Q(membership__until_at=None, membership__person__is_active=True)
        return self.filter(holder, revoked_at=None, expires_at__gt=at)

    def of(self, actor: Actor) -> Self:
        """Those that act in this very capacity."""
        if actor.membership_id:
            return self.filter(membership=actor.membership_id)
        return self.filter(person=actor.person_id) if actor.person_id else self.none()

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-id")


class ApiToken(models.Model):
    """A key with which other software acts in one capacity, for a while, within its scopes. The key itself is never here."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    person = models.ForeignKey("portal.Person", models.PROTECT, null=True, blank=True, related_name="api_tokens")
    membership = models.ForeignKey("portal.Membership", models.PROTECT, null=True, blank=True, related_name="api_tokens")
    name = models.CharField(max_length=80, help_text=_("What it is used for, in the holder's words."))
    prefix = models.CharField(max_length=12, help_text=_("How the key begins, to know it by."))
    secret_hash = models.BinaryField(max_length=32, unique=True, help_text=_("SHA-256 of a random key of 256 bits."))
    scopes = ArrayField(models.CharField(max_length=10, choices=TokenScope))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_on = models.DateField(null=True, blank=True, help_text=_("A day is enough to see which one is forgotten."))

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, membership=None) | Q(person=None, membership__isnull=False),
                name="api_token_has_one_holder",
            ),
            models.CheckConstraint(condition=~Q(name="") & ~Q(prefix=""), name="api_token_can_be_known"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at"), expires_at__lte=F("created_at") + LONGEST), name="api_token_ends_within_a_year"
            ),
            models.CheckConstraint(
                condition=Q(scopes__len__gt=0, scopes__contained_by=[scope.value for scope in TokenScope]),
                name="api_token_has_known_scopes",
            ),
            models.CheckConstraint(condition=Q(revoked_at=None) | Q(revoked_at__gte=F("created_at")), name="api_token_revoked_after_made"),
        ]

    def __str__(self) -> str:
        return f"{self.prefix}… ({self.uuid})"

    def actor(self) -> Actor:
        """The capacity that it acts in."""
        if self.membership_id:
            return Actor.objects.membership(self.membership_id)
        assert self.person_id is not None  # the database keeps it so
        return Actor.objects.person(self.person_id)

    def is_usable(self, at: datetime) -> bool:
        return self.revoked_at is None and self.expires_at > at
