"""Bodies are read strictly: what a program sends is right, or it is told in one sentence what is not."""

import json
import math
from collections.abc import Mapping
from typing import Any, NoReturn

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from portal.api.problems import TooLarge

MOST_BYTES = 1_000_000
DEEPEST = 8  # of lists and objects in each other; ours need three


class StrictJSON(BaseParser):
    """JSON as in RFC 8259, in UTF-8, of bounded size and depth, without anything that a database cannot keep."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        raw = stream.read(MOST_BYTES + 1)
        if len(raw) > MOST_BYTES:
            raise TooLarge(_("The body is larger than one megabyte."))
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as fault:
            raise ParseError(_("The body is not UTF-8.")) from fault
        try:
            body = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_each_name_once)
        except RecursionError as fault:
            raise _too_deep() from fault
        except ValueError as fault:
            raise ParseError(_("The body is not JSON: %(why)s.") % {"why": str(fault)[:100]}) from fault
        _check(body)
        return body


def _refuse_constant(name: str) -> NoReturn:
    raise ParseError(_("%(name)s is not a number of JSON.") % {"name": name})


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    named = dict(pairs)
    if len(named) != len(pairs):
        raise ParseError(_("A name stands twice in one object of the body."))
    return named


def _too_deep() -> ParseError:
    return ParseError(
        ngettext(
            "The body is nested too deeply: at most %(count)d level.", "The body is nested too deeply: at most %(count)d levels.", DEEPEST
        )
        % {"count": DEEPEST}
    )


def _check(body: Any) -> None:
    """Level by level, so that no depth of theirs can exhaust ours."""
    level = [body]
    for _depth in range(DEEPEST + 1):
        inner: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                inner += [*value.keys(), *value.values()]
            elif isinstance(value, list):
                inner += value
            else:
                _check_value(value)
        if not inner:
            return
        level = inner
    raise _too_deep()


def _check_value(value: Any) -> None:
    if isinstance(value, str) and ("\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value)):
        raise ParseError(_("A text of the body holds a character that no text can hold."))
    if isinstance(value, float) and not math.isfinite(value):
        raise ParseError(_("A number of the body is too large."))
