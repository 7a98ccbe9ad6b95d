"""Asking for an export, and what becomes of it; each step with its entry of the trail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, or_, select, update
from sqlmodel import Session

from app import audit, turns
from app.audit import Subject
from app.models.base import public_id
from app.models.exports import EXPORT
from app.visit.identity import StaffMe

LEASE = timedelta(minutes=3)
KEPT_FOR = timedelta(days=1)
_INSERT = insert(EXPORT).returning(EXPORT.c.id)
_SAME = select(EXPORT.c.id).where(
    EXPORT.c.site_id == bindparam("site"),
    EXPORT.c.form == bindparam("wanted"),
    EXPORT.c.language == bindparam("tongue"),
    EXPORT.c.status.in_(("waiting", "making")),
)
_NEXT = (
    select(EXPORT.c.id, EXPORT.c.public_id, EXPORT.c.site_id, EXPORT.c.form, EXPORT.c.language)
    .add_columns(EXPORT.c.asked_at)
    .where(
        or_(
            EXPORT.c.status == "waiting",
            (EXPORT.c.status == "making") & (EXPORT.c.lease_until < bindparam("now")),
        )
    )
    .order_by(EXPORT.c.id)
    .limit(1)
)
_OVER = select(EXPORT.c.id, EXPORT.c.public_id, EXPORT.c.site_id).where(
    EXPORT.c.status == "ready", EXPORT.c.kept_until <= bindparam("now")
)


def ask(session: Session, me: StaffMe, form: str, language: str, now: datetime) -> bool:
    """False where the very same is on its way already: nobody has to wait for two."""
    turns.of_site(session, me.site_id)
    same = {"site": me.site_id, "wanted": form, "tongue": language}
    if session.execute(_SAME, same).first():
        return False
    values = {
        "public_id": public_id(),
        "site_id": me.site_id,
        "asked_by": me.id,
        "asked_at": now,
        "form": form,
        "language": language,
        "status": "waiting",
    }
    row: int = session.execute(_INSERT, values).scalar_one()
    changes = {"form": [None, form], "language": [None, language]}
    audit.record(session, me.actor, "export.ask", Subject("export", row), now=now, changes=changes)
    return True


def taken(session: Session, me: StaffMe, row: int, form: str, sha256: str, now: datetime) -> None:
    """Somebody has the file now."""
    changes = {"form": [None, form], "sha256": [None, sha256]}
    audit.record(session, me.actor, "export.take", Subject("export", row), now=now, changes=changes)


def waiting(session: Session, now: datetime) -> Any:
    """The one that is to be made next, if there is one."""
    return session.execute(_NEXT, {"now": now}).first()


def claim(session: Session, row: int, total: int, now: datetime) -> bool:
    """Whether it is ours: of two workers that saw it, one makes it."""
    free = or_(EXPORT.c.status == "waiting", EXPORT.c.lease_until < now)
    done = session.execute(
        update(EXPORT)
        .where(EXPORT.c.id == row, EXPORT.c.status.in_(("waiting", "making")), free)
        .values(status="making", lease_until=now + LEASE, done=0, total=total)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def go_on(session: Session, row: int, done: int, now: datetime) -> None:
    values = {"done": done, "lease_until": now + LEASE}
    session.execute(update(EXPORT).where(EXPORT.c.id == row).values(**values))


def made(
    session: Session, row: int, site: int, told: Mapping[str, Any], size: int, now: datetime
) -> None:
    """The file is there; ``told``: what the trail tells of it, its SHA-256 among that."""
    values = {
        "status": "ready",
        "lease_until": None,
        "done": EXPORT.c.total,
        "size": size,
        "sha256": told["sha256"],
        "kept_until": now + KEPT_FOR,
    }
    session.execute(update(EXPORT).where(EXPORT.c.id == row).values(**values))
    _note(session, row, site, "export.make", {key: [None, one] for key, one in told.items()}, now)


def failed(session: Session, row: int, site: int, fault: str, now: datetime) -> None:
    """There is none; ``fault`` names the cure, if there is one."""
    values = {"status": "failed", "lease_until": None, "fault": fault[:200]}
    session.execute(update(EXPORT).where(EXPORT.c.id == row).values(**values))
    _note(session, row, site, "export.fail", {"fault": [None, fault[:200]]}, now)


def over(session: Session, now: datetime) -> list[str]:
    """Those whose time is over are marked so; by which names their files are known."""
    rows = session.execute(_OVER, {"now": now}).all()
    for row in rows:
        session.execute(update(EXPORT).where(EXPORT.c.id == row.id).values(status="over"))
        _note(session, row.id, row.site_id, "export.drop", {}, now)
    return [row.public_id for row in rows]


def any_over(session: Session, now: datetime) -> bool:
    return session.execute(_OVER, {"now": now}).first() is not None


def _note(
    session: Session, row: int, site: int, action: str, changes: Mapping[str, Any], now: datetime
) -> None:
    subject = Subject("export", row)
    audit.record(session, audit.system(site), action, subject, now=now, changes=changes)
