"""A simulated person's sessions through the services: planned, moved, held, written down."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from app import audit
from app.appointments import service
from app.appointments.queries import Appointment, appointments
from app.appointments.readings import record_reading
from app.appointments.service import About, Slot
from app.audit import Subject
from app.demo.appointments import MOVED_AHEAD, PLANNED_AHEAD
from app.demo.person import Person, enrolled_at
from app.demo.told import NoteWritten, SessionHeld
from app.demo.visits import next_session
from app.i18n import translator
from app.models.counseling import SessionNote
from app.notes import service as notes
from app.notes.words import meaning, sheets_of_week
from app.protocol.loader import load_protocol
from app.signing.service import Declared, declared

MINUTES = 50
AFTER_ENROLMENT = timedelta(hours=1)
Step = tuple[datetime, Callable[[datetime], None]]


def about(person: Person, who: int, now: datetime) -> About:
    staff = person.counselor
    zone, first = person.persona.zone, person.simulated.first_dose_on
    return About(who, zone, first, staff.actor, staff.id, now)


def signature(person: Person, attendance: str, *, amends: bool = False) -> Declared:
    staff = person.counselor
    said = meaning(attendance, amends=amends)
    return declared(staff.id, staff.actor, staff.name, said, translator(staff.language))


def content_of(note: NoteWritten, week: int, *, amended: bool = False) -> notes.Content:
    """The note in the codes of the plan's week; the amendment adds a topic that was left out."""
    sheets = sheets_of_week(load_protocol(), week)
    homework = [f"sheet:{key}" for key in sheets[-1:]] if note.sheets else []
    return notes.Content(
        note.attendance,
        (*note.topics, "study") if amended else note.topics,
        tuple(sheets[: note.sheets]),
        (*note.plan, *homework),
        dict(note.risks),
        None,
        note.text,
    )


def _began(person: Person) -> datetime:
    return enrolled_at(person.simulated) + AFTER_ENROLMENT


def planned_from(person: Person, told: SessionHeld) -> datetime:
    """Since when the session is in the book."""
    return max(_began(person), (told.moved_from or told.planned_at) - PLANNED_AHEAD)


def planned_for(person: Person, sessions: Sequence[SessionHeld], at: datetime) -> int | None:
    """Which of the sessions in the book is next at a moment: its place in ``sessions``."""
    coming = [
        (one.planned_at, place)
        for place, one in enumerate(sessions)
        if one.planned_at >= at and planned_from(person, one) <= at
    ]
    return min(coming)[1] if coming else None


@dataclass(slots=True)
class Visit:
    """One session, step by step, each at its own moment."""

    session: Session
    person: Person
    who: int
    told: SessionHeld
    id: int = 0
    note_id: int = 0

    def planning(self) -> Iterator[Step]:
        told = self.told
        yield planned_from(self.person, told), self.plan
        if told.moved_from:
            yield max(_began(self.person), told.moved_from - MOVED_AHEAD), self.move

    def steps(self) -> Iterator[Step]:
        told = self.told
        yield from self.planning()
        if told.read_at:
            yield told.read_at, self._read
        yield told.at, self._cancel if told.attended is None else self._record
        if told.note:
            yield told.note.at, self._write
            if told.note.amended_at:
                yield told.note.amended_at, self._amend

    def _about(self, now: datetime) -> About:
        return about(self.person, self.who, now)

    def _one(self) -> Appointment:
        found = appointments(self.session, self.who)
        return next(one for one in found if one.id == self.id)

    def plan(self, now: datetime) -> None:
        slot = Slot(self.told.moved_from or self.told.planned_at, MINUTES, self.told.place)
        self.id = service.plan(self.session, self._about(now), [slot])[0]

    def move(self, now: datetime) -> None:
        slot = Slot(self.told.planned_at, MINUTES, self.told.place)
        service.move(self.session, self._about(now), self._one(), slot, "participant")

    def _read(self, now: datetime) -> None:
        staff = self.person.counselor
        subject = Subject("participant", self.who)
        audit.record(self.session, staff.actor, "brief.open", subject, now=now)
        record_reading(self.session, staff, self.who, now)

    def _cancel(self, now: datetime) -> None:
        service.cancel(self.session, self._about(now), self._one(), "participant")

    def _record(self, now: datetime) -> None:
        attended = bool(self.told.attended)
        service.record_attendance(self.session, self._about(now), self._one(), attended)

    def _write(self, now: datetime) -> None:
        note = self.told.note
        assert note
        who, one, content = self._about(now), self._one(), content_of(note, self.told.week)
        if not note.closed:
            notes.save_note(self.session, who, one, content, None)
            return
        signed = signature(self.person, note.attendance)
        self.note_id = notes.close_note(self.session, who, one, content, None, signed)

    def _amend(self, now: datetime) -> None:
        note = self.told.note
        former = self.session.get(SessionNote, self.note_id)
        assert note and former
        signed = signature(self.person, note.attendance, amends=True)
        content = content_of(note, self.told.week, amended=True)
        notes.amend_note(
            self.session,
            self._about(now),
            self._one(),
            former.public_id,
            content,
            note.reason,
            signed,
        )


def next_visit(session: Session, person: Person, who: int, until: datetime) -> Visit | None:
    """The session that is next at ``until``, for those who go on."""
    simulated, weeks = person.simulated, load_protocol().weeks
    told = next_session(simulated.persona, simulated.first_dose_on, weeks, until)
    return Visit(session, person, who, told) if told else None


def book(visit: Visit, until: datetime) -> Iterator[Step]:
    """Its steps, planned by ``until`` and moved by then if the story says so at all."""
    return ((min(at, until), what) for at, what in visit.planning())
