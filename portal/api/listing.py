"""Pages of lists: by key, so that page one thousand costs what page one costs; and the filters that lists share with the pages."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

import django_filters
from django.core import signing
from django.db.models import Field, Model, Q, QuerySet
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

PAGE_SIZE = 20
LARGEST_PAGE = 100
CURSOR, SIZE = "cursor", "page_size"


class KeysetPages(BasePagination):
    """The rows behind the cursor, in the one order that the view names in `page_order` (fields of one direction, the last unique)."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        order: Sequence[str] = view.page_order
        signer = signing.Signer(salt=f"api.cursor.{type(view).__name__}.{'.'.join(order)}")
        size = _size(request.query_params.get(SIZE))
        rows = queryset.order_by(*order)
        if written := request.query_params.get(CURSOR):
            rows = rows.filter(_beyond(order, _key(written, signer, queryset.model, order)))
        found = list(rows[: size + 1])
        self.next_address = None
        if len(found) > size:
            cursor = signer.sign_object([_written(getattr(found[size - 1], name.lstrip("-"))) for name in order])
            self.next_address = replace_query_param(request.build_absolute_uri(), CURSOR, cursor)
        return found[:size]

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"results": data, "next": self.next_address})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        next_address = {"type": ["string", "null"], "format": "uri", "description": str(_("The next page; null on the last."))}
        return {
            "type": "object",
            "required": ["results", "next"],
            "properties": {"results": schema, "next": next_address},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        size = {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE_SIZE}
        return [
            {"name": CURSOR, "in": "query", "schema": {"type": "string"}, "description": str(_("From the `next` of the page before."))},
            {"name": SIZE, "in": "query", "schema": size, "description": str(_("How many rows a page holds."))},
        ]


class SharedFilter(DjangoFilterBackend):
    """The FilterSet of the page; but a program is told of a value that means nothing, where a page may pass over it."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        filterset = self.get_filterset_class(view, queryset)
        for name, declared in filterset.base_filters.items() if filterset else ():
            value = request.query_params.get(name, "")
            if isinstance(declared, django_filters.BooleanFilter) and value not in {"", "true", "false"}:
                raise ValidationError({name: [_("Write true or false.")]})
        return super().filter_queryset(request, queryset, view)


def _size(written: str | None) -> int:
    if written is None:
        return PAGE_SIZE
    if written.isascii() and written.isdigit() and len(written) <= 3 and 1 <= int(written) <= LARGEST_PAGE:
        return int(written)
    raise ValidationError({SIZE: [_("Write a number from 1 to %(most)d.") % {"most": LARGEST_PAGE}]})


def _key(written: str, signer: signing.Signer, model: type[Model], order: Sequence[str]) -> Mapping[str, Any]:
    try:
        values = signer.unsign_object(written)
    except (signing.BadSignature, ValueError) as fault:
        raise ValidationError({CURSOR: [_("This cursor does not belong to this list. Start without one.")]}) from fault
    names = [name.lstrip("-") for name in order]
    return {name: cast("Field[Any, Any]", model._meta.get_field(name)).to_python(value) for name, value in zip(names, values, strict=True)}


def _beyond(order: Sequence[str], key: Mapping[str, Any]) -> Q:
    """The rows after this key. The first field is bounded once more by itself, so that its index is used."""
    step = "lt" if order[0].startswith("-") else "gt"
    names = list(key)
    beyond = Q()
    for number, name in enumerate(names):
        beyond |= Q(**{earlier: key[earlier] for earlier in names[:number]}, **{f"{name}__{step}": key[name]})
    return Q(**{f"{names[0]}__{step}e": key[names[0]]}) & beyond


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
