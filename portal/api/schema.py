"""The description of the API: as OpenAPI 3.1 for programs, and as one page for people; both from the same doors."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema

from portal.api.problems import CONTENT_TYPE, TITLES

GROUPS = ("Suggestions", "Services", "Contracts", "Indicators")  # in the order in which they are read
ALWAYS = (400, 401, 403, 404, 406, 429, 500)
OF_WRITES = (409, 413, 415, 422, 503)


class DoorSchema(AutoSchema):
    """Each operation says which scope a key needs, so that nobody has to find out by being refused."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        scope = getattr(self.view, "scopes", {}).get(getattr(self.view, "action", None))
        if operation and scope:
            needs = _("A key needs the scope “%(scope)s”.") % {"scope": scope.value}
            operation["description"] = f"{operation.get('description', '')} {needs}".strip()
        return operation

    def get_description(self) -> str:  # type: ignore[override]  # as drf-spectacular has it
        """Only what was written for readers; docstrings are for us."""
        return ""

    def get_auth(self) -> list[dict[str, Any]]:
        known: list[dict[str, Any]] = [{"key": []}, {"session": []}]
        return [{}, *known] if self.method in {"GET", "HEAD"} else known


class KeyScheme(OpenApiAuthenticationExtension):
    target_class = "portal.api.authentication.BearerToken"
    name = "key"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


def finish(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """What every operation shares and DRF cannot know: the problems, that unknown names are refused, and who may call."""
    components = result["components"]
    schemas = components.setdefault("schemas", {})
    schemas |= _PROBLEM
    for name, schema in schemas.items():
        if name.endswith(("Input", "InputRequest")):
            schema["additionalProperties"] = False
    components["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer"},
        "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
    }
    components["responses"] = {
        f"Problem{status}": {
            "description": str(title),
            "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status, title in TITLES.items()
    }
    for operations in result["paths"].values():
        for method, operation in operations.items():
            for status in (*ALWAYS, *(() if method == "get" else OF_WRITES)):
                operation["responses"].setdefault(str(status), {"$ref": f"#/components/responses/Problem{status}"})
    return result


_TEXT = {"type": "string"}
_PROBLEM: dict[str, Any] = {
    "Problem": {
        "type": "object",
        "description": "What went wrong, for people (title, detail, message) and for programs (status, code). RFC 9457.",
        "required": ["type", "title", "status", "detail", "errors"],
        "properties": {
            "type": _TEXT,
            "title": _TEXT,
            "status": {"type": "integer"},
            "detail": _TEXT,
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["field", "message", "code"],
                    "properties": {"field": _TEXT, "message": _TEXT, "code": _TEXT},
                },
            },
        },
    }
}


@lru_cache(maxsize=8)
def description(language: str) -> dict[str, Any]:
    """Made once for each language; the doors do not change while the process runs."""
    schema: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return schema


@login_not_required
@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    response = JsonResponse(description(get_language() or ""))
    response["Access-Control-Allow-Origin"] = "*"
    patch_cache_control(response, public=True, max_age=300)
    return response


@login_not_required
@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """The same description to be read, with an example of each call."""
    schema = description(get_language() or "")
    groups: dict[str, list[dict[str, Any]]] = {group: [] for group in GROUPS}
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            row = operation | {"method": method.upper(), "path": path, "example": _example(request, method, path, operation)}
            groups.setdefault(operation["tags"][0], []).append(row)
    return render(request, "portal/api.html", {"groups": groups, "titles": TITLES, "limits": settings.API_LIMITS})


def _example(request: HttpRequest, method: str, path: str, operation: dict[str, Any]) -> str:
    address = request.build_absolute_uri(path.replace("{reference}", "AN-7Q4K-2M9C-X").replace("{code}", "bicycles"))
    if method == "get":
        return f"curl '{address}'"
    lines = [f"curl -X {method.upper()} '{address}'", "-H 'Authorization: Bearer KEY'"]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("examples", {})
    if body:
        lines += ["-H 'Content-Type: application/json'", f"-d '{next(iter(body.values()))['value']}'"]
    return " \\\n  ".join(lines)
