"""The gate: one request, one identity, one transaction, committed before the answer.

Every route says for whom it is (``@public``, ``@for_participants``, ``@for_staff(…)``);
one that does not stops the start. The form is read before the transaction begins, the
commit happens before the response is sent, and nobody else commits.
"""

import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, TypeVar

from fastapi import Depends, FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import iter_route_contexts
from sqlalchemy import update
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlmodel import Session
from starlette.requests import Request

from app.auth import held
from app.auth.identity import Found, ParticipantMe, StaffMe, find_participant, find_staff
from app.db import Database
from app.models.people import AuthSession
from app.web.forms import Form, FormDep
from app.web.middleware import SAFE_METHODS

log = logging.getLogger("daybook")
F = TypeVar("F", bound=Callable[..., Any])
_SESSIONS: Any = AuthSession.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Audience:
    """For whom a route is. ``records_read``: a GET that leaves an audit entry.

    ``after_leaving``: open to participants who took back their consent, too.
    """

    kind: str
    roles: frozenset[str] = frozenset()
    records_read: bool = False
    after_leaving: bool = False


PUBLIC = Audience("public")


def public(endpoint: F) -> F:
    """Anybody; the route gets no session from the gate."""
    endpoint.__audience__ = PUBLIC  # type: ignore[attr-defined]
    return endpoint


def for_participants(endpoint: F) -> F:
    """A participant on an open (unlocked) session."""
    endpoint.__audience__ = Audience("participant")  # type: ignore[attr-defined]
    return endpoint


def for_whoever_was_enrolled(endpoint: F) -> F:
    """A participant as above, also one who took back consent: nothing here adds to the record."""
    audience = Audience("participant", after_leaving=True)
    endpoint.__audience__ = audience  # type: ignore[attr-defined]
    return endpoint


def for_staff(*roles: str, records_read: bool = False) -> Callable[[F], F]:
    """Staff of these roles; the objects they reach are scoped by ``auth.scope``."""

    def mark(endpoint: F) -> F:
        audience = Audience("staff", frozenset(roles), records_read)
        endpoint.__audience__ = audience  # type: ignore[attr-defined]
        return endpoint

    return mark


class NotSignedIn(Exception):
    """Nobody, or a locked or expired session; ``kind`` is the audience that was asked for.

    ``form`` is what was being sent, so that it is kept through the lock.
    """

    def __init__(self, kind: str, form: Form):
        super().__init__(kind)
        self.kind = kind
        self.form = form


class NotAllowed(Exception):
    """Signed in, and the role has no business here."""


class HasLeft(Exception):
    """A participant who took back consent, where something would be told or asked.

    Refused unless a route says otherwise: a new page may not collect anything by being forgotten.
    """


class UndeclaredRoute(Exception):
    """A route does not say for whom it is."""


def audiences(app: FastAPI) -> dict[tuple[str, str], Audience]:
    """(method, path) to audience for every route; raises UndeclaredRoute."""
    found: dict[tuple[str, str], Audience] = {}
    for context in iter_route_contexts(app.routes):
        audience = getattr(context.endpoint, "__audience__", None)
        if audience is None:
            raise UndeclaredRoute(f"{context.path} does not declare its audience")
        for method in context.methods or ():
            found[(method, str(context.path))] = audience
    return found


async def gate(request: Request, form: FormDep) -> AsyncIterator[Session | None]:
    """Open the transaction, find who is asking, commit when the route has returned."""
    audience: Audience = request.scope["endpoint"].__audience__
    if audience.kind == "public":
        yield None
        return
    database: Database = request.app.state.database
    write = request.method not in SAFE_METHODS or audience.records_read
    if not write:
        async with _transaction(database, False, request, form, audience) as session:
            yield session
        return
    async with database.turn, _transaction(database, True, request, form, audience) as session:
        yield session


class _transaction:
    """Begin and identify in one thread hop, commit in another."""

    def __init__(
        self, database: Database, write: bool, request: Request, form: Form, audience: Audience
    ):
        self.database = database
        self.write = write
        self.request = request
        self.form = form
        self.audience = audience
        self.session = database.open(write=write)
        self.touch: tuple[int, datetime] | None = None

    async def __aenter__(self) -> Session:
        try:
            await run_in_threadpool(self._identify)
        except BaseException:
            self.session.close()
            raise
        return self.session

    def _identify(self) -> None:
        now = self.request.app.state.clock()
        found = self._find(now)
        if found is None:
            raise NotSignedIn(self.audience.kind, self.form)
        if isinstance(found.me, StaffMe) and found.me.role not in self.audience.roles:
            raise NotAllowed
        self.request.state.me = found.me
        self.request.state.lang = found.me.language
        left = isinstance(found.me, ParticipantMe) and found.me.status == "withdrawn"
        if left and not self.audience.after_leaving:
            raise HasLeft
        if self.form.held and isinstance(found.me, ParticipantMe):
            held.drop(self.session, found.me.device_id, self.form.held)
        if found.stale:
            self.touch = (found.me.session_id, now)

    def _find(self, now: datetime) -> Found | None:
        if self.audience.kind == "participant":
            return find_participant(self.session, self.request, now, self.write)
        return find_staff(self.session, self.request, now)

    async def __aexit__(self, kind: Any, *_: object) -> None:
        try:
            if kind is None and self.write:
                await run_in_threadpool(self.session.commit)
        finally:
            self.session.close()
        if kind is None and self.touch:
            await run_in_threadpool(_write_last_seen, self.database, *self.touch)


def _write_last_seen(database: Database, session_id: int, now: datetime) -> None:
    """In a transaction of its own, as most requests only read; one that failed is not noted.

    What was asked for is done by now: a failure here may not deny it.
    """
    try:
        with database.engine.execution_options(daybook_write=True).begin() as connection:
            connection.execute(
                update(_SESSIONS).where(_SESSIONS.c.id == session_id).values(last_seen_at=now)
            )
    except (OperationalError, NoConnection) as error:
        log.warning("last seen was not written (%s)", type(error).__name__)


# ``async`` although they wait for nothing: a plain function would cost a thread hop each. The
# gate has run before them: it is the application's first dependency.
async def _current(request: Request) -> Any:
    return request.state.me


async def _now(request: Request) -> datetime:
    return request.app.state.clock()


SessionDep = Annotated[Session, Depends(gate, scope="function")]
ParticipantDep = Annotated[ParticipantMe, Depends(_current, scope="function")]
StaffDep = Annotated[StaffMe, Depends(_current, scope="function")]
NowDep = Annotated[datetime, Depends(_now)]
