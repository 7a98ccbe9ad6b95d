"""The brief and the caseload beside 8, 800 and 8,000 others: ``python -m bench.scale``.

What one person's page costs must not depend on how many others there are. Statements are counted
and requests timed in one process, on both databases and at all sizes in turn, so that a busy
moment meets them all. CPU is that of this process and of the server's for that database. The
floor of the brief is asked beside it.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

from fastapi import FastAPI
from sqlalchemy import event, func, select, update
from sqlmodel import Session

from app import audit
from app.audit import SYSTEM, Subject
from app.clock import utc_now
from app.db import Database
from app.main import create_app
from app.models.people import PARTICIPANT, Staff
from app.models.worksheets import WorksheetCopy
from app.start import prepare, settle_memory
from bench.backends import BACKENDS, Files, Server, backend
from bench.crowd.bulk import fill_bulk
from bench.crowd.copies import add_crowd
from bench.floor_page import floor_of
from bench.people import desk_token
from tests.browser import Browser, running

SIZES = (8, 800, 8_000)
# One in five or so takes back consent before the 24 weeks are over.
CASELOAD, ENROLLED = 40, 64
WEEKS = 24
ROUNDS, WARM_UP = 60, 8
MOST_STATEMENTS, MOST_RATIO, MOST_OF_FLOOR = 6, 1.2, 2.5
FLOOR = "floor of the brief"


@dataclass
class Cost:
    """Of one page: statements that read, seconds, and CPU seconds here and in the server."""

    statements: int = 0
    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


@dataclass
class Size:
    """One database: who asks for which page there, and what that costs.

    ``meter`` begins to count the CPU seconds that go into it.
    """

    database: Database
    meter: Callable[[], Callable[[], float]]
    pages: dict[str, tuple[Browser, str]]
    costs: dict[str, Cost] = field(default_factory=dict)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--backend", choices=BACKENDS, action="append", help="both, if not given")
    names = asked.parse_args().backend or list(BACKENDS)
    with tempfile.TemporaryDirectory(prefix="daybook-scale-") as name, ExitStack() as stack:
        missed = report_scale(Path(name), stack, names)
    if missed:
        sys.exit("\n".join(f"MISSED {one}" for one in missed))


def report_scale(
    folder: Path, stack: ExitStack, names: Sequence[str] = tuple(BACKENDS)
) -> list[str]:
    """Prints what the pages cost; which ask more statements than they may."""
    now = utc_now()
    sizes: dict[tuple[str, int], Size] = {}
    for name in names:
        place = stack.enter_context(backend(name, folder / name))
        print(f"{name}: writing a caseload of {CASELOAD} with {WEEKS} weeks …", flush=True)
        token, who = _write(place, now)
        for count in SIZES:
            sizes[name, count] = _open(place, stack, token, who, count)
    settle_memory()
    pages = next(iter(sizes.values())).pages
    for page in pages:
        for round_ in range(WARM_UP + ROUNDS):
            # Nobody is always the first, or behind the largest.
            first = round_ % len(sizes)
            for size in [*sizes.values()][first:] + [*sizes.values()][:first]:
                _ask(size, page, timed=round_ >= WARM_UP)
    busy = f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, {ROUNDS} rounds"
    budgets = f"{MOST_RATIO}x the smallest size, the brief {MOST_OF_FLOOR}x its floor"
    print(f"{busy}; budgets: {budgets}")
    missed = []
    for name in names:
        found = {count: sizes[name, count] for count in SIZES}
        _print(name, found)
        missed += [f"{fault}, {name}" for fault in _more_statements(found)]
    return missed


def _more_statements(sizes: dict[int, Size]) -> Iterator[str]:
    """Who else is in the database may not cost a statement; a caseload has a few, and no more."""
    least = sizes[SIZES[0]].costs
    for count, size in sizes.items():
        for page, cost in size.costs.items():
            most = MOST_STATEMENTS if page == "caseload" else least[page].statements
            if cost.statements > most:
                yield f"{page}: {cost.statements} statements, budget {most}, beside {count} others"


def _write(place: Files | Server, now: datetime) -> tuple[str, str]:
    """A database named start; a counselor's session token, and whose brief is read."""
    database = prepare(place.settings("start"))
    fill_bulk(database, ENROLLED, WEEKS, 1, now)
    with database.write() as session:
        token, public_id = _one_counselor(session)
        audit.record(session, SYSTEM, "bench.sign_in", Subject("site", 1), now=utc_now())
    place.settle(database)
    return token, public_id


def _one_counselor(session: Session) -> tuple[str, str]:
    """Forty people on one caseload; of them, one with as many worksheets as anybody."""
    people, staff = PARTICIPANT, Staff.__table__  # type: ignore[attr-defined]
    copies = WorksheetCopy.__table__  # type: ignore[attr-defined]
    who = session.execute(select(staff.c.id).where(staff.c.role == "counselor")).scalars().first()
    active = select(people.c.id).where(people.c.status == "active").order_by(people.c.id)
    mine = session.execute(active.limit(CASELOAD)).scalars().all()
    if len(mine) < CASELOAD:
        raise RuntimeError(f"only {len(mine)} people are left of those who were enrolled")
    session.execute(update(people).values(counselor_id=None))
    session.execute(update(people).where(people.c.id.in_(mine)).values(counselor_id=who))
    fullest = (
        select(people.c.public_id)
        .join(copies, copies.c.participant_id == people.c.id)
        .where(people.c.id.in_(mine))
        .group_by(people.c.public_id, people.c.id)
        .order_by(func.count().desc(), people.c.id)
    )
    return desk_token(session, who, utc_now()), session.execute(fullest).scalars().all()[0]


def _open(place: Files | Server, stack: ExitStack, token: str, who: str, count: int) -> Size:
    settings = place.copy("start", str(count))
    started = perf_counter()
    rows = add_crowd(settings, count)
    print(f"  {count:>5} others: {rows:,} rows in {perf_counter() - started:.1f} s", flush=True)
    database = stack.enter_context(closing(Database(settings)))
    ours = _signed_in(stack.enter_context(running(create_app(settings, database))), token)
    bare = FastAPI()
    bare.state.settings = settings
    bare.mount("/", floor_of(database))
    floor = _signed_in(stack.enter_context(running(bare)), token)
    brief = f"/participants/{who}/brief"
    pages = {
        "brief": (ours, f"{brief}?weeks={WEEKS}"),
        FLOOR: (floor, brief),
        "caseload": (ours, "/sessions"),
    }
    return Size(database, partial(place.meter, str(count)), pages)


def _signed_in(browser: Browser, token: str) -> Browser:
    browser.cookies.set("__Host-sid", token, domain="localhost.local")
    return browser


def _ask(size: Size, page: str, *, timed: bool) -> None:
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.lstrip()[:6].upper() == "SELECT":
            seen.append(statement)

    browser, path = size.pages[page]
    engines = {size.database.engine, size.database.writing}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    spent = size.meter()
    started = perf_counter()
    answer = browser.get(path)
    seconds, cpu = perf_counter() - started, spent()
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)
    if answer.status_code != 200:
        raise RuntimeError(f"{page} answered {answer.status_code}")
    cost = size.costs.setdefault(page, Cost())
    cost.statements = len(seen)
    if timed:
        cost.seconds.append(seconds)
        cost.cpu.append(cpu)


def _print(name: str, sizes: dict[int, Size]) -> None:
    for page in sizes[SIZES[0]].pages:
        print(f"{page}, {name}:")
        least = sizes[SIZES[0]].costs[page]
        for count, size in sizes.items():
            print(f"  {count:>5} others: {_line(size, page, least)}")


def _line(size: Size, page: str, least: Cost) -> str:
    cost = size.costs[page]
    said = [
        _times("ms", cost.seconds, least.seconds),
        _times("ms CPU", cost.cpu, least.cpu),
        f"{cost.statements} statements",
    ]
    if page == "caseload":
        said.append(f"budget {MOST_STATEMENTS}")
    if page == "brief":
        floor = median(cost.cpu) / median(size.costs[FLOOR].cpu)
        said.append(_held(f"{floor:.2f}x the floor's CPU", floor > MOST_OF_FLOOR))
    return ", ".join(said)


def _times(unit: str, ours: Sequence[float], least: Sequence[float]) -> str:
    ratio = median(ours) / median(least)
    said = f"{median(ours) * 1e3:6.1f} {unit} {ratio:.2f}x"
    return _held(said, ratio > MOST_RATIO)


def _held(said: str, over: bool) -> str:
    return f"{said} OVER" if over else said


if __name__ == "__main__":
    main()
