"""Reads a folder of trial records: the tables by name, as `name.csv` or `name.csv.gz`.

What is not as expected is said in plain words: a table or a column that is not there, and one that
nobody asked for.
"""

from __future__ import annotations

import csv
import gzip
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

Row = dict[str, str]


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# What the records themselves are made of.
RECORDS = {
    "participants": _names(
        "who trial is_male arm rand_day rand2_day first_dose_delay last_visit_day start_week "
        "end_week uds_word_baseline uds_word_phase1 uds_word_phase2 tlfb_word_baseline "
        "tlfb_word_phase1 tlfb_word_phase2"
    ),
    "urine": _names("who day temp_ok positive"),
    "self_report_runs": _names("who first_day last_day used"),
    "visits": _names("who present_days missing_days"),
}
# Columns that say what came out, and are compared rather than needed.
OUTCOMES = frozenset(
    _names(
        "start_week end_week temp_ok uds_word_baseline uds_word_phase1 uds_word_phase2 "
        "tlfb_word_baseline tlfb_word_phase1 tlfb_word_phase2"
    )
)
ALCOHOL_COUNTS = _names(
    "who trial first_day last_day days drinking_days heavy_days longest_dry_run "
    "day_of_first_drink day_of_first_heavy baseline28_drinking_days baseline28_heavy_days "
    "opioid_days"
)
ALCOHOL_ABSTINENCE = (
    "who",
    *(f"{what}_week{week}" for week in (12, 24) for what in ("pp7", "pp28", "cont")),
)
DAILY = _names("id date amount")
DAILY_VISITS = _names("id visit date")
MEASURES = _names("pp7 cont_v1 prolonged_5_cigs prolonged_False")
DAILY_ABSTINENCE = (
    "id",
    *(f"{mode}_{what}_v{v}" for mode in ("itt", "ro") for v in (2, 3, 4) for what in MEASURES),
)


class Unusable(ValueError):
    """A folder that cannot be read; the text says which table or column, and what is wrong."""


@dataclass(slots=True)
class Table:
    """The rows of one table, the columns that it has, and its name."""

    name: str
    columns: tuple[str, ...] = ()
    rows: list[Row] = field(default_factory=list)

    def by(self, key: str) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows:
            found[row[key]].append(row)
        return found


@dataclass(slots=True)
class Folder:
    """One folder, and what is to be said about it."""

    path: Path
    notes: list[str] = field(default_factory=list)

    def needed(self, name: str) -> Table:
        """A table without which nothing can be compared."""
        table = self._read(name)
        if table is None:
            raise Unusable(f"There is no table {name} (as {name}.csv or {name}.csv.gz).")
        missing = [c for c in RECORDS[name] if c not in table.columns and c not in OUTCOMES]
        if missing:
            raise Unusable(f"The table {name} has no column {_listed(missing)}.")
        self._compare(table, RECORDS[name])
        _whole(table)
        return table

    def asked(self, name: str, columns: Sequence[str], key: str) -> Table | None:
        """A table of outcomes; without it, or without its key, they are not compared."""
        table = self._read(name)
        if table is None or key not in table.columns:
            what = f"column {key} in the table" if table else "table"
            self.notes.append(f"There is no {what} {name}: what it holds is not compared.")
            return None
        self._compare(table, columns)
        return table

    def _compare(self, table: Table, columns: Sequence[str]) -> None:
        missing = [one for one in columns if one not in table.columns]
        extra = [one for one in table.columns if one not in columns]
        if missing:
            self.notes.append(f"{table.name} has no column {_listed(missing)}: not compared.")
        if extra and table.name != "reference_outcomes":
            self.notes.append(f"{table.name} has a column that nobody asks for: {_listed(extra)}.")

    def _read(self, name: str) -> Table | None:
        path = next(
            (p for end in (".csv", ".csv.gz") if (p := self.path / f"{name}{end}").is_file()), None
        )
        if path is None:
            return None
        try:
            with (gzip.open if path.suffix == ".gz" else open)(
                path, "rt", encoding="utf-8-sig", newline=""
            ) as lines:
                return _table(name, lines)
        except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
            raise Unusable(f"The table {name} cannot be read: {error}.") from None


def _table(name: str, lines: Iterator[str]) -> Table:
    reader = csv.reader(lines)
    columns = tuple(next(reader, ()))
    if not columns:
        raise Unusable(f"The table {name} is empty.")
    table = Table(name, columns)
    for number, values in enumerate(reader, 2):
        if len(values) != len(columns):
            raise Unusable(
                f"Line {number} of {name} has {len(values)} values, and there are {len(columns)} "
                "columns."
            )
        table.rows.append(dict(zip(columns, values, strict=True)))
    return table


_NUMBERS = {
    "participants": ("rand_day", "rand2_day", "first_dose_delay", "last_visit_day"),
    "urine": ("day",),
    "self_report_runs": ("first_day", "last_day"),
}


def _whole(table: Table) -> None:
    """Whole numbers where days are expected, before anything is made of them."""
    for number, row in enumerate(table.rows, 2):
        for column in _NUMBERS.get(table.name, ()):
            if row[column] and not re.fullmatch(r"-?\d+", row[column]):
                raise Unusable(
                    f"Line {number} of {table.name}: {column} is {row[column]!r}, which is no day."
                )


def _listed(names: list[str]) -> str:
    return ", ".join(names)
