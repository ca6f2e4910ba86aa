from datetime import datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.fields import PerLanguageField


class SuggestionKind(models.TextChoices):
    PROBLEM = "problem", _("Problem")
    IDEA = "idea", _("Idea")
    PETITION = "petition", _("Petition")


class Visibility(models.TextChoices):
    PUBLIC = "public", _("Public at once")
    AFTER_CHECK = "public_after_check", _("Public after a check by the city")
    CITY_AND_OPERATOR = "city_and_operator", _("Only the city and the operator")


class Service(models.Model):
    """A public service that somebody may owe us: bicycles, waste, home care."""

    code = models.SlugField(max_length=40, unique=True)
    name = PerLanguageField()
    description = PerLanguageField(default=dict, blank=True)
    visibility = models.CharField(max_length=20, choices=Visibility, default=Visibility.PUBLIC)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name={}), name="service_has_a_name"),
        ]

    def __str__(self) -> str:
        return str(self.name)


class CategoryQuerySet(models.QuerySet["Category"]):
    def offered(self) -> Self:
        return self.filter(retired_at=None)


class Category(models.Model):
    """What a suggestion is about, within its service; may ask questions of its own and have clauses of its own."""

    service = models.ForeignKey(Service, models.PROTECT, related_name="categories")
    code = models.SlugField(max_length=80)
    name = PerLanguageField()
    kinds = ArrayField(models.CharField(max_length=10, choices=SuggestionKind), default=list, help_text=_("Empty: every kind."), blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = _("categories")
        constraints = [
            models.UniqueConstraint(fields=["service", "code"], name="category_once_per_service"),
            models.CheckConstraint(condition=~Q(name={}), name="category_has_a_name"),
        ]

    def __str__(self) -> str:
        return str(self.name)


class Question(models.Model):
    """One thing a category asks beyond the common form."""

    class Answer(models.TextChoices):
        TEXT = "text", _("Short text")
        CHOICE = "choice", _("One of a list")
        YES_NO = "yes_no", _("Yes or no")
        NUMBER = "number", _("Number")

    category = models.ForeignKey(Category, models.CASCADE, related_name="questions")
    code = models.SlugField(max_length=40)
    text = PerLanguageField()
    answer = models.CharField(max_length=10, choices=Answer)
    options = models.JSONField(default=list, blank=True, help_text=_('For a list: [{"code": …, "name": {language: text}}].'))
    is_required = models.BooleanField(default=False)
    is_public = models.BooleanField(
        default=True, help_text=_("No: it asks for something personal, and only the city and the operator read the answers.")
    )
    place = models.PositiveSmallIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["category", "code"], name="question_once_per_category"),
            models.CheckConstraint(condition=~Q(text={}), name="question_has_a_text"),
            models.CheckConstraint(condition=~Q(answer="choice") | ~Q(options=[]), name="question_choice_has_options"),
        ]

    def __str__(self) -> str:
        return str(self.text)


class CriterionQuerySet(models.QuerySet["Criterion"]):
    def published(self, at: datetime) -> Self:
        return self.filter(Q(retired_at=None) | Q(retired_at__gt=at), published_at__lte=at)

    def for_refusal(self, at: datetime) -> Self:
        return self.published(at).filter(use=Criterion.Use.REFUSAL)

    def for_moderation(self, at: datetime) -> Self:
        return self.published(at).filter(use=Criterion.Use.MODERATION)


class Criterion(models.Model):
    """A published ground on which a suggestion may be refused, or something hidden; neither is possible without one."""

    class Use(models.TextChoices):
        REFUSAL = "refusal", _("To refuse a suggestion")
        MODERATION = "moderation", _("To hide what somebody wrote")

    code = models.SlugField(max_length=40)
    version = models.PositiveSmallIntegerField(default=1)
    service = models.ForeignKey(
        Service, models.PROTECT, null=True, blank=True, related_name="criteria", help_text=_("Empty: every service.")
    )
    use = models.CharField(max_length=10, choices=Use, default=Use.REFUSAL)
    text = PerLanguageField()
    published_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = CriterionQuerySet.as_manager()

    class Meta:
        verbose_name_plural = _("criteria")
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="criterion_once_per_version"),
            models.CheckConstraint(condition=~Q(text={}), name="criterion_has_a_text"),
        ]

    def __str__(self) -> str:
        return str(self.text)
