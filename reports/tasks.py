from celery import shared_task

from portal import wall_clock
from reports.actions import indicators


@shared_task
def compute_nightly() -> int:
    return indicators.compute_night(at=wall_clock.now())


@shared_task
def compute_so_far() -> int:
    return indicators.compute_so_far(at=wall_clock.now())
