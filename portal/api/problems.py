"""One shape for every refusal and fault of the API: problem details as in RFC 9457."""

import logging
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions, status
from rest_framework.response import Response

from portal.errors import Refused

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
MOST_ERRORS = 100
LONGEST_MESSAGE = 300  # what somebody sent may stand in it

TITLES = {
    400: gettext_lazy("This cannot be understood."),
    401: gettext_lazy("Say who you are."),
    403: gettext_lazy("This may not be done with this key or role."),
    404: gettext_lazy("There is nothing here."),
    405: gettext_lazy("This cannot be done here."),
    406: gettext_lazy("Answers come as JSON only."),
    409: gettext_lazy("It is no longer in a state in which this can be done."),
    413: gettext_lazy("This is too much at once."),
    415: gettext_lazy("Send JSON."),
    422: gettext_lazy("This was understood and refused."),
    429: gettext_lazy("Too many requests."),
    500: gettext_lazy("Something went wrong here."),
    503: gettext_lazy("This is not possible right now."),
}


class TooLarge(exceptions.APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"


class Away(exceptions.APIException):
    """Something this needs does not answer."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "away"


def as_problem(fault: Exception, context: Mapping[str, Any]) -> Response:
    """The answer to any exception of a door. A bug is logged with its trace, and still answered in this shape."""
    view = context.get("view")
    if isinstance(fault, Refused):
        return _refused(fault, view)
    if isinstance(fault, exceptions.APIException):
        return _api_exception(fault)
    if isinstance(fault, Http404):
        return problem(404, _("It does not exist, or you may not see it."))
    if isinstance(fault, PermissionDenied):
        return problem(403, str(fault) or _("Your role may not do this."))
    if isinstance(fault, RequestDataTooBig):
        return problem(413, _("The request is too large."))
    if isinstance(fault, SuspiciousOperation):
        return problem(400, _("The request cannot be read."))
    got_request_exception.send(sender=type(view), request=context.get("request"))
    logger.error("The API failed in %s.", type(view).__name__, exc_info=fault)
    if isinstance(fault, OperationalError | InterfaceError):
        return problem(503, _("The records cannot be reached at this moment. Try again in a minute."))
    return problem(500, _("This is our fault, not yours. It was written down; try again later."))


def problem(
    status_code: int, detail: str, errors: list[dict[str, str]] | None = None, *, headers: Mapping[str, str] | None = None
) -> Response:
    body = {
        "type": f"{reverse('portal:api')}#{status_code}",
        "title": str(TITLES.get(status_code, "")),
        "status": status_code,
        "detail": detail,
        "errors": errors or [],
    }
    return Response(body, status_code, headers=dict(headers or {}), content_type=CONTENT_TYPE)


def code_of(refusal: Refused) -> str:
    """AlreadySettled becomes already_settled."""
    name = type(refusal).__name__
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).removeprefix("_")


def _refused(refusal: Refused, view: Any) -> Response:
    """A conflict with how it stands is 409, anything else that was understood and refused 422; the view knows which is which."""
    conflicts, fields = getattr(view, "conflicts", ()), getattr(view, "refused_at", {})
    error = {"field": fields.get(type(refusal), ""), "message": str(refusal), "code": code_of(refusal)}
    return problem(409 if isinstance(refusal, conflicts) else 422, str(refusal), [error])


def _api_exception(fault: exceptions.APIException) -> Response:
    headers = {}
    if challenge := getattr(fault, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(fault, "wait", None):
        headers["Retry-After"] = str(max(1, round(wait)))
    if isinstance(fault, exceptions.ValidationError):
        errors = list(islice(_flat(fault.detail), MOST_ERRORS))
        first = errors[0] if errors else {"field": "", "message": ""}
        detail = f"{first['field']}: {first['message']}" if first["field"] else first["message"]
        return problem(fault.status_code, detail, errors)
    return problem(fault.status_code, str(fault.detail), headers=headers)


def _flat(detail: Any, path: str = "") -> Iterator[dict[str, str]]:
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            whole = name == "non_field_errors"
            yield from _flat(inner, path if whole else f"{path}.{name}" if path else str(name))
    elif isinstance(detail, list | tuple):
        for number, inner in enumerate(detail):
            nested = isinstance(inner, Mapping | list)
            yield from _flat(inner, f"{path}.{number}" if nested and inner else path)
    else:
        code = getattr(detail, "code", None) or "invalid"
        yield {"field": path[:LONGEST_MESSAGE], "message": str(detail)[:LONGEST_MESSAGE], "code": code}
