"""Sites, staff, participants, and how they get in."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    func,
)
from sqlmodel import Field, SQLModel

from app.languages import ENGLISH, LANGUAGES
from app.models.base import (
    ZoneWithFormer,
    between,
    json_column,
    number,
    one_of,
    public_id,
    refers,
    row_id,
    table,
    text_column,
)

ROLES = ("counselor", "coordinator", "investigator", "monitor", "data_manager", "admin")


class Site(SQLModel, table=True):
    __tablename__ = "site"
    id: int | None = row_id()
    public_id: str = Field(default_factory=public_id, unique=True, max_length=16)
    name: str = Field(max_length=120)
    timezone: str = Field(max_length=64)
    emergency_number: str = Field(max_length=40)
    crisis_number: str = Field(max_length=40)
    clinic_number: str = Field(max_length=40)


SITE = table(Site)


class Staff(SQLModel, table=True):
    __tablename__ = "staff"
    __table_args__ = (
        UniqueConstraint("id", "site_id"),
        one_of("role", ROLES),
        one_of("language", tuple(LANGUAGES)),
        CheckConstraint("email = lower(email)", name="email_lower"),
    )
    id: int | None = row_id()
    public_id: str = Field(default_factory=public_id, unique=True, max_length=16)
    site_id: int = refers("site.id", index=True)
    email: str = Field(unique=True, max_length=254)
    name: str = Field(max_length=120)
    role: str = Field(max_length=16)
    language: str = Field(default=ENGLISH, max_length=2)
    password_hash: str | None = Field(default=None, max_length=200)
    active: bool = True
    alert_position: int | None = Field(default=None, description="place on the site's alert list")
    created_at: datetime


STAFF = table(Staff)


class Participant(SQLModel, table=True):
    """``zones``: where they lived before, dated; null for whoever never moved."""

    __tablename__ = "participant"
    __table_args__ = (
        UniqueConstraint("id", "site_id"),
        UniqueConstraint("site_id", "code"),
        ForeignKeyConstraint(["counselor_id", "site_id"], ["staff.id", "staff.site_id"]),
        Index("ix_participant_counselor_id_site_id", "counselor_id", "site_id"),
        one_of("sex", ("male", "female")),
        one_of("language", tuple(LANGUAGES)),
        one_of("status", ("active", "withdrawn", "completed")),
    )
    id: int | None = row_id()
    public_id: str = Field(default_factory=public_id, unique=True, max_length=16)
    site_id: int = refers("site.id", index=True)
    code: str = Field(max_length=20)
    sex: str | None = Field(default=None, max_length=6)
    timezone: str = Field(max_length=64)
    zones: str | None = text_column(default=None, nullable=True)
    language: str = Field(max_length=2)
    first_dose_on: date | None = None
    counselor_id: int | None = number(default=None)
    status: str = Field(default="active", max_length=10)
    enrolled_at: datetime


PARTICIPANT = table(Participant)


def dated_zone(table: Any) -> Any:
    """The column to read a participant's zone by, under the name ``timezone``.

    ``timezone`` alone is where they live now; whoever asks for the day of an earlier moment has to
    know where they lived then.
    """
    found = func.coalesce(table.c.zones, table.c.timezone, type_=ZoneWithFormer())
    return found.label("timezone")


class ParticipantContact(SQLModel, table=True):
    """Who a code is. One separately erasable table; every value sealed (AES-GCM)."""

    __tablename__ = "participant_contact"
    participant_id: int = refers("participant.id", primary_key=True)
    name_sealed: str = text_column(default="")
    phone_sealed: str = text_column(default="")
    note_sealed: str = text_column(default="")


PARTICIPANT_CONTACT = table(ParticipantContact)


class UsualDrink(SQLModel, table=True):
    __tablename__ = "usual_drink"
    __table_args__ = (between("ml", 1, 5000), between("abv", 0, 100))
    id: int | None = row_id()
    participant_id: int = refers("participant.id", index=True)
    position: int
    beverage: str = Field(max_length=40)
    ml: float
    abv: float
    last_used_on: date | None = None


USUAL_DRINK = table(UsualDrink)


class Hold(SQLModel, table=True):
    """From ``from_day`` (until ``until_day``) no tablet is due, by a physician's word.

    ``over``: the treatment has ended, by the physician or by the participant's own word.
    """

    __tablename__ = "hold"
    id: int | None = row_id()
    participant_id: int = refers("participant.id", index=True)
    from_day: date
    until_day: date | None = None
    reason: str = text_column(default="")
    set_by: int | None = refers("staff.id", default=None)
    set_at: datetime
    lifted_at: datetime | None = None
    over: bool = False


HOLD = table(Hold)


class Invitation(SQLModel, table=True):
    __tablename__ = "invitation"
    id: int | None = row_id()
    participant_id: int = refers("participant.id", index=True)
    code_hash: str = Field(unique=True, max_length=64)
    created_at: datetime
    created_by: int | None = refers("staff.id", default=None)
    expires_at: datetime
    redeemed_at: datetime | None = None
    revoked_at: datetime | None = None


INVITATION = table(Invitation)


class StaffLink(SQLModel, table=True):
    """A one-time sign-in link for a staff member (first admin, demo)."""

    __tablename__ = "staff_link"
    id: int | None = row_id()
    staff_id: int = refers("staff.id", index=True)
    code_hash: str = Field(unique=True, max_length=64)
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


STAFF_LINK = table(StaffLink)


class Device(SQLModel, table=True):
    """A participant's phone: the token it keeps, and the PIN that opens it."""

    __tablename__ = "device"
    id: int | None = row_id()
    participant_id: int = refers("participant.id", index=True)
    token_hash: str = Field(unique=True, max_length=64)
    pin_hash: str | None = Field(default=None, max_length=200)
    created_at: datetime
    errors: int = 0
    locked_until: datetime | None = None
    revoked_at: datetime | None = None


DEVICE = table(Device)


class AuthSession(SQLModel, table=True):
    """One signed-in browser; exactly one of ``staff_id`` and ``device_id``."""

    __tablename__ = "auth_session"
    __table_args__ = (
        CheckConstraint("(staff_id IS NULL) <> (device_id IS NULL)", name="one_owner"),
        Index("ix_auth_session_staff_id", "staff_id"),
        Index("ix_auth_session_device_id", "device_id"),
    )
    id: int | None = row_id()
    token_hash: str = Field(unique=True, max_length=64)
    staff_id: int | None = refers("staff.id", default=None)
    device_id: int | None = refers("device.id", default=None)
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
    second_at: datetime | None = Field(
        default=None, description="when nothing more was asked of staff"
    )


AUTH_SESSION = table(AuthSession)


class Factor(SQLModel, table=True):
    """What a staff member shows beside the password: an app that makes codes, or a passkey.

    Of an app: ``secret_sealed``, and ``last_step`` of the latest code that was taken, so that each
    is good once. Of a passkey: ``credential_id`` as browsers know it, ``public_key``, and
    ``sign_count``, how often the device says that it has signed.
    """

    __tablename__ = "factor"
    __table_args__ = (Index("ix_factor_credential_id", "credential_id", unique=True),)
    id: int | None = row_id()
    staff_id: int = refers("staff.id", index=True)
    name: str = Field(max_length=60)
    secret_sealed: str = text_column(default="")
    last_step: int | None = number(default=None)
    credential_id: str | None = Field(default=None, max_length=1400)
    public_key: str | None = text_column(default=None, nullable=True)
    sign_count: int | None = number(default=None)
    created_at: datetime
    last_used_at: datetime | None = None


FACTOR = table(Factor)


class PasskeyChallenge(SQLModel, table=True):
    """What a browser was asked to sign, of one session and for one purpose; gone once answered."""

    __tablename__ = "passkey_challenge"
    __table_args__ = (
        UniqueConstraint("session_id", "purpose"),
        one_of("purpose", ("add", "show")),
        {"info": {"unaudited": "a question to a browser; the audit names what came of it"}},
    )
    id: int | None = row_id()
    session_id: int = refers("auth_session.id")
    purpose: str = Field(max_length=4)
    challenge_hash: str = Field(max_length=64)
    expires_at: datetime


PASSKEY_CHALLENGE = table(PasskeyChallenge)


class RecoveryCode(SQLModel, table=True):
    """One of the codes for who has lost the phone; each works once."""

    __tablename__ = "recovery_code"
    id: int | None = row_id()
    staff_id: int = refers("staff.id", index=True)
    code_hash: str = Field(unique=True, max_length=64)
    created_at: datetime
    used_at: datetime | None = None


RECOVERY_CODE = table(RecoveryCode)


class HeldPost(SQLModel, table=True):
    """A form that arrived on a locked session: sealed, and offered after the PIN."""

    __tablename__ = "held_post"
    __table_args__ = ({"info": {"unaudited": "a draft; the audit begins when it is sent"}},)
    id: int | None = row_id()
    device_id: int = refers("device.id", index=True)
    path: str = Field(max_length=200)
    body_sealed: str = text_column()
    created_at: datetime


HELD_POST = table(HeldPost)


class SiteNumbers(SQLModel, table=True):
    """The site's telephone numbers as told in one language; else those of ``site`` hold."""

    __tablename__ = "site_numbers"
    __table_args__ = (one_of("language", tuple(LANGUAGES)),)
    site_id: int = refers("site.id", primary_key=True)
    language: str = Field(primary_key=True, max_length=2)
    emergency: str = Field(max_length=40)
    crisis: str = Field(default="", max_length=40)
    clinic: str = Field(default="", max_length=40)


SITE_NUMBERS = table(SiteNumbers)


class AlertHours(SQLModel, table=True):
    """When a person on the site's alert list is reached, and who covers an absence.

    Hours are of the site's zone; ``weekdays`` holds 1 (Monday) to 7; no row means always.
    """

    __tablename__ = "contact_hours"
    staff_id: int = refers("staff.id", primary_key=True)
    weekdays: list[int] = json_column(default_factory=list)
    from_minute: int = 0
    until_minute: int = 1440
    absent_from: date | None = None
    absent_until: date | None = None
    cover_id: int | None = refers("staff.id", default=None)


ALERT_HOURS = table(AlertHours)


class Throttle(SQLModel, table=True):
    """Failed attempts per key (account, address), so that a restart forgets nothing."""

    __tablename__ = "throttle"
    __table_args__ = ({"info": {"unaudited": "counts attempts; the audit names the outcome"}},)
    key: str = Field(primary_key=True, max_length=80)
    errors: int = 0
    next_at: datetime


THROTTLE = table(Throttle)


class Preference(SQLModel, table=True):
    """What a participant set for themselves: large buttons, one question a page."""

    __tablename__ = "preference"
    participant_id: int = refers("participant.id", primary_key=True)
    values: dict[str, bool] = json_column(default_factory=dict)


PREFERENCE = table(Preference)
