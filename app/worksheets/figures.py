"""The figures of the diary that a sheet shows: the seven full local days before it. Pure.

Every figure stands beside the days that it was counted over; with fewer than ``ENOUGH`` of them
it says so and shows nothing. No figure guesses a day that was not told.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import fmean

from app.i18n import N_, Translator
from app.instruments.loader import load_instrument
from app.instruments.vocabulary import SYMPTOMS
from app.timeline.days import day_range
from app.timeline.events import Checkin
from app.timeline.known import Known

DAYS = 7
# Days told that a figure needs (proposal: it needs the study physician's approval).
ENOUGH = 4
MOST_SYMPTOMS = 5
# Highest mean of grams a day of the lower three risk levels of the World Health Organization (as in
# the trial registered as NCT06074341); above the last one the level is "very high".
LEVELS: dict[str, tuple[int, int, int]] = {"male": (40, 60, 100), "female": (20, 40, 60)}
LEVEL_WORDS = (N_("low"), N_("medium"), N_("high"), N_("very high"))
URGES = (("alcohol_craving", N_("Alcohol")), ("opioid_craving", N_("Opioids")))


@dataclass(frozen=True, slots=True)
class Figure:
    """What there is to see, in lines, and over which days it was counted."""

    lines: tuple[str, ...]
    over: str


@dataclass(frozen=True, slots=True)
class _Week:
    known: Known
    days: tuple[date, ...]
    tr: Translator

    def of(self, told: int) -> str:
        return self.tr("%(told)s of %(asked)s days told.", told=told, asked=len(self.days))

    def figure(self, told: int, *lines: str) -> Figure:
        if told < ENOUGH:
            return Figure((self.tr("Not enough days yet"),), self.of(told))
        return Figure(lines, self.of(told))

    @property
    def grams(self) -> list[float]:
        drinks = self.known.drinks
        return [drinks[day].grams for day in self.days if day in drinks]

    def rated(self, *items: str) -> dict[date, list[Mapping[str, float]]]:
        """The check-ins about any of these items, by their local day."""
        found: dict[date, list[Mapping[str, float]]] = {}
        for checkin in self.known.of(Checkin):
            day = self.known.day(checkin.at)
            if day in self.days and any(item in checkin.ratings for item in items):
                found.setdefault(day, []).append(checkin.ratings)
        return found


def since(moment: datetime) -> date:
    """The first day to read for ``figures_at``, wherever the participant lives."""
    return (moment - timedelta(days=DAYS + 1)).date()


def figures_at(known: Known, moment: datetime, tr: Translator) -> dict[str, Figure]:
    """Every figure by its id, as of ``moment``; the local day of that moment is not over yet."""
    today = known.day(moment)
    days = tuple(day_range(today - timedelta(days=DAYS), today - timedelta(days=1)))
    week = _Week(known, days, tr)
    return {name: make(week) for name, make in _FIGURES.items()}


def _grams(week: _Week) -> Figure:
    told, tr = week.grams, week.tr
    total = tr("%(grams)s g altogether on the days told", grams=tr.number(sum(told), 0))
    return week.figure(len(told), total)


def _risk_level(week: _Week) -> Figure:
    told, tr = week.grams, week.tr
    if len(told) < ENOUGH:
        return week.figure(len(told))
    mean = fmean(told)
    if mean == 0:
        return week.figure(len(told), tr("No alcohol on the days told: below every level"))
    place = risk_level(mean, week.known.participant.sex)
    return week.figure(
        len(told),
        tr("%(grams)s g a day on average", grams=tr.number(mean, 0)),
        tr("Level of the World Health Organization: %(level)s", level=tr(LEVEL_WORDS[place])),
    )


def risk_level(mean: float, sex: str | None) -> int:
    """0 low, 1 medium, 2 high, 3 very high, for a mean above 0 in grams of pure alcohol a day.

    Where the sex is not on record the lower lines hold.
    """
    return sum(mean > limit for limit in LEVELS.get(sex or "", LEVELS["female"]))


def _craving(week: _Week) -> Figure:
    days, tr = week.rated(*(item for item, _ in URGES)), week.tr
    lines = []
    for item, name in URGES:
        told = [one[item] / 10 for ratings in days.values() for one in ratings if item in one]
        if told:
            lines.append(
                tr(
                    "%(urge)s: %(mean)s of 10 on average, at most %(most)s",
                    urge=tr(name),
                    mean=tr.number(fmean(told)),
                    most=tr.number(max(told)),
                )
            )
    return week.figure(len(days), *lines)


def _symptoms(week: _Week) -> Figure:
    days, tr = week.rated(*SYMPTOMS), week.tr
    names = {item.code: item.label.say(tr.lang) for item in load_instrument("side_effects").items}
    counts = {
        item: sum(any(one.get(item, 0) > 0 for one in told) for told in days.values())
        for item in SYMPTOMS
    }
    most = sorted((item for item in SYMPTOMS if counts[item]), key=lambda item: -counts[item])
    lines = [
        tr.n(
            "%(what)s: on %(num)s day", "%(what)s: on %(num)s days", counts[item], what=names[item]
        )
        for item in most[:MOST_SYMPTOMS]
    ]
    return week.figure(len(days), *(lines or [tr("Nothing was noted on these days")]))


_FIGURES: dict[str, Callable[[_Week], Figure]] = {
    "grams_per_week": _grams,
    "risk_level": _risk_level,
    "craving": _craving,
    "symptoms": _symptoms,
}
