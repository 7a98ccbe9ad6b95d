"""The rows of one participant in few statements: one insert for each table."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import insert, update
from sqlmodel import Session

from app.demo.person import Person
from app.demo.records import specimen_row
from app.demo.told import (
    CheckinTold,
    ConsentTakenBack,
    NoteTold,
    SpecimenTested,
    Told,
)
from app.models.base import public_id
from app.models.checkin import Checkin, CheckinJudgement, CheckinPage
from app.models.diary import Note
from app.models.people import PARTICIPANT
from app.models.trial import ConsentWithdrawal, Urinalysis
from app.protocol.loader import load_protocol
from bench.crowd import rows


@dataclass(slots=True)
class Batch:
    """The rows of one participant, and what the rules should hear of and when."""

    session: Session
    person: Person
    who: int
    until: datetime
    arrivals: list[tuple[datetime, str]] = field(default_factory=list)
    counts: dict[str, list[Any]] = field(default_factory=dict)

    def insert(self, model: Any, values: Sequence[rows.Row]) -> list[int]:
        """Ids in the order of ``values``."""
        table = model.__table__
        self.counts[table.name] = [None, self.counts.get(table.name, [None, 0])[1] + len(values)]
        if not values:
            return []
        statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
        return list(self.session.execute(statement, list(values)).scalars())

    def add_days(
        self, model: Any, kind: str, told: Sequence[Any], row_of: Callable[..., rows.Row]
    ) -> None:
        """Entries about days; a later one about the same day replaces the earlier."""
        zone = self.person.persona.zone
        made = [row_of(self.who, zone, one) for one in told]
        former: dict[int, int] = {}
        standing: dict[Any, int] = {}
        for place, row in enumerate(made):
            if row["day"] in standing:
                former[place] = standing[row["day"]]
                made[former[place]]["superseded_at"] = row["received_at"]
            standing[row["day"]] = place
        first = [place for place in range(len(made)) if place not in former]
        ids = dict(zip(first, self.insert(model, [made[p] for p in first]), strict=True))
        for place in sorted(former):
            made[place]["replaces_id"] = ids[former[place]]
            ids[place] = self.insert(model, [made[place]])[0]
        self.arrivals += [(told[place].at, f"{kind}-{id_}") for place, id_ in ids.items()]

    def add_checkins(self, told: Sequence[CheckinTold]) -> None:
        closing, language = load_protocol().checkin_closing, self.person.persona.language
        made = [
            {**rows.checkin_row(self.who, language, one, closing, self.until), **_names()}
            for one in told
        ]
        ids = self.insert(Checkin, made)
        pages = [
            row for id_, one in zip(ids, told, strict=True) for row in rows.page_rows(id_, one)
        ]
        self.insert(CheckinPage, pages)
        judged = []
        for id_, one in zip(ids, told, strict=True):
            at = rows.judged_at(one, closing, self.until)
            if at is not None:
                judged.append(rows.judgement_row(id_, one, at))
                self.arrivals.append((at, f"checkin-{id_}.1"))
        self.insert(CheckinJudgement, judged)

    def add_moments(self, told: Iterable[Told]) -> None:
        staff_id = self.person.counselor.id
        for model, kind, values in _moments(self.who, told, staff_id):
            ids = self.insert(model, [row for _, row in values])
            for id_, (at, _) in zip(ids, values, strict=True):
                self.arrivals.append((at, f"{kind}-{id_}"))


def _moments(
    who: int, told: Iterable[Told], staff_id: int
) -> list[tuple[Any, str, list[tuple[datetime, rows.Row]]]]:
    notes, specimens, consents = [], [], []
    for one in told:
        if isinstance(one, NoteTold):
            notes.append((one.at, rows.note_row(who, one)))
        elif isinstance(one, SpecimenTested):
            specimens.append((one.at, specimen_row(who, one, staff_id)))
        elif isinstance(one, ConsentTakenBack):
            consents.append((one.at, consent_row(who, one)))
    return [
        (Note, "note", notes),
        (Urinalysis, "urinalysis", specimens),
        (ConsentWithdrawal, "consent", consents),
    ]


def consent_row(who: int, told: ConsentTakenBack) -> rows.Row:
    return {
        "participant_id": who,
        "at": told.at,
        "received_at": told.at,
        "scope": told.scope,
        "reason": told.reason,
        "entered_by": None,
    }


def withdraw(session: Session, who: int) -> None:
    session.execute(update(PARTICIPANT).where(PARTICIPANT.c.id == who).values(status="withdrawn"))


def _names() -> dict[str, str]:
    return {"public_id": public_id(), "token": uuid4().hex}
