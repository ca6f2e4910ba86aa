from celery import shared_task

from portal import wall_clock
from suggestions.actions import notices, obligations, photos, retention, supports, verdicts


@shared_task
def warn_due_soon() -> int:
    return obligations.warn_due_soon(at=wall_clock.now())


@shared_task
def resume_exhausted_pauses() -> int:
    return obligations.resume_exhausted_pauses(at=wall_clock.now())


@shared_task
def breach_overdue() -> int:
    return obligations.breach_overdue(at=wall_clock.now())


@shared_task
def climb_ladders() -> int:
    return obligations.climb_ladders(at=wall_clock.now())


@shared_task
def close_verdict_windows() -> int:
    return verdicts.close_verdict_windows(at=wall_clock.now())


@shared_task
def delete_leftover_files() -> int:
    return photos.delete_leftover_files()


@shared_task
def drop_expired_held_photos() -> int:
    return photos.drop_expired_held_photos(at=wall_clock.now())


@shared_task
def tell_followers() -> int:
    return notices.tell_followers(at=wall_clock.now())


@shared_task
def send_notices() -> int:
    return notices.send_notices(at=wall_clock.now())


@shared_task
def count_supports() -> int:
    """Roll the steps up and look at once whether that was enough for somebody to owe something."""
    moved = supports.roll_up(at=wall_clock.now())
    supports.find_crossings(at=wall_clock.now())
    return moved


@shared_task
def raise_assurances() -> int:
    return supports.raise_assurances(at=wall_clock.now())


@shared_task
def check_tallies() -> int:
    return supports.check_tallies(at=wall_clock.now())


@shared_task
def apply_retention() -> dict[str, int]:
    return retention.apply_retention(at=wall_clock.now())
