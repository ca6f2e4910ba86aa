from datetime import datetime
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from portal.fields import PerLanguageField
from portal.models.organisations import Organisation
from portal.models.people import Assurance
from portal.models.services import Category, Service, SuggestionKind
from portal.references import uuid7


class Act(models.TextChoices):
    """What somebody owes."""

    ACKNOWLEDGE = "acknowledge", _("acknowledge")
    ANSWER = "answer", _("decide, with reasons")
    SOLVE = "solve", _("solve the problem")
    DELIVER = "deliver", _("deliver what was promised")
    HEAR = "hear", _("hear the petition")
    REVIEW = "review", _("decide again")
    SUPPLY_DATA = "supply_data", _("supply data")
    PERSONAL_DATA = "personal_data", _("answer a request about personal data")
    CHECK = "check", _("check whether it may be public")


class PauseReason(models.TextChoices):
    """Why a clock may stand; each clause lists the ones it allows."""

    NEEDS_CITIZEN = "needs_citizen", _("The citizen is asked something")
    NEEDS_CITY = "needs_city", _("The city is asked something")
    SAFETY = "safety", _("The place is not safe to work at")
    THIRD_PARTY = "third_party", _("Another party must act first")


class Contract(models.Model):
    """Who owes which service, where and when."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    code = models.SlugField(max_length=40, unique=True)
    title = PerLanguageField()
    service = models.ForeignKey("portal.Service", models.PROTECT, related_name="contracts")
    area = models.ForeignKey("portal.Area", models.PROTECT, null=True, blank=True, help_text=_("Empty: the whole city."))
    operator = models.ForeignKey(Organisation, models.PROTECT, related_name="contracts")
    term = DateRangeField(help_text=_("First day, and the first day after the last."))

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="contract_one_per_service_and_area",
                expressions=[
                    ("service", RangeOperators.EQUAL),
                    (Coalesce("area_id", 0), RangeOperators.EQUAL),
                    ("term", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=~Q(title={}), name="contract_has_a_title"),
            models.CheckConstraint(condition=Q(term__startswith__isnull=False, term__isempty=False), name="contract_has_a_first_day"),
        ]

    def __str__(self) -> str:
        return str(self.title)


class ServiceLevelQuerySet(models.QuerySet["ServiceLevel"]):
    def in_force(self, at: datetime) -> Self:
        return self.filter(published_at__isnull=False, in_force__contains=at)

    def thresholds_of(self, service: Service, kind: str, category: Category | None, at: datetime) -> Self:
        """What is owed once enough people support such a suggestion that came in at this moment, the lowest first."""
        fitting = self.in_force(at).filter(Q(category=None) | Q(category=category), support_threshold__isnull=False, kind__in=["", kind])
        return fitting.filter(Q(contract=None) | Q(contract__service=service)).order_by("support_threshold")


class ServiceLevel(models.Model):
    """One version of one clause: which act is owed within which working time, for which suggestions. Published, it never changes."""

    class Basis(models.TextChoices):
        CONTRACT = "contract", _("Contract")
        CITY_RULE = "city_rule", _("City rule")
        CHARTER = "voluntary_charter", _("Voluntary charter")

    class Party(models.TextChoices):
        OPERATOR = "operator", _("Operator")
        CITY = "city", _("City")

    class VerdictRule(models.TextChoices):
        AUTHOR = "author", _("the author says so")
        MAJORITY = "majority", _('more people say "not done" than "done"')

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    contract = models.ForeignKey(
        Contract, models.PROTECT, null=True, blank=True, related_name="service_levels", help_text=_("Empty: the city's default rule.")
    )
    clause = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField(default=1)
    basis = models.CharField(max_length=20, choices=Basis)
    text = PerLanguageField()
    act = models.CharField(max_length=16, choices=Act)
    owed_by = models.CharField(max_length=10, choices=Party)
    kind = models.CharField(max_length=10, choices=SuggestionKind, blank=True, help_text=_("Empty: every kind."))
    category = models.ForeignKey("portal.Category", models.PROTECT, null=True, blank=True, help_text=_("Empty: every category."))
    support_threshold = models.PositiveIntegerField(null=True, blank=True, help_text=_("Owed once so many people support it."))
    threshold_assurance = models.PositiveSmallIntegerField(
        choices=Assurance, null=True, blank=True, help_text=_("Only supports of at least this assurance count for the threshold.")
    )

    within_minutes = models.PositiveIntegerField(help_text=_("Working minutes of the calendar."))
    calendar = models.ForeignKey("portal.WorkingCalendar", models.PROTECT, related_name="service_levels")
    warn_percent = models.PositiveSmallIntegerField(default=75)
    pause_reasons = ArrayField(models.CharField(max_length=20, choices=PauseReason), default=list, blank=True)
    pause_limit_minutes = models.PositiveIntegerField(default=0, help_text=_("Working minutes, all pauses of one clock together."))
    longest_promise_days = models.PositiveSmallIntegerField(null=True, blank=True, help_text=_("Beyond it the city must consent."))
    verdict_days = models.PositiveSmallIntegerField(default=14)
    verdict_rule = models.CharField(max_length=10, choices=VerdictRule, default=VerdictRule.AUTHOR)

    in_force = DateTimeRangeField()
    published_at = models.DateTimeField(null=True, blank=True)

    objects = ServiceLevelQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "clause", "version"], nulls_distinct=False, name="service_level_once_per_version"),
            ExclusionConstraint(
                name="service_level_no_two_for_one_case",
                expressions=[
                    (Coalesce("contract_id", 0), RangeOperators.EQUAL),
                    ("act", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (Coalesce("category_id", 0), RangeOperators.EQUAL),
                    (Coalesce("support_threshold", 0), RangeOperators.EQUAL),
                    ("in_force", RangeOperators.OVERLAPS),
                ],
                condition=Q(published_at__isnull=False),
            ),
            models.CheckConstraint(condition=~Q(text={}) & ~Q(clause=""), name="service_level_says_what"),
            models.CheckConstraint(condition=Q(within_minutes__gt=0, warn_percent__range=(1, 99)), name="service_level_gives_time"),
            models.CheckConstraint(
                condition=Q(contract__isnull=False) | Q(basis="city_rule", owed_by="city"), name="service_level_default_is_the_citys"
            ),
            models.CheckConstraint(condition=Q(pause_reasons=[]) | Q(pause_limit_minutes__gt=0), name="service_level_pauses_have_a_limit"),
            models.CheckConstraint(
                condition=Q(support_threshold=None, threshold_assurance=None)
                | Q(
                    support_threshold__isnull=False,
                    support_threshold__gt=0,
                    threshold_assurance__isnull=False,
                    act__in=["hear", "answer"],
                ),
                name="service_level_threshold_says_who_counts",
            ),
            models.CheckConstraint(
                condition=~Q(act="hear") | Q(support_threshold__isnull=False), name="service_level_hear_has_a_threshold"
            ),
            models.CheckConstraint(condition=~Q(act__in=["solve"]) | Q(kind="problem"), name="service_level_solve_is_for_problems"),
            models.CheckConstraint(
                condition=Q(in_force__startswith__isnull=False, in_force__isempty=False), name="service_level_has_a_first_moment"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clause} ({_('version')} {self.version})"


class EscalationStep(models.Model):
    """Who is told next, and how long after the due moment, while a clock stays late."""

    class Level(models.TextChoices):
        OPERATOR_MANAGER = "operator_manager", _("operator manager")
        CITY_MANAGER = "city_manager", _("city contract manager")
        POLITICAL = "political", _("political level")

    service_level = models.ForeignKey(ServiceLevel, models.CASCADE, related_name="ladder")
    rank = models.PositiveSmallIntegerField()
    level = models.CharField(max_length=20, choices=Level)
    after_minutes = models.PositiveIntegerField(help_text=_("Working minutes after the due moment."))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service_level", "rank"], name="escalation_step_once"),
            models.UniqueConstraint(fields=["service_level", "level"], name="escalation_step_one_per_level"),
            models.CheckConstraint(condition=Q(rank__gte=1), name="escalation_step_counts_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.rank}. {self.get_level_display()}"


MORE_SPECIFIC_FIRST = (F("category").desc(nulls_last=True), F("kind").desc(), F("support_threshold").desc(nulls_last=True))
