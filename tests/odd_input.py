"""Input that nobody should send, for every route there is: made from the URL conf, so that a new door cannot be forgotten."""

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, quote_from_bytes

from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import IntConverter, UUIDConverter

LEFT_OUT = ("admin", "portal:sign_out")  # Django's own pages for staff; and the way out, behind which nobody is signed in any more
TYPED = "Typed-by-a-person"  # must still be there when a form comes back

VALUES: dict[str, bytes] = {
    "nothing": b"",
    "a null byte": b"a\0b",
    "no text": b"\xff\xfe\xc3",
    "half a character": "\ud800".encode(errors="surrogatepass"),
    "very long": b"x" * 100_000,
    "a huge number": b"9" * 40,
    "a negative number": b"-1",
    "no number": b"1e999",
    "a day that never was": b"2026-13-45",
    "a list": b"[]",
    "an object": b'{"a": {"b": []}}',
    "markup": b"<b>" * 2000,
    "spaces": b" \t\r\n ",
    "a quote": b"'; DROP TABLE x; --",
    "percent and brace": b"%s %(a)s {0} {{ 1 }}",
    "right to left": "\u202e\u200f\u0600".encode(),
}
DEEP = b"[" * 20_000 + b"]" * 20_000
BODIES: dict[str, tuple[str, bytes]] = {
    "no body": ("application/x-www-form-urlencoded", b""),
    "broken JSON": ("application/json", b'{"title": "a'),
    "deep JSON": ("application/json", DEEP),
    "deep JSON in a field": ("application/json", b'{"title": ' + DEEP + b"}"),
    "JSON of the wrong kind": ("application/json", b'[1, null, "a"]'),
    "JSON null": ("application/json", b"null"),
    "JSON numbers that are none": ("application/json", b'{"title": NaN, "text": Infinity, "service": -0.0}'),
    "JSON with wrong types": (
        "application/json",
        b'{"title": {"a": 1}, "text": [1], "service": 7, "kind": null, "category": true, "area": []}',
    ),
    "JSON in another charset": ("application/json; charset=utf-16", '{"title": "a"}'.encode("utf-16")),
    "unknown charset": ("application/x-www-form-urlencoded; charset=klingon", b"title=a"),
    "multipart without a boundary": ("multipart/form-data", b"title=a"),
    "broken multipart": (
        "multipart/form-data; boundary=x",
        b"--x\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a\0.jpg\"\r\n\r\n\xff\xd8",
    ),
    "no known type": ("application/x-nothing", b"\0\1\2"),
    "far too many fields": ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % number for number in range(5000))),
}  # fmt: skip
COMMON_FIELDS = (
    "text", "title", "reason", "reasons", "note", "form_key", "next", "reference", "phrase", "email", "name", "born_on", "postcode",
    "service", "kind", "category", "area", "asset", "answer_by", "outcome", "criterion", "promise", "promised_on", "due_on", "evidence",
    "evidence_url", "value", "agrees", "handed_to", "lang", "language", "capacity", "place", "pin", "received_at", "received_on",
    "statement", "password",
)  # fmt: skip
LIST_PARAMETERS = (
    "page", "page_size", "limit", "cursor", "after", "before", "order", "q", "service", "kind", "status", "owed", "category", "area",
    "late", "scope", "window", "outcome", "act", "mine", "next", "draft", "format", "lang", "since", "until", "bounds", "west", "zoom",
)  # fmt: skip


@dataclass(frozen=True)
class Odd:
    """One odd request, and what is odd about it."""

    route: str
    what: str
    method: str
    line: str
    body: bytes = b""
    content_type: str = ""
    keeps: bool = False  # what was typed must be in the answer, where the form comes back

    def __str__(self) -> str:
        return f"{self.method} {self.route}: {self.what}"


def routes(known: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each named route with an address of it; `known` holds arguments by their name, so that the rows behind it exist."""
    for name, converters in _patterns(get_resolver().url_patterns):
        if name.split(":")[0] in LEFT_OUT or name in LEFT_OUT:
            continue
        arguments = {argument: known.get(argument, _some(converter)) for argument, converter in converters.items()}
        try:
            yield name, reverse(name, kwargs=arguments)
        except NoReverseMatch:
            yield name, reverse(name, kwargs=arguments | dict.fromkeys(arguments, "x"))


def _patterns(
    patterns: Iterable[URLPattern | URLResolver], namespace: str = "", above: Mapping[str, Any] | None = None
) -> Iterator[tuple[str, dict[str, Any]]]:
    for pattern in patterns:
        converters = dict(above or {}) | pattern.pattern.converters
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _patterns(pattern.url_patterns, inner, converters)
        elif pattern.name:
            converters |= {name: None for name in getattr(pattern.pattern, "regex", None).groupindex if name not in converters}
            yield f"{namespace}{pattern.name}", converters


def _some(converter: Any) -> Any:
    if isinstance(converter, IntConverter):
        return 1
    return uuid.UUID(int=7) if isinstance(converter, UUIDConverter) else "x"


def odd_writes(known: Mapping[str, Any], *, values: Iterable[str] = VALUES, bodies: Iterable[str] = BODIES) -> Iterator[Odd]:
    """Every route is written to: those that only read answer 405."""
    for name, line in routes(known):
        for what in values:
            yield Odd(name, what, "POST", line, _form(VALUES[what]), "application/x-www-form-urlencoded", keeps=True)
        if "api" in name:
            for what in values:
                fields = {field: VALUES[what].decode(errors="replace") for field in COMMON_FIELDS}
                yield Odd(name, f"{what} in JSON", "POST", line, json.dumps(fields).encode(), "application/json")
        for what in bodies:
            content_type, body = BODIES[what]
            yield Odd(name, what, "POST", line, body, content_type)


def odd_reads(known: Mapping[str, Any], *, values: Iterable[str] = VALUES, one_by_one: bool = False) -> Iterator[Odd]:
    """Every route is asked with odd parameters: all of them at once, or one by one."""
    for name, line in routes(known):
        for what in values:
            value = quote_from_bytes(VALUES[what][:4000])
            if one_by_one:
                for parameter in LIST_PARAMETERS:
                    yield Odd(name, f"{parameter}: {what}", "GET", f"{line}?{parameter}={value}")
            else:
                yield Odd(
                    name, f"parameters: {what}", "GET", line + "?" + "&".join(f"{parameter}={value}" for parameter in LIST_PARAMETERS)
                )


def odd_addresses(known: Mapping[str, Any]) -> Iterator[Odd]:
    """Every text in an address is something else than it should be."""
    for name, converters in _patterns(get_resolver().url_patterns):
        texts = [argument for argument, converter in converters.items() if not isinstance(converter, IntConverter | UUIDConverter)]
        if not texts or name.split(":")[0] in LEFT_OUT:
            continue
        for odd in ("a\0b", "AN-0000-0000-0", "9" * 300, "..", "%s", "\u202e", "x y"):
            arguments = {argument: known.get(argument, _some(converter)) for argument, converter in converters.items()}
            try:
                line = reverse(name, kwargs=arguments | dict.fromkeys(texts, odd))
            except NoReverseMatch:
                continue
            yield Odd(name, f"address: {odd!r}"[:40], "GET", line if "\0" not in line else quote(line))


def _form(value: bytes) -> bytes:
    """Every field holds the same odd value, but for those in which somebody typed."""
    fields = [f"{name}={quote_from_bytes(value)}".encode() for name in COMMON_FIELDS if name not in {"text", "reasons", "evidence"}]
    return b"&".join([*fields, *(f"{name}={TYPED}".encode() for name in ("text", "reasons", "evidence"))])
