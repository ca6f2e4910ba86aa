#!/usr/bin/env python3
"""Django's commands, with the built-in PostgreSQL and Valkey around them where no others are named."""

import os
import sys


def main() -> int:
    if sys.version_info < (3, 11):  # noqa: UP036  (said in a sentence, not by a syntax error further on)
        return refuse("Python 3.11 or newer is needed, and this is %d.%d." % sys.version_info[:2])  # noqa: UP031
    try:
        from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415
        from django.core.management import execute_from_command_line  # noqa: PLC0415
    except ImportError:
        return refuse("Django is not installed in this Python: install as the README says, then run .venv/bin/python manage.py.")
    from portal.embedded.commands import servers_for_command  # noqa: PLC0415
    from portal.embedded.errors import CannotStart  # noqa: PLC0415

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    try:
        with servers_for_command(sys.argv[1:]):
            execute_from_command_line(sys.argv)
    except (CannotStart, ImproperlyConfigured) as refusal:
        if "--traceback" in sys.argv:
            raise
        return refuse(str(refusal))
    except KeyboardInterrupt:
        return 130
    return 0


def refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
