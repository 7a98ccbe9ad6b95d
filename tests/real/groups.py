"""The group results that the trials' papers print, beside what the records of a folder give.

A folder may hold a part of the people: then ours is of that part, and only a whole trial can be
held to the printed number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from app.measures import words
from app.measures.survival import kaplan_meier, survival_at
from app.measures.weeks import composite, seven_days_told
from tests.real.compare import One

NALTREXONE, BUPRENORPHINE = "Inpatient NR-NTX", "Inpatient BUP"


@dataclass(frozen=True, slots=True)
class Printed:
    """One printed number: of whom, how many, and who says so.

    `held`: ours must be the same, where everybody is there. The others rest on readings that a
    paper does not settle, and stand beside ours.
    """

    name: str
    trial: str
    arm: str
    count: int | None
    of: int
    source: str
    holds: Callable[[One], bool]
    among: Callable[[One], bool] = lambda _one: True
    held: bool = False
    here: int | None = None
    """counted from the whole public records, where the paper says another number"""

    def concerns(self, one: One) -> bool:
        person = one.person
        return (
            person.randomized is not None
            and person.trial == self.trial
            and (not self.arm or person.arm == self.arm)
            and self.among(one)
        )


def after(one: One) -> str:
    """The word from urine, from week 1 on."""
    return one.urine(one.person.weeks.from_week_1())


def both(one: One) -> str:
    """The word from urine and self-report; a week not told counts as no use, as in the papers."""
    return composite(after(one), one.published_told(one.person.weeks.from_week_1()))


def relapsed(one: One) -> bool:
    """X:BOT's relapse by urine or self-report: four weeks, or seven days told, from day 21 on."""
    weeks = one.person.weeks.from_week_1()
    late = type(weeks)(weeks.begins, weeks.begins + timedelta(days=20), weeks.last)
    by_weeks = words.relapse_four_weeks(both(one)).event
    return by_weeks or seven_days_told(one.told, late) is not None


def relapsed_of_seen(one: One) -> bool:
    """The same where a missing week is ignored: cut out of the word before looking."""
    weeks = one.person.weeks.from_week_1()
    late = type(weeks)(weeks.begins, weeks.begins + timedelta(days=20), weeks.last)
    seen = both(one).replace(words.MISSING, "")
    return words.relapse_four_weeks(seen).event or seven_days_told(one.told, late) is not None


def second_phase(one: One) -> str:
    second = one.person.second_week
    return "" if second is None else after(one)[second - 1 :]


def nothing_told(one: One) -> bool:
    """No use told in weeks 9 to 12 of the second phase."""
    second = one.person.second_week
    if second is None:
        return False
    told = one.published_told(one.person.weeks.from_week_1())[second - 1 :]
    return not {words.POSITIVE, words.MIXED} & set(told[8:12])


XBOT = "Lee 2018, abstract"
XBOT_RECALLED = "Lee 2018, recalled"
POATS = "Weiss 2011"
RESULTS = (
    Printed(
        "started treatment, naltrexone",
        "51",
        NALTREXONE,
        204,
        283,
        XBOT,
        lambda one: one.person.first_dose is not None,
        held=True,
    ),
    Printed(
        "started treatment, buprenorphine",
        "51",
        BUPRENORPHINE,
        270,
        287,
        XBOT,
        lambda one: one.person.first_dose is not None,
        held=True,
    ),
    Printed(
        "relapse in 24 weeks by urine, naltrexone",
        "51",
        NALTREXONE,
        185,
        283,
        XBOT_RECALLED,
        lambda one: words.relapse_four_weeks(after(one)).event,
        here=188,
    ),
    Printed(
        "relapse in 24 weeks by urine, buprenorphine",
        "51",
        BUPRENORPHINE,
        163,
        287,
        XBOT_RECALLED,
        lambda one: words.relapse_four_weeks(after(one)).event,
        here=163,
    ),
    Printed(
        "relapse by urine or self-report, naltrexone",
        "51",
        NALTREXONE,
        185,
        283,
        XBOT_RECALLED,
        relapsed,
        here=192,
    ),
    Printed(
        "relapse by urine or self-report, buprenorphine",
        "51",
        BUPRENORPHINE,
        163,
        287,
        XBOT_RECALLED,
        relapsed,
        here=167,
    ),
    *(
        Printed(
            f"the same, missing weeks ignored, {name}",
            "51",
            arm,
            None,
            of,
            XBOT_RECALLED,
            relapsed_of_seen,
            here=here,
        )
        for name, arm, of, here in (
            ("naltrexone", NALTREXONE, 283, 96),
            ("buprenorphine", BUPRENORPHINE, 287, 90),
        )
    ),
    Printed(
        "entered phase two",
        "30",
        "",
        360,
        653,
        POATS,
        lambda one: one.person.second is not None,
        held=True,
    ),
    Printed(
        "success at week 12 of phase two, by urine",
        "30",
        "",
        177,
        360,
        POATS,
        lambda one: words.end_of_treatment(second_phase(one)[:12]),
        among=lambda one: one.person.second is not None,
        here=175,
    ),
    Printed(
        "success at week 12 of phase two, and nothing told",
        "30",
        "",
        177,
        360,
        POATS,
        lambda one: words.end_of_treatment(second_phase(one)[:12]) and nothing_told(one),
        among=lambda one: one.person.second is not None,
        here=159,
    ),
)


def compare(people: Iterable[One]) -> tuple[list[str], int]:
    """Every printed result beside ours, and how many of them had to be the same and are not."""
    everybody, lines, wrong = list(people), [], 0
    for printed in RESULTS:
        among = [one for one in everybody if printed.concerns(one)]
        ours = sum(printed.holds(one) for one in among)
        whole = len(among) == printed.of
        said = f"{printed.here} of {printed.of} by the whole records, not printed"
        if printed.count is not None:
            said = f"printed {printed.count} of {printed.of} ({printed.source})"
            said += f", {printed.here} by the whole records" if printed.here is not None else ""
        differs = whole and printed.held and ours != printed.count
        wrong += differs
        share = f"{100 * ours / len(among):.1f} %" if among else "nobody"
        lines.append(
            f"{printed.name}: {said}; ours {ours} of {len(among)} ({share})"
            + ("  ! differs" if differs else "" if whole else ", a part of the people")
        )
    lines += retention(everybody)
    return lines, wrong


def retention(everybody: Iterable[One]) -> Iterator[str]:
    """Kaplan-Meier of the weeks until the last specimen; doses beyond the first are not public."""
    printed = {"Methadone": 74, "Outpatient BUP": 46}
    found = [one for one in everybody if one.person.trial == "27"]
    for arm, percent in printed.items():
        people = []
        for one in found:
            if one.person.arm == arm:
                word = after(one)
                week = words.last_week_with_specimen(word)
                people.append((float(week), week < len(word)))
        if people:
            share = survival_at(kaplan_meier(people), 22.0)
            yield (
                f"CTN-0027, {arm}: printed {percent} % completed 24 weeks by doses (Hser 2014), "
                f"which the tables do not hold; ours {100 * share:.1f} % of {len(people)} had a "
                "specimen after week 22"
            )
