"""Which services there are, what can be said about them, and where."""

from typing import Any, ClassVar

from django.db.models import Prefetch, Q, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from portal import wall_clock
from portal.api.doors import DoorSet
from portal.api.inputs import PerLanguage
from portal.models import Area, Asset, Category, Criterion, Question, Service


class OptionSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = PerLanguage()


class QuestionSerializer(serializers.ModelSerializer[Question]):
    text = PerLanguage()
    options = OptionSerializer(many=True)

    class Meta:
        model = Question
        fields = ["code", "text", "answer", "options", "is_required"]


class CategorySerializer(serializers.ModelSerializer[Category]):
    name = PerLanguage()
    questions = QuestionSerializer(many=True)

    class Meta:
        model = Category
        fields = ["code", "name", "kinds", "questions"]


class ServiceSerializer(serializers.ModelSerializer[Service]):
    name = PerLanguage()
    description = PerLanguage()
    categories = CategorySerializer(many=True)

    class Meta:
        model = Service
        fields = ["code", "name", "description", "visibility", "categories"]


class AreaSerializer(serializers.ModelSerializer[Area]):
    name = PerLanguage()
    parent = serializers.SlugRelatedField("code", read_only=True, allow_null=True)  # type: ignore[assignment,var-annotated]

    class Meta:
        model = Area
        fields = ["code", "name", "parent"]


class AssetSerializer(serializers.ModelSerializer[Asset]):
    area = serializers.SlugRelatedField("code", read_only=True, allow_null=True)  # type: ignore[var-annotated]

    class Meta:
        model = Asset
        fields = ["code", "name", "area", "latitude", "longitude"]


class CriterionSerializer(serializers.ModelSerializer[Criterion]):
    text = PerLanguage()
    service = serializers.SlugRelatedField("code", read_only=True, allow_null=True)  # type: ignore[var-annotated]

    class Meta:
        model = Criterion
        fields = ["code", "version", "use", "service", "text", "published_at"]


@extend_schema_view(
    list=extend_schema(summary="Services, with their categories and questions", tags=["Services"], operation_id="services"),
    retrieve=extend_schema(summary="One service", tags=["Services"], operation_id="service"),
)
class ServiceDoors(DoorSet):
    is_open = True
    queryset = Service.objects.none()
    serializer_class = ServiceSerializer
    page_order: ClassVar[tuple[str, ...]] = ("code",)

    def rows(self) -> QuerySet[Service]:
        questions = Question.objects.filter(retired_at=None).order_by("place", "id")
        offered = Category.objects.offered().order_by("code").prefetch_related(Prefetch("questions", questions))
        return Service.objects.filter(retired_at=None).prefetch_related(Prefetch("categories", offered))

    def retrieve(self, request: Request, code: str) -> Response:
        return Response(self.get_serializer(self.find(code=code)).data)


@extend_schema_view(list=extend_schema(summary="What people can point at: stations, containers", tags=["Services"], operation_id="assets"))
class AssetDoors(DoorSet):
    is_open = True
    queryset = Asset.objects.none()
    serializer_class = AssetSerializer
    page_order: ClassVar[tuple[str, ...]] = ("code", "id")

    def rows(self) -> QuerySet[Asset]:
        return Asset.objects.filter(service__code=self.kwargs["code"], service__retired_at=None, retired_at=None).select_related("area")


@extend_schema_view(list=extend_schema(summary="Parts of the city", tags=["Services"], operation_id="areas"))
class AreaDoors(DoorSet):
    is_open = True
    queryset = Area.objects.none()
    serializer_class = AreaSerializer
    page_order: ClassVar[tuple[str, ...]] = ("code",)

    def rows(self) -> QuerySet[Area]:
        return Area.objects.select_related("parent")


@extend_schema_view(
    list=extend_schema(
        summary="The published grounds on which something may be refused or hidden", tags=["Services"], operation_id="criteria"
    )
)
class CriterionDoors(DoorSet):
    is_open = True
    queryset = Criterion.objects.none()
    serializer_class = CriterionSerializer
    page_order: ClassVar[tuple[str, ...]] = ("code", "version")

    def rows(self) -> QuerySet[Criterion]:
        at = wall_clock.now()
        standing = Criterion.objects.filter(Q(retired_at=None) | Q(retired_at__gt=at), published_at__lte=at)
        return standing.select_related("service")
