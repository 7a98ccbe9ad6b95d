"""The brief and the caseload beside 8, 800 and 8,000 others: ``python -m bench.scale``.

What one person's page costs must not depend on how many others there are. Statements are counted
and requests timed in one process, the sizes in turn, so that a busy moment meets them all.
"""

import tempfile
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter

from sqlalchemy import event, select, update
from sqlmodel import Session

from app import audit
from app.audit import SYSTEM, Subject
from app.auth import sessions
from app.clock import utc_now
from app.db import Database
from app.demo.bulk import fill_bulk
from app.main import create_app
from app.models.people import Participant, Staff
from app.start import prepare
from bench.crowd import add_crowd
from bench.people import copy_of, settings_of, settle
from tests.browser import Browser, running

SIZES = (8, 800, 8_000)
CASELOAD = 40
WEEKS = 24
ROUNDS, WARM_UP = 40, 5
MOST_STATEMENTS, MOST_RATIO = 6, 1.2


@dataclass
class Size:
    """One database: its browser, its pages, and what they cost."""

    browser: Browser
    database: Database
    paths: dict[str, str]
    statements: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, list[float]] = field(default_factory=dict)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="daybook-scale-") as name, ExitStack() as stack:
        report_scale(Path(name), stack)


def report_scale(folder: Path, stack: ExitStack) -> None:
    print(f"Writing a caseload of {CASELOAD} with {WEEKS} weeks …", flush=True)
    token, paths = _write(folder / "start")
    sizes = {count: _open(folder, stack, token, paths, count) for count in SIZES}
    for name in paths:
        for round_ in range(WARM_UP + ROUNDS):
            for size in sizes.values():
                _ask(size, name, timed=round_ >= WARM_UP)
        _print(name, sizes)


def _write(folder: Path) -> tuple[str, dict[str, str]]:
    database = prepare(settings_of(folder))
    fill_bulk(database, CASELOAD, WEEKS, 1, utc_now(), flags=False)
    with database.write() as session:
        token, public_id = _one_counselor(session)
        audit.record(session, SYSTEM, "bench.sign_in", Subject("site", 1), now=utc_now())
    settle(database)
    return token, {"brief": f"/participants/{public_id}/brief?weeks=24", "caseload": "/sessions"}


def _one_counselor(session: Session) -> tuple[str, str]:
    """Everybody is on one caseload; a session token, and whose brief is read."""
    people, staff = Participant.__table__, Staff.__table__  # type: ignore[attr-defined]
    who = session.execute(select(staff.c.id).where(staff.c.role == "counselor")).scalars().first()
    session.execute(update(people).values(counselor_id=who))
    active = select(people.c.public_id).where(people.c.status == "active").order_by(people.c.id)
    last = session.execute(active).scalars().all()[-1]
    return sessions.begin(session, utc_now(), staff_id=who), last


def _open(folder: Path, stack: ExitStack, token: str, paths: dict[str, str], count: int) -> Size:
    here = copy_of(folder / "start", folder / str(count))
    started = perf_counter()
    rows = add_crowd(here, count)
    print(f"  {count:>5} others: {rows:,} rows in {perf_counter() - started:.1f} s", flush=True)
    database = stack.enter_context(closing(Database(settings_of(here))))
    app = create_app(database.settings, database)
    browser = stack.enter_context(running(app))
    browser.cookies.set("__Host-sid", token, domain="localhost.local")
    return Size(browser, database, paths)


def _ask(size: Size, name: str, *, timed: bool) -> None:
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.lstrip()[:6].upper() == "SELECT":
            seen.append(statement)

    event.listen(size.database.engine, "before_cursor_execute", note)
    started = perf_counter()
    answer = size.browser.get(size.paths[name])
    spent = perf_counter() - started
    event.remove(size.database.engine, "before_cursor_execute", note)
    if answer.status_code != 200:
        raise RuntimeError(f"{name} answered {answer.status_code}")
    size.statements[name] = len(seen)
    if timed:
        size.seconds.setdefault(name, []).append(spent)


def _print(name: str, sizes: dict[int, Size]) -> None:
    least = median(sizes[SIZES[0]].seconds[name])
    print(f"{name}:")
    for count, size in sizes.items():
        middle = median(size.seconds[name])
        over = "  OVER" if middle > least * MOST_RATIO else ""
        if name == "caseload" and size.statements[name] > MOST_STATEMENTS:
            over += "  TOO MANY STATEMENTS"
        print(
            f"  {count:>5} others: {middle * 1e3:6.1f} ms, {middle / least:.2f}x the smallest "
            f"(budget {MOST_RATIO}x), {size.statements[name]} statements{over}"
        )


if __name__ == "__main__":
    main()
