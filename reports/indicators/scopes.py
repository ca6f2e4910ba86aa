"""Whose cases a figure is about: the whole city, one service, operator, category or area."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from portal.errors import Refused
from portal.models import Area, Category, Organisation, Service

WHOLE_CITY = "city"


class NoSuchScope(Refused):
    pass


@dataclass(frozen=True, slots=True)
class Scope:
    """`code` is how it is stored; `field` names what a row is chosen by, and `ids` which of them belong."""

    code: str
    name: str
    field: str = ""
    ids: frozenset[int] = frozenset()


def scope_of(code: str) -> Scope:
    """The scope behind city, service:CODE, operator:CODE, category:SERVICE/CODE or area:CODE; NoSuchScope where there is none."""
    if code == WHOLE_CITY:
        return Scope(WHOLE_CITY, _("The whole city"))
    found = next((scope for scope in every_scope() if scope.code == code), None)
    if found is None:
        raise NoSuchScope(
            _("%(code)s is no scope of this city. Write city, service:CODE, operator:CODE, category:SERVICE/CODE or area:CODE.")
            % {"code": code}
        )
    return found


def every_scope() -> Iterator[Scope]:
    """All of them, in the order in which a reader looks for them."""
    yield scope_of(WHOLE_CITY)
    for service in Service.objects.order_by("code"):
        yield Scope(f"service:{service.code}", str(service.name), "service", frozenset({service.pk}))
    for organisation in Organisation.objects.filter(kind__in=[Organisation.Kind.OPERATOR, Organisation.Kind.CITY]).order_by(
        "-kind", "code"
    ):
        yield Scope(f"operator:{organisation.code}", organisation.name, "owner", frozenset({organisation.pk}))
    for category in Category.objects.select_related("service").order_by("service__code", "code"):
        yield Scope(
            f"category:{category.service.code}/{category.code}",
            f"{category.service.name}: {category.name}",
            "category",
            frozenset({category.pk}),
        )
    areas = list(Area.objects.order_by("code"))
    for area in areas:
        yield Scope(f"area:{area.code}", str(area.name), "area", frozenset(_with_parts(area.pk, areas)))


def _with_parts(pk: int, areas: list[Area]) -> Iterator[int]:
    yield pk
    for area in areas:
        if area.parent_id == pk:
            yield from _with_parts(area.pk, areas)
