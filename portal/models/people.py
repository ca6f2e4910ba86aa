from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from portal.references import uuid7


class AnswerBy(models.TextChoices):
    """How a citizen wants to be told."""

    EMAIL = "email", _("E-mail")
    LETTER = "letter", _("Letter")
    CALL = "call", _("Phone call")
    SMS = "sms", _("Text message")
    COME_BACK = "come_back", _("I come back with my receipt")


class Assurance(models.IntegerChoices):
    """How well the city knows that it is one person; a higher one contains what a lower one is good for."""

    RECEIPT = 0, _("Only a receipt")
    EMAIL = 1, _("Proven e-mail address")
    DECLARED = 2, _("Name, birth date and postcode")
    IN_PERSON = 3, _("Shown at a desk")
    EID = 4, _("Electronic identity")


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, email: str | None = None, password: str | None = None, **fields: Any) -> "Person":
        person = self.model(email=email.strip().lower() if email else None, **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, password: str, **fields: Any) -> "Person":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email=(username or "").strip().lower())


class Person(AbstractBaseUser, PermissionsMixin):
    """Somebody who left a way to be reached; those who did not have no row here. Erasure blanks the row in place."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    email = models.EmailField(unique=True, null=True, blank=True, help_text=_("In lower case."))
    name = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    postal_address = models.CharField(max_length=300, blank=True)
    language = models.CharField(max_length=10, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(_("may open the administration"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(condition=Q(email=None) | Q(email=Lower("email")), name="person_email_is_lower_case"),
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(email=None, name="", phone="", postal_address="", is_active=False),
                name="person_erased_is_blank",
            ),
        ]

    def __str__(self) -> str:
        return str(self.uuid)


class PersonKey(models.Model):
    """A keyed hash of an attribute that the city checked, by which one person counts once; the attribute itself is never here."""

    class Scheme(models.TextChoices):
        EID = "eid", _("Electronic identity")
        EMAIL = "email", _("E-mail address")
        DECLARED = "declared", _("Name, birth date and postcode")

    person = models.ForeignKey(Person, models.CASCADE, related_name="keys")
    scheme = models.CharField(max_length=10, choices=Scheme)
    hash = models.BinaryField(max_length=32)
    wrapped = models.PositiveSmallIntegerField(default=0, help_text=_("How often the secret was rotated: HMAC(new, HMAC(old, x))."))
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scheme", "hash"], name="person_key_belongs_to_one_person"),
        ]

    def __str__(self) -> str:
        return f"{self.scheme} of {self.person_id}"
