"""Entries about ANNA and others, written as the rooms write them, then judged."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from app import audit
from app.audit import Actor, Subject
from app.db import Database
from app.flags.service import Outcome, reassess
from app.models.checkin import Checkin, CheckinJudgement
from app.models.diary import Dose, SubstanceDay
from app.models.flags import Flag, FlagEvidence, Notice
from app.models.outbox import Message

ACTOR = Actor("participant:test", "participant", "req1")
# A cluster on the second day: four groups of symptoms within a day of the first tablet.
CLUSTER: dict[str, float] = {"sweating": 3, "nausea": 3, "muscle_pain": 3, "anxiety": 3}
FOUR_WORDS = ("DB-00", "Name of", "sweat", "nausea", "opioid", "36 mg", "WDL", "withdrawal")


def _judge(session: Any, who: int, kind: str, row_id: int, event: str, now: datetime) -> Outcome:
    audit.record(session, ACTOR, f"{kind}.add", Subject(kind, row_id), now=now)
    return reassess(session, who, [event], ACTOR, now)


def take_dose(database: Database, who: int, day: date, now: datetime, **more: Any) -> Outcome:
    values = {"taken": True, **more}
    with database.write() as session:
        row = Dose(participant_id=who, day=day, received_at=now, **values)
        session.add(row)
        session.flush()
        return _judge(session, who, "dose", row.id or 0, f"dose-{row.id}", now)


def check_in(
    database: Database,
    who: int,
    now: datetime,
    ratings: dict[str, float],
    signs: tuple[str, ...] = (),
) -> Outcome:
    """A finished check-in of ``now``, judged once."""
    with database.write() as session:
        row = Checkin(
            participant_id=who,
            token=f"t{now.timestamp()}",
            instrument="side_effects",
            version=1,
            language="en",
            started_at=now,
            finished_at=now,
        )
        session.add(row)
        session.flush()
        session.add(
            CheckinJudgement(
                checkin_id=row.id or 0,
                n=1,
                at=now,
                complete=True,
                ratings=ratings,
                signs=list(signs),
            )
        )
        session.flush()
        return _judge(session, who, "checkin", row.id or 0, f"checkin-{row.id}.1", now)


def judge_again(database: Database, who: int, now: datetime, ratings: dict[str, float]) -> Outcome:
    """The last check-in once more, with these answers."""
    with database.write() as session:
        row = session.execute(select(Checkin).order_by(Checkin.id.desc())).scalars().first()  # type: ignore[union-attr]
        assert row is not None
        session.add(
            CheckinJudgement(
                checkin_id=row.id or 0, n=2, at=now, complete=True, ratings=ratings, signs=[]
            )
        )
        session.flush()
        return _judge(session, who, "checkin", row.id or 0, f"checkin-{row.id}.2", now)


def tell_opioid(database: Database, who: int, day: date, now: datetime) -> Outcome:
    with database.write() as session:
        items: list[dict[str, object]] = [{"substance": "opioid"}]
        row = SubstanceDay(participant_id=who, day=day, received_at=now, items=items)
        session.add(row)
        session.flush()
        return _judge(session, who, "substances", row.id or 0, f"substances-{row.id}", now)


def second_day_cluster(database: Database, who: int, now: datetime, **more: float) -> Outcome:
    """The first tablet the day before, then the cluster now."""
    yesterday = now - timedelta(hours=20)
    take_dose(database, who, yesterday.date(), yesterday, at=yesterday)
    return check_in(database, who, now, CLUSTER | more)


def rows(database: Database, model: Any) -> list[Any]:
    with database.read() as session:
        key = "seq" if hasattr(model, "seq") else "id"
        return list(session.execute(select(model).order_by(getattr(model, key))).scalars())


def flags(database: Database) -> list[Flag]:
    return rows(database, Flag)


def mails(database: Database) -> list[Message]:
    return rows(database, Message)


def notices(database: Database) -> list[Notice]:
    return rows(database, Notice)


def evidence(database: Database) -> list[FlagEvidence]:
    return rows(database, FlagEvidence)
