"""Writes simulated participants through the same services as real ones, in the order of time.

Everything that happens waits in one agenda: enrolments, entries, check-ins left open, holds, the
daily look at silence, and what staff do about the flags that all this raises.
"""

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import partial
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from app.audit import Actor
from app.checkins import service as checkins
from app.checkins.service import judge_overdue
from app.consent.service import give, newest_in_force
from app.demo import records
from app.demo.entries import answers_of, drinks_of, seconds_on, uses_of
from app.demo.homework import homework_of
from app.demo.mail import mark_as_sent
from app.demo.person import Person, enrolled_at
from app.demo.persona import Span
from app.demo.sessions import Visit, book, next_visit
from app.demo.sheets import Homework
from app.demo.site import ZONE, Team
from app.demo.told import (
    CheckinTold,
    ConsentTakenBack,
    DoseTold,
    DrinksTold,
    NoteTold,
    SessionHeld,
    SpecimenTested,
    SubstancesTold,
    Told,
)
from app.diary.service import About, record_dose, record_drinks, record_substances
from app.enrolment.forms import EnrolForm, HoldForm
from app.enrolment.service import enrol, set_hold
from app.flags.service import Outcome, tick
from app.instruments.loader import load_instrument
from app.leaving.service import Ending, end_part
from app.models.base import public_id
from app.models.people import PARTICIPANT
from app.models.worklist import TASK
from app.outbox.heartbeat import beat
from app.protocol.loader import load_protocol
from app.rules.engine import TICK
from app.timeline.days import at_local, local_day
from app.visit.scope import ScopedParticipant
from app.worklist.service import close

HOLD_SET_AT = time(9, 30)


@dataclass(slots=True)
class Agenda:
    """What is still to happen, earliest first; nothing after ``until`` happens."""

    until: datetime
    waiting: list[tuple[datetime, int, Callable[[datetime], None]]] = field(default_factory=list)
    numbers: Any = field(default_factory=count)

    def add(self, at: datetime, what: Callable[[datetime], None]) -> None:
        heapq.heappush(self.waiting, (at, next(self.numbers), what))

    def run(self) -> None:
        while self.waiting and self.waiting[0][0] <= self.until:
            at, _, what = heapq.heappop(self.waiting)
            what(at)


def enrol_person(session: Session, team: Team, person: Person) -> int:
    """Enrol through the trial room, a week before the first dose; returns the row's id."""
    persona = person.persona
    keys = {(p.beverage, p.ml, p.abv): p.key for p in load_protocol().presets}
    form = EnrolForm(
        code=person.code,
        sex=persona.sex,
        timezone=persona.zone,
        language=persona.language,
        first_dose_on=person.simulated.first_dose_on,
        counselor=public_id(),  # whom it names goes beside the form
        usual_drinks=tuple(keys[one] for one in persona.usual),
        name=person.name,
        phone=person.phone,
    )
    at = enrolled_at(person.simulated)
    who = enrol(session, team.coordinator, form, person.counselor.id, at).id or 0
    actor = Actor(f"participant:{who}", "participant", "demo", team.site_id)
    text = newest_in_force(session, team.site_id)
    if text is not None:
        give(session, actor, who, text, persona.language, at, name=person.name, rounds=1)
    return who


def ticks_of(person: Person, until: datetime) -> list[datetime]:
    """When the rules look at silence: 23:45 local, from the run-in until consent ends."""
    told = person.simulated.told
    left = [one.at for one in told if isinstance(one, ConsentTakenBack)]
    last = min([until, *left])
    day = person.simulated.enrolled_on
    found = []
    while (at := at_local(day, TICK, person.persona.zone)) <= last:
        found.append(at)
        day += timedelta(days=1)
    return found


def last_tick(session: Session, who: int, ticks: Sequence[datetime]) -> None:
    """Leave the mark of the live tick, so that the worker does not look back once more."""
    if ticks:
        beat(session, f"tick:{who}", ticks[-1])


REST = "Without the tablets the participant does not go on with the diary."


@dataclass(slots=True)
class Writer:
    """Writes what one participant tells. ``alerted`` is called after whatever raised a flag."""

    session: Session
    team: Team
    person: Person
    agenda: Agenda
    alerted: Callable[["Writer", datetime], None]
    id: int = 0

    @property
    def actor(self) -> Actor:
        return Actor(f"participant:{self.id}", "participant", "demo", self.team.coordinator.site_id)

    def plan(self) -> None:
        """Put the whole story on the agenda, from the enrolment on."""
        self.agenda.add(enrolled_at(self.person.simulated), self._enrol)

    def _enrol(self, _: datetime) -> None:
        self.id = enrol_person(self.session, self.team, self.person)
        for hold in self.person.persona.holds:
            day = self.person.simulated.first_dose_on + timedelta(days=hold.first)
            self.agenda.add(at_local(day, HOLD_SET_AT, ZONE), partial(self._hold, hold))
        for told in self.person.simulated.told:
            self._plan_told(told)
        coming = next_visit(self.session, self.person, self.id, self.agenda.until)
        for at, what in book(coming, self.agenda.until) if coming else ():
            self.agenda.add(at, what)
        for sheet in homework_of(self.person.simulated, self.agenda.until):
            home = Homework(self.session, self.person, self.id, self.actor, sheet)
            for at, what in home.steps():
                self.agenda.add(at, what)
        for at in ticks_of(self.person, self.agenda.until):
            self.agenda.add(at, self._tick)

    def _plan_told(self, told: Told) -> None:
        if isinstance(told, CheckinTold) and told.instrument == "side_effects":
            _Pages(self, told).plan()
        elif isinstance(told, SessionHeld):
            for at, what in Visit(self.session, self.person, self.id, told).steps():
                self.agenda.add(at, what)
        else:
            self.agenda.add(told.at, partial(self._write, told))

    def _tick(self, at: datetime) -> None:
        self.judged(tick(self.session, self.id, at, at), at)

    def judged(self, outcome: Outcome, at: datetime) -> None:
        if outcome.families:
            self.alerted(self, at)

    def _hold(self, hold: Span, at: datetime) -> None:
        first = self.person.simulated.first_dose_on
        who = self._scoped()
        form = HoldForm(
            from_day=first + timedelta(days=hold.first),
            until_day=first + timedelta(days=hold.last),
            reason="Possible withdrawal-like reaction: watch and call before the next tablet.",
        )
        set_hold(self.session, self.team.investigator, who, form, at)

    def _write(self, told: Told, _: datetime) -> None:
        self.judged(self._record(told), told.at)

    def _record(self, told: Told) -> Outcome:
        session = self.session
        if isinstance(told, DoseTold):
            about = self._about(told)
            done = record_dose(
                session, about, taken=told.taken, at=told.taken_at, reason=told.reason
            )
            return done.outcome
        if isinstance(told, DrinksTold):
            about, items = self._about(told), drinks_of(told)
            return record_drinks(session, about, items, best_guess=told.best_guess).outcome
        if isinstance(told, SubstancesTold):
            return record_substances(session, self._about(told), uses_of(told)).outcome
        if isinstance(told, CheckinTold):
            pages = {page.page: answers_of(page) for page in told.pages}
            instrument = load_instrument(told.instrument)
            return checkins.submit_pages(session, self.told(told.at), instrument, pages).outcome
        return self._put_on_record(told)

    def _put_on_record(self, told: Told) -> Outcome:
        own = records.Entry(self.id, self.actor, told.at)
        if isinstance(told, NoteTold):
            return records.record_note(self.session, own, told)
        if isinstance(told, ConsentTakenBack):
            return self._take_consent_back(told)
        staff = self.person.counselor
        entry = records.Entry(self.id, staff.actor, told.at, staff.id)
        assert isinstance(told, SpecimenTested)
        return records.record_specimen(self.session, entry, told)

    def _take_consent_back(self, told: ConsentTakenBack) -> Outcome:
        """Nobody here goes on without the tablets: the physician then ends the rest."""
        who, day = self._scoped(), local_day(told.at, self.person.persona.zone)
        own = Ending("withdrew", told.scope, day, told.reason)
        outcome = end_part(self.session, self.actor, who, own, told.at).outcome
        if told.scope == "treatment":
            physician = self.team.investigator
            rest = Ending("physician", "all", day, REST, physician.id)
            end_part(self.session, physician.actor, who, rest, told.at)
        self.agenda.add(told.at + timedelta(hours=20), self._called)
        return outcome

    def _called(self, at: datetime) -> None:
        open_ = select(TASK.c.id, TASK.c.version).where(
            TASK.c.participant_id == self.id, TASK.c.closed_at.is_(None)
        )
        for task in self.session.execute(open_).all():
            close(self.session, self.person.counselor.actor, task.id, task.version, "reached", at)

    def _scoped(self) -> ScopedParticipant:
        row = self.session.execute(select(PARTICIPANT).where(PARTICIPANT.c.id == self.id)).one()
        return ScopedParticipant(*(getattr(row, name) for name in ScopedParticipant.__slots__))

    def _about(self, told: DoseTold | DrinksTold | SubstancesTold) -> About:
        return About(self.id, self.person.persona.zone, told.day, self.actor, told.at)

    def told(self, at: datetime, seconds: int | None = None) -> checkins.Telling:
        language = self.person.persona.language
        return checkins.Telling(self.id, self.actor, at, language, seconds=seconds)


class _Pages:
    """One check-in sent page by page, as the phone does; maybe put away before the end."""

    def __init__(self, writer: Writer, told: CheckinTold):
        self.writer = writer
        self.checkin = told
        self.stored: Any = None

    def plan(self) -> None:
        agenda = self.writer.agenda
        for place, page in enumerate(self.checkin.pages):
            agenda.add(page.at, partial(self._page, place))
        if self.checkin.finished_at:
            agenda.add(self.checkin.finished_at, self._finish)
        else:
            agenda.add(self.checkin.pages[-1].at + load_protocol().checkin_closing, self._late)

    def _page(self, place: int, at: datetime) -> None:
        page = self.checkin.pages[place]
        told = self.writer.told(at, seconds_on(self.checkin, place))
        session, answers = self.writer.session, answers_of(page)
        if self.stored is None:
            instrument = load_instrument(self.checkin.instrument)
            done = checkins.start(session, told, instrument, page.page, answers)
        else:
            done = checkins.store_page(session, told, self.stored, page.page, answers)
        self.stored = done.checkin
        self.writer.judged(done.outcome, at)

    def _finish(self, at: datetime) -> None:
        done = checkins.finish(self.writer.session, self.writer.told(at), self.stored)
        self.writer.judged(done.outcome, at)

    def _late(self, at: datetime) -> None:
        if judge_overdue(self.writer.session, at):
            self.writer.alerted(self.writer, at)


def write_people(
    session: Session,
    team: Team,
    people: Sequence[Person],
    until: datetime,
    alerted: Callable[[Writer, datetime], None] = lambda writer, at: None,
) -> list[Writer]:
    """Let everything up to ``until`` happen to ``people``, in the order of time."""
    agenda = Agenda(until)
    writers = [Writer(session, team, person, agenda, alerted) for person in people]
    for writer in writers:
        writer.plan()
    agenda.run()
    mark_as_sent(session, [writer.id for writer in writers])
    for writer in writers:
        last_tick(session, writer.id, ticks_of(writer.person, until))
    return writers
