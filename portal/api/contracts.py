"""Who owes which service, and the clauses that say by when."""

from typing import ClassVar

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from portal.api.doors import DoorSet
from portal.api.inputs import PerLanguage
from portal.models import Contract, EscalationStep, Organisation, ServiceLevel

_Slug = serializers.SlugRelatedField


class OrganisationSerializer(serializers.ModelSerializer[Organisation]):
    class Meta:
        model = Organisation
        fields = ["code", "name", "kind"]


class StepSerializer(serializers.ModelSerializer[EscalationStep]):
    class Meta:
        model = EscalationStep
        fields = ["rank", "level", "after_minutes"]


class ClauseSerializer(serializers.ModelSerializer[ServiceLevel]):
    text = PerLanguage()
    category = _Slug("code", read_only=True, allow_null=True)  # type: ignore[var-annotated]
    calendar = _Slug("code", read_only=True)  # type: ignore[var-annotated]
    in_force_from = serializers.DateTimeField(source="in_force.lower")
    in_force_until = serializers.DateTimeField(source="in_force.upper", allow_null=True)
    ladder = StepSerializer(many=True)

    class Meta:
        model = ServiceLevel
        fields = [
            "uuid",
            "clause",
            "version",
            "basis",
            "text",
            "act",
            "owed_by",
            "kind",
            "category",
            "support_threshold",
            "within_minutes",
            "calendar",
            "pause_reasons",
            "pause_limit_minutes",
            "longest_promise_days",
            "verdict_days",
            "verdict_rule",
            "in_force_from",
            "in_force_until",
            "published_at",
            "ladder",
        ]


class ContractSerializer(serializers.ModelSerializer[Contract]):
    title = PerLanguage()
    service = _Slug("code", read_only=True)  # type: ignore[var-annotated]
    area = _Slug("code", read_only=True, allow_null=True)  # type: ignore[var-annotated]
    operator = OrganisationSerializer()
    first_day = serializers.DateField(source="term.lower")
    day_after_last = serializers.DateField(source="term.upper", allow_null=True)
    clauses = ClauseSerializer(source="service_levels", many=True)

    class Meta:
        model = Contract
        fields = ["code", "title", "service", "area", "operator", "first_day", "day_after_last", "clauses"]


def _published() -> QuerySet[ServiceLevel]:
    steps = EscalationStep.objects.order_by("rank")
    published = ServiceLevel.objects.filter(published_at__isnull=False).order_by("clause", "version")
    return published.select_related("category", "calendar").prefetch_related(Prefetch("ladder", steps))


@extend_schema_view(
    list=extend_schema(summary="Contracts, with every published clause", tags=["Contracts"], operation_id="contracts"),
    retrieve=extend_schema(summary="One contract", tags=["Contracts"], operation_id="contract"),
)
class ContractDoors(DoorSet):
    is_open = True
    queryset = Contract.objects.none()
    serializer_class = ContractSerializer
    page_order: ClassVar[tuple[str, ...]] = ("code",)

    def rows(self) -> QuerySet[Contract]:
        return Contract.objects.select_related("service", "area", "operator").prefetch_related(Prefetch("service_levels", _published()))

    def retrieve(self, request: Request, code: str) -> Response:
        return Response(self.get_serializer(self.find(code=code)).data)


@extend_schema_view(
    list=extend_schema(summary="What the city owes where a contract is silent", tags=["Contracts"], operation_id="city_rules")
)
class CityRuleDoors(DoorSet):
    is_open = True
    queryset = ServiceLevel.objects.none()
    serializer_class = ClauseSerializer
    page_order: ClassVar[tuple[str, ...]] = ("clause", "version")

    def rows(self) -> QuerySet[ServiceLevel]:
        return _published().filter(contract=None)
