"""What one request costs in counts: Python calls, statements, commits.

A ratio of times differs between machines; these do not. The thread of a route is inlined, so that
what it calls is counted too. Called once before, a page has compiled and kept what it keeps.
"""

import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from sqlalchemy import event

from app.db import Database


@dataclass(slots=True)
class Counts:
    """Of one request; ``statements`` without those that begin and end a transaction."""

    calls: int = 0
    statements: int = 0
    commits: int = 0


@contextmanager
def counted(app: FastAPI, database: Database) -> Iterator[Callable[[Callable[[], Any]], Counts]]:
    """Gives a function that sends one request and says what it cost."""
    now: list[Counts] = []
    inner = app.build_middleware_stack()

    async def watched(scope: Any, receive: Any, send: Any) -> None:
        if not now or scope["type"] != "http":
            await inner(scope, receive, send)
            return
        sys.setprofile(lambda _frame, what, _arg: _call(now[-1], what))
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

    def count(request: Callable[[], Any]) -> Counts:
        now.append(Counts())
        try:
            request()
        finally:
            found = now.pop()
        return found

    engines = {database.engine, database.writing}
    app.middleware_stack = watched
    with _inlined():
        for engine in engines:
            event.listen(engine, "before_cursor_execute", statement)
            event.listen(engine, "commit", commit)
        yield count
        for engine in engines:
            event.remove(engine, "before_cursor_execute", statement)
            event.remove(engine, "commit", commit)


def _call(counts: Counts, what: str) -> None:
    if what == "call":
        counts.calls += 1


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
