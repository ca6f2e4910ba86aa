"""The doors of the API: closed unless they say otherwise, in one capacity, within the scopes of the key."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any, ClassVar

from django.conf import settings
from django.http import Http404
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.translation import gettext as _
from rest_framework import exceptions, serializers
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from portal.api.listing import CURSOR, SIZE
from portal.models import Actor, ApiToken, TokenScope

READ = TokenScope.READ


class WithinScopes(BasePermission):
    """Reading is open to everybody where the door says so; everything else needs a key with the scope, or a session."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if view.action is None:
            return True  # no such method here: the door says so itself
        scope = view.limited_as(request)
        if isinstance(request.auth, ApiToken):
            if scope not in request.auth.scopes:
                raise exceptions.PermissionDenied(_("This key may not do this: it needs the scope “%(scope)s”.") % {"scope": scope.value})
            return True
        return bool(request.user.is_authenticated or (request.method in SAFE_METHODS and view.is_open))


class Door(APIView):
    """What all of them share."""

    permission_classes = [WithinScopes]
    is_open: ClassVar[bool] = False  # whether everybody may read what visible_to() leaves
    scopes: ClassVar[dict[str, TokenScope]] = {}  # of each act that writes
    conflicts: ClassVar[tuple[type[Exception], ...]] = ()
    refused_at: ClassVar[dict[type[Exception], str]] = {}
    parameters: ClassVar[Iterable[str]] = ()  # that an address may carry beside those of its filter and its pages
    action: str | None = "read"

    def limited_as(self, request: Request) -> TokenScope:
        """The scope an act needs, which is also how it is counted."""
        return READ if request.method in SAFE_METHODS else self.scopes.get(self.action or "", READ)

    @cached_property
    def actor(self) -> Actor:
        """Who acts: the capacity of the key, else of the session, else nobody. Reading leaves no trace, so a reader needs no row."""
        if isinstance(self.request.auth, ApiToken):
            return self.request.auth.actor()
        if self.request.user.is_authenticated:
            return self.request._request.actor  # type: ignore[attr-defined]
        return Actor(kind=Actor.Kind.NOBODY)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self._check_parameters(request)

    def known_parameters(self) -> set[str]:
        known = set(self.parameters)
        if self.action == "list" and (filterset := getattr(self, "filterset_class", None)):
            known |= set(filterset.base_filters)
        if self.action == "list" and getattr(self, "pagination_class", None):
            known |= {CURSOR, SIZE}
        return known

    def _check_parameters(self, request: Request) -> None:
        """A parameter nobody knows would be passed over in silence, and the list would show what was not asked for."""
        known = self.known_parameters()
        for name, values in request.query_params.lists():
            if name not in known:
                listed = ", ".join(sorted(known)) or _("none")
                said = _("This is not known here. Known are: %(known)s.") % {"known": listed}
                raise exceptions.ValidationError({name[:60]: [said]}, "unknown")
            if len(values) > 1:
                raise exceptions.ValidationError({name: [_("Write this once.")]}, "twice")

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Pages of other sites may read what is public (CORS), never with somebody's key or session."""
        response = super().finalize_response(request, response, *args, **kwargs)
        known = "Authorization" in request.headers or settings.SESSION_COOKIE_NAME in request.COOKIES
        patch_vary_headers(response, ["Authorization", "Cookie"])
        if known or request.method not in SAFE_METHODS:
            add_never_cache_headers(response)
        elif self.is_open:
            response["Access-Control-Allow-Origin"] = "*"
        return response


class DoorSet(Door, GenericViewSet):  # type: ignore[misc]  # no action where the method is none of ours
    """Doors about one noun. `rows()` is what this reader may see; DRF's own get_queryset() is left to the description."""

    page_order: ClassVar[tuple[str, ...]] = ("id",)

    def rows(self) -> Any:
        raise NotImplementedError

    def list(self, request: Request, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.rows()))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def find(self, **key: Any) -> Any:
        found = self.rows().filter(**key).first()
        if found is None:
            raise Http404
        return found

    def read_body(self, serializer_class: type[serializers.Serializer[Any]], **context: Any) -> dict[str, Any]:
        body = serializer_class(data=self.request.data, context={**self.get_serializer_context(), **context})
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)


class NoDoor(Door):
    """Every address of the API that is none, whatever the method."""

    is_open = True
    action = None
    http_method_names = [*APIView.http_method_names]
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super(Door, self).initial(request, *args, **kwargs)
        raise Http404
