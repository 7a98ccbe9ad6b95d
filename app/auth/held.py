"""Forms that arrived on a locked session: sealed, and offered again after the PIN."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlmodel import Session

from app.db import Database
from app.models.people import HeldPost
from app.web.forms import Form

KEEP_FOR = timedelta(hours=12)
_H: Any = HeldPost.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Held:
    id: int
    path: str
    fields: list[tuple[str, str]]


def keep(database: Database, device_id: int, path: str, form: Form, now: datetime) -> None:
    """Seal the form; older ones than half a day go."""
    body = json.dumps([*form.pairs(), *form.technical()], ensure_ascii=False)
    with database.write() as session:
        session.execute(delete(_H).where(_H.c.created_at < now - KEEP_FOR))
        session.execute(
            insert(_H).values(
                device_id=device_id,
                path=path,
                body_sealed=database.keys.seal(body),
                created_at=now,
            )
        )


def count(database: Database, device_id: int) -> int:
    with database.read() as session:
        return session.execute(
            select(func.count()).select_from(_H).where(_H.c.device_id == device_id)
        ).scalar_one()


def oldest(session: Session, device_id: int) -> Held | None:
    """The form that has waited longest, opened."""
    row = session.execute(
        select(_H).where(_H.c.device_id == device_id).order_by(_H.c.id).limit(1)
    ).first()
    if row is None:
        return None
    fields = [
        (name, value) for name, value in json.loads(session.info["keys"].unseal(row.body_sealed))
    ]
    return Held(row.id, row.path, fields)


def drop(session: Session, device_id: int, held_id: int) -> None:
    session.execute(delete(_H).where(_H.c.id == held_id, _H.c.device_id == device_id))
