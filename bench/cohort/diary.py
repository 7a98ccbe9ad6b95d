"""What a person tells of their days, as the events of a timeline; and, apart from it, the truth.

Urges and side effects are two pages: some people tell them together, others hours apart. Doses,
drinks and uses are told late, by halves or never; a check-in may wait on the phone; a phone's
clock may be ahead; before the first week an interview asks about the month before. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from app.timeline.days import local_day
from app.timeline.events import (
    Checkin,
    ConsentWithdrawn,
    Dose,
    Drink,
    Drinks,
    Event,
    Session,
    Substances,
    Urinalysis,
)
from app.timeline.events import Use as ToldUse
from app.timeline.known import Participant
from app.timeline.timeline import Timeline
from bench.cohort.body import Day, answer, at_height, cause_of, days_of
from bench.cohort.people import FIRST_DOSE, RUN_IN, Person
from bench.cohort.reactions import CRAVING_POINT, Reaction

# Pages told within this many hours of each other are sent as one check-in.
SITTING_HOURS = 3
INTERVIEW_DAYS = 28


@dataclass(frozen=True, slots=True)
class Carried:
    """How much of a planted reaction one check-in told: 1 is all of it at its height."""

    checkin: str
    received_at: datetime
    share: float


@dataclass(frozen=True, slots=True)
class Planted:
    """A reaction, and the check-ins that told of it, in the order of receipt."""

    reaction: Reaction
    carried: tuple[Carried, ...]


@dataclass(frozen=True, slots=True)
class Truth:
    """What really happened, which no timeline tells."""

    planted: tuple[Planted, ...]
    causes: Mapping[date, str]
    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(slots=True)
class _Diary:
    """What has been told so far."""

    person: Person
    days: Mapping[int, Day]
    drank: Mapping[int, float]
    taken: Mapping[int, datetime]
    events: list[Event] = field(default_factory=list)
    carried: dict[int, list[Carried]] = field(default_factory=dict)
    numbers: int = 0

    def id(self) -> str:
        self.numbers += 1
        return f"e{self.numbers}"

    def date(self, day: int) -> date:
        return FIRST_DOSE + timedelta(days=day)


def tell(person: Person, weeks: int, noise: float) -> tuple[Timeline, Truth]:
    """The timeline of a person, and the truth beside it."""
    last = min(weeks * 7 - 1, person.leaves if person.leaves is not None else weeks * 7)
    drank = _drank(person, last)
    days = days_of(person, last, drank, noise)
    diary = _Diary(person, days, drank, _taken(person, last))
    _interview(diary)
    silent = 0
    for day in range(-RUN_IN, last + 1):
        dice = Random(f"{person.key}/{day}/diary")
        if silent == 0 and dice.random() < person.habits.falls_silent:
            silent = dice.randint(2, 8)
        _body(diary, day, dice, told=silent == 0)
        _day(diary, day, Random(f"{person.key}/{day}/told"), told=silent == 0)
        silent = max(0, silent - 1)
    _visits(diary, last)
    if person.leaves is not None and person.leaves <= last:
        at = person.moment(last, 23)
        withdrawn = ConsentWithdrawn(id=diary.id(), received_at=at, at=at, scope="treatment")
        diary.events = [one for one in diary.events if one.received_at < at] + [withdrawn]
    who = Participant(person.code, person.zone, person.sex, FIRST_DOSE)
    return Timeline.of(who, diary.events), _truth(diary, last)


def _truth(diary: _Diary, last: int) -> Truth:
    kept = {event.id for event in diary.events}
    planted = tuple(
        Planted(reaction, tuple(one for one in told if one.checkin in kept))
        for n, reaction in enumerate(diary.person.reactions)
        if (told := sorted(diary.carried.get(n, []), key=lambda one: one.received_at)) is not None
    )
    causes = {diary.date(n): cause_of(day) for n, day in diary.days.items()}
    return Truth(planted, causes, diary.date(-RUN_IN), diary.date(last))


def _drank(person: Person, last: int) -> dict[int, float]:
    """True grams by study day; treatment takes some of it away, day by day."""
    habit, dice = person.drinking, Random(f"{person.key}/drinks")
    grams = {}
    for day in range(-RUN_IN - INTERVIEW_DAYS, last + 1):
        left = 1.0 if day < 0 else 1 - habit.effect * day / (day + 14)
        weekday = (FIRST_DOSE + timedelta(days=day)).weekday()
        drinks = dice.random() < habit.chance[weekday] * left
        amount = habit.grams * left**0.5 * dice.lognormvariate(0, 0.45)
        grams[day] = round(amount, 1) if drinks else 0.0
    return grams


def _taken(person: Person, last: int) -> dict[int, datetime]:
    """When the tablet was really taken; a precipitated reaction needs its tablet before it."""
    dice = Random(f"{person.key}/tablets")
    taken = {}
    for day in range(last + 1):
        drawn, hour = dice.random(), person.habits.dose_hour + dice.uniform(-1, 1)
        if drawn < person.habits.takes:
            taken[day] = person.moment(day, hour)
    for reaction in person.reactions:
        if reaction.kind in ("precipitated", "start"):
            day = (local_day(reaction.onset, person.zone) - FIRST_DOSE).days
            taken[day] = min(
                reaction.onset - timedelta(minutes=30), person.moment(day, person.habits.dose_hour)
            )
    return taken


# --- what is felt ----------------------------------------------------------------------------


def _body(diary: _Diary, day: int, dice: Random, *, told: bool) -> None:
    """Urges in the morning and side effects in the evening, in one sitting or hours apart."""
    habits = diary.person.habits
    evening = diary.person.moment(day, habits.evening_hour + dice.uniform(-1, 1))
    apart = diary.person.moment(day, habits.morning_hour + dice.uniform(-1, 1))
    joint = dice.random() < habits.joint
    urges, effects = dice.random() < habits.urges, dice.random() < habits.checks_in * _kept(day)
    delay = timedelta(hours=dice.expovariate(1 / 20)) if dice.random() < habits.late else None
    page = Random(f"{diary.person.key}/{day}/answers")
    if not told:
        return
    craving: dict[str, float] = {}
    if urges:
        craving = _urges(diary, day, evening if joint and effects else apart, page)
        if not (joint and effects):
            _send(diary, day, apart, craving, None)
    if effects:
        ratings = _effects(diary, day, evening, page)
        _send(diary, day, evening, ratings | craving if joint else ratings, delay, bool(craving))


def _kept(day: int) -> float:
    """Side effects are told less often as the weeks pass."""
    return 1.0 if day < 28 else 0.85


def _urges(diary: _Diary, day: int, at: datetime, dice: Random) -> dict[str, float]:
    today, rise = diary.days[day], at_height(diary.person, at)[1]
    return {
        "opioid_craving": _tenths(today.opioids + rise + dice.gauss(0, 3)),
        "alcohol_craving": _tenths(today.alcohol + dice.gauss(0, 5)),
    }


def _tenths(value: float) -> float:
    return float(min(100, max(0, round(value / 10) * 10)))


def _effects(diary: _Diary, day: int, at: datetime, dice: Random) -> dict[str, float]:
    habits, today = diary.person.habits, diary.days[day]
    rises, _, pressure, vomiting = at_height(diary.person, at)
    ratings: dict[str, float] = {}
    for item, felt in today.items.items():
        skipped = dice.random() < habits.skips
        if not skipped:
            ratings[item] = answer(felt + rises.get(item, 0.0))
    hungover = "hangover" in today.causes and today.items["nausea"] > 1.5
    ratings["vomiting_24h"] = round(vomiting) or int(hungover and dice.random() < 0.3)
    ratings["diarrhea_24h"] = int(dice.random() < 0.06) + 2 * int(
        rises.get("stomach_cramps", 0) > 2
    )
    if dice.random() < habits.measures:
        ratings["systolic_bp"] = round(today.systolic + pressure)
        ratings["diastolic_bp"] = round(today.diastolic + pressure / 2)
    warm = today.temperature > 37.5
    if dice.random() < (0.5 if warm else 0.05):
        ratings["temperature"] = round(today.temperature, 1)
    return ratings


def _send(
    diary: _Diary,
    day: int,
    at: datetime,
    ratings: dict[str, float],
    delay: timedelta | None,
    craving_told: bool = False,
) -> None:
    """One check-in, dated by the phone's own clock and received when the phone has a net."""
    ahead = timedelta(hours=diary.person.habits.ahead)
    event = Checkin(
        id=diary.id(),
        received_at=at + (delay or timedelta()),
        at=at + ahead,
        instrument="+".join(_pages(ratings)),
        ratings=ratings,
    )
    diary.events.append(event)
    if "side_effects" in event.instrument:
        _note(diary, event, at, craving_told)


def _pages(ratings: Mapping[str, float]) -> list[str]:
    names = ["urges"] if "opioid_craving" in ratings else []
    return names + ["side_effects"] * ("vomiting_24h" in ratings)


def _note(diary: _Diary, event: Checkin, at: datetime, craving_told: bool) -> None:
    """Write down beside the timeline how much of each reaction this check-in told.

    Craving counts where it was told with the side effects or on its own page of the same day.
    """
    for n, reaction in enumerate(diary.person.reactions):
        height = reaction.height(at)
        if height:
            points = sum(rise for item, rise in reaction.rises.items() if item in event.ratings)
            points += craving_told * reaction.craving / CRAVING_POINT
            share = height * points / reaction.points
            diary.carried.setdefault(n, []).append(Carried(event.id, event.received_at, share))


# --- what is done ----------------------------------------------------------------------------


def _day(diary: _Diary, day: int, dice: Random, *, told: bool) -> None:
    """The tablet on the day itself; drinks and other substances on the morning after."""
    habits, person = diary.person.habits, diary.person
    morning = person.moment(day + 1, habits.morning_hour + dice.uniform(-0.5, 0.5))
    dose, drinks, late = dice.random(), dice.random(), dice.random()
    if told and day >= 0:
        _tablet(diary, day, dose, dice)
    if told and drinks < habits.tells_drinks:
        received = morning + timedelta(days=dice.randint(1, 5) if late < 0.15 else 0)
        _drinks(diary, day, received, dice.uniform(0.75, 1.0))
        uses = [use for use in person.uses if use.day == day]
        hidden = any(use.told_after is None or use.told_after > 1 for use in uses)
        if not uses or not hidden:
            _substances(diary, day, received, told=bool(uses))
    for use in person.uses:
        if use.told_after is not None and use.told_after > 1 and use.day + use.told_after == day:
            _substances(diary, use.day, person.moment(day, habits.evening_hour), told=True)


def _tablet(diary: _Diary, day: int, drawn: float, dice: Random) -> None:
    habits, when = diary.person.habits, diary.taken.get(day)
    ahead = timedelta(hours=habits.ahead)
    delay = timedelta(minutes=dice.choice((1, 5, 30, 300)))
    timed = dice.random() < habits.times_dose
    if when is not None and drawn < habits.tells_dose:
        at = when + ahead if timed else None
        event = Dose(
            id=diary.id(), received_at=when + delay, day=diary.date(day), taken=True, at=at
        )
        diary.events.append(event)
    elif when is None and drawn < habits.tells_untaken:
        received = diary.person.moment(day, habits.evening_hour)
        event = Dose(id=diary.id(), received_at=received, day=diary.date(day), taken=False)
        diary.events.append(event)


def _drinks(
    diary: _Diary, day: int, received: datetime, share: float, by: str | None = None
) -> None:
    """The day's alcohol, a little less than it was."""
    grams = diary.drank.get(day, 0.0) * share
    count = max(1.0, round(grams / 15.8)) if grams else 0.0
    items = (Drink(50.0, 40.0, count, "vodka"),) if count else ()
    event = Drinks(
        id=diary.id(), received_at=received, day=diary.date(day), items=items, provenance=by
    )
    diary.events.append(event)


def _substances(
    diary: _Diary, day: int, received: datetime, *, told: bool, by: str | None = None
) -> None:
    items: tuple[ToldUse, ...] = ()
    if told:
        use = next((one for one in diary.person.uses if one.day == day), None)
        at = diary.person.moment(day, use.hour) if use else None
        items = (ToldUse("opioid", min(at, received) if at else None),)
    event = Substances(
        id=diary.id(), received_at=received, day=diary.date(day), items=items, provenance=by
    )
    diary.events.append(event)


def _interview(diary: _Diary) -> None:
    """At enrolment staff ask about the month before, and about the last opioid use of all."""
    received = diary.person.moment(-RUN_IN, 11)
    for day in range(-RUN_IN - INTERVIEW_DAYS, -RUN_IN):
        _drinks(diary, day, received, 0.9, by="with_staff")
        _substances(diary, day, received, told=False, by="with_staff")
    if diary.person.old_use is not None:
        _substances(diary, -RUN_IN - diary.person.old_use, received, told=True, by="with_staff")


def _visits(diary: _Diary, last: int) -> None:
    """A session a week; every second one with a cup, and the diary interview after the cup."""
    for week in range(1, last // 7 + 1):
        day, dice = week * 7, Random(f"{diary.person.key}/{week}/visit")
        at = diary.person.moment(day, 12)
        came, cup = dice.random() < diary.person.habits.attends, dice.random() < 0.9
        diary.events.append(Session(id=diary.id(), received_at=at, at=at, week=week, attended=came))
        if not came:
            continue
        recent = [use for use in diary.person.uses if day - 3 <= use.day < day]
        if week % 2 == 0 and cup:
            results = {"opioid": "positive" if recent else "negative"}
            received = at + timedelta(minutes=10)
            test = Urinalysis(id=diary.id(), received_at=received, at=at, results=results)
            diary.events.append(test)
        for use in recent:
            if use.told_after is None and dice.random() < 0.5:
                told_at = at + timedelta(minutes=40)
                _substances(diary, use.day, told_at, told=True, by="with_staff")
