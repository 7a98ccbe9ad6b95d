"""The gate: one request, one identity, one transaction, committed before the answer.

Every route says for whom it is (``@public``, ``@for_participants``, ``@for_staff(CAN_ENROL)``);
one that does not stops the start. The form is read before the transaction begins, the
commit happens before the response is sent, and nobody else commits.

Saying for whom a route is also puts it behind the gate: identity, route and commit follow one
another in one thread, since each hop to a thread costs as much as several statements.
"""

import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from inspect import Parameter, iscoroutinefunction, signature
from typing import Annotated, Any, TypeVar

from fastapi import Depends, FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from sqlalchemy import bindparam, update
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from app.db import Database
from app.models.locks import LOCKED
from app.models.people import AUTH_SESSION
from app.protocol.in_force import has_none_of_its_own, is_of_site
from app.visit import back, held
from app.visit.identity import Found, ParticipantMe, StaffMe, find_participant, find_staff
from app.visit.left import left_as
from app.visit.reads import note_reads
from app.visit.roles import Permission, holders
from app.visit.visits import ParticipantVisit, StaffVisit, Visit
from app.visit.weighed import weigh
from app.web.errors import UNAVAILABLE, RecordLocked, Unheeded
from app.web.forms import Form, FormDep
from app.web.middleware import SAFE_METHODS, only_head
from app.web.pages import set_cookie
from app.web.unsent import DONE_COOKIE, KEEP_FOR, with_done

log = logging.getLogger("daybook")
_SEEN = (
    update(AUTH_SESSION)
    .where(AUTH_SESSION.c.id == bindparam("row"))
    .values(last_seen_at=bindparam("now"))
)
F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Audience:
    """For whom a route is. ``records_read``: a GET that leaves an audit entry.

    ``after_leaving``: open to participants who took back their consent, too.
    ``button``: a write that takes no field at all, and refuses one.
    ``half``: open to staff who have not shown their second factor yet.
    ``weighs``: a form with a password in it, which is hashed before the transaction begins.
    ``in_need``: of a page that records its readers, shown all the same where nothing can be stored.
    """

    kind: str
    permissions: tuple[Permission, ...] = ()
    records_read: bool = False
    after_leaving: bool = False
    weighs: bool = False
    button: bool = False
    half: bool = False
    in_need: bool = False

    @property
    def roles(self) -> frozenset[str]:
        """Whom of the staff it lets in, for whoever walks through all routes."""
        return frozenset(holders(*self.permissions))

    def lets_in(self, me: StaffMe) -> bool:
        return any(me.may(permission) for permission in self.permissions)


PUBLIC = Audience("public")


def public(endpoint: F) -> F:
    """Anybody; the route gets no session from the gate."""
    endpoint.__audience__ = PUBLIC  # type: ignore[attr-defined]
    return endpoint


def for_participants(endpoint: F) -> F:
    """A participant on an open (unlocked) session."""
    return _behind_the_gate(endpoint, Audience("participant"))


def for_whoever_was_enrolled(endpoint: F) -> F:
    """A participant as above, also one who took back consent: nothing here adds to the record."""
    return _behind_the_gate(endpoint, Audience("participant", after_leaving=True))


def for_staff(
    *any_of: Permission,
    records_read: bool = False,
    weighs: bool = False,
    button: bool = False,
    half: bool = False,
    in_need: bool = False,
) -> Callable[[F], F]:
    """Staff who have one of these permissions; the objects they reach are scoped by ``scope``."""

    def mark(endpoint: F) -> F:
        opens = {"weighs": weighs, "button": button, "half": half, "in_need": in_need}
        return _behind_the_gate(endpoint, Audience("staff", any_of, records_read, **opens))

    return mark


def _behind_the_gate(endpoint: F, audience: Audience) -> F:
    """The route as FastAPI sees it: with the request in place of its visit."""
    if iscoroutinefunction(endpoint):
        raise TypeError(f"{endpoint.__name__} holds a transaction, and so runs in a thread")
    asked = signature(endpoint)
    seen = [one for name, one in asked.parameters.items() if name != "visit"]
    seen.append(Parameter("request", Parameter.KEYWORD_ONLY, annotation=Request))

    @wraps(endpoint)
    def visited(request: Request, **values: Any) -> Any:
        return request.state.passage.run(endpoint, values)

    visited.__signature__ = asked.replace(parameters=seen)  # type: ignore[attr-defined]
    visited.__audience__ = audience  # type: ignore[attr-defined]
    return visited  # type: ignore[return-value]


class NotSignedIn(Exception):
    """Nobody, or a locked or expired session; ``kind`` is the audience that was asked for.

    ``form`` is what was being sent, so that it is kept through the lock. ``half``: of staff, the
    second factor alone is missing.
    """

    def __init__(self, kind: str, form: Form, half: bool = False):
        super().__init__(kind)
        self.kind = kind
        self.form = form
        self.half = half


class NotAllowed(Exception):
    """Signed in, and the role has no business here."""


class HasLeft(Exception):
    """A participant who took back consent, where something would be told or asked.

    Refused unless a route says otherwise: a new page may not collect anything by being forgotten.
    ``how``: the kind of end, for the words.
    """

    def __init__(self, how: str = "withdrew"):
        super().__init__(how)
        self.how = how


class OwesConsent(Exception):
    """A participant who has not agreed yet to the text in force.

    Before the first consent nothing is taken. Who is asked anew is led there from the next page;
    what was typed under the former text is taken still.
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


async def gate(request: Request, form: FormDep) -> AsyncIterator[None]:
    """A write waits for its turn here, and keeps it until the route is done."""
    audience: Audience = request.scope["endpoint"].__audience__
    if audience.kind == "public":
        yield
        return
    passage = request.state.passage = _Passage(request, form, audience)
    if audience.weighs:
        request.state.weighed = await weigh(request, form)
    async with passage.database.turn if passage.write else nullcontext():
        try:
            yield
        except RequestValidationError:
            # The address does not parse and no route was reached: it is no stranger's all the same.
            await run_in_threadpool(passage.identify)
            raise


@contextmanager
def locks_heeded() -> Iterator[None]:
    """What the database refuses because it is locked is told as such. Raises RecordLocked."""
    try:
        yield
    except DBAPIError as error:
        if LOCKED in str(error.orig):
            raise RecordLocked from None
        raise


class _Passage:
    """One request on its way through the gate. Its methods block: they are for a thread."""

    def __init__(self, request: Request, form: Form, audience: Audience):
        self.database: Database = request.app.state.database
        self.request = request
        self.form = form
        self.audience = audience
        self.others = False
        self.unrecorded = False
        self.reached: frozenset[int] = frozenset()
        # What GET would note, such as who has read a record, is undone: nobody has read it.
        self.head = only_head(request.state)
        self.write = request.method not in SAFE_METHODS or audience.records_read

    def run(self, endpoint: Callable[..., Any], values: dict[str, Any]) -> Any:
        """Begin, identify, answer, commit.

        An answer that cannot wait is acted on whatever became of its form: a page that was
        refused, a page that is gone, a fault of ours.
        """
        now = self.request.app.state.clock()
        try:
            found, answer = self._visited(endpoint, values, now)
        except REFUSED_FIRST as error:
            if not isinstance(error, UNAVAILABLE) or not self._is_in_need():
                raise
            found, answer = self._visited(endpoint, values, now)
        except Exception:
            urgent = self._cannot_wait(now)
            if urgent is None:
                raise
            return urgent
        if found.stale and not self.head and not self.write:
            _write_last_seen(self.database, found.me.session_id, now)
        me = found.me
        if self.reached and isinstance(me, StaffMe) and answer.status_code < 400:
            note_reads(self.request, me, self.reached, now)
        if self.form.held and isinstance(me, ParticipantMe):
            answer = back.after_held(self.request, me.device_id, answer, others=self.others)
        if self.write:
            _tell_phone(self.request, self.form, me, answer)
        return answer

    def _is_in_need(self) -> bool:
        """Whether this is read although nothing can be stored, not even that it was read.

        The log has who it was; it is written to another place, or at least by another way.
        """
        if not self.audience.in_need or self.database.stuck is None:
            return False
        self.write, self.unrecorded = False, True
        return True

    def _visited(
        self, endpoint: Callable[..., Any], values: dict[str, Any], now: datetime
    ) -> tuple[Found, Any]:
        with self.database.open(write=self.write) as session, locks_heeded():
            found = self._identified(session, now)
            visit = self._visit(session, found.me, now)
            if self.audience.button and self.form.fields:
                raise Unheeded(self.form)
            answer = endpoint(visit, **values)
            refused = getattr(answer, "status_code", 200) >= 400
            # Who skips a page says no more of it, and may have tapped what cannot wait.
            if refused or (self.write and self.form.one("method") == "skipped"):
                answer = self._first(visit) or answer
            if self.unrecorded and isinstance(found.me, StaffMe):
                log.error(
                    "request %s: what %s read is on no record, as nothing can be stored",
                    found.me.request_id,
                    found.me.actor.name,
                )
            if not refused and self.form.faults:
                raise Unheeded(self.form)
            self._let_go(session, found.me, answer)
            # A write has an entry of its own, and so has a page that records its readers.
            if self.audience.kind == "staff" and not self.write and not self.head:
                self.reached = frozenset(session.info.get("reached", ()))
            if self.write and not self.head:
                if found.stale:
                    # Past the guard: a refused form has no entry, and was seen all the same.
                    session.connection().execute(_SEEN, {"row": found.me.session_id, "now": now})
                session.commit()
        return found, answer

    def _let_go(self, session: Session, me: ParticipantMe | StaffMe, answer: Any) -> None:
        """What waited behind the lock goes once its form is taken; one that is refused waits on."""
        refused = getattr(answer, "status_code", 200) >= 400
        if self.form.held and isinstance(me, ParticipantMe) and not refused:
            held.drop(session, me.device_id, self.form.held)

    def _cannot_wait(self, now: datetime) -> Response | None:
        """In a transaction of its own: that of the route is undone."""
        if not self.form.fields:
            return None
        with self.database.open(write=True) as session:
            answer = self._first(self._visit(session, self._identified(session, now).me, now))
            if answer is not None:
                session.commit()
        return answer

    def _visit(self, session: Session, me: ParticipantMe | StaffMe, now: datetime) -> Visit:
        if not me.own_protocol:
            has_none_of_its_own(session, me.site_id)
        if isinstance(me, ParticipantMe):
            is_of_site(session, me.id, me.site_id)
            return ParticipantVisit(self.request, session, me, now, self.form)
        return StaffVisit(self.request, session, me, now, self.form)

    def _first(self, visit: Visit) -> Response | None:
        """What the rooms do about a refused form that says something that cannot wait."""
        for act in self.request.app.state.first if self.form.fields else ():
            answer: Response | None = act(visit)
            if answer is not None:
                return answer
        return None

    def identify(self) -> None:
        """Raises NotSignedIn, NotAllowed, HasLeft, OwesConsent."""
        with self.database.open(write=self.write) as session:
            self._identified(session, self.request.app.state.clock())

    def _identified(self, session: Session, now: datetime) -> Found:
        found = self._find(session, now)
        if found is None:
            raise NotSignedIn(self.audience.kind, self.form)
        me = found.me
        if isinstance(me, StaffMe) and me.second_at is None and not self.audience.half:
            self.request.state.lang = me.language
            raise NotSignedIn("staff", self.form, half=True)
        # Before anything is refused: the page that says so speaks to them, and in their language.
        self.request.state.me = found.me
        self.request.state.lang = found.me.language
        if isinstance(found.me, StaffMe) and not self.audience.lets_in(found.me):
            raise NotAllowed
        left = isinstance(found.me, ParticipantMe) and found.me.status == "withdrawn"
        if left and not self.audience.after_leaving:
            raise HasLeft(left_as(session, found.me.id))
        if isinstance(me, ParticipantMe) and self._asks_first(me):
            raise OwesConsent
        if self.form.held and isinstance(found.me, ParticipantMe):
            # Before the route is asked: what it may keep again is shown by its own page.
            other = held.oldest(session, found.me.device_id, but=self.form.held)
            self.others = other is not None
        return found

    def _asks_first(self, me: ParticipantMe) -> bool:
        """Whether consent comes before this; what was typed under a former text is taken still."""
        typed_before = self.write and me.text_agreed is not None
        return me.owes_consent and not self.audience.after_leaving and not typed_before

    def _find(self, session: Session, now: datetime) -> Found | None:
        if self.audience.kind == "participant":
            return find_participant(session, self.request, now, self.write)
        return find_staff(session, self.request, now)


def _tell_phone(request: Request, form: Form, me: ParticipantMe | StaffMe, answer: Any) -> None:
    """Its next pages name the form that is stored: what was kept of it there may go."""
    if not isinstance(me, ParticipantMe) or getattr(answer, "status_code", 0) != 303:
        return
    done = with_done(request, form.token)
    if done:
        set_cookie(answer, DONE_COOKIE, done, max_age=int(KEEP_FOR.total_seconds()))


def _write_last_seen(database: Database, session_id: int, now: datetime) -> None:
    """Of a request that only read, in a transaction of its own; one that failed is not noted.

    What was asked for is done by now: a failure here may not deny it.
    """
    try:
        with database.writing.begin() as connection:
            connection.execute(_SEEN, {"row": session_id, "now": now})
        database.unseen.pop(session_id, None)
    except (OperationalError, NoConnection) as error:
        database.unseen[session_id] = now
        log.warning("last seen was not written (%s)", type(error).__name__)


# Nobody is known whose answer it would be, or nothing can be stored at all.
REFUSED_FIRST = (NotSignedIn, NotAllowed, HasLeft, OwesConsent, *UNAVAILABLE)


# ``async`` although it waits for nothing: a plain function would cost a thread hop.
async def _now(request: Request) -> datetime:
    now: datetime = request.app.state.clock()
    return now


NowDep = Annotated[datetime, Depends(_now)]
