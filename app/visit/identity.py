"""From a cookie to a person: two prebuilt reads, each one row."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, and_, bindparam, exists, func, select, true
from sqlalchemy.orm import Session
from starlette.requests import Request

from app.audit import Actor
from app.clock import lately
from app.models.consent import CONSENT, CONSENT_VERSION
from app.models.people import (
    AUTH_SESSION,
    DEVICE,
    HELD_POST,
    PARTICIPANT,
    PREFERENCE,
    SITE,
    SITE_NUMBERS,
    STAFF,
    dated_zone,
)
from app.models.trial import PROTOCOL_VERSION
from app.visit.roles import Permission, may
from app.visit.tokens import token_hash
from app.web.telephone import Numbers

SESSION_COOKIE = "__Host-sid"
DEVICE_COOKIE = "__Host-dev"
LOCK_AFTER = timedelta(minutes=3)
STAFF_IDLE = timedelta(minutes=30)
SESSION_LIFE = timedelta(hours=12)
# Writing "last seen" at every request would make every read a write.
TOUCH_EVERY = timedelta(seconds=30)

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
    waits: bool = True
    """whether something that was typed on this phone waits to be sent, or nobody has looked"""

    text_asked: int | None = None
    """of the consent text that everybody at the site is to agree to; none is in force without"""
    text_newest: int | None = None
    text_agreed: int | None = None
    text_seen: int | None = None

    @property
    def owes_consent(self) -> bool:
        """Whether a text is in force to which this person has not agreed yet."""
        return self.text_asked is not None and (self.text_agreed or 0) < self.text_asked

    @property
    def may_read_news(self) -> bool:
        """Whether the text changed a little since they last saw it."""
        return not self.owes_consent and (self.text_newest or 0) > (self.text_seen or 0)

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
    second_at: datetime | None = None
    """when this session last showed a second factor; without it, nothing is open to it"""

    @property
    def actor(self) -> Actor:
        return Actor(f"staff:{self.id}", self.role, self.request_id, self.site_id)

    def may(self, permission: Permission) -> bool:
        return may(self.role, permission)


_NUMBERS = tuple(
    func.coalesce(SITE_NUMBERS.c[name], SITE.c[f"{name}_number"]).label(name)
    for name in ("emergency", "crisis", "clinic")
)
_OWN_PROTOCOL = exists().where(PROTOCOL_VERSION.c.site_id == SITE.c.id).label("own_protocol")
_TEXTS = CONSENT_VERSION.c.site_id == SITE.c.id
_AGREED = CONSENT.c.participant_id == PARTICIPANT.c.id


def _newest(column: Any, *conditions: Any) -> Any:
    found = select(func.max(column)).where(*conditions).correlate(SITE, PARTICIPANT)
    return found.scalar_subquery()


# Which text everybody at the site is asked to agree to, and how far this person has come with it.
_CONSENT = (
    _newest(CONSENT_VERSION.c.text_version, _TEXTS, CONSENT_VERSION.c.change == "major").label(
        "text_asked"
    ),
    _newest(CONSENT_VERSION.c.text_version, _TEXTS).label("text_newest"),
    _newest(CONSENT.c.text_version, _AGREED, CONSENT.c.kind == "given").label("text_agreed"),
    _newest(CONSENT.c.text_version, _AGREED).label("text_seen"),
)
_WAITS = exists().where(HELD_POST.c.device_id == DEVICE.c.id).label("waits")
_WHO = (
    *_NUMBERS,
    DEVICE.c.id.label("device_id"),
    PARTICIPANT.c.id,
    PARTICIPANT.c.site_id,
    PARTICIPANT.c.code,
    PARTICIPANT.c.sex,
    dated_zone(PARTICIPANT),
    PARTICIPANT.c.language,
    PARTICIPANT.c.first_dose_on,
    PARTICIPANT.c.status,
    PREFERENCE.c["values"].label("preferences"),
    SITE.c.timezone.label("site_timezone"),
    _OWN_PROTOCOL,
    _WAITS,
    *_CONSENT,
)
_PARTICIPANT = (
    select(
        AUTH_SESSION.c.id.label("session_id"),
        AUTH_SESSION.c.last_seen_at,
        AUTH_SESSION.c.expires_at,
        *_WHO,
    )
    .select_from(AUTH_SESSION)
    .join(DEVICE, DEVICE.c.id == AUTH_SESSION.c.device_id)
    .join(PARTICIPANT, PARTICIPANT.c.id == DEVICE.c.participant_id)
    .join(SITE, SITE.c.id == PARTICIPANT.c.site_id)
    .outerjoin(
        SITE_NUMBERS,
        and_(
            SITE_NUMBERS.c.site_id == SITE.c.id, SITE_NUMBERS.c.language == PARTICIPANT.c.language
        ),
    )
    .outerjoin(PREFERENCE, PREFERENCE.c.participant_id == PARTICIPANT.c.id)
    .where(
        AUTH_SESSION.c.token_hash == bindparam("hash"),
        AUTH_SESSION.c.ended_at.is_(None),
        DEVICE.c.revoked_at.is_(None),
        # A phone without a PIN opens nothing, however a session on it came about.
        DEVICE.c.pin_hash.is_not(None),
    )
)
# Two phones of one person queue here on PostgreSQL; SQLite has one writer anyway.
# Not FOR UPDATE: staff rows that refer to the participant must not wait, or both would.
_PARTICIPANT_TO_WRITE = _PARTICIPANT.with_for_update(of=PARTICIPANT, key_share=True)
# A locked phone: its owner, of whom it tells what cannot wait, and nothing else.
_OWNER = (
    select(*_WHO)
    .select_from(DEVICE)
    .join(PARTICIPANT, PARTICIPANT.c.id == DEVICE.c.participant_id)
    .join(SITE, SITE.c.id == PARTICIPANT.c.site_id)
    .outerjoin(
        SITE_NUMBERS,
        and_(
            SITE_NUMBERS.c.site_id == SITE.c.id, SITE_NUMBERS.c.language == PARTICIPANT.c.language
        ),
    )
    .outerjoin(PREFERENCE, PREFERENCE.c.participant_id == PARTICIPANT.c.id)
    .where(DEVICE.c.id == bindparam("device"))
    .with_for_update(of=PARTICIPANT, key_share=True)
)
_STAFF = (
    select(
        AUTH_SESSION.c.id.label("session_id"),
        AUTH_SESSION.c.last_seen_at,
        AUTH_SESSION.c.expires_at,
        STAFF.c.id,
        STAFF.c.site_id,
        SITE.c.name.label("site_name"),
        SITE.c.timezone,
        STAFF.c.name,
        STAFF.c.role,
        STAFF.c.language,
        AUTH_SESSION.c.second_at,
        *_NUMBERS,
        _OWN_PROTOCOL,
    )
    .select_from(AUTH_SESSION)
    .join(STAFF, STAFF.c.id == AUTH_SESSION.c.staff_id)
    .join(SITE, SITE.c.id == STAFF.c.site_id)
    .outerjoin(
        SITE_NUMBERS,
        and_(SITE_NUMBERS.c.site_id == SITE.c.id, SITE_NUMBERS.c.language == STAFF.c.language),
    )
    .where(
        AUTH_SESSION.c.token_hash == bindparam("hash"),
        AUTH_SESSION.c.ended_at.is_(None),
        STAFF.c.active == true(),
    )
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
    return Found(_participant(request, fields), not lately(row["last_seen_at"], TOUCH_EVERY, now))


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
    return Found(me, not polled and not lately(row["last_seen_at"], TOUCH_EVERY, now))


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
    if row is None or now >= row["expires_at"]:
        return None
    # On a full disk whoever works on is there all the same.
    unseen = request.app.state.database.unseen.get(row["session_id"])
    seen = max(unseen, row["last_seen_at"]) if unseen else row["last_seen_at"]
    return row if lately(seen, idle, now) else None


def recognise(request: Request) -> None:
    """Note who reads the page of a refusal, for its language and its numbers; grants nothing."""
    if SESSION_COOKIE not in request.cookies:
        return
    now = request.app.state.clock()
    with request.app.state.database.read() as session:
        found = find_participant(session, request, now, write=False)
        found = found or find_staff(session, request, now)
    if found:
        request.state.lang = found.me.language
        # Half signed in is nobody yet, but for the language.
        if isinstance(found.me, ParticipantMe) or found.me.second_at is not None:
            request.state.me = found.me
