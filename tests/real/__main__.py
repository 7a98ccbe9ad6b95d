"""``make real DATA=folder``: the product's measures, held against records of real trials.

The folder holds the tables of `tests/real/folder.py`. Prints a line for each definition, then the
printed group results. Ends with status 1 on a difference, 2 where the folder cannot be read.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.real import compare, groups
from tests.real.compare import Line, One
from tests.real.convert import Records, records
from tests.real.folder import (
    ALCOHOL_ABSTINENCE,
    ALCOHOL_COUNTS,
    DAILY,
    DAILY_ABSTINENCE,
    DAILY_VISITS,
    RECORDS,
    Folder,
    Row,
    Table,
    Unusable,
)

PATTERNS = tuple(c for c in RECORDS["participants"] if "word" in c or c.endswith("_week"))
ABSTCAL = {
    "pp7": "point prevalence, seven days",
    "cont_v1": "continuous abstinence",
    "prolonged_5_cigs": "prolonged abstinence, a lapse from five on",
    "prolonged_False": "prolonged abstinence, any use a lapse",
}


def main() -> int:
    given = sys.argv[1:]
    if len(given) != 1:
        print("Name the folder: make real DATA=folder", file=sys.stderr)
        return 2
    path = Path(given[0])
    if not path.is_dir():
        print(f"{given[0]} is not a folder.", file=sys.stderr)
        return 2
    try:
        report = run(path)
    except Unusable as error:
        print(str(error), file=sys.stderr)
        return 2
    print("\n".join(report.told()))
    return 1 if report.wrong else 0


@dataclass(slots=True)
class Report:
    """What was compared, and what is to be said beside it."""

    lines: list[Line]
    groups: list[str]
    groups_wrong: int
    notes: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> int:
        return sum(bool(line.differences) for line in self.lines) + self.groups_wrong

    def told(self) -> Iterator[str]:
        for line in self.lines:
            yield from line.told()
        yield ""
        yield "Printed group results:"
        yield from (f"  {line}" for line in self.groups)
        if self.notes:
            yield ""
            yield from self.notes
        yield ""
        differences = sum(len(line.differences) for line in self.lines)
        yield (
            f"{differences + self.groups_wrong} differences."
            if self.wrong
            else "Everything that was compared is the same."
        )


def run(path: Path) -> Report:
    """Compares everything that the folder holds. Raises `Unusable`."""
    folder = Folder(path)
    found = records(folder)
    reference = folder.asked("reference_outcomes", ["who", "word", *_columns()], "who")
    counts = folder.asked("alcohol_counts", ALCOHOL_COUNTS, "who")
    abstinent = folder.asked("alcohol_abstinence_ctn0051", ALCOHOL_ABSTINENCE, "who")
    lines, everybody = _people(found, reference, counts, abstinent, folder)
    lines += _daily(Folder(path / "abstcal", folder.notes))
    told, wrong = groups.compare(everybody)
    return Report(lines, told, wrong, folder.notes)


def _columns() -> list[str]:
    return [column for endpoints in compare.OUTCOMES.values() for column in endpoints]


def _people(
    found: Records,
    reference: Table | None,
    counts: Table | None,
    abstinent: Table | None,
    folder: Folder,
) -> tuple[list[Line], list[One]]:
    pattern = Line("Weekly patterns of everybody randomized", PATTERNS)
    word = Line("Word of both phases", ("word",))
    by_definition = {
        name: Line(name, tuple(endpoints)) for name, endpoints in compare.OUTCOMES.items()
    }
    counted = Line(compare.COUNTS, tuple(ALCOHOL_COUNTS[1:]))
    percent = Line(compare.DAYS_ABSTINENT, ("percent",))
    prevalence = Line("16 point prevalence and continuous, alcohol", ALCOHOL_ABSTINENCE[1:])
    tables = [_by_person(table, folder) for table in (reference, counts, abstinent)]
    everybody = []
    for person, timeline in found.timelines():
        one = One.of(person, timeline)
        everybody.append(one)
        expected, drank, dry = (table.get(person.who) for table in tables)
        if person.randomized is not None:
            pattern.compare(person.who, person.row, compare.patterns(one))
        if expected is not None:
            ours = groups.after(one)
            word.compare(person.who, expected, {"word": ours})
            for name, line in by_definition.items():
                found_here = compare.outcomes(ours, compare.OUTCOMES[name])
                line.compare(person.who, expected, found_here)
        if drank is not None and person.randomized is not None:
            of_alcohol = compare.alcohol_counts(one)
            counted.compare(person.who, drank, of_alcohol)
            if {"days", "drinking_days"} <= drank.keys():
                percent.compare(person.who, {"percent": compare.percent_of(drank)}, of_alcohol)
        if dry is not None and person.randomized is not None:
            prevalence.compare(person.who, dry, compare.alcohol_abstinence(one))
    known = {person.who for person in found.people}
    for table, name in zip(
        tables, ("reference_outcomes", "alcohol_counts", "alcohol_abstinence_ctn0051"), strict=True
    ):
        if strangers := len(table.keys() - known):
            folder.notes.append(f"{name} has {strangers} people who are not in participants.")
    return [pattern, word, *by_definition.values(), counted, percent, prevalence], everybody


def _by_person(table: Table | None, folder: Folder) -> dict[str, Row]:
    if table is None:
        return {}
    found = {row["who"]: row for row in table.rows}
    if len(found) < len(table.rows):
        folder.notes.append(f"{table.name} has more than one line about somebody.")
    return found


def _daily(folder: Folder) -> list[Line]:
    amounts = folder.asked("tlfb_amount_per_day", DAILY, "id")
    visits = folder.asked("visits", DAILY_VISITS, "id")
    outcome = folder.asked("reference_abstinence", DAILY_ABSTINENCE, "id")
    if amounts is None or visits is None or outcome is None:
        return []
    return compare.daily_abstinence(amounts, visits, outcome, ABSTCAL)


if __name__ == "__main__":
    sys.exit(main())
