"""What a test asks the database afterwards, and what it sets before."""

from typing import Any

from sqlalchemy import update
from sqlmodel import select

from app import audit
from app.audit import SYSTEM, Subject
from app.db import Database
from app.models.people import PARTICIPANT
from tests.cast import NOW


def rows(database: Database, model: Any) -> list[Any]:
    """Every row of a table, in the order written."""
    key = model.seq if hasattr(model, "seq") else model.id
    with database.read() as session:
        return list(session.exec(select(model).order_by(key)))


def change_person(database: Database, participant_id: int, **values: Any) -> None:
    person: Any = PARTICIPANT
    with database.write() as session:
        session.execute(update(person).where(person.c.id == participant_id).values(**values))
        audit.record(
            session, SYSTEM, "test.change", Subject("participant", participant_id), now=NOW
        )
