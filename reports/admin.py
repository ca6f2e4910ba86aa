"""Computed figures: the administration shows them and changes nothing."""

from django.contrib import admin

from portal.admin import ReadOnly
from reports.models import IndicatorValue


@admin.register(IndicatorValue)
class IndicatorValueAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["code", "measure", "scope", "window_from", "window_until", "as_of", "value", "n", "withheld"]
    list_filter = ["code", "is_provisional"]
    search_fields = ["scope"]
    ordering = ["-id"]
    show_full_result_count = False
