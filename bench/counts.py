"""What a request costs in counts, which no machine changes: ``python -m bench.counts``.

Python calls, statements and commits of check-ins, Today and a brief of 24 weeks, and the files of
the product that a form passes through. A ratio of times differs between machines; these do
not. The thread of a route is inlined, so that what it calls is counted too. Each is asked twice
before, so that it has compiled and kept what it keeps.
"""

import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from httpx import Response
from sqlalchemy import event, update

import app
from app.db import Database
from app.main import create_app
from app.models.people import AUTH_SESSION
from app.start import prepare
from app.visit.identity import SESSION_COOKIE, TOUCH_EVERY
from bench.people import People, people_in, settings_of
from tests.browser import running

PRODUCT = str(Path(app.__file__).parent)
# A moment that never comes again: what is counted does not depend on the day.
AT = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
PEOPLE, WEEKS = 3, 24
CHECK_IN, STALE = "check-in", "check-in, last seen a while ago"
PAGE, TODAY, BRIEF = "page of side effects", "Today", "brief"


@dataclass(slots=True)
class Counts:
    """Of one request; ``statements`` without those that begin and end a transaction."""

    calls: int = 0
    statements: int = 0
    commits: int = 0
    files: set[str] = field(default_factory=set)
    """of the product, in which a function ran"""

    def __str__(self) -> str:
        return f"{self.calls:,} calls, {self.statements} statements, {self.commits} commits"


@dataclass(frozen=True, slots=True)
class Budget:
    calls: int
    statements: int
    commits: int
    files: int

    def missed(self, found: Counts) -> list[str]:
        """What is above it, in words."""
        ours = {
            "calls": found.calls,
            "statements": found.statements,
            "commits": found.commits,
            "files": len(found.files),
        }
        return [
            f"{number} {what}, budget {most}"
            for what, number in ours.items()
            if number > (most := getattr(self, what))
        ]


# Versions of Python differ by some calls (3.12 has no frame for a list in brackets): the room
# above what is counted with 3.11 is for them. Statements, commits and files have none. The driver
# of PostgreSQL is Python itself in part, and a lock there is a statement.
BUDGETS = {
    "sqlite": {
        CHECK_IN: Budget(2500, 12, 1, 34),
        STALE: Budget(2650, 13, 1, 38),
        PAGE: Budget(2500, 10, 1, 21),
        TODAY: Budget(5000, 8, 0, 99),
        BRIEF: Budget(20000, 20, 1, 59),
    },
    "postgresql": {
        CHECK_IN: Budget(4100, 14, 1, 34),
        STALE: Budget(4300, 15, 1, 38),
        PAGE: Budget(3800, 11, 1, 21),
        TODAY: Budget(6000, 8, 0, 99),
        BRIEF: Budget(26000, 21, 1, 59),
    },
}


class Hands:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime):
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def main() -> int:
    """Prints every count, and the files of a check-in; 1 if a budget is missed."""
    faults = report()
    for fault in faults:
        print(f"MISSED {fault}", file=sys.stderr)
    return 1 if faults else 0


def report() -> list[str]:
    with (
        tempfile.TemporaryDirectory(prefix="daybook-counts-") as folder,
        closing(prepare(settings_of(Path(folder)))) as database,
    ):
        people = people_in(database, PEOPLE, WEEKS, AT)
        hands = Hands(AT)
        found = costs(create_app(database.settings, database, hands), database, people, hands)
    print("Counts of one request, the same on every machine:")
    for name, counts in found.items():
        most = BUDGETS["sqlite"][name]
        limits = f"{most.calls:,}, {most.statements}, {most.commits}"
        print(f"  {name}: {counts} (budget {limits})")
    for name in (CHECK_IN, PAGE):
        files = sorted(found[name].files)
        print(f"  {name}: {len(files)} files of app/: {' '.join(files)}")
    return missed("sqlite", found)


def missed(backend: str, found: Mapping[str, Counts]) -> list[str]:
    """Every budget that is missed, in words."""
    budgets = BUDGETS[backend]
    return [f"{name}: {fault}" for name in budgets for fault in budgets[name].missed(found[name])]


def costs(
    application: FastAPI, database: Database, people: People, hands: Hands
) -> dict[str, Counts]:
    """Each request with what it cost the first of the phones, after the second has warmed all up.

    A day costs more with each check-in in it: the first phone sends two, no more.
    """
    tokens, found = count(1), {}
    with running(application) as browser, counted(application, database) as cost:

        def check_in(token: str) -> None:
            body = {"alcohol_craving": "3", "opioid_craving": "2", "method": "each"}
            answer = browser.post(
                "/today/urges", body | {"idem": f"t{next(tokens)}"}, headers=_cookie(token)
            )
            _held(answer, 303, answer.headers.get("location") == "/today")

        def check_in_later(token: str) -> None:
            hands.now = AT + TOUCH_EVERY + timedelta(seconds=1)
            check_in(token)

        def page_of_effects(token: str) -> None:
            body = {"nausea": "1", "method": "each", "idem": f"t{next(tokens)}"}
            answer = browser.post("/today/check/new/1", body, headers=_cookie(token))
            place = answer.headers.get("location", "")
            _held(answer, 303, place.startswith("/today/check/") and place.endswith("/2"))

        def page(path: str, token: str, word: str) -> None:
            answer = browser.get(path, headers=_cookie(token))
            _held(answer, 200, word in answer.text)

        brief = f"/participants/{people.caseload[0]}/brief?weeks={WEEKS}"
        asked: dict[str, Callable[[str], None]] = {
            CHECK_IN: check_in,
            STALE: check_in_later,
            PAGE: page_of_effects,
            TODAY: lambda phone: page("/today", phone, 'class="week"'),
            BRIEF: lambda _phone: page(brief, people.counselor, "show=tables"),
        }
        first, second = people.phones[:2]
        for phone in (second, second, first):
            for name, ask in asked.items():
                found[name] = cost(partial(ask, phone))
                _put_back(hands, database)
    return found


def _put_back(hands: Hands, database: Database) -> None:
    """Everything happens at one moment; who was seen after it would be seen in the future."""
    hands.now = AT
    with database.writing.begin() as connection:
        connection.execute(
            update(AUTH_SESSION).where(AUTH_SESSION.c.last_seen_at > AT).values(last_seen_at=AT)
        )


def _cookie(token: str) -> dict[str, str]:
    return {"Cookie": f"{SESSION_COOKIE}={token}"}


def _held(answer: Response, status: int, as_expected: bool) -> None:
    """A refusal is cheap, and so is the way to a lock: neither may be taken for the page."""
    if answer.status_code != status or not as_expected:
        where = answer.headers.get("location", "")
        raise RuntimeError(f"{answer.url.path} answered {answer.status_code} {where}".rstrip())


@contextmanager
def counted(
    application: FastAPI, database: Database
) -> Iterator[Callable[[Callable[[], Any]], Counts]]:
    """Gives a function that sends one request and says what it cost."""
    now: list[Counts] = []
    inner = application.build_middleware_stack()

    async def watched(scope: Any, receive: Any, send: Any) -> None:
        if not now or scope["type"] != "http":
            await inner(scope, receive, send)
            return
        sys.setprofile(lambda frame, what, _arg: _call(now[-1], frame.f_code.co_filename, what))
        try:
            await inner(scope, receive, send)
        finally:
            sys.setprofile(None)

    def statement(*_: Any) -> None:
        if now:
            now[-1].statements += 1

    def commit(*_: Any) -> None:
        if now:
            now[-1].commits += 1

    def cost(request: Callable[[], Any]) -> Counts:
        now.append(Counts())
        try:
            request()
        finally:
            found = now.pop()
        return found

    engines = {database.engine, database.writing}
    application.middleware_stack = watched
    with _inlined():
        for engine in engines:
            event.listen(engine, "before_cursor_execute", statement)
            event.listen(engine, "commit", commit)
        yield cost
        for engine in engines:
            event.remove(engine, "before_cursor_execute", statement)
            event.remove(engine, "commit", commit)


def _call(counts: Counts, file: str, what: str) -> None:
    if what == "call":
        counts.calls += 1
        if file.startswith(PRODUCT) and file.endswith(".py"):
            counts.files.add(file.removeprefix(PRODUCT).lstrip("/"))


async def _here(work: Callable[..., Any], *args: Any, **options: Any) -> Any:
    return work(*args, **options)


@contextmanager
def _inlined() -> Iterator[None]:
    """Every module that sends work to a thread does it in its own."""
    found = [one for one in list(sys.modules.values()) if "run_in_threadpool" in vars(one)]
    before: dict[Any, Callable[..., Awaitable[Any]]] = {
        one: vars(one)["run_in_threadpool"] for one in found
    }
    for one in found:
        vars(one)["run_in_threadpool"] = _here
    try:
        yield
    finally:
        for one, own in before.items():
            vars(one)["run_in_threadpool"] = own


if __name__ == "__main__":
    sys.exit(main())
