"""What every rule gets to look at, and the words that several families share."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from app.protocol.model import Protocol
from app.rules.finding import Reason
from app.timeline.days import ONE_DAY, local
from app.timeline.events import Checkin
from app.timeline.known import Baseline, DrinkDay, Known, SubstanceUse, Taken


@dataclass(frozen=True)
class Evaluation:
    """One evaluation: what is known, at which moment, by which protocol."""

    known: Known
    now: datetime
    protocol: Protocol

    @cached_property
    def baseline(self) -> Baseline:
        """The participant's own usual answers."""
        terms = self.protocol.rules.terms
        return self.known.baseline(terms.baseline_days, terms.baseline_min_checkins)

    @cached_property
    def heavy_grams(self) -> float:
        """Grams from which a day is heavy for this participant."""
        return self.protocol.heavy_day.grams(self.known.participant.sex)

    def heavy(self, day: date) -> bool:
        """Whether a heavy day was reported; a silent day is not one."""
        drinks = self.known.drinks.get(day)
        return drinks is not None and drinks.grams >= self.heavy_grams

    def mg(self, dose: Taken) -> float:
        """A dose without an amount is the protocol's."""
        return self.protocol.dose_mg if dose.mg is None else dose.mg

    def last_dose(self, moment: datetime) -> Taken | None:
        """The last dose at or before `moment`."""
        return next((dose for dose in reversed(self.known.doses) if dose.at <= moment), None)

    @cached_property
    def starts(self) -> list[datetime]:
        """Moments at which a start window begins: first dose, restart, higher dose."""
        gap = timedelta(days=self.protocol.rules.terms.restart_gap_days)
        found = []
        before: Taken | None = None
        for dose in self.known.doses:
            if (
                before is None
                or dose.day - before.day - ONE_DAY >= gap
                or self.mg(dose) > self.mg(before)
            ):
                found.append(dose.at)
            before = dose
        return found

    def in_start_window(self, moment: datetime) -> bool:
        """Whether a start window holds at `moment`; its last moment is part of it."""
        length = timedelta(days=self.protocol.rules.terms.start_window_days)
        return any(start <= moment <= start + length for start in self.starts)

    def recent_opioid(self, moment: datetime) -> SubstanceUse | None:
        """The last opioid use in the days up to the last dose before `moment`, where known."""
        dose = self.last_dose(moment)
        if dose is None:
            return None
        first = dose.at - timedelta(days=self.protocol.rules.terms.recent_opioid_days)
        uses = [use for use in self.known.opioid_uses if first <= use.at <= dose.at]
        return uses[-1] if uses else None

    def last_drink(self, moment: datetime) -> tuple[datetime, DrinkDay] | None:
        """The last drink on record before `moment`, and the day that it was told for."""
        drinks = (
            (at, day) for day in self.known.drinks.values() for at in day.lasts if at < moment
        )
        return max(drinks, key=lambda drink: drink[0], default=None)

    def earlier(self, checkin: Checkin) -> list[Checkin]:
        """The check-ins before this one, earliest first."""
        checkins = self.known.checkins
        return checkins[: next(n for n, one in enumerate(checkins) if one is checkin)]

    def stamp(self, moment: datetime) -> str:
        """A moment as a reason or a fact carries it: with the participant's own offset."""
        return local(moment, self.known.zone).isoformat(timespec="seconds")

    def reason(self, key: str, **values: object) -> Reason:
        """A reason, its moments stamped."""
        plain = {
            name: self.stamp(value) if isinstance(value, datetime) else value
            for name, value in values.items()
        }
        return Reason(key, plain)


def days_before(day: date, count: int) -> Iterator[date]:
    """The `count` days before `day`, nearest first."""
    return (day - timedelta(days=n) for n in range(1, count + 1))


def run_up_to(day: date, days: Container[date]) -> list[date]:
    """The unbroken run of `days` that ends on `day`, earliest first; empty where it is not one."""
    run = []
    while day in days:
        run.append(day)
        day -= ONE_DAY
    return run[::-1]
