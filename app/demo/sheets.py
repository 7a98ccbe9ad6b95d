"""A simulated person's worksheets through the services, each step at its own moment."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session

from app.audit import Actor
from app.demo.homework import PAGE, SheetTold
from app.demo.person import Person
from app.instruments.worksheets.answers import Cell
from app.models.people import PARTICIPANT
from app.models.worksheets import ASSIGNMENT, Assignment, Worksheet
from app.visit.scope import ScopedParticipant
from app.worksheets import service, staff_queries, staff_service

Step = tuple[datetime, Callable[[datetime], None]]


@dataclass(slots=True)
class Homework:
    """One sheet, from being asked for to being read or taken back."""

    session: Session
    person: Person
    who: int
    actor: Actor
    told: SheetTold
    sheet: Worksheet | None = None

    def steps(self) -> Iterator[Step]:
        told = self.told
        for at, what in (
            (told.asked_at, self._ask),
            (told.withdrawn_at, self._withdraw),
            (told.begun_at, self._begin),
            (told.finished_at, self._finish),
            (told.shared_at, self._share),
            (told.read_at, self._read),
            (told.comment_at, self._comment),
        ):
            if at is not None:
                yield at, what

    def _scoped(self) -> ScopedParticipant:
        row = self.session.execute(select(PARTICIPANT).where(PARTICIPANT.c.id == self.who)).one()
        return ScopedParticipant(*(getattr(row, name) for name in ScopedParticipant.__slots__))

    def _ask(self, now: datetime) -> None:
        planned = staff_queries.next_planned(self.session, self.who, now)
        keys = [self.told.sheet_key]
        staff_service.assign(
            self.session, self.person.counselor, self._scoped(), keys, planned, now
        )

    def _withdraw(self, now: datetime) -> None:
        asked = self.session.get(Assignment, self._asked())
        assert asked
        staff = self.person.counselor
        staff_service.withdraw(self.session, staff, self._scoped(), asked.public_id, now)

    def _begin(self, now: datetime) -> None:
        told = self.told
        language = self.person.persona.language
        self.sheet = service.start(
            self.session, self.actor, self.who, told.sheet_key, language, self._asked(), now
        )
        self._keep(told.first_cells, now)

    def _asked(self) -> int | None:
        """The assignment that this one answers."""
        if self.told.asked_at is None:
            return None
        mine = (ASSIGNMENT.c.participant_id == self.who) & (
            ASSIGNMENT.c.sheet_key == self.told.sheet_key
        )
        newest = select(ASSIGNMENT.c.id).where(mine).order_by(ASSIGNMENT.c.id.desc()).limit(1)
        return self.session.execute(newest).scalar()

    def _own(self) -> Worksheet:
        assert self.sheet is not None
        return self.sheet

    def _keep(self, cells: dict[str, Cell], now: datetime) -> None:
        service.save_draft(self.session, self._own(), cells, PAGE, now)

    def _finish(self, now: datetime) -> None:
        self._keep(dict(self.told.cells), now)
        service.finish(self.session, self.actor, self._own(), now)

    def _share(self, now: datetime) -> None:
        service.share(self.session, self.actor, self._own(), now)

    def _shared(self) -> staff_queries.SharedSheet:
        return staff_queries.shared_sheet(self.session, self.who, self._own().public_id)

    def _read(self, now: datetime) -> None:
        staff_service.record_read(self.session, self.person.counselor, self._shared(), now)

    def _comment(self, now: datetime) -> None:
        staff = self.person.counselor
        staff_service.comment(self.session, staff, self._shared(), self.told.comment, now)
