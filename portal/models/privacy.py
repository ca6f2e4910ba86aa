from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.references import new_reference, uuid7


class ContactDetail(models.TextChoices):
    """The columns of a person that say who somebody is and how to reach them."""

    NAME = "name", _("name")
    EMAIL = "email", _("e-mail address")
    PHONE = "phone", _("phone number")
    POSTAL_ADDRESS = "postal_address", _("postal address")


class ContactViewQuerySet(models.QuerySet["ContactView"]):
    def of_person(self, person_id: int) -> Self:
        return self.filter(person=person_id)

    def newest_first(self) -> Self:
        return self.order_by("-seen_at", "-id")


class ContactView(models.Model):
    """Somebody at the desk looked at a person's contact data, and said why; the person can read it. The role is told, never a name."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    person = models.ForeignKey("portal.Person", models.PROTECT, related_name="contact_views")
    by = models.ForeignKey("portal.Actor", models.PROTECT, related_name="+")
    details = ArrayField(models.CharField(max_length=20, choices=ContactDetail))
    reason = models.CharField(max_length=200, help_text=_("Emptied when the person is erased."))
    case = models.CharField(max_length=40, blank=True)
    seen_at = models.DateTimeField()

    objects = ContactViewQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["person", "-seen_at"], name="contact_view_by_person")]
        constraints = [
            models.CheckConstraint(condition=~Q(details=[]), name="contact_view_saw_something"),
        ]

    def __str__(self) -> str:
        return str(self.uuid)

    @property
    def details_in_words(self) -> list[str]:
        return [str(ContactDetail(detail).label) for detail in self.details]


class Erasure(models.Model):
    """The receipt of an erasure: how much went where and what stays; nothing in it says whose it was."""

    class Scope(models.TextChoices):
        PERSON = "person", _("Everything about one person")
        CASE = "case", _("What one case held about its author")

    class Identity(models.TextChoices):
        SIGN_IN = "sign_in", _("by signing in")
        RECEIPT = "receipt", _("by reference and four words")
        DOCUMENT = "document", _("by an identity document, shown at the desk")
        KNOWN = "known", _("by answers that only this person knows")
        INACTIVE = "inactive", _("nobody asked: the time to keep it was over")

    reference = models.CharField(max_length=14, unique=True, default=new_reference, editable=False)
    scope = models.CharField(max_length=10, choices=Scope)
    role = models.CharField(max_length=24, help_text=_("Who carried it out: a role, never a name."))
    identity = models.CharField(max_length=10, choices=Identity, help_text=_("How we knew who asked; never a number of a document."))
    words_too = models.BooleanField(help_text=_("Whether the author wanted their words away too."))
    removed = models.JSONField(help_text=_("How many rows went or were emptied, by table."))
    stays = models.JSONField(default=list, help_text=_("The tables of which something stays."))
    erased_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["erased_at"], name="erasure_by_moment")]
        constraints = [
            models.CheckConstraint(condition=~Q(role=""), name="erasure_says_who"),
        ]

    def __str__(self) -> str:
        return self.reference


class AccountWarning(models.Model):
    """One person was told that their unused account will soon be erased; signing in again makes it void."""

    DAYS_LEFT = (30, 7)

    person = models.ForeignKey("portal.Person", models.CASCADE, related_name="+")
    days_left = models.PositiveSmallIntegerField()
    warned_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "days_left"], name="account_warning_once"),
            models.CheckConstraint(condition=Q(days_left__in=[30, 7]), name="account_warning_30_or_7_days"),
        ]

    def __str__(self) -> str:
        return f"{self.days_left} days"


class RetentionRun(models.Model):
    """What one retention rule removed in one night: a count, and nothing of what it was."""

    rule = models.CharField(max_length=40)
    ran_at = models.DateTimeField()
    removed = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["rule", "-ran_at"], name="retention_run_by_rule")]
        constraints = [
            models.CheckConstraint(condition=~Q(rule=""), name="retention_run_says_which_rule"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.ran_at:%Y-%m-%d}"
