"""From a cookie to a person: two prebuilt reads, each one row."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, and_, bindparam, exists, func, select, true
from sqlalchemy.orm import Session
from starlette.requests import Request

from app.audit import Actor
from app.models.people import (
    AuthSession,
    Device,
    Participant,
    Preference,
    Site,
    SiteNumbers,
    Staff,
    dated_zone,
)
from app.models.trial import ProtocolVersion
from app.visit.tokens import token_hash
from app.web.telephone import Numbers

SESSION_COOKIE = "__Host-sid"
DEVICE_COOKIE = "__Host-dev"
LOCK_AFTER = timedelta(minutes=3)
STAFF_IDLE = timedelta(minutes=30)
SESSION_LIFE = timedelta(hours=12)
# Writing "last seen" at every request would make every read a write.
TOUCH_EVERY = timedelta(seconds=30)

_S: Any = AuthSession.__table__  # type: ignore[attr-defined]
_D: Any = Device.__table__  # type: ignore[attr-defined]
_P: Any = Participant.__table__  # type: ignore[attr-defined]
_F: Any = Preference.__table__  # type: ignore[attr-defined]
_T: Any = Staff.__table__  # type: ignore[attr-defined]
_SITE: Any = Site.__table__  # type: ignore[attr-defined]
_V: Any = ProtocolVersion.__table__  # type: ignore[attr-defined]
_OWN: Any = SiteNumbers.__table__  # type: ignore[attr-defined]
_NO_NUMBERS = Numbers()


@dataclass(frozen=True, slots=True)
class ParticipantMe:
    """The participant who is asking, on one device, in one session."""

    id: int
    site_id: int
    code: str
    sex: str | None
    timezone: str
    language: str
    first_dose_on: date | None
    status: str
    preferences: dict[str, bool]
    device_id: int
    session_id: int
    site_timezone: str
    request_id: str
    numbers: Numbers = _NO_NUMBERS
    own_protocol: bool = True
    """whether the site ever put a version of the protocol in force, or nobody has looked"""

    @property
    def large(self) -> bool:
        """The large-buttons setting."""
        return self.preferences.get("large", False)

    @property
    def actor(self) -> Actor:
        return Actor(f"participant:{self.id}", "participant", self.request_id, self.site_id)


@dataclass(frozen=True, slots=True)
class StaffMe:
    """The staff member who is asking."""

    id: int
    site_id: int
    site_name: str
    timezone: str
    name: str
    role: str
    language: str
    session_id: int
    request_id: str
    numbers: Numbers = _NO_NUMBERS
    own_protocol: bool = True
    """whether the site ever put a version of the protocol in force, or nobody has looked"""

    @property
    def actor(self) -> Actor:
        return Actor(f"staff:{self.id}", self.role, self.request_id, self.site_id)


_NUMBERS = tuple(
    func.coalesce(_OWN.c[name], _SITE.c[f"{name}_number"]).label(name)
    for name in ("emergency", "crisis", "clinic")
)
_OWN_PROTOCOL = exists().where(_V.c.site_id == _SITE.c.id).label("own_protocol")
_WHO = (
    *_NUMBERS,
    _D.c.id.label("device_id"),
    _P.c.id,
    _P.c.site_id,
    _P.c.code,
    _P.c.sex,
    dated_zone(_P),
    _P.c.language,
    _P.c.first_dose_on,
    _P.c.status,
    _F.c["values"].label("preferences"),
    _SITE.c.timezone.label("site_timezone"),
    _OWN_PROTOCOL,
)
_PARTICIPANT = (
    select(_S.c.id.label("session_id"), _S.c.last_seen_at, _S.c.expires_at, *_WHO)
    .select_from(_S)
    .join(_D, _D.c.id == _S.c.device_id)
    .join(_P, _P.c.id == _D.c.participant_id)
    .join(_SITE, _SITE.c.id == _P.c.site_id)
    .outerjoin(_OWN, and_(_OWN.c.site_id == _SITE.c.id, _OWN.c.language == _P.c.language))
    .outerjoin(_F, _F.c.participant_id == _P.c.id)
    .where(
        _S.c.token_hash == bindparam("hash"),
        _S.c.ended_at.is_(None),
        _D.c.revoked_at.is_(None),
        # A phone without a PIN opens nothing, however a session on it came about.
        _D.c.pin_hash.is_not(None),
    )
)
# Two phones of one person queue here on PostgreSQL; SQLite has one writer anyway.
# Not FOR UPDATE: staff rows that refer to the participant must not wait, or both would.
_PARTICIPANT_TO_WRITE = _PARTICIPANT.with_for_update(of=_P, key_share=True)
# A locked phone: its owner, of whom it tells what cannot wait, and nothing else.
_OWNER = (
    select(*_WHO)
    .select_from(_D)
    .join(_P, _P.c.id == _D.c.participant_id)
    .join(_SITE, _SITE.c.id == _P.c.site_id)
    .outerjoin(_OWN, and_(_OWN.c.site_id == _SITE.c.id, _OWN.c.language == _P.c.language))
    .outerjoin(_F, _F.c.participant_id == _P.c.id)
    .where(_D.c.id == bindparam("device"))
    .with_for_update(of=_P, key_share=True)
)
_STAFF = (
    select(
        _S.c.id.label("session_id"),
        _S.c.last_seen_at,
        _S.c.expires_at,
        _T.c.id,
        _T.c.site_id,
        _SITE.c.name.label("site_name"),
        _SITE.c.timezone,
        _T.c.name,
        _T.c.role,
        _T.c.language,
        *_NUMBERS,
        _OWN_PROTOCOL,
    )
    .select_from(_S)
    .join(_T, _T.c.id == _S.c.staff_id)
    .join(_SITE, _SITE.c.id == _T.c.site_id)
    .outerjoin(_OWN, and_(_OWN.c.site_id == _SITE.c.id, _OWN.c.language == _T.c.language))
    .where(_S.c.token_hash == bindparam("hash"), _S.c.ended_at.is_(None), _T.c.active == true())
)


@dataclass(frozen=True, slots=True)
class Found:
    """Who it is, and whether "last seen" is old enough to be written again."""

    me: ParticipantMe | StaffMe
    stale: bool


def find_participant(
    session: Session, request: Request, now: datetime, write: bool
) -> Found | None:
    """The participant of the session cookie, unless idle for three minutes or ended."""
    statement = _PARTICIPANT_TO_WRITE if write else _PARTICIPANT
    row = _live_row(session, request, statement, now, LOCK_AFTER)
    if row is None:
        return None
    fields = _fields_of(row)
    return Found(_participant(request, fields), now - row["last_seen_at"] > TOUCH_EVERY)


def owner_of(session: Session, request: Request, device_id: int) -> ParticipantMe:
    """Whose phone it is, locked or not, to be written about; raises NoResultFound."""
    row = session.execute(_OWNER, {"device": device_id}).mappings().one()
    return _participant(request, {**_fields_of(row), "session_id": 0})


def _participant(request: Request, fields: dict[str, Any]) -> ParticipantMe:
    preferences = fields.pop("preferences") or {}
    return ParticipantMe(**fields, preferences=preferences, request_id=request.state.request_id)


def find_staff(session: Session, request: Request, now: datetime) -> Found | None:
    """The staff member of the session cookie, unless idle for half an hour or ended."""
    row = _live_row(session, request, _STAFF, now, STAFF_IDLE)
    if row is None:
        return None
    me = StaffMe(**_fields_of(row), request_id=request.state.request_id)
    # A page that polls by itself is nobody sitting there.
    polled = request.headers.get("hx-request") == "true" and request.method == "GET"
    return Found(me, not polled and now - row["last_seen_at"] > TOUCH_EVERY)


def _fields_of(row: RowMapping) -> dict[str, Any]:
    fields = {k: v for k, v in row.items() if k not in ("last_seen_at", "expires_at")}
    numbers = Numbers(*(fields.pop(name) for name in ("emergency", "crisis", "clinic")))
    return {**fields, "numbers": numbers}


def _live_row(
    session: Session, request: Request, statement: Any, now: datetime, idle: timedelta
) -> Any:
    cookie = request.cookies.get(SESSION_COOKIE)
    if not cookie:
        return None
    row = session.connection().execute(statement, {"hash": token_hash(cookie)}).mappings().first()
    if row is None or now >= row["expires_at"] or now - row["last_seen_at"] > idle:
        return None
    return row


def recognise(request: Request) -> None:
    """Note who reads the page of a refusal, for its language and its numbers; grants nothing."""
    if SESSION_COOKIE not in request.cookies:
        return
    now = request.app.state.clock()
    with request.app.state.database.read() as session:
        found = find_participant(session, request, now, write=False)
        found = found or find_staff(session, request, now)
    if found:
        request.state.me = found.me
        request.state.lang = found.me.language
