"""Reference data is edited here; whatever an action owns is read-only."""

from datetime import date
from typing import Any, cast
from urllib.parse import urlencode

import allauth.account.admin
import allauth.mfa.admin
import allauth.socialaccount.admin
import allauth.usersessions.admin  # noqa: F401  (registered there, so that it can be taken away here)
from django.apps import apps
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import wall_clock
from portal.actions.accounts import end_visits
from portal.actions.calendars import legal_holidays, publish_draft
from portal.actions.contracts import publish_service_level
from portal.errors import Refused
from portal.forms import CategoryForm, MembershipForm, ServiceLevelForm
from portal.middleware import Request, has_second_factor
from portal.models import (
    Actor,
    Area,
    Asset,
    CalendarVersion,
    Category,
    Closure,
    Contract,
    Criterion,
    EscalationStep,
    Event,
    Membership,
    Notification,
    OpeningHours,
    Organisation,
    Person,
    Question,
    Service,
    ServiceLevel,
    WorkingCalendar,
)
from portal.permissions import Permission, can

admin.site.site_header = gettext_lazy("Administration")
admin.site.site_title = gettext_lazy("Administration")
admin.site.index_title = gettext_lazy("Reference data of the city")
admin.site.unregister(Group)  # what a role may do is one table in portal.permissions
for model in apps.get_models():
    if model.__module__.startswith("allauth.") and admin.site.is_registered(model):
        admin.site.unregister(model)  # addresses, secrets and visits of people are on no page of the administration


@login_not_required
def sign_in_first(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
    """One door for everybody: the administration has no sign-in of its own that nobody counts tries at."""
    if request.user.is_authenticated and not request.user.is_staff:
        raise PermissionDenied(_("Your account may not open the administration."))
    if request.user.is_authenticated:  # staff without a second factor
        return redirect(f"{reverse('portal:capacity')}?{urlencode({'next': request.GET.get('next') or reverse('admin:index')})}")
    return redirect(f"{reverse('portal:sign_in')}?{urlencode({'next': request.GET.get('next') or reverse('admin:index')})}")


def may_enter(request: HttpRequest) -> bool:
    return request.user.is_active and request.user.is_staff and has_second_factor(request)


admin.site.login = sign_in_first  # type: ignore[method-assign]
admin.site.has_permission = may_enter  # type: ignore[method-assign]


class ReadOnly:
    """What an action owns: the administration shows it and changes nothing."""

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class Kept:
    """Ended or retired, never deleted: old acts point at it."""

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class DraftOnly:
    """Once published, the database refuses every change; before that it is a draft like any other."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not is_published(obj)  # type: ignore[misc]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not is_published(obj)  # type: ignore[misc]


class DraftInline(admin.TabularInline):
    """Rows that belong to a draft and stand still with it; the parent is handed in as obj."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and not is_published(obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not is_published(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not is_published(obj)


def is_published(row: Any) -> bool:
    return row is not None and row.published_at is not None


class Publishing(admin.ModelAdmin):
    """Offers "publish" to those whose role may; a refusal becomes a message."""

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return can(cast(Request, request).actor, Permission.MANAGE_CONTRACTS)

    def publish_each(self, request: HttpRequest, drafts: models.QuerySet[Any], publish: Any) -> None:
        for draft in drafts:
            try:
                publish(draft)
                self.message_user(request, _("%(row)s is published.") % {"row": draft}, messages.SUCCESS)
            except Refused as refusal:
                self.message_user(request, f"{draft}: {refusal}", messages.ERROR)


# --- People and organisations ------------------------------------------------------------------------------------------


@admin.register(Organisation)
class OrganisationAdmin(admin.ModelAdmin):
    list_display = ["name", "kind", "code", "contact"]
    list_filter = ["kind"]
    search_fields = ["name", "code"]


@admin.register(Membership)
class MembershipAdmin(Kept, admin.ModelAdmin):
    form = MembershipForm
    list_display = ["role", "organisation", "person", "from_at", "until_at"]
    list_filter = ["role", "organisation"]
    list_select_related = ["organisation", "person"]
    raw_id_fields = ["person"]

    def save_model(self, request: HttpRequest, obj: Membership, form: ModelForm, change: bool) -> None:
        obj.organisation_kind = obj.organisation.kind
        super().save_model(request, obj, form, change)
        if obj.until_at:
            end_visits(person=obj.person)


class PersonCreationForm(AdminUserCreationForm):
    class Meta:
        model = Person
        fields = ["email", "name"]


def _works_here(person: Person) -> bool:
    """Who has or had a role, opens the administration, or was given an account here and has not used it yet."""
    is_new = person.has_usable_password() and person.last_login is None
    return person.is_staff or person.is_superuser or is_new or person.memberships.exists()


@admin.register(Person)
class PersonAdmin(Kept, UserAdmin):
    """Accounts of those who work here. Citizens' addresses are in no list and on no page of the administration."""

    add_form = PersonCreationForm
    list_display = ["uuid", "is_active", "is_staff", "created_at"]
    list_filter = ["is_staff", "is_active"]
    search_fields = ["=email"]
    ordering = ["-id"]
    fieldsets = [
        (None, {"fields": ["uuid", "email", "name", "language", "password"]}),
        (gettext_lazy("Permissions"), {"fields": ["is_active", "is_staff", "is_superuser", "user_permissions"]}),
    ]
    add_fieldsets = [(None, {"classes": ["wide"], "fields": ["email", "name", "usable_password", "password1", "password2"]})]
    readonly_fields = ["uuid"]
    filter_horizontal = ["user_permissions"]

    def get_fieldsets(self, request: HttpRequest, obj: Person | None = None) -> Any:
        """Of a citizen there is nothing to read here: how to reach somebody is shown at the desk, with a reason that they can read."""
        return super().get_fieldsets(request, obj) if obj is None or _works_here(obj) else [(None, {"fields": ["uuid", "is_active"]})]

    def save_model(self, request: HttpRequest, obj: Person, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not obj.is_active:
            end_visits(person=obj)


# --- Services and places -----------------------------------------------------------------------------------------------


@admin.register(Service)
class ServiceAdmin(admin.ModelAdmin):
    list_display = ["__str__", "code", "visibility", "retired_at"]
    search_fields = ["code"]


class QuestionInline(admin.StackedInline):
    model = Question
    extra = 0


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):
    form = CategoryForm
    list_display = ["__str__", "service", "code", "retired_at"]
    list_filter = ["service"]
    list_select_related = ["service"]
    search_fields = ["code"]
    inlines = [QuestionInline]


@admin.register(Criterion)
class CriterionAdmin(admin.ModelAdmin):
    list_display = ["__str__", "code", "version", "use", "service", "published_at", "retired_at"]
    list_select_related = ["service"]


@admin.register(Area)
class AreaAdmin(admin.ModelAdmin):
    list_display = ["__str__", "code", "parent"]
    list_select_related = ["parent"]
    search_fields = ["code"]


@admin.register(Asset)
class AssetAdmin(admin.ModelAdmin):
    list_display = ["name", "code", "service", "area", "retired_at"]
    list_filter = ["service"]
    list_select_related = ["service", "area"]
    raw_id_fields = ["area"]
    search_fields = ["code", "name"]


# --- Calendars and contracts -------------------------------------------------------------------------------------------


@admin.register(WorkingCalendar)
class WorkingCalendarAdmin(admin.ModelAdmin):
    list_display = ["name", "code"]


class OpeningHoursInline(DraftInline):
    model = OpeningHours
    extra = 0


class ClosureInline(DraftInline):
    model = Closure
    extra = 0


@admin.register(CalendarVersion)
class CalendarVersionAdmin(DraftOnly, Publishing):
    list_display = ["__str__", "covers_from", "covers_until", "published_at"]
    list_filter = ["calendar"]
    list_select_related = ["calendar"]
    exclude = ["published_at"]
    inlines = [OpeningHoursInline, ClosureInline]
    actions = ["write_out_holidays", "publish"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"time_zone": settings.TIME_ZONE} | super().get_changeform_initial_data(request)

    @admin.action(description=gettext_lazy("Publish the chosen drafts"), permissions=["publish"])
    def publish(self, request: HttpRequest, drafts: models.QuerySet[CalendarVersion]) -> None:
        at = wall_clock.now()
        self.publish_each(request, drafts, lambda draft: publish_draft(version=draft, by=cast(Request, request).actor, at=at))

    @admin.action(description=gettext_lazy("Write the legal holidays into the chosen drafts"), permissions=["change"])
    def write_out_holidays(self, request: HttpRequest, drafts: models.QuerySet[CalendarVersion]) -> None:
        for draft in drafts.filter(published_at=None):
            written = draft.closures.bulk_create(
                [Closure(version=draft, day=day, reason=name) for day, name in _holidays_in(draft.covers_from, draft.covers_until)],
                ignore_conflicts=True,
            )
            self.message_user(request, _("%(row)s: %(count)d legal holidays.") % {"row": draft, "count": len(written)}, messages.SUCCESS)


def _holidays_in(first: date, end: date) -> list[tuple[date, str]]:
    listed = legal_holidays(settings.HOLIDAYS_COUNTRY, years=range(first.year, end.year + 1))
    return [(day, name) for day, name in listed.items() if first <= day < end]


@admin.register(Contract)
class ContractAdmin(admin.ModelAdmin):
    list_display = ["__str__", "code", "service", "area", "operator", "term"]
    list_filter = ["service", "operator"]
    list_select_related = ["service", "area", "operator"]
    raw_id_fields = ["area"]


class EscalationStepInline(DraftInline):
    model = EscalationStep
    extra = 0


@admin.register(ServiceLevel)
class ServiceLevelAdmin(DraftOnly, Publishing):
    form = ServiceLevelForm
    list_display = ["__str__", "contract", "act", "kind", "category", "within_minutes", "in_force", "published_at"]
    list_filter = ["act", "basis", "contract"]
    list_select_related = ["contract", "category"]
    raw_id_fields = ["category"]
    inlines = [EscalationStepInline]
    actions = ["publish"]

    @admin.action(description=gettext_lazy("Publish the chosen drafts"), permissions=["publish"])
    def publish(self, request: HttpRequest, drafts: models.QuerySet[ServiceLevel]) -> None:
        at = wall_clock.now()
        self.publish_each(
            request,
            drafts.filter(published_at=None).select_related("calendar"),
            lambda draft: publish_service_level(service_level=draft, by=cast(Request, request).actor, at=at),
        )


# --- What actions own --------------------------------------------------------------------------------------------------


@admin.register(Event)
class EventAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["kind", "case", "about", "actor", "at", "known_at"]
    list_filter = ["kind"]
    search_fields = ["=case"]
    ordering = ["-id"]
    show_full_result_count = False


@admin.register(Notification)
class NotificationAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["kind", "organisation", "role", "case", "told_at"]
    list_filter = ["kind", "role"]
    list_select_related = ["organisation"]
    ordering = ["-id"]
    show_full_result_count = False


@admin.register(Actor)
class ActorAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["id", "kind", "membership"]
    list_filter = ["kind"]
    list_select_related = ["membership__organisation"]
    fields = ["kind", "membership"]
    ordering = ["-id"]
    show_full_result_count = False
