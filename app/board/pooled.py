"""All participants of a site in one picture: counts, the curve, endpoints, stopping signals. Pure.

Added up one by one, so that a thousand need no more memory than their curve. What it gives is
plain data, to be kept as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from statistics import fmean

from app.board.person import Person, abstinent_share
from app.measures import words
from app.measures.signals import Boundary, bayesian, crossing, exact, probably_above
from app.measures.survival import at_risk_at, kaplan_meier
from app.protocol.model import Protocol, Signal

# Of what ``plain`` gives: a page of a newer release waits for the next night.
FORM = 1
FOUR_WEEKS = 4
CONFIRMED_FROM = 5


@dataclass(frozen=True, slots=True)
class Watched:
    """One stopping signal. Shares from 0 to 1; `crossed_at` counts participants from 1."""

    signal: Signal
    people: int
    events: int
    low: float
    high: float
    bayes_low: float
    bayes_high: float
    share: float
    certainty: float
    least: int
    probability: float
    crossed_at: int | None
    crossed_by: int | None
    """the row of the participant with whom it was crossed"""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A mean over `people`, or, with `of`, so many of them."""

    key: str
    people: int
    value: float | None
    of: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """The curve from `day` on."""

    day: int
    events: int
    censored: int
    survival: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Pooled:
    """The picture up to `day`."""

    day: date
    protocol: str
    weeks: int
    planned: int
    enrolled: int
    enrolled_this_month: int
    started: int
    in_treatment: int
    days: int
    days_told: int
    specimens_due: int
    specimens_given: int
    curve: tuple[Step, ...]
    at_risk: tuple[tuple[int, int], ...]
    """week and number, every fourth week"""
    endpoints: tuple[Endpoint, ...]
    signals: tuple[Watched, ...]
    endings: Mapping[str, int] = field(default_factory=dict)
    """how many left, by ``kind scope``"""
    events: Mapping[str, int] = field(default_factory=dict)
    """adverse events: all, open, serious, to be judged, and by grade"""

    def plain(self) -> dict[str, object]:
        """As JSON can keep it."""
        return asdict(self) | {"day": self.day.isoformat(), "form": FORM}


@dataclass(frozen=True, slots=True)
class Enrolment:
    """How many take part, and how many of them since the month began."""

    all: int
    this_month: int


def pool(
    people: Iterable[Person],
    plan: Protocol,
    day: date,
    enrolment: Enrolment,
    had: Mapping[Signal, set[int]],
    gone: Collection[int] = (),
) -> Pooled:
    """`had`: whose record shows each signal that no measure tells; `gone`: who takes no tablets
    any more."""
    known = sorted(people, key=lambda one: (one.started, one.id))
    steps = kaplan_meier((float(one.stay.days), one.stay.left) for one in known)
    marks = [week for week in range(0, plan.weeks + 1, FOUR_WEEKS)]
    risk = at_risk_at(steps, [7.0 * week for week in marks])
    return Pooled(
        day=day,
        protocol=plan.version,
        weeks=plan.weeks,
        planned=plan.planned_participants,
        enrolled=enrolment.all,
        enrolled_this_month=enrolment.this_month,
        started=len(known),
        in_treatment=sum(
            not one.stay.left and not one.over and one.id not in gone for one in known
        ),
        days=sum(one.drinking.days for one in known),
        days_told=sum(one.drinking.observed for one in known),
        specimens_due=sum(one.specimens_due for one in known),
        specimens_given=sum(one.specimens_given for one in known),
        curve=tuple(
            Step(int(s.time), s.events, s.censored, s.survival, s.low, s.high) for s in steps
        ),
        at_risk=tuple(zip(marks, risk, strict=True)),
        endpoints=endpoints(known, plan),
        signals=tuple(watched(known, plan, had)),
    )


def endpoints(known: Sequence[Person], plan: Protocol) -> tuple[Endpoint, ...]:
    """What the trial is about, over whom it can be said of."""
    past = [one for one in known if len(one.word) >= CONFIRMED_FROM]
    over = [one for one in known if one.over]
    return (
        _mean("abstinent_weeks", known, abstinent_share),
        _mean(
            "confirmed_weeks",
            past,
            lambda one: float(words.confirmed_weeks(one.word, CONFIRMED_FROM, plan.weeks)),
        ),
        _of("relapse_three", known, lambda one: words.relapse_three_weeks(one.word).event),
        _of("end_of_treatment", over, lambda one: words.end_of_treatment(one.word)),
        _mean("days_abstinent", known, lambda one: one.drinking.percent_days_abstinent),
        _mean("heavy_days", known, _heavy),
        _mean("grams", known, lambda one: one.drinking.grams_a_drinking_day),
        _mean("complete", known, lambda one: one.drinking.completeness),
    )


def _heavy(one: Person) -> float | None:
    found = one.drinking
    return 100 * found.heavy_days / found.observed if found.observed else None


def _mean(key: str, people: Sequence[Person], of: Callable[[Person], float | None]) -> Endpoint:
    """The mean over whom it is known of."""
    values = [value for one in people if (value := of(one)) is not None]
    return Endpoint(key, len(values), fmean(values) if values else None)


def _of(key: str, people: Sequence[Person], of: Callable[[Person], bool]) -> Endpoint:
    found = sum(of(one) for one in people if one.word)
    asked = sum(bool(one.word) for one in people)
    return Endpoint(key, asked, found / asked if asked else None, found)


def watched(
    known: Sequence[Person], plan: Protocol, had: Mapping[Signal, set[int]]
) -> Iterable[Watched]:
    """Each boundary of the protocol, participant by participant in the order of first doses."""
    used = {one.id for one in known if one.used_opioids}
    for one in plan.stopping:
        whose = used if one.signal == "opioid_use" else had.get(one.signal, set())
        outcomes = [person.id in whose for person in known]
        events, people = sum(outcomes), len(outcomes)
        boundary = Boundary(one.share, one.certainty, one.least)
        at = crossing(outcomes, boundary)
        sure, likely = exact(events, people), bayesian(events, people)
        yield Watched(
            one.signal,
            people,
            events,
            sure.low,
            sure.high,
            likely.low,
            likely.high,
            one.share,
            one.certainty,
            one.least,
            probably_above(events, people, one.share),
            at,
            known[at - 1].id if at else None,
        )


def counted_endings(rows: Iterable[tuple[str, str]]) -> dict[str, int]:
    """How many left, by how and from what."""
    return dict(Counter(f"{kind} {scope}" for kind, scope in rows))
