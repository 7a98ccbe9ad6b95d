"""What the site's page shows."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select, true
from sqlmodel import Session

from app.models.outbox import Message
from app.models.people import ContactHours, Site, SiteNumbers, Staff
from app.visit.identity import StaffMe
from app.web.errors import NotFound

_T: Any = Staff.__table__  # type: ignore[attr-defined]
_C: Any = ContactHours.__table__  # type: ignore[attr-defined]
_M: Any = Message.__table__  # type: ignore[attr-defined]
_S: Any = Site.__table__  # type: ignore[attr-defined]
_N: Any = SiteNumbers.__table__  # type: ignore[attr-defined]
_COVER: Any = _T.alias("cover")
TEST = "test"


@dataclass(frozen=True, slots=True)
class ListedStaff:
    """A staff member of the site, and when they are reached."""

    id: int
    public_id: str
    name: str
    email: str
    role: str
    language: str
    position: int | None
    weekdays: list[int] | None
    from_minute: int | None
    until_minute: int | None
    absent_from: date | None
    absent_until: date | None
    cover: str | None
    """public id of whoever stands in"""

    def opens(self) -> str:
        return _clock(self.from_minute or 0)

    def closes(self) -> str:
        return _clock(1440 if self.until_minute is None else self.until_minute)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


_STAFF = (
    select(
        _T.c.id,
        _T.c.public_id,
        _T.c.name,
        _T.c.email,
        _T.c.role,
        _T.c.language,
        _T.c.alert_position,
        _C.c.weekdays,
        _C.c.from_minute,
        _C.c.until_minute,
        _C.c.absent_from,
        _C.c.absent_until,
        _COVER.c.public_id.label("cover"),
    )
    .outerjoin(_C, _C.c.staff_id == _T.c.id)
    .outerjoin(_COVER, _COVER.c.id == _C.c.cover_id)
    .where(_T.c.site_id == bindparam("site"), _T.c.active == true())
    .order_by(_T.c.alert_position.is_(None), _T.c.alert_position, _T.c.name)
)
_PHONES = select(_S.c.emergency_number, _S.c.crisis_number, _S.c.clinic_number).where(
    _S.c.id == bindparam("site")
)
_OWN = select(_N.c.language, _N.c.emergency, _N.c.crisis, _N.c.clinic).where(
    _N.c.site_id == bindparam("site")
)


def staff_of(session: Session, me: StaffMe) -> list[ListedStaff]:
    """Everybody who works at the site of ``me``, the alert list first."""
    return [ListedStaff(*row) for row in session.execute(_STAFF, {"site": me.site_id})]


def colleague(session: Session, me: StaffMe, public_id: str) -> ListedStaff:
    """One of them. Raises NotFound."""
    for one in staff_of(session, me):
        if one.public_id == public_id:
            return one
    raise NotFound


def numbers_of(session: Session, site_id: int) -> dict[str, tuple[str, str, str]]:
    """Emergency, crisis and clinic number by language; "" holds what every language falls to."""
    found = {"": tuple(session.execute(_PHONES, {"site": site_id}).one())}
    for row in session.execute(_OWN, {"site": site_id}):
        found[row.language] = (row.emergency, row.crisis, row.clinic)
    return found


@dataclass(frozen=True, slots=True)
class TestMail:
    """What became of a test alert to one person."""

    name: str
    status: str
    created_at: datetime
    sent_at: datetime | None


_TESTS = (
    select(_T.c.name, _M.c.status, _M.c.created_at, _M.c.sent_at)
    .join(_T, _T.c.email == _M.c.recipient)
    .where(_M.c.kind == TEST, _T.c.site_id == bindparam("site"))
    .order_by(_M.c.id.desc())
    .limit(20)
)


def last_test(session: Session, site_id: int) -> list[TestMail]:
    """The mails of the latest test of this site."""
    found = [TestMail(*row) for row in session.execute(_TESTS, {"site": site_id})]
    return [one for one in found if one.created_at == found[0].created_at]
