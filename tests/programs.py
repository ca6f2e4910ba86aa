"""Other software, as the tests play it: a client with the key of a capacity, whose every answer is held against the description."""

import json
import re
from functools import cache
from ipaddress import IPv6Address
from random import getrandbits
from typing import Any

import jsonschema
from django.test import Client

from portal import wall_clock
from portal.actions.tokens import issue_token, scopes_for
from portal.api.schema import description
from portal.models import Actor, TokenScope
from tests.factories import DAY


class Program(Client):
    """Fails where an answer is not what the description says."""

    def headers_of_key(self) -> dict[str, str]:
        return {"Authorization": self.defaults["HTTP_AUTHORIZATION"]}

    def request(self, **request: Any) -> Any:
        answer = super().request(**request)
        is_door = request["PATH_INFO"].startswith("/api/v1/") and request["PATH_INFO"] != "/api/v1/openapi.json"
        if is_door and request["REQUEST_METHOD"] in {"GET", "POST", "DELETE"}:
            assert_as_described(request["REQUEST_METHOD"], request["PATH_INFO"], answer)
        return answer


def a_program(actor: Actor | None = None, *scopes: TokenScope, **more: Any) -> Program:
    """With a key of this capacity, or without any; from a network from which nobody asked before."""
    headers = dict(more.pop("headers", {}))
    if actor is not None:
        at = wall_clock.now()
        key = issue_token(by=actor, name="Test", scopes=scopes or scopes_for(actor), expires_at=at + 30 * DAY, at=at)
        headers["Authorization"] = f"Bearer {key.secret}"
    return Program(headers=headers, **{"REMOTE_ADDR": str(IPv6Address(getrandbits(128)))} | more)


def read(address: str, program: Program | None = None) -> Any:
    answer = (program or a_program()).get(address)
    assert answer.status_code == 200, answer.content
    return answer.json()


def listed(address: str, program: Program | None = None) -> list[Any]:
    return read(address, program)["results"]


def send(address: str, body: Any, program: Program, *, idempotency_key: str | None = None) -> Any:
    headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
    text = body if isinstance(body, str | bytes) else "" if body is None else json.dumps(body)
    return program.post(address, text, content_type="application/json", headers=headers)


def assert_as_described(method: str, path: str, answer: Any) -> None:
    operation = operation_at(path, method.lower())
    if operation is None:
        assert answer.status_code in {401, 404, 405, 406, 429}, answer.content
        described = {"$ref": "#/components/schemas/Problem"}
    else:
        found = operation["responses"].get(str(answer.status_code))
        assert found, f"{method} {path} answered {answer.status_code}, which is not described: {answer.content[:300]!r}"
        found = description("en")["components"]["responses"][found["$ref"].rpartition("/")[2]] if "$ref" in found else found
        [(content_type, content)] = found["content"].items()
        assert answer["Content-Type"] == content_type
        described = content["schema"]
    faults = list(jsonschema.Draft202012Validator(described | {"components": description("en")["components"]}).iter_errors(answer.json()))
    assert not faults, f"{method} {path}: {faults[0].json_path}: {faults[0].message}"


@cache
def _patterns() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    paths = sorted(description("en")["paths"].items(), key=lambda item: item[0].count("{"))
    return [(re.compile(re.sub(r"{\w+}", "[^/]+", path)), operations) for path, operations in paths]


def operation_at(path: str, method: str) -> dict[str, Any] | None:
    for pattern, operations in _patterns():
        if pattern.fullmatch(path):
            return operations.get(method)
    return None
