"""Made-up case histories of earlier systems, some cases closed, some open with deadlines still to come."""

import csv
import random
from datetime import datetime, timedelta
from pathlib import Path

MAPPING = """
source = "{source}"
zone = "UTC"
formats = ["%Y-%m-%d %H:%M:%S"]
visibility = "public"

[columns]
id = "number"
received = "opened"
due = "target"
closed = "closed"
category = "type"
channel = "source"
opened_by = "source"

[channel]
values = {{ "Phone" = "phone", "App" = "api", "Staff" = "operator" }}

[opened_by]
values = {{ "Staff" = "staff" }}
otherwise = "citizen"
"""
PRINTED = "%Y-%m-%d %H:%M:%S"
TYPES = ("Street light", "Pothole", "Missed collection", "Broken bench", "Graffiti")


def write_history(path: Path, *, rows: int, source: str, at: datetime, seed: int) -> Path:
    """A CSV file with its mapping beside it; half of the cases are open, most of their deadlines within the next two weeks."""
    chance = random.Random(f"{seed}-{source}")
    path.with_suffix(".toml").write_text(MAPPING.format(source=source))
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["number", "opened", "target", "closed", "type", "source"])
        for number in range(rows):
            opened = at - timedelta(minutes=chance.randint(60, 90 * 24 * 60))
            is_open = chance.random() < 0.5
            closed = "" if is_open else min(opened + timedelta(minutes=chance.randint(10, 20 * 24 * 60)), at - timedelta(minutes=1))
            due = at + timedelta(minutes=chance.randint(1, 14 * 24 * 60)) if is_open else opened + timedelta(days=7)
            writer.writerow(
                [
                    f"{source}-{number}",
                    opened.strftime(PRINTED),
                    due.strftime(PRINTED),
                    closed.strftime(PRINTED) if closed else "",
                    chance.choice(TYPES),
                    chance.choice(["Phone", "App", "Staff"]),
                ]
            )
    return path
