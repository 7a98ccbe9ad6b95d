"""What a rule hands back: which rule, how severe, about when, resting on what, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any


class Severity(IntEnum):
    """Ordered, so that the worst is the greatest."""

    ROUTINE = 1
    URGENT = 2
    EMERGENCY = 3

    @property
    def word(self) -> str:
        """The word that is stored and printed."""
        return self.name.lower()


# The severity of a stored word.
SEVERITY: Mapping[str, Severity] = {one.name.lower(): one for one in Severity}


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence without a language: a message key and its values.

    Values are numbers, codes, or lists of codes; times are ISO 8601 with the participant's own
    offset. `app.rules.wording` turns it into a sentence.
    """

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Plain data for a JSON column; `from_json` reads it back."""
        return {"key": self.key, "values": dict(self.values)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Reason:
        """A reason from what `as_json` wrote."""
        return cls(data["key"], data["values"])


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that fires.

    `evidence` names what it rests on ("checkin:ID", "screen:ID", "specimen:ID", "consent:ID",
    "use:DAY", "dose:DAY", "drinks:DAY", "silent:DAY"): the same evidence alerts once in a family,
    unless it is worse. `facts` is plain data for the triage page.
    """

    rule: str
    severity: Severity
    about: datetime
    evidence: tuple[str, ...]
    because: tuple[Reason, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def family(self) -> str:
        """The family of the rule: one open flag at most for each."""
        return self.rule.partition("-")[0]
