"""A made-up case history of an earlier system, row by row."""

import csv

from portal.models import Actor
from suggestions.actions.imports import import_cases
from suggestions.histories import open_history, read_mapping
from tests.factories import MONDAY_NOON, a_service, the_city

COLUMNS = ["number", "opened", "due", "closed", "cancelled", "type", "district", "source", "on time", "result"]
MAPPING = """
source = "works"
zone = "Europe/Brussels"
formats = ["%Y-%m-%d %H:%M"]
[columns]
id = "number"
received = "opened"
due = "due"
closed = "closed"
cancelled = "cancelled"
category = "type"
area = "district"
channel = "source"
opened_by = "source"
flag = "on time"
outcome = "result"
[channel]
values = { Call = "phone", Site = "web", Crew = "operator" }
[opened_by]
values = { Crew = "staff" }
otherwise = "citizen"
[flag]
values = { Y = "on_time", N = "overdue" }
"""


def a_row(number="1", **printed):
    fields = {"opened": "2025-05-05 08:00", "type": "Potholes", "district": "North", "source": "Call"} | printed
    return {"number": number} | {name.replace("_", " "): value for name, value in fields.items()}


def a_file(tmp_path, *rows, name="cases.csv"):
    with (tmp_path / name).open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return tmp_path / name


def a_history(tmp_path, *rows, mapping=MAPPING):
    return open_history(a_file(tmp_path, *rows), read_mapping(mapping))


def import_rows(tmp_path, *rows, mapping=MAPPING, **options):
    the_city()
    return import_cases(
        **{"history": a_history(tmp_path, *rows, mapping=mapping), "service": a_service(), "by": Actor.objects.system(), "at": MONDAY_NOON}
        | options
    )
