"""What staff show beside their password, as it is stored: apps that make codes, and the recovery
codes for who has lost them. Passkeys stand in the same table (``passkeys``)."""

import hmac
from dataclasses import dataclass
from datetime import datetime

import pyotp
from sqlalchemy import bindparam, delete, func, or_, select, update
from sqlmodel import Session

from app import audit
from app.audit import Actor, Subject
from app.keys import Keys
from app.models.people import FACTOR, RECOVERY_CODE, STAFF, Factor, RecoveryCode
from app.visit.tokens import CODE_LENGTH, clean_code, code_hash, new_code

STEP_SECONDS = 30
RECOVERY_CODES = 10
# A clock may be off by half a minute, and typing takes time.
NEIGHBOURS = (0, -1, 1)
_OF = (
    select(
        FACTOR.c.id,
        FACTOR.c.name,
        FACTOR.c.credential_id.is_not(None),
        FACTOR.c.created_at,
        FACTOR.c.last_used_at,
    )
    .where(FACTOR.c.staff_id == bindparam("who"))
    .order_by(FACTOR.c.id)
)
_APPS = select(FACTOR.c.id, FACTOR.c.secret_sealed).where(
    FACTOR.c.staff_id == bindparam("who"), FACTOR.c.credential_id.is_(None)
)
_LEFT = select(func.count()).where(
    RECOVERY_CODE.c.staff_id == bindparam("who"), RECOVERY_CODE.c.used_at.is_(None)
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A second factor as its owner sees it."""

    id: int
    name: str
    is_passkey: bool
    created_at: datetime
    last_used_at: datetime | None


def factors(session: Session, staff_id: int) -> list[Shown]:
    return [Shown(*row) for row in session.execute(_OF, {"who": staff_id})]


def recovery_left(session: Session, staff_id: int) -> int:
    """How many recovery codes still work."""
    return session.execute(_LEFT, {"who": staff_id}).scalar() or 0


def new_secret() -> str:
    """160 bits, as apps read them."""
    return pyotp.random_base32()


def address(secret: str, email: str) -> str:
    """What the square code says to an app."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name="Daybook")


def step_of(secret: str, typed: str, now: datetime) -> int | None:
    """The time step whose code was typed, of this one and its neighbours."""
    digits = "".join(typed.split())
    here = int(now.timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    for beside in NEIGHBOURS:
        wanted = totp.generate_otp(here + beside)
        if hmac.compare_digest(wanted.encode(), digits.encode()):
            return here + beside
    return None


def take_code(session: Session, keys: Keys, staff_id: int, typed: str, now: datetime) -> bool:
    """Use up a code of one of the apps. Whoever comes second with it is refused."""
    for row in session.execute(_APPS, {"who": staff_id}).all():
        step = step_of(keys.unseal(row.secret_sealed), typed, now)
        if step is not None:
            later = or_(FACTOR.c.last_step.is_(None), FACTOR.c.last_step < step)
            taken = session.execute(
                update(FACTOR)
                .where(FACTOR.c.id == row.id, later)
                .values(last_step=step, last_used_at=now)
            )
            if taken.rowcount:  # type: ignore[attr-defined]
                return True
    return False


def take_recovery(session: Session, staff_id: int, typed: str, now: datetime) -> bool:
    """Use up a recovery code."""
    if len(clean_code(typed)) != CODE_LENGTH:
        return False
    taken = session.execute(
        update(RECOVERY_CODE)
        .where(
            RECOVERY_CODE.c.staff_id == staff_id,
            RECOVERY_CODE.c.code_hash == code_hash(typed),
            RECOVERY_CODE.c.used_at.is_(None),
        )
        .values(used_at=now)
    )
    return bool(taken.rowcount)  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Scanned:
    """An app that has the secret, as its first code shows. ``step`` is of that code."""

    secret: str
    step: int


def add_app(
    session: Session, actor: Actor, staff_id: int, name: str, app: Scanned, now: datetime
) -> None:
    """An app whose first code was right; that code is used up."""
    session.add(
        Factor(
            staff_id=staff_id,
            name=name,
            secret_sealed=session.info["keys"].seal(app.secret),
            last_step=app.step,
            created_at=now,
            last_used_at=now,
        )
    )
    changes, subject = {"app": [None, name]}, Subject("staff", staff_id)
    audit.record(session, actor, "factor.add", subject, now=now, changes=changes)


def new_recovery_codes(session: Session, actor: Actor, staff_id: int, now: datetime) -> list[str]:
    """Ten codes of 120 bits, in letters for this once; those before them end."""
    session.execute(delete(RECOVERY_CODE).where(RECOVERY_CODE.c.staff_id == staff_id))
    codes = [new_code() for _ in range(RECOVERY_CODES)]
    for code in codes:
        session.add(RecoveryCode(staff_id=staff_id, code_hash=code_hash(code), created_at=now))
    subject = Subject("staff", staff_id)
    audit.record(session, actor, "recovery.new", subject, now=now)
    return codes


def remove(session: Session, actor: Actor, staff_id: int, one: Shown, now: datetime) -> None:
    session.execute(delete(FACTOR).where(FACTOR.c.id == one.id, FACTOR.c.staff_id == staff_id))
    subject = Subject("staff", staff_id)
    changes = {"passkey" if one.is_passkey else "app": [one.name, None]}
    audit.record(session, actor, "factor.remove", subject, now=now, changes=changes)


def remove_all(session: Session, staff_id: int) -> list[str]:
    """Of who lost them: all factors and codes, and the password; returns the apps there were.

    A password that somebody else may know would else be all that the account asks. They come back
    by a fresh link. The caller says why.
    """
    had = [one.name for one in factors(session, staff_id)]
    session.execute(delete(FACTOR).where(FACTOR.c.staff_id == staff_id))
    session.execute(delete(RECOVERY_CODE).where(RECOVERY_CODE.c.staff_id == staff_id))
    session.execute(update(STAFF).where(STAFF.c.id == staff_id).values(password_hash=None))
    return had
