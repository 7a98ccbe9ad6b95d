"""Whether the rules find what is dangerous, and what they ask of staff: ``python -m bench.burden``.

A cohort that is made apart from the product (`bench/cohort`) is replayed through the live rules
by each protocol that comes with it, or that is named. The planted reactions are known here and to
no rule. Ends with status 1 and a sentence for each thing that the last protocol misses on the
held-out seeds: 95% of reported moderate and severe reactions flagged on the day they are told, 90%
urgently within 24 h, at most 0.10 false urgent symptom flags per participant-week.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from multiprocessing import Pool
from os import cpu_count
from pathlib import Path
from re import findall
from time import monotonic

from app.protocol.loader import BUNDLED, load_protocol
from app.protocol.model import Protocol, ProtocolError
from bench.cohort.count import Counts
from bench.cohort.judged import judge
from bench.cohort.report import HELD_OUT, TUNING, Column, asked, burden, table

NOISE = (0.7, 1.0, 1.4)
USUAL_NOISE = 1.0
SEEDS = (1, 101, 102)


@dataclass(frozen=True, slots=True)
class Cell:
    """One seed by one protocol at one level of noise."""

    seed: int
    version: str
    noise: float


@dataclass(frozen=True, slots=True)
class Task:
    """One person; the protocol goes by its file, which every process reads once."""

    cell: Cell
    number: int
    weeks: int
    protocol: Path


def main(argv: Sequence[str] | None = None) -> None:
    given = _arguments(argv)
    try:
        files = {_read(path).version: path for path in given.protocol or bundled()}
    except ProtocolError as error:
        sys.exit(str(error))
    started = monotonic()
    versions = list(files)
    cells = measured(given, files)
    for line in report(given, versions, cells):
        print(line)
    print(f"\n{monotonic() - started:.0f} s in all, {given.jobs} at a time.")
    missed = verdict(given, versions[-1], cells)
    print("\n".join(missed) or "Met: what is asked of the last protocol on the held-out seeds.")
    sys.exit(1 if missed else 0)


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--participants", type=int, default=200)
    parser.add_argument("--weeks", type=int, default=12)
    parser.add_argument(
        "--seeds", type=int, nargs="+", default=SEEDS, help="the first is for tuning, others not"
    )
    parser.add_argument("--noise", type=float, nargs="+", default=NOISE)
    parser.add_argument("--jobs", type=int, default=min(2, cpu_count() or 1))
    parser.add_argument("--protocol", type=Path, nargs="+", help="files, the first edition first")
    return parser.parse_args(argv)


def bundled() -> list[Path]:
    """The protocols that come with the product, by version."""
    found = BUNDLED.parent.glob(f"{BUNDLED.stem}*.toml")
    return sorted(found, key=lambda path: [int(n) for n in findall(r"\d+", _read(path).version)])


@cache
def _read(path: Path) -> Protocol:
    return load_protocol(path)


def measured(given: argparse.Namespace, files: Mapping[str, Path]) -> dict[Cell, Counts]:
    """Every person of every cohort by every protocol, by its version."""
    tasks = list(_tasks(given, files))
    cells: dict[Cell, Counts] = {}
    with ExitStack() as stack:
        found = (
            stack.enter_context(Pool(given.jobs)).imap_unordered(_judge, tasks, chunksize=8)
            if given.jobs > 1
            else map(_judge, tasks)
        )
        for cell, counts in found:
            cells.setdefault(cell, Counts()).add(counts)
    return cells


def _tasks(given: argparse.Namespace, files: Mapping[str, Path]) -> Iterator[Task]:
    for noise in given.noise:
        for seed in given.seeds:
            for version, path in files.items():
                cell = Cell(seed, version, noise)
                for number in range(given.participants):
                    yield Task(cell, number, given.weeks, path)


def _judge(task: Task) -> tuple[Cell, Counts]:
    cell, protocol = task.cell, _read(task.protocol)
    return cell, judge(cell.seed, task.number, task.weeks, cell.noise, protocol)


def report(
    given: argparse.Namespace, versions: Sequence[str], cells: Mapping[Cell, Counts]
) -> Iterator[str]:
    held = ", ".join(str(seed) for seed in given.seeds[1:])
    yield f"{given.participants} participants of {given.weeks} weeks a seed."
    yield f"Seed {given.seeds[0]} is for tuning; held out: {held or 'none'}. 95% intervals."
    for noise in given.noise:
        columns = [
            Column(name, version, _sum(cells, seeds, version, noise))
            for name, seeds in ((TUNING, given.seeds[:1]), (HELD_OUT, given.seeds[1:]))
            if seeds
            for version in versions
        ]
        yield f"\n=== Days as they were drawn, their noise times {noise:g} ==="
        whole = noise == USUAL_NOISE
        yield from table(columns, whole=whole)
        if whole:
            yield from burden(columns)
    yield ""
    for version in versions:
        times = [counts.seconds for cell, counts in cells.items() if cell.version == version]
        mean = sum(times) / len(times)
        yield f"A cohort replays by edition {version} in {mean:.0f} s of one core."


def verdict(given: argparse.Namespace, version: str, cells: Mapping[Cell, Counts]) -> list[str]:
    """What the last protocol misses on the held-out seeds at the usual noise."""
    if not given.seeds[1:] or USUAL_NOISE not in given.noise:
        return [f"Missed: no held-out seed at noise {USUAL_NOISE:g}, so nothing was shown."]
    return asked(_sum(cells, given.seeds[1:], version, USUAL_NOISE))


def _sum(cells: Mapping[Cell, Counts], seeds: Sequence[int], version: str, noise: float) -> Counts:
    whole = Counts()
    for seed in seeds:
        whole.add(cells[Cell(seed, version, noise)])
    return whole


if __name__ == "__main__":
    main()
