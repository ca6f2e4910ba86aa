"""The one place from which doors take the moment; in the demo it can be moved forward."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from django.conf import settings


def now() -> datetime:
    return datetime.now(UTC) + offset()


def offset() -> timedelta:
    """How far the clock of the demo has been moved; nothing outside the demo."""
    if not settings.DEMO:
        return timedelta()
    try:
        facts = settings.DEMO_CLOCK_FILE.stat()
    except OSError:
        return timedelta()
    return _read_offset(settings.DEMO_CLOCK_FILE, facts.st_mtime_ns, facts.st_ino)


def move_forward(by: timedelta) -> None:
    """Move the clock of the demo, for every process of it."""
    draft = settings.DEMO_CLOCK_FILE.with_suffix(".new")
    draft.write_text(str((offset() + by) // timedelta(seconds=1)))
    draft.replace(settings.DEMO_CLOCK_FILE)


@lru_cache(maxsize=2)  # the file is read again only when it is another one
def _read_offset(file: Path, changed_at: int, number: int) -> timedelta:
    return timedelta(seconds=int(file.read_text() or 0))
