"""Withdrawal-like reactions as they are planted: when, how strong, and in which parts of the body.

A reaction raises some answers by some points (a grade of 0-4 is one point, 25 of 100 of craving
is one), rises, stays and fades. Severity is the sum of the points at its height, and nothing that
a rule computes. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

KINDS = ("precipitated", "start", "slow", "late", "craving")
SEVERITIES = ("mild", "moderate", "severe")
# Points at the height, from and to.
POINTS = {"mild": (6.0, 13.0), "moderate": (15.0, 24.0), "severe": (27.0, 42.0)}
# How many symptoms take part, fewest and most.
BREADTH = {"mild": (3, 6), "moderate": (5, 9), "severe": (7, 13)}
# What stands in front differs from person to person.
CLUSTERS: Mapping[str, tuple[str, ...]] = {
    "autonomic": ("sweating", "chills", "runny_nose_tears", "yawning", "palpitations"),
    "gut": ("nausea", "stomach_cramps"),
    "muscle": ("muscle_pain", "tremor", "twitching"),
    "arousal": ("anxiety", "irritability", "agitation", "insomnia", "fatigue"),
}
# No answer rises further than this.
HIGHEST = 3.4
CRAVING_POINT = 25.0


@dataclass(frozen=True, slots=True)
class Reaction:
    """One planted reaction. `rises`: points by item at the height; `craving`: of 100 there.

    `builds`, `holds` and `fades` are hours. `pressure` is the rise of the systolic, `vomiting`
    the episodes in 24 h at the height.
    """

    kind: str
    severity: str
    onset: datetime
    builds: float
    holds: float
    fades: float
    rises: Mapping[str, float] = field(default_factory=dict)
    craving: float = 0.0
    pressure: float = 0.0
    vomiting: int = 0

    @property
    def points(self) -> float:
        """The planted rise: all points at the height, craving among them."""
        return sum(self.rises.values()) + self.craving / CRAVING_POINT

    @property
    def ends(self) -> datetime:
        return self.onset + timedelta(hours=self.builds + self.holds + self.fades)

    def height(self, moment: datetime) -> float:
        """0-1: how much of the reaction there is at a moment."""
        since = (moment - self.onset).total_seconds() / 3600
        if since < 0 or moment >= self.ends:
            return 0.0
        if since < self.builds:
            return since / self.builds
        since -= self.builds + self.holds
        return 1.0 if since <= 0 else 1 - since / self.fades


def plant(kind: str, severity: str, onset: datetime, dice: Random) -> Reaction:
    """A reaction of a kind and a severity, its body drawn anew."""
    points = dice.uniform(*POINTS[severity])
    craving = _craving(kind, severity, dice)
    rises = _rises(max(2.0, points - craving / CRAVING_POINT), severity, dice)
    builds, holds, fades = _hours(kind, dice)
    severe = severity == "severe"
    sick = rises.get("nausea", 0) > 2 and dice.random() < 0.6
    return Reaction(
        kind=kind,
        severity=severity,
        onset=onset,
        builds=builds,
        holds=holds,
        fades=fades,
        rises=rises,
        craving=craving,
        pressure=dice.uniform(8, 30) * (1 if severe else 0.6),
        vomiting=dice.randint(1, 5) if severe and sick else int(sick),
    )


def _craving(kind: str, severity: str, dice: Random) -> float:
    """The rise of craving: in front in one kind, in about half of the others beside the rest."""
    if kind == "craving":
        return dice.uniform(40, 75) if severity != "mild" else dice.uniform(20, 40)
    return dice.choice((0.0, 0.0, dice.uniform(10, 35), dice.uniform(25, 60)))


def _hours(kind: str, dice: Random) -> tuple[float, float, float]:
    if kind == "precipitated":
        return dice.uniform(0.5, 4), dice.uniform(8, 30), dice.uniform(20, 60)
    if kind == "start":
        return dice.uniform(6, 36), dice.uniform(24, 96), dice.uniform(36, 120)
    if kind == "slow":
        return dice.uniform(96, 260), dice.uniform(24, 120), dice.uniform(48, 120)
    return dice.uniform(4, 36), dice.uniform(18, 72), dice.uniform(24, 96)


def _rises(points: float, severity: str, dice: Random) -> dict[str, float]:
    """``points`` over so many symptoms, each cluster and each symptom with a weight of its own."""
    favour = {cluster: dice.gammavariate(2.5, 1) + 0.2 for cluster in CLUSTERS}
    weights = {
        item: favour[cluster] * dice.gammavariate(1.5, 1) + 0.01
        for cluster, items in CLUSTERS.items()
        for item in items
    }
    fewest, most = BREADTH[severity]
    count = max(dice.randint(fewest, most), round(points / HIGHEST + 1.5))
    chosen = sorted(weights, key=lambda item: -weights[item])[:count]
    return _spread(points, {item: weights[item] for item in chosen})


def _spread(points: float, weights: Mapping[str, float]) -> dict[str, float]:
    """Shares by weight, none above the highest; what is cut off goes to the others."""
    rises: dict[str, float] = {}
    left, free = points, dict(weights)
    while free:
        whole = sum(free.values())
        full = [item for item, weight in free.items() if left * weight / whole > HIGHEST]
        if not full:
            return rises | {item: left * weight / whole for item, weight in free.items()}
        for item in full:
            rises[item] = HIGHEST
            left -= HIGHEST
            del free[item]
    return rises
