"""What the rules ask of staff, and what they find: ``python -m bench.burden``.

A crowd of simulated participants is written, and their stored timelines replayed through the live
rules. The simulator knows which withdrawal-like reactions it planted
and no rule does, so flags can be held against them.
"""

import argparse
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from app.clock import local_day, utc_now
from app.db import Database
from app.demo.persona import draw
from app.demo.simulator import simulate
from app.demo.told import Planted
from app.models.people import Participant
from app.protocol.loader import load_protocol
from app.rules.finding import Severity
from app.rules.replay import Line, replay
from app.start import prepare
from app.timeline.tables import read_timeline
from bench.crowd.bulk import fill_bulk
from bench.people import settings_of

FAMILY = "WDL"
# A reaction that was noticed the morning after its last day was noticed.
AFTER = timedelta(days=1)
PUBLISHED = {
    Severity.ROUTINE: "simulated for these rules 0.4",
    Severity.URGENT: "simulated for these rules 0.14-0.46",
    Severity.EMERGENCY: "simulated for these rules at most 0.03",
}


@dataclass(frozen=True, slots=True)
class Person:
    """One participant's flags by replay, and what was planted; ``weeks`` of diary."""

    zone: str
    lines: list[Line]
    planted: list[Planted]
    weeks: float

    def inside(self, line: Line, planted: Planted) -> bool:
        day = local_day(line.finding.about, self.zone)
        return planted.first <= day <= planted.last + AFTER


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--participants", type=int, default=200)
    asked.add_argument("--weeks", type=int, default=12)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="daybook-burden-") as name:
        people = simulated(Path(name), given.participants, given.weeks, given.seed)
    report(people)


def simulated(folder: Path, participants: int, weeks: int, seed: int) -> list[Person]:
    """A cohort in a database of its own, replayed person by person."""
    now = utc_now()
    database = prepare(settings_of(folder))
    print(f"Writing {participants} participants of {weeks} weeks …", flush=True)
    fill_bulk(database, participants, weeks, seed, now, flags=False)
    print("Replaying their timelines …", flush=True)
    people = _replayed(database, weeks, seed, now)
    database.close()
    return people


def _replayed(database: Database, weeks: int, seed: int, now: datetime) -> list[Person]:
    protocol, people = load_protocol(), []
    with database.read() as session:
        for row in session.execute(select(Participant)).scalars():
            assert row.first_dose_on
            number = int(row.code.rpartition("-")[2])
            story = simulate(draw(seed, number), row.first_dose_on, weeks, now)
            timeline = read_timeline(session, row.id or 0)
            seen = [one for one in story.planted if one.first <= _last_day(story.told, row)]
            days = (_last_day(story.told, row) - story.enrolled_on).days + 1
            lines = replay(timeline, protocol, until=now)
            people.append(Person(row.timezone, lines, seen, days / 7))
    return people


def _last_day(told: Sequence[object], row: Participant) -> date:
    """The last day that anything was told; what was planted after it could not be seen."""
    last = max(one.at for one in told)  # type: ignore[attr-defined]
    return local_day(last, row.timezone)


def report(people: Sequence[Person]) -> None:
    weeks = sum(one.weeks for one in people)
    print(f"{len(people)} participants, {weeks:.0f} participant-weeks")
    _burden(people, weeks)
    _sensitivity(people)
    _false_alarms(people, weeks)


def _burden(people: Sequence[Person], weeks: float) -> None:
    lines = Counter(
        (line.finding.family, line.finding.severity) for one in people for line in one.lines
    )
    print("\nFlags raised or worsened, per participant-week:")
    for severity in Severity:
        count = sum(n for (_, found), n in lines.items() if found == severity)
        print(f"  {severity.word:<10} {count / weeks:6.3f}  ({PUBLISHED[severity]})")
    families = sorted({family for family, _ in lines})
    print("  by family (routine / urgent / emergency):")
    for family in families:
        shares = " / ".join(f"{lines[family, severity] / weeks:.3f}" for severity in Severity)
        print(f"    {family:<4} {shares}")


def _sensitivity(people: Sequence[Person]) -> None:
    print(f"\nPlanted reactions that a {FAMILY} flag met, by how severe they were planted:")
    for grade in ("mild", "moderate", "severe"):
        planted = [(one, p) for one in people for p in one.planted if p.severity == grade]
        met = Counter(
            severity
            for one, reaction in planted
            for severity in Severity
            if any(
                line.finding.family == FAMILY
                and line.finding.severity >= severity
                and one.inside(line, reaction)
                for line in one.lines
            )
        )
        said = ", ".join(
            f"{severity.word} or worse {_share(met[severity], len(planted))}"
            for severity in Severity
        )
        print(f"  {grade:<9} {said}")


def _false_alarms(people: Sequence[Person], weeks: float) -> None:
    print(f"\n{FAMILY} flags outside of every planted reaction (false alarms):")
    for severity in Severity:
        lines = [
            (one, line)
            for one in people
            for line in one.lines
            if line.finding.family == FAMILY and line.finding.severity == severity
        ]
        outside = sum(1 for one, line in lines if not any(one.inside(line, p) for p in one.planted))
        rate = outside / weeks
        print(
            f"  {severity.word:<10} {_share(outside, len(lines))}, {rate:.3f} per participant-week"
        )


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({part / whole:.0%})" if whole else "none"


if __name__ == "__main__":
    main()
