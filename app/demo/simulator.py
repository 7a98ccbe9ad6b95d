"""A persona and its days become what the person tells, form by form. Pure and repeatable.

The simulator knows how people live and how they use a diary; it imports neither the safety
rules nor the protocol, so that what the rules find here was not put in for them to find.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from random import Random

from app.demo import body
from app.demo.body import dice_of
from app.demo.forms import pages_of, side_effect_pages
from app.demo.persona import Persona
from app.demo.told import (
    CheckinTold,
    ConsentTakenBack,
    DoseTold,
    Drink,
    DrinksTold,
    NoteTold,
    Planted,
    SubstancesTold,
    Told,
    Use,
)
from app.demo.visits import visits
from app.demo.words import in_own_words
from app.timeline.days import at_local

RUN_IN_DAYS = 7
REMEMBERED_DAYS = 5


@dataclass(frozen=True, slots=True)
class Simulated:
    """One participant: who, when they began, what they told, and what was really going on."""

    persona: Persona
    first_dose_on: date
    told: tuple[Told, ...]
    planted: tuple[Planted, ...]

    @property
    def enrolled_on(self) -> date:
        return self.first_dose_on - timedelta(days=RUN_IN_DAYS)


def simulate(persona: Persona, first_dose_on: date, weeks: int, until: datetime) -> Simulated:
    """Everything that ``persona`` tells from the run-in to ``until`` (at most ``weeks`` weeks).

    A longer story begins with the shorter one: each day has dice of its own.
    """
    story = _Story(persona, first_dose_on, until)
    last = weeks * 7 - 1
    ends = persona.ends()
    if ends is not None:
        last = min(last, ends)
    for day in range(-RUN_IN_DAYS, last + 1):
        if story.moment(day, 0) > until:
            break
        story.live(day)
    told = [*story.told, *visits(persona, first_dose_on, weeks)]
    if ends is not None and ends <= last:
        at = story.moment(ends, persona.session_hour)
        _, scope, reason = persona.leaves or (0, "treatment", "")
        told = [one for one in told if last_moment(one) < at]
        told.append(ConsentTakenBack(at, scope, reason))
    kept = sorted((one for one in told if last_moment(one) <= until), key=lambda one: one.at)
    return Simulated(persona, first_dose_on, tuple(kept), _planted(persona, first_dose_on))


def last_moment(one: Told) -> datetime:
    """When the last of a form was sent; all but check-ins are sent at once."""
    if isinstance(one, CheckinTold):
        return one.finished_at or one.pages[-1].at
    return one.at


def _planted(persona: Persona, first_dose_on: date) -> tuple[Planted, ...]:
    if persona.reaction is None:
        return ()
    span = persona.reaction.span
    first, last = (first_dose_on + timedelta(days=n) for n in (span.first, span.last))
    return (Planted(first, last, persona.reaction.severity),)


@dataclass(slots=True)
class _Story:
    """What has happened so far, and which days nobody was told about."""

    persona: Persona
    first_dose_on: date
    now: datetime
    drank: dict[int, tuple[Drink, ...]] = field(default_factory=dict)
    litres: dict[int, float] = field(default_factory=dict)
    blank: set[int] = field(default_factory=set)
    told: list[Told] = field(default_factory=list)
    written: set[str] = field(default_factory=set)

    def date(self, day: int) -> date:
        return self.first_dose_on + timedelta(days=day)

    def moment(self, day: int, hour: float) -> datetime:
        """``hour`` may have a fraction; it is held to the local day."""
        minutes = min(23 * 60 + 40, max(0, round(hour * 60)))
        clock = time(minutes // 60, minutes % 60)
        return at_local(self.date(day), clock, self.persona.zone)

    def live(self, day: int) -> None:
        """One day: what happens, then a morning and an evening with the diary or without."""
        who = self.persona
        drunk = body.evening(who, day, self.date(day).weekday(), dice_of(who, day, "evening"))
        self.drank[day] = drunk
        self.litres[day] = sum(drink.litres for drink in drunk)
        if day > -RUN_IN_DAYS:
            self.blank.add(day - 1)
        silent = any(day in span for span in who.silences)
        here = dice_of(who, day, "here")
        if not silent and here.random() < who.habits.answers:
            self._morning(day, dice_of(who, day, "morning"))
        if not silent and here.random() < who.habits.answers:
            self._evening(day, dice_of(who, day, "night"))

    # --- the two sittings ------------------------------------------------------------------

    def _morning(self, day: int, dice: Random) -> None:
        who = self.persona
        self.now = self.moment(day, who.habits.morning_hour + dice.gauss(0, 0.5))
        if self._due(day) and self._takes(day) and dice_of(who, day, "when").random() < 0.85:
            before = timedelta(minutes=dice.randint(0, 25))
            self._dose(day, self.now - before)
        if day - 1 in self.blank:
            self._tell_day(day - 1, day, dice)
        for other in sorted(self.blank, reverse=True):
            if day - REMEMBERED_DAYS <= other and dice.random() < who.habits.fills_in:
                self._tell_day(other, day, dice)
        self._tell_late_use(day, dice)
        self._correct(day, dice_of(who, day, "correct"))
        if dice.random() < who.habits.urges * 0.6:
            self._urges(day, dice)

    def _evening(self, day: int, dice: Random) -> None:
        who = self.persona
        self.now = self.moment(day, who.habits.evening_hour + dice.gauss(0, 0.5))
        self._late_tablet(day, dice)
        if dice.random() < who.habits.urges * 0.6:
            self._urges(day, dice)
        if dice.random() < _checkin_share(day) or body.reaction_height(who, day) > 0.3:
            self._side_effects(day, dice)
        if any(use.day == day and use.told == 0 for use in who.opioid_uses):
            self._substances(day, day, dice)
        self._write(day, dice)

    def _wait(self, dice: Random, low: int = 12, high: int = 50) -> datetime:
        self.now += timedelta(seconds=dice.randint(low, high))
        return self.now

    # --- the tablet --------------------------------------------------------------------------

    def _due(self, day: int) -> bool:
        return day >= 0 and not any(day in span for span in self.persona.holds)

    def _takes(self, day: int) -> bool:
        share = self.persona.habits.takes_tablet
        if body.reaction_height(self.persona, day) > 0.6 and day > 1:
            share *= 0.75
        return dice_of(self.persona, day, "tablet").random() < share

    def _dose(self, day: int, taken_at: datetime) -> None:
        self.told.append(DoseTold(self.now, self.date(day), True, taken_at, None))

    def _late_tablet(self, day: int, dice: Random) -> None:
        who = self.persona
        told = any(isinstance(one, DoseTold) and one.day == self.date(day) for one in self.told)
        if told or not self._due(day):
            return
        if self._takes(day):
            self._dose(day, self.now - timedelta(minutes=dice.randint(0, 600)))
        elif dice.random() < who.habits.tells_untaken:
            felt = body.reaction_height(who, day) > 0.3
            reasons = ("side_effects", "chose_not_to") if felt else ("forgot", "forgot", None)
            reason = dice.choice(reasons)
            self.told.append(DoseTold(self.now, self.date(day), False, None, reason))

    # --- the day's alcohol and other substances -----------------------------------------------

    def _tell_day(self, about: int, day: int, dice: Random) -> None:
        """The Today page asks about alcohol first, then about anything else."""
        self.blank.discard(about)
        guess = day - about > 1 or dice.random() < 0.1
        at = self._wait(dice)
        self.told.append(DrinksTold(at, self.date(about), self.drank[about], guess))
        hidden = any(
            use.day == about and (use.told == 0 or (use.told or 0) > day - about)
            for use in self.persona.opioid_uses
        )
        if not hidden:
            self._substances(about, day, dice)

    def _correct(self, day: int, dice: Random) -> None:
        """Looking at a day again, somebody remembers one drink more."""
        about = day - 2
        drunk = self.drank.get(about)
        if drunk and about not in self.blank and dice.random() < self.persona.habits.corrects:
            more = (replace(drunk[0], count=drunk[0].count + 1), *drunk[1:])
            self.told.append(DrinksTold(self._wait(dice), self.date(about), more, True))

    def _tell_late_use(self, day: int, dice: Random) -> None:
        for use in self.persona.opioid_uses:
            if use.told is not None and use.told > 1 and use.day + use.told == day:
                self._substances(use.day, day, dice)

    def _substances(self, about: int, day: int, dice: Random) -> None:
        who = self.persona
        uses = [
            Use("opioid", min(self.moment(about, 17.5), self.now), "sniffed", use.note or None)
            for use in who.opioid_uses
            if use.day == about and use.told is not None and use.told <= max(1, day - about)
        ]
        fate = dice_of(who, about, "others")
        uses += [Use(name, None, None, None) for name, p in who.other_uses if fate.random() < p]
        self.told.append(SubstancesTold(self._wait(dice, 6, 20), self.date(about), tuple(uses)))

    # --- check-ins and own words ----------------------------------------------------------------

    def _urges(self, day: int, dice: Random) -> None:
        at = self._wait(dice, 10, 30)
        alcohol, opioid = body.urges(self.persona, day, dice)
        ratings = {"alcohol_craving": alcohol * 10, "opioid_craving": opioid * 10}
        pages = pages_of("urges", ratings, at)
        self.told.append(CheckinTold(at, "urges", pages, at))

    def _side_effects(self, day: int, dice: Random) -> None:
        self._wait(dice, 10, 30)
        pages = side_effect_pages(self.persona, day, self.litres, self.now, dice)
        left_open = dice.random() < self.persona.habits.leaves_open
        if left_open:
            pages = pages[: dice.randint(1, len(pages) - 1)]
        self.now = pages[-1].at
        finished_at = None if left_open else self._wait(dice, 4, 15)
        self.told.append(CheckinTold(pages[0].at, "side_effects", pages, finished_at))

    def _write(self, day: int, dice: Random) -> None:
        mood, share = self._mood(day)
        if dice.random() < share:
            text = in_own_words(mood, self.persona.language, dice, self.written)
            if text is not None:
                self.written.add(text)
                self.told.append(NoteTold(self._wait(dice, 30, 120), text))

    def _mood(self, day: int) -> tuple[str, float]:
        who = self.persona
        if any(day - 1 <= use.day <= day and use.told is not None for use in who.opioid_uses):
            return "opioid", 0.9
        if body.reaction_height(who, day) > 0.2 and who.reaction:
            slow = who.reaction.builds > 2
            return ("building" if slow else who.reaction.profile), (0.3 if slow else 0.7)
        if any(day in span for span in who.infections):
            return "infection", 0.3
        if any(day in span for span in who.strains):
            return "strain", 0.3
        if self.litres.get(day - 1, 0.0) > body.FELT:
            returned = who.drinking.returns is not None and day > who.drinking.returns
            return ("back" if returned else "heavy"), 0.12
        return "dry", 0.09 if day > 3 and not self.litres.get(day) else 0.0


def _checkin_share(day: int) -> float:
    """Side effects are asked daily, and answered less as the weeks pass."""
    if day < 28:
        return 0.97
    return 0.6 if day < 84 else 0.4
