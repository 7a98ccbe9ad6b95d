"""The codes that answers are stored under, with the range that each may take.

This is the one list. Instrument files, forms and the timeline are checked against it, so a typing
error in a data file is found when the program starts and not when somebody is unwell.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["scale", "urge", "count", "measure", "text"]


@dataclass(frozen=True, slots=True)
class Range:
    """Lowest and highest stored value of an item, both allowed; `whole` refuses fractions."""

    low: float
    high: float
    whole: bool = True

    def holds(self, value: float) -> bool:
        """Say whether a stored value is possible for this item."""
        return self.low <= value <= self.high and (not self.whole or value == int(value))


RATING = Range(0, 4)
CRAVING = Range(0, 100)
EPISODES = Range(0, 100)
PRESSURE = Range(40, 300)
TEMPERATURE = Range(30, 45, whole=False)
DAYS_OF_TWO_WEEKS = Range(0, 3)

# The order decides which of two equally bad items is named first.
SYMPTOMS: tuple[str, ...] = (
    "nausea",
    "stomach_cramps",
    "muscle_pain",
    "tremor",
    "twitching",
    "sweating",
    "chills",
    "runny_nose_tears",
    "yawning",
    "palpitations",
    "anxiety",
    "irritability",
    "agitation",
    "insomnia",
    "fatigue",
    "headache",
    "dizziness",
    "cough_sore_throat",
)
CRAVINGS: tuple[str, ...] = ("opioid_craving", "alcohol_craving")
COUNTS: tuple[str, ...] = ("vomiting_24h", "diarrhea_24h")
PRESSURES: tuple[str, ...] = (
    "systolic_bp",
    "diastolic_bp",
    "systolic_bp_repeat",
    "diastolic_bp_repeat",
)

CHECKIN_ITEMS: dict[str, Range] = {
    **dict.fromkeys(SYMPTOMS, RATING),
    **dict.fromkeys(CRAVINGS, CRAVING),
    **dict.fromkeys(COUNTS, EPISODES),
    **dict.fromkeys(PRESSURES, PRESSURE),
    "temperature": TEMPERATURE,
}

# What a `screen` of the timeline may carry; the last two are entered by staff.
SCREEN_ITEMS: dict[str, Range] = {
    "self_harm_thoughts": DAYS_OF_TWO_WEEKS,
    "ideation": Range(0, 5),
    "suicidal_behavior": Range(0, 1),
}

# Asked with the weekly screen for the counselor's eyes. No rule reads them and the timeline has
# no place for them.
MOOD_ITEMS: dict[str, Range] = dict.fromkeys(
    ("low_mood", "loss_of_interest", "hopelessness"), DAYS_OF_TWO_WEEKS
)

ITEMS: dict[str, Range] = {**CHECKIN_ITEMS, **SCREEN_ITEMS, **MOOD_ITEMS}

SIGNS: tuple[str, ...] = (
    "hallucination",
    "confusion",
    "seizure",
    "chest_pain",
    "fainting",
    "breathing_trouble",
    "vomiting_blood",
    "visual_disturbance",
    "no_fluids_12h",
)

# Free text that a check-in may carry, with its greatest length in characters.
FREE_TEXTS: dict[str, int] = {"own_words": 2000}

# How each code is asked: an item that is judged as a rating is never typed as a number.
KIND_OF: dict[str, Kind] = {
    **dict.fromkeys((*SYMPTOMS, *SCREEN_ITEMS, *MOOD_ITEMS), "scale"),
    **dict.fromkeys(CRAVINGS, "urge"),
    **dict.fromkeys(COUNTS, "count"),
    **dict.fromkeys((*PRESSURES, "temperature"), "measure"),
    **dict.fromkeys(FREE_TEXTS, "text"),
}

SUBSTANCES: tuple[str, ...] = (
    "opioid",
    "sedative",
    "stimulant",
    "cannabis",
    "hallucinogen",
    "inhalant",
    "other",
)
ROUTES: tuple[str, ...] = ("swallowed", "smoked", "sniffed", "injected", "other")
DOSE_REASONS: tuple[str, ...] = (
    "side_effects",
    "forgot",
    "ran_out",
    "chose_not_to",
    "told_to_wait",
    "other",
)

# Choice lists of the instrument files, each complete or refused.
LISTS: dict[str, tuple[str, ...]] = {
    "substances": SUBSTANCES,
    "routes": ROUTES,
    "reasons": DOSE_REASONS,
}
