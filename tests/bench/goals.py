"""What was to be reached, as a ratio against a limit or a peer of the same run."""

from dataclasses import dataclass
from typing import Any

from tests.bench.serving import Load


@dataclass(frozen=True)
class Goal:
    code: str
    what: str
    found: Load
    against: Load
    at_least: float

    @property
    def ratio(self) -> float:
        return self.found.per_second / self.against.per_second if self.against.per_second else 0.0

    def facts(self) -> dict[str, Any]:
        return {
            "goal": self.code,
            "what": self.what,
            "found": round(self.ratio, 3),
            "wanted": f"≥ {self.at_least}",
            "is_met": self.ratio >= self.at_least and not self.found.failed,
            "per_second": round(self.found.per_second, 1),
            "reference_per_second": round(self.against.per_second, 1),
            "is_dirty": bool(self.found.is_dirty or self.against.is_dirty),
        }


def fact(code: str, what: str, found: Any, wanted: str, is_met: bool | None, **more: Any) -> dict[str, Any]:
    """A goal that is no ratio of two loads."""
    return {"goal": code, "what": what, "found": found, "wanted": wanted, "is_met": is_met} | more


def verdict(goals: list[Goal], **facts: Any) -> dict[str, Any]:
    return {"goals": [goal.facts() for goal in goals]} | facts
