"""What the site's page shows."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, true
from sqlmodel import Session

from app.clock import age
from app.models.outbox import MESSAGE
from app.models.people import (
    ALERT_HOURS,
    SITE,
    SITE_NUMBERS,
    STAFF,
)
from app.visit.identity import StaffMe
from app.web.errors import NotFound

_COVER: Any = STAFF.alias("cover")
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
        STAFF.c.id,
        STAFF.c.public_id,
        STAFF.c.name,
        STAFF.c.email,
        STAFF.c.role,
        STAFF.c.language,
        STAFF.c.alert_position,
        ALERT_HOURS.c.weekdays,
        ALERT_HOURS.c.from_minute,
        ALERT_HOURS.c.until_minute,
        ALERT_HOURS.c.absent_from,
        ALERT_HOURS.c.absent_until,
        _COVER.c.public_id.label("cover"),
    )
    .outerjoin(ALERT_HOURS, ALERT_HOURS.c.staff_id == STAFF.c.id)
    .outerjoin(_COVER, _COVER.c.id == ALERT_HOURS.c.cover_id)
    .where(STAFF.c.site_id == bindparam("site"), STAFF.c.active == true())
    .order_by(STAFF.c.alert_position.is_(None), STAFF.c.alert_position, STAFF.c.name)
)
_PHONES = select(SITE.c.emergency_number, SITE.c.crisis_number, SITE.c.clinic_number).where(
    SITE.c.id == bindparam("site")
)
_OWN = select(
    SITE_NUMBERS.c.language, SITE_NUMBERS.c.emergency, SITE_NUMBERS.c.crisis, SITE_NUMBERS.c.clinic
).where(SITE_NUMBERS.c.site_id == bindparam("site"))


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
    attempts: int
    created_at: datetime
    sent_at: datetime | None


# A test that takes longer is no longer watched by the page: the page of the mail says more.
WATCHED = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class TestAlert:
    """The latest test, to everybody whom an emergency would have reached then."""

    mails: list[TestMail]
    since: timedelta | None
    """how long ago it was sent; None where that is still to come"""

    def count(self, status: str) -> int:
        return sum(one.status == status for one in self.mails)

    @property
    def done(self) -> bool:
        """Whether every mail was taken or refused."""
        return self.count("waiting") == 0

    @property
    def watched(self) -> bool:
        """Whether the page asks by itself what became of it."""
        return not self.done and self.since is not None and self.since <= WATCHED


_TESTS = (
    select(
        STAFF.c.name,
        MESSAGE.c.status,
        MESSAGE.c.attempts,
        MESSAGE.c.created_at,
        MESSAGE.c.sent_at,
    )
    .join(STAFF, STAFF.c.email == MESSAGE.c.recipient)
    .where(MESSAGE.c.kind == TEST, STAFF.c.site_id == bindparam("site"))
    .order_by(MESSAGE.c.id.desc())
    .limit(20)
)


def last_test(session: Session, site_id: int, now: datetime) -> TestAlert | None:
    """The mails of the latest test of this site; None before the first."""
    found = [TestMail(*row) for row in session.execute(_TESTS, {"site": site_id})]
    if not found:
        return None
    sent = found[0].created_at
    return TestAlert([one for one in found if one.created_at == sent], age(sent, now))
