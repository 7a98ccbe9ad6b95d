"""The numbers that the safety rules read, one frozen dataclass per rule family.

A rule never holds a number of its own: a physician must be able to see, approve and change
each of them in the protocol file, where it stands beside its unit and its source.

A number with a default came with the second edition of the rules. Its default is what the first
edition did, and holds for a text of that edition alone; a text of the second names every number.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Terms:
    """Words that several families share: baseline, worse, groups, exposed, start window."""

    baseline_days: int
    baseline_min_checkins: int
    worse_level: float
    worse_rise: float
    systolic_rise: float
    diastolic_rise: float
    diarrhea_episodes: float
    craving_level: float
    craving_rise: float
    sum_bonus: float
    exposed_hours: float
    start_window_days: int
    restart_gap_days: int
    recent_opioid_days: int
    late_hours: float
    presumed_days: int = 0
    restart_told: int = 0
    craving_hours: float = 0
    late_calm: int = 0
    at_receipt: int = 0


@dataclass(frozen=True, slots=True)
class Usual:
    """What is taken to be usual before anybody answered, by item; and how much it weighs."""

    weight: float = 0
    sweating: float = 0
    chills: float = 0
    runny_nose_tears: float = 0
    yawning: float = 0
    palpitations: float = 0
    nausea: float = 0
    stomach_cramps: float = 0
    muscle_pain: float = 0
    tremor: float = 0
    twitching: float = 0
    anxiety: float = 0
    irritability: float = 0
    agitation: float = 0
    insomnia: float = 0
    fatigue: float = 0
    headache: float = 0
    cough_sore_throat: float = 0
    opioid_craving: float = 0

    def of(self, item: str) -> float:
        """The reference of one item."""
        found: float = getattr(self, item)
        return found


@dataclass(frozen=True, slots=True)
class Wdl:
    """Possible withdrawal-like reaction."""

    routine_groups: int
    start_groups: int
    strong_groups: int
    strong_sum: float
    start_sum_groups: int
    start_sum: float
    opioid_groups: int
    vomiting_emergency: float
    vomiting_with_diarrhea: float
    diarrhea_with_vomiting: float
    agitation_emergency: float
    systolic_emergency: float
    diastolic_emergency: float
    after_dose_hours: float
    after_dose_groups: int
    after_dose_sum: float
    infection_temperature: float
    infection_cough: float
    infection_agitation: float
    trend_days: int
    trend_min_days: int
    trend_mean: float
    trend_before_min_days: int
    trend_before_mean: float
    score_routine: float = 0
    score_urgent: float = 0
    score_bonus: float = 0
    score_craving: float = 0
    score_cough: float = 0
    score_headache: float = 0
    score_alcohol: float = 0
    score_alcohol_grams: float = 0


@dataclass(frozen=True, slots=True)
class Awd:
    """Possible alcohol-withdrawal-like reaction."""

    before_grams: float
    before_days: int
    before_window_days: int
    from_hours: float
    to_hours: float
    heavy_days: int
    heavy_window_days: int
    symptoms: int
    sign_days: int


@dataclass(frozen=True, slots=True)
class Opi:
    """Opioid use, and opioid use while the tablet is not being taken."""

    call_days: int
    untaken_run_days: int
    untaken_days: int
    untaken_window_days: int
    late_hours: float
    history_hours: float = 0


@dataclass(frozen=True, slots=True)
class Crv:
    """Opioid craving."""

    high_level: float
    high_rise: float
    level: float
    rise: float
    repeat_level: float
    repeat_hours: float


@dataclass(frozen=True, slots=True)
class Alc:
    """Alcohol: a return to drinking, a return to heavy drinking, a dangerous mix."""

    free_days: int
    heavy_gap_days: int
    heavy_gap_reported_days: int
    history_hours: float = 0


@dataclass(frozen=True, slots=True)
class Dos:
    """Study doses: not taken, or more than the protocol's."""

    routine_days: int
    urgent_days: int
    urgent_times: float


@dataclass(frozen=True, slots=True)
class Bp:
    """Blood pressure in mmHg."""

    systolic_routine: float
    diastolic_routine: float
    systolic_rise: float
    pair_hours: float
    systolic_urgent: float
    diastolic_urgent: float
    headache_emergency: float


@dataclass(frozen=True, slots=True)
class Vom:
    """Vomiting, episodes in 24 hours."""

    routine_episodes: float
    urgent_episodes: float


@dataclass(frozen=True, slots=True)
class Sui:
    """Self-harm thoughts (0-3), ideation level (0-5), behavior (0/1)."""

    thoughts_urgent: float
    ideation_urgent: float
    ideation_emergency: float
    behavior_emergency: float


@dataclass(frozen=True, slots=True)
class Dia:
    """A silent diary."""

    routine_days: int
    urgent_days: int
    flagged_days: int
    flag_age_days: int
    from_first_answer: int = 0


@dataclass(frozen=True, slots=True)
class Uds:
    """A positive specimen without a matching report."""

    told_days: int
    at_tick: int = 0


@dataclass(frozen=True, slots=True)
class Life:
    """How long a flag without new evidence counts as open in a replay."""

    quiet_days: int


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Every threshold of every family."""

    terms: Terms
    usual: Usual
    wdl: Wdl
    awd: Awd
    opi: Opi
    crv: Crv
    alc: Alc
    dos: Dos
    bp: Bp
    vom: Vom
    sui: Sui
    dia: Dia
    uds: Uds
    life: Life
