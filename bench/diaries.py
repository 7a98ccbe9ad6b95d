"""What the rules make of real people's diaries: ``python -m bench.diaries FOLDER_OR_FILE …``.

Reads timelines (`*.jsonl`, `*.jsonl.gz`, `*.json`; one a line or one a file) and replays each by
the protocol in use. The records themselves are nobody's truth about reactions; what is looked for
is alarms that no reader of them would raise. Ends with status 1 and a sentence for each of:

* an urgent flag about something that was more than 72 h old when it was told,
* UDS-1 about a use that was told on the day of the test,
* DIA-1 about a day before the first answer on the phone and before the first dose.
"""

from __future__ import annotations

import argparse
import gzip
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from time import process_time

from app.protocol.loader import load_protocol
from app.protocol.model import Protocol, ProtocolError
from app.rules.compare import weeks_of
from app.rules.finding import Finding, Severity
from app.rules.replay import Line, replay
from app.timeline.days import end_of_day, local_day
from app.timeline.events import Checkin, Dose, Drinks, Event, Substances
from app.timeline.json_form import TimelineError, loads
from app.timeline.timeline import Timeline

OLD = timedelta(hours=72)
TOLD_DAYS = 4
BY_STAFF = ("with_staff", "by_phone")
SHOWN = 12
ENDINGS = (".json", ".jsonl", ".jsonl.gz")


@dataclass(slots=True)
class Found:
    """Of the timelines of one file."""

    people: int = 0
    weeks: float = 0.0
    seconds: float = 0.0
    flags: Counter[tuple[str, str]] = field(default_factory=Counter)
    silence: Counter[str] = field(default_factory=Counter)
    """DIA lines by participant"""
    faults: list[str] = field(default_factory=list)

    def add(self, timeline: Timeline, lines: Sequence[Line]) -> None:
        code = timeline.participant.code
        self.people += 1
        self.weeks += weeks_of(timeline)
        for line in lines:
            self.flags[line.finding.rule, line.finding.severity.word] += 1
            self.silence[code] += line.finding.family == "DIA"
        self.faults += [f"{code}: {fault}" for fault in faults(timeline, lines)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", type=Path, nargs="+", metavar="FOLDER_OR_FILE")
    parser.add_argument("--protocol", type=Path)
    given = parser.parse_args()
    missed = 0
    try:
        protocol = load_protocol(given.protocol)
        for path in _files(given.paths):
            found = measured(timelines_in(path), protocol)
            missed += len(found.faults)
            print("\n".join(report(path.name, protocol, found)))
    except (ProtocolError, TimelineError, OSError) as error:
        sys.exit(str(error))
    print(f"Missed: {missed} flags that nobody should see." if missed else "Met: no such flag.")
    sys.exit(1 if missed else 0)


def _files(paths: Iterable[Path]) -> list[Path]:
    found = [
        file
        for path in paths
        for file in (sorted(path.iterdir()) if path.is_dir() else [path])
        if file.name.endswith(ENDINGS)
    ]
    if not found:
        sys.exit("no timelines there: name a folder or files that end in " + ", ".join(ENDINGS))
    return found


def timelines_in(path: Path) -> Iterator[Timeline]:
    if path.name.endswith(".json"):
        yield loads(path.read_text(encoding="utf-8"))
        return
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield loads(line)


def measured(timelines: Iterable[Timeline], protocol: Protocol) -> Found:
    """Every timeline replayed."""
    found = Found()
    for timeline in timelines:
        started = process_time()
        lines = replay(timeline, protocol)
        found.seconds += process_time() - started
        found.add(timeline, lines)
    return found


# --- what nobody should see ----------------------------------------------------------------------


def faults(timeline: Timeline, lines: Iterable[Line]) -> list[str]:
    """A plain sentence for each flag that no reader of the record would raise."""
    said = []
    zone, expected = timeline.participant.timezone, expected_from(timeline)
    for line in lines:
        one = line.finding
        age = line.raised_at - min([one.about, *_newest_day(one, zone)])
        if one.severity >= Severity.URGENT and age > OLD:
            days = age / timedelta(days=1)
            said.append(f"{one.rule} {one.severity.word} about something {days:.1f} days old")
        if one.rule == "UDS-1" and _told_that_day(timeline, local_day(one.about, zone)):
            said.append(f"UDS-1 of {one.about:%Y-%m-%d} although the use was told that day")
        silent = [key.partition(":")[2] for key in one.evidence if key.startswith("silent:")]
        if one.family == "DIA" and expected and min(silent) < expected.isoformat():
            said.append(f"{one.rule} about {min(silent)}, before anything was expected")
    return said


def _newest_day(finding: Finding, zone: str) -> list[datetime]:
    """The end of the newest day that a finding rests on, if it rests on days that were told."""
    keys = (key.partition(":") for key in finding.evidence)
    days = [date.fromisoformat(day) for kind, _, day in keys if kind in ("use", "dose", "drinks")]
    return [end_of_day(max(days), zone)] if days else []


def _told_that_day(timeline: Timeline, day: date) -> bool:
    """Whether an opioid use of the test's day or of the days before was told by its end."""
    zone = timeline.participant.timezone
    return any(
        isinstance(event, Substances)
        and timedelta(0) <= day - event.day <= timedelta(days=TOLD_DAYS)
        and local_day(event.received_at, zone) <= day
        and any(use.substance == "opioid" for use in event.items)
        for event in timeline.events
    )


def expected_from(timeline: Timeline) -> date | None:
    """The day from which somebody may be silent: the first answer that the participant sent
    themselves, or the first dose if that is earlier."""
    days = [_about(event, timeline) for event in timeline.events if _from_phone(event)]
    first = timeline.participant.first_dose_on
    return min(days + ([first] if first else []), default=None)


def _from_phone(event: Event) -> bool:
    answers = isinstance(event, Checkin | Dose | Drinks | Substances)
    return answers and event.provenance not in BY_STAFF


def _about(event: Event, timeline: Timeline) -> date:
    day: date | None = getattr(event, "day", None)
    return day or local_day(event.received_at, timeline.participant.timezone)


# --- the report ----------------------------------------------------------------------------------


def report(name: str, protocol: Protocol, found: Found) -> Iterator[str]:
    yield f"{name}: {found.people} people, {found.weeks:.0f} weeks, edition {protocol.version}."
    yield f"  replayed in {found.seconds:.1f} s of one core"
    for (rule, severity), count in sorted(found.flags.items()):
        yield f"  {rule:<6} {severity:<9} {count:5}  {count / found.weeks:.3f} a week"
    if worst := found.silence.most_common(1):
        code, most = worst[0]
        yield f"  most about silence: {most} for {code}"
    yield from (f"  ! {fault}" for fault in found.faults[:SHOWN])
    if len(found.faults) > SHOWN:
        yield f"  ! and {len(found.faults) - SHOWN} more"
    yield ""


if __name__ == "__main__":
    main()
