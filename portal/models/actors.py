from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.models.organisations import Organisation, Role


class ActorQuerySet(models.QuerySet["Actor"]):
    def nobody(self) -> "Actor":
        """A visitor of whom nothing is known."""
        return self.get_or_create(kind=Actor.Kind.NOBODY)[0]

    def system(self) -> "Actor":
        """The clock itself: sweeps and roll-ups."""
        return self.get_or_create(kind=Actor.Kind.SYSTEM)[0]

    def person(self, person_id: int) -> "Actor":
        return self.get_or_create(kind=Actor.Kind.PERSON, person_id=person_id)[0]

    def membership(self, membership_id: int) -> "Actor":
        return self.select_related("membership__organisation").get_or_create(kind=Actor.Kind.MEMBERSHIP, membership_id=membership_id)[0]

    def helper(self, membership_id: int, session: str) -> "Actor":
        """A helper with one person beside them; the session says where and why."""
        found = self.select_related("membership__organisation")
        return found.get_or_create(kind=Actor.Kind.HELPER, membership_id=membership_id, subject=session)[0]

    def receipt(self, reference: str) -> "Actor":
        """Whoever proved by reference and phrase that the case is theirs."""
        return self.get_or_create(kind=Actor.Kind.RECEIPT, subject=reference)[0]


class Actor(models.Model):
    """Who acts, and in which capacity: every act points at one of these, never at a bare person."""

    class Kind(models.TextChoices):
        NOBODY = "nobody", _("Visitor without an account")
        PERSON = "person", _("Person")
        MEMBERSHIP = "membership", _("Member of an organisation")
        HELPER = "helper", _("Helper of a person")
        RECEIPT = "receipt", _("Holder of a receipt")
        SYSTEM = "system", _("The portal's clock")

    kind = models.CharField(max_length=12, choices=Kind)
    person = models.ForeignKey("portal.Person", models.PROTECT, null=True, blank=True, related_name="+")
    membership = models.ForeignKey("portal.Membership", models.PROTECT, null=True, blank=True, related_name="+")
    on_behalf_of = models.ForeignKey("portal.Person", models.PROTECT, null=True, blank=True, related_name="+")
    subject = models.CharField(max_length=40, blank=True, help_text=_("The reference of a receipt, or the session of a helper."))

    objects = ActorQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "person", "membership", "on_behalf_of", "subject"], nulls_distinct=False, name="actor_once_per_capacity"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["nobody", "system"], person=None, membership=None, on_behalf_of=None, subject="")
                | Q(kind="person", person__isnull=False, membership=None, on_behalf_of=None, subject="")
                | Q(kind="membership", person=None, membership__isnull=False, on_behalf_of=None, subject="")
                | Q(kind="helper", person=None, membership__isnull=False)
                | (Q(kind="receipt", person=None, membership=None, on_behalf_of=None) & ~Q(subject="")),
                name="actor_fields_fit_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    @property
    def organisation(self) -> Organisation | None:
        return self.membership.organisation if self.membership else None

    @property
    def role(self) -> str | None:
        """The role of the membership in use, else None."""
        return self.membership.role if self.membership else None

    @property
    def is_city(self) -> bool:
        return self.membership is not None and self.membership.organisation_kind == Organisation.Kind.CITY

    @property
    def is_operator(self) -> bool:
        return self.membership is not None and self.membership.organisation_kind == Organisation.Kind.OPERATOR

    @property
    def is_official(self) -> bool:
        return (self.is_city and self.role != Role.HELPER) or self.is_operator

    @property
    def role_in_words(self) -> str:
        """For a person who reads who looked: a role, never a name."""
        return str(self.membership.get_role_display() if self.membership else self.get_kind_display())

    @property
    def human(self) -> int | None:
        """The id of the person behind the capacity, so that "somebody else" can be told from the same one in another role."""
        return self.membership.person_id if self.membership else self.person_id

    @property
    def public_role(self) -> str:
        """What the public log says of the actor: a role, never a name."""
        if self.kind == self.Kind.HELPER:
            return "helper"
        if self.membership:
            return self.membership.role
        return "system" if self.kind == self.Kind.SYSTEM else "citizen"
