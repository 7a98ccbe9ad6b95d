"""Who a simulated person is: habits, body, and what will happen to them. Pure.

Nothing here knows a safety rule or a number that one reads: a simulator tuned to the rules
would only show that the rules agree with themselves. Study day 0 is the day of the first dose.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

# (beverage, ml, percent) as people name what they usually drink.
VODKA = ("vodka", 50.0, 40.0)
VODKA_LARGE = ("vodka", 100.0, 40.0)
BEER = ("beer", 500.0, 5.0)
WINE = ("wine", 150.0, 12.0)
COCKTAIL = ("can_cocktail", 500.0, 7.0)
SAMOGON = ("samogon", 100.0, 45.0)
CANS = ("beer", 355.0, 5.0)
USUAL = {
    "ru": ((VODKA, BEER), (VODKA_LARGE, BEER), (BEER, COCKTAIL), (WINE, VODKA), (SAMOGON, BEER)),
    "en": ((BEER, VODKA), (WINE, BEER), (CANS, VODKA), (BEER, WINE)),
}
ZONES = ("Europe/Moscow",) * 6 + ("Europe/Kaliningrad", "Europe/Samara", "Asia/Yekaterinburg")

# How much of a reaction each symptom takes: reactions differ in what stands in front.
PROFILES: dict[str, dict[str, float]] = {
    "arousal": {
        "insomnia": 1.0, "anxiety": 0.95, "irritability": 0.9, "agitation": 0.85, "tremor": 0.75,
        "muscle_pain": 0.75, "fatigue": 0.5, "sweating": 0.35, "yawning": 0.3,
    },
    "flu": {
        "muscle_pain": 0.95, "chills": 0.85, "runny_nose_tears": 0.8, "yawning": 0.85,
        "fatigue": 0.8, "sweating": 0.75, "insomnia": 0.7, "anxiety": 0.6, "stomach_cramps": 0.4,
        "twitching": 0.4,
    },
    "gut": {
        "nausea": 1.0, "stomach_cramps": 0.95, "anxiety": 0.7, "sweating": 0.75, "chills": 0.7,
        "muscle_pain": 0.7, "agitation": 0.6, "insomnia": 0.7, "palpitations": 0.5,
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """Study days from ``first`` to ``last``, both included."""

    first: int
    last: int

    def __contains__(self, day: int) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Reaction:
    """A withdrawal-like reaction: builds up over days (0: at once), holds, fades.

    ``strength`` 0-1 is how far the leading symptom goes towards its worst at the height;
    ``craving`` is the rise of the urge to use opioids there, 0-10.
    """

    starts: int
    builds: int
    holds: int
    fades: int
    strength: float
    profile: str
    craving: float

    @property
    def span(self) -> Span:
        return Span(self.starts, self.starts + self.builds + self.holds + self.fades - 1)

    @property
    def severity(self) -> str:
        """How the planted reaction is named in the truth; not a clinical grade."""
        if self.strength < 0.5:
            return "mild"
        return "moderate" if self.strength < 0.75 else "severe"

    def height(self, day: int) -> float:
        """0-1: how much of the reaction there is on a study day."""
        since = day - self.starts
        if since < 0:
            return 0.0
        if since < self.builds:
            return (since + 1) / (self.builds + 1)
        since -= self.builds
        if since < self.holds:
            return 1.0
        since -= self.holds
        return max(0.0, 1 - (since + 1) / (self.fades + 1))


@dataclass(frozen=True, slots=True)
class Drinking:
    """A habit by weekday (Monday first), and what the months do to it.

    ``share`` is the chance of drinking on each weekday before treatment, ``litres`` the pure
    alcohol of an ordinary drinking day; ``effect`` 0-1 is what treatment takes away in the end,
    half of it after ``half_after`` days. From ``returns`` on, the old habit comes back.
    """

    share: tuple[float, ...]
    litres: float
    effect: float
    half_after: float = 12.0
    returns: int | None = None

    def level(self, day: int) -> float:
        """What is left of the habit on a study day: 1 is all of it."""
        if day < 0:
            return 1.0
        left = 1 - self.effect * day / (day + self.half_after)
        if self.returns is None or day < self.returns:
            return left
        back = min(1.0, (day - self.returns + 1) / 6)
        return left + (1 - left) * back


@dataclass(frozen=True, slots=True)
class OpioidUse:
    """An opioid on one study day; ``told`` after so many days, None: never."""

    day: int
    told: int | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Habits:
    """How somebody uses the diary; every number is a chance 0-1."""

    answers: float = 0.9
    takes_tablet: float = 0.93
    tells_untaken: float = 0.75
    urges: float = 0.8
    skips_item: float = 0.015
    leaves_open: float = 0.02
    fills_in: float = 0.35
    comes: float = 0.9
    morning_hour: float = 8.2
    evening_hour: float = 20.5
    measures: float = 0.0
    corrects: float = 0.015


@dataclass(frozen=True, slots=True)
class Persona:
    """One simulated person. ``key`` names the dice, so that every day falls the same again."""

    key: str
    language: str
    sex: str
    zone: str
    usual: tuple[tuple[str, float, float], ...]
    drinking: Drinking
    baseline: tuple[tuple[str, int], ...] = ()
    alcohol_urge: float = 4.5
    opioid_urge: float = 0.8
    opioid_free_weeks: int = 12
    early_effects: float = 1.0
    pressure: tuple[int, int] = (128, 82)
    habits: Habits = field(default_factory=Habits)
    reaction: Reaction | None = None
    opioid_uses: tuple[OpioidUse, ...] = ()
    other_uses: tuple[tuple[str, float], ...] = ()
    infections: tuple[Span, ...] = ()
    strains: tuple[Span, ...] = ()
    silences: tuple[Span, ...] = ()
    holds: tuple[Span, ...] = ()
    leaves: tuple[int, str, str] | None = None
    session_weekday: int = 1
    session_hour: int = 12

    def ends(self) -> int | None:
        """The study day on which consent is taken back, None where it is not."""
        return self.leaves[0] if self.leaves else None


def draw(seed: int, number: int) -> Persona:
    """One person of a large cohort, from the seed and their number alone."""
    key = f"{seed}/{number}"
    dice = Random(key)  # noqa: S311 - a story, not a secret
    language = "ru" if dice.random() < 0.7 else "en"
    silences = _spans(dice, chances=2, share=0.25, longest=9)
    return Persona(
        key=key,
        language=language,
        sex="male" if dice.random() < 0.68 else "female",
        zone=dice.choice(ZONES),
        usual=dice.choice(USUAL[language]),
        drinking=_drinking(dice),
        baseline=_baseline(dice),
        alcohol_urge=dice.uniform(2.5, 6.5),
        opioid_urge=dice.uniform(0.0, 2.0),
        opioid_free_weeks=dice.randint(8, 60),
        early_effects=dice.uniform(0.2, 2.2),
        pressure=(dice.randint(114, 142), dice.randint(72, 90)),
        habits=_habits(dice),
        reaction=_reaction(dice) if dice.random() < 0.45 else None,
        opioid_uses=_uses(dice),
        other_uses=_others(dice),
        infections=_spans(dice, chances=2, share=0.35, longest=5),
        strains=_spans(dice, chances=3, share=0.5, longest=4),
        silences=silences,
        leaves=_leaves(dice),
        session_weekday=dice.randint(0, 4),
        session_hour=dice.randint(10, 17),
    )


def _drinking(dice: Random) -> Drinking:
    heavy = dice.uniform(0.3, 0.8)
    weekend = min(0.97, heavy + dice.uniform(0.1, 0.3))
    share = tuple(round(heavy * dice.uniform(0.7, 1.2), 2) for _ in range(4))
    returns = dice.randint(35, 150) if dice.random() < 0.3 else None
    return Drinking(
        share=(*share, weekend, weekend, round(weekend * 0.8, 2)),
        litres=dice.uniform(0.07, 0.17),
        effect=dice.uniform(0.1, 0.85),
        half_after=dice.uniform(5, 30),
        returns=returns,
    )


def _baseline(dice: Random) -> tuple[tuple[str, int], ...]:
    common = ("insomnia", "anxiety", "fatigue", "irritability", "headache", "muscle_pain")
    rare = ("sweating", "nausea", "palpitations", "tremor", "dizziness")
    usual = {item: dice.choice((0, 0, 1, 1, 1, 2)) for item in common}
    usual.update({item: dice.choice((0, 0, 0, 0, 1)) for item in rare})
    return tuple((item, value) for item, value in usual.items() if value)


def _habits(dice: Random) -> Habits:
    return Habits(
        answers=dice.uniform(0.6, 0.98),
        takes_tablet=dice.uniform(0.75, 0.99),
        tells_untaken=dice.uniform(0.4, 0.95),
        urges=dice.uniform(0.5, 0.95),
        skips_item=dice.uniform(0.0, 0.05),
        leaves_open=dice.uniform(0.0, 0.05),
        fills_in=dice.uniform(0.0, 0.7),
        comes=dice.uniform(0.65, 0.98),
        morning_hour=dice.uniform(6.5, 10.0),
        evening_hour=dice.uniform(18.5, 22.0),
        measures=dice.choice((0.0, 0.0, 0.0, 0.2, 0.4)),
        corrects=dice.uniform(0.0, 0.04),
    )


def _reaction(dice: Random) -> Reaction:
    slow = dice.random() < 0.4
    return Reaction(
        starts=dice.randint(0, 6 if slow else 2),
        builds=dice.randint(3, 10) if slow else 0,
        holds=dice.randint(1, 4),
        fades=dice.randint(2, 6),
        strength=dice.uniform(0.3, 0.95),
        profile=dice.choice(tuple(PROFILES)),
        craving=dice.choice((0.0, 2.0, 4.0, 6.0)),
    )


def _uses(dice: Random) -> tuple[OpioidUse, ...]:
    if dice.random() >= 0.15:
        return ()
    first = dice.randint(4, 140)
    told = dice.choice((0, 1, 1, 3, None))
    return tuple(OpioidUse(first + n, told) for n in range(dice.randint(1, 3)))


def _others(dice: Random) -> tuple[tuple[str, float], ...]:
    """Other substances with their chance a day."""
    if dice.random() >= 0.2:
        return ()
    return ((dice.choice(("cannabis", "sedative", "stimulant")), dice.uniform(0.01, 0.08)),)


def _spans(dice: Random, chances: int, share: float, longest: int) -> tuple[Span, ...]:
    found = []
    for _ in range(chances):
        if dice.random() < share:
            first = dice.randint(-5, 160)
            found.append(Span(first, first + dice.randint(1, longest)))
    return tuple(found)


def _leaves(dice: Random) -> tuple[int, str, str] | None:
    if dice.random() >= 0.2:
        return None
    return dice.randint(10, 160), dice.choice(("treatment", "treatment", "all")), ""
