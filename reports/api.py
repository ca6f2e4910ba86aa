"""The published figures for other software: stored values only, and exactly those that the page shows."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from portal import wall_clock
from portal.api.doors import Door
from reports.indicators.periods import NoSuchPeriod, Window
from reports.indicators.published import chosen_window, computed_windows, newest_reports, stored_values
from reports.indicators.registry import Indicator
from reports.indicators.scopes import WHOLE_CITY, NoSuchScope, scope_of
from reports.models import IndicatorValue


class LineSerializer(serializers.Serializer[Any]):
    """One figure with all it must be read with: range of chance, base, and why it is withheld."""

    measure = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField()
    events = serializers.IntegerField(allow_null=True)
    withheld = serializers.CharField()


class IndicatorSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    definition = serializers.IntegerField()
    name = serializers.CharField()
    question = serializers.CharField()
    method = serializers.CharField()
    pitfalls = serializers.ListField(child=serializers.CharField())
    as_of = serializers.DateTimeField()
    is_provisional = serializers.BooleanField()
    lines = LineSerializer(many=True)


class FiguresSerializer(serializers.Serializer[Any]):
    """One scope in one period. There is no total score, here as on the page."""

    scope = serializers.CharField()
    window = serializers.CharField(allow_null=True)
    windows = serializers.ListField(child=serializers.CharField(), help_text="The periods that have figures, the newest first.")
    results = IndicatorSerializer(many=True)


class IndicatorDoor(Door):
    is_open = True
    parameters = ("scope", "window")

    @extend_schema(
        summary="The indicators of one scope in one period",
        description="Service values and social values are published together or not at all. Too few cases: no value, only the reason.",
        tags=["Indicators"],
        operation_id="indicators",
        parameters=[
            OpenApiParameter("scope", str, description="city (the default), service:CODE, operator:CODE, category:SERVICE/CODE, area:CODE"),
            OpenApiParameter("window", str, description="One of `windows`; the newest whole quarter that is over where left out."),
        ],
        responses={200: FiguresSerializer},
    )
    def get(self, request: Request) -> Response:
        scope = request.query_params.get("scope") or WHOLE_CITY
        try:
            scope = scope_of(scope[:200]).code
        except NoSuchScope as refusal:
            raise ValidationError({"scope": [str(refusal)]}, "unknown") from refusal
        windows = computed_windows(scope)
        window = _window(request.query_params.get("window", ""), windows)
        reports = newest_reports(stored_values(scope, window)) if window else []
        shown = {
            "scope": scope,
            "window": window.code if window else None,
            "windows": [one.code for one in windows],
            "results": [_shown(indicator, stored) for indicator, stored in reports],
        }
        return Response(FiguresSerializer(shown).data)


def _window(code: str, windows: list[Window]) -> Window | None:
    try:
        return chosen_window(code[:40], windows, at=wall_clock.now())
    except NoSuchPeriod as refusal:
        known = ", ".join(window.code for window in windows[:12]) or _("none")
        said = _("There are no figures for this period. There are: %(known)s.") % {"known": known}
        raise ValidationError({"window": [said]}, "unknown") from refusal


def _shown(indicator: Indicator, stored: Any) -> dict[str, Any]:
    lines = [(line, stored[line.measure]) for line in indicator.lines if line.measure in stored]
    newest: IndicatorValue = lines[0][1]
    return {
        "code": indicator.code,
        "definition": indicator.definition,
        "name": indicator.name,
        "question": indicator.question,
        "method": indicator.method,
        "pitfalls": indicator.pitfalls,
        "as_of": newest.as_of,
        "is_provisional": newest.is_provisional,
        "lines": [
            {
                "measure": line.measure,
                "name": line.label,
                "unit": line.unit,
                "value": value.value,
                "low": value.low,
                "high": value.high,
                "n": value.n,
                "events": value.events,
                "withheld": value.withheld,
            }
            for line, value in lines
        ],
    }
