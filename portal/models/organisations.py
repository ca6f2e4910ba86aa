from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.references import uuid7


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def city(self) -> "Organisation":
        """The one city of this installation."""
        return self.get(kind=Organisation.Kind.CITY)


class Organisation(models.Model):
    """A party that can owe or speak: the city, an operator, an advocacy group."""

    class Kind(models.TextChoices):
        CITY = "city", _("City")
        OPERATOR = "operator", _("Operator")
        GROUP = "group", _("Advocacy group")
        PARTNER = "partner", _("Partner with desks")

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    contact = models.CharField(max_length=200, blank=True, help_text=_("How citizens reach it: a public address or number."))

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind"], condition=Q(kind="city"), name="organisation_one_city"),
            models.UniqueConstraint(fields=["id", "kind"], name="organisation_id_and_kind"),  # lets a membership hold its kind in place
            models.CheckConstraint(condition=~Q(name=""), name="organisation_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    HELPER = "helper", _("Helper")
    GROUP_OFFICER = "group_officer", _("Group officer")
    OPERATOR_AGENT = "operator_agent", _("Operator agent")
    OPERATOR_MANAGER = "operator_manager", _("Operator manager")
    CITY_CLERK = "city_clerk", _("City clerk")
    CITY_MANAGER = "city_manager", _("City manager")
    COUNCIL_SECRETARY = "council_secretary", _("Council secretary")
    VERIFICATION_OFFICER = "verification_officer", _("Verification officer")
    AUDITOR = "auditor", _("Auditor or data protection officer")


ROLES_OF: dict[str, tuple[str, ...]] = {
    Organisation.Kind.CITY: (
        Role.HELPER,
        Role.CITY_CLERK,
        Role.CITY_MANAGER,
        Role.COUNCIL_SECRETARY,
        Role.VERIFICATION_OFFICER,
        Role.AUDITOR,
    ),
    Organisation.Kind.OPERATOR: (Role.OPERATOR_AGENT, Role.OPERATOR_MANAGER),
    Organisation.Kind.GROUP: (Role.GROUP_OFFICER, Role.HELPER),
    Organisation.Kind.PARTNER: (Role.HELPER,),
}


def _role_fits_kind() -> Q:
    fits = Q()
    for kind, roles in ROLES_OF.items():
        fits |= Q(organisation_kind=kind, role__in=[str(role) for role in roles])
    return fits


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self) -> Self:
        return self.filter(until_at=None)


class Membership(models.Model):
    """One person's role in one organisation; ended, never deleted, so that old acts keep their capacity."""

    person = models.ForeignKey("portal.Person", models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    organisation_kind = models.CharField(max_length=10, choices=Organisation.Kind, editable=False)
    role = models.CharField(max_length=24, choices=Role)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=_role_fits_kind(), name="membership_role_fits_organisation"),
            models.CheckConstraint(condition=Q(until_at=None) | Q(until_at__gt=F("from_at")), name="membership_ends_after_start"),
            models.UniqueConstraint(
                fields=["person", "organisation", "role"], condition=Q(until_at=None), name="membership_once_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}, {self.organisation}"

    @property
    def needs_second_factor(self) -> bool:
        """Whoever works here for the city, an operator or a partner; officers of a group stay as free as their members."""
        return self.role != Role.GROUP_OFFICER
