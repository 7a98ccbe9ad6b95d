"""What a fault run has to say."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Run:
    """What happened, and what was wrong; nothing wrong is an empty list."""

    told: str
    faults: list[str]
