"""For each constraint of reports, the ways to break it and nothing else."""

from reports.models import IndicatorValue
from tests.factories import DAY, MONDAY_NOON


def a_value(**fields):
    return IndicatorValue.objects.create(
        **{
            "code": "R3",
            "measure": "share",
            "definition": 1,
            "code_version": "1",
            "scope": "city",
            "window_from": MONDAY_NOON,
            "window_until": MONDAY_NOON + DAY,
            "as_of": MONDAY_NOON + DAY,
            "n": 0,
            "computed_at": MONDAY_NOON + DAY,
        }
        | fields
    )


RULES = {
    "indicator_value_once": [lambda: [a_value() for _ in range(2)]],
    "indicator_window_has_length": [lambda: a_value(window_until=MONDAY_NOON)],
    "indicator_withheld_has_no_value": [
        lambda: a_value(withheld="too_few", value=0.5),
        lambda: a_value(withheld="too_few", low=0.1),
        lambda: a_value(withheld="too_few", high=0.9),
    ],
}
