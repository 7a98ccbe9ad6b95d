"""What stands in the outbox."""

from typing import Any

from sqlalchemy import select

from app.db import Database
from app.models.outbox import Attempt, Message


def message(database: Database, number: int) -> Any:
    with database.read() as session:
        return session.get(Message, number)


def attempts(database: Database, number: int) -> list[Any]:
    table: Any = Attempt.__table__  # type: ignore[attr-defined]
    with database.read() as session:
        found = session.execute(
            select(table).where(table.c.message_id == number).order_by(table.c.id)
        )
        return list(found.all())
