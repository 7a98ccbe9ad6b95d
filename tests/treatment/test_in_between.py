"""Whoever was slower changes nothing: the services, with a session that is not as it was read."""

import pytest
from sqlalchemy import select, update

from app import audit
from app.appointments import service
from app.appointments.queries import appointments
from app.appointments.service import About, Changed, Slot
from app.audit import SYSTEM, Subject
from app.models.counseling import CounselingSession, SessionNote
from app.models.people import Participant
from app.notes import service as notes
from app.notes.service import Content
from app.signing.service import Declared
from tests.cast import NOW
from tests.treatment.conftest import DAY, RISKS, add_session, me_of

CAME = Content(attendance="attended", risk_asked=RISKS)


def signed(about):
    return Declared(about.staff_id, about.actor, "Anna Petrova", "held", "I held this session.")


@pytest.fixture
def about(database, cast):
    def of(staff=cast.petrova):
        with database.read() as session:
            first = session.get(Participant, cast.anna).first_dose_on
        return About(cast.anna, "Europe/Moscow", first, me_of(database, staff).actor, staff, NOW)

    return of


@pytest.fixture
def do(database):
    """A step in a transaction of its own."""

    def take(step, *args):
        with database.write() as session:
            return step(session, *args)

    return take


def one_of(database, cast):
    with database.read() as session:
        (found,) = appointments(session, cast.anna)
    return found


def changed(database, cast, table, **values):
    with database.write() as session:
        session.execute(update(table.__table__).values(**values))
        audit.record(session, SYSTEM, "test.change", Subject("participant", cast.anna), now=NOW)


def test_a_session_that_was_moved_is_not_marked_as_it_was(database, cast, about, do):
    add_session(database, cast.anna, NOW - DAY)
    before = one_of(database, cast)
    do(service.move, about(), before, Slot(NOW + DAY, 50, "clinic"), "clinic")
    for step, more in [
        (service.record_attendance, (True,)),
        (service.move, (Slot(NOW + 2 * DAY, 50, "clinic"), "clinic")),
        (service.cancel, ("clinic",)),
        (service.correct_attendance, (True,)),
    ]:
        with pytest.raises(Changed):
            do(step, about(), before, *more)
    after = one_of(database, cast)
    assert (after.at, after.attended, after.cancelled_at) == (NOW + DAY, None, None)


def test_nobody_is_said_to_have_come_to_a_session_that_was_cancelled(database, cast, about, do):
    add_session(database, cast.anna, NOW - DAY, cancelled_at=NOW)
    with pytest.raises(Changed):
        do(service.correct_attendance, about(), one_of(database, cast), True)


def test_a_session_with_a_note_is_not_cancelled(database, cast, about, do):
    add_session(database, cast.anna, NOW - DAY)
    one = one_of(database, cast)
    do(notes.save_note, about(), one, CAME, None)
    with pytest.raises(Changed):
        do(service.cancel, about(), one, "clinic")


@pytest.mark.parametrize("values", [{"version": 1}, {"cancelled_at": NOW}])
def test_a_note_is_not_closed_over_a_session_that_changed(database, cast, about, do, values):
    """Also where who came is on record as the note says."""
    add_session(database, cast.anna, NOW - DAY, True)
    one = one_of(database, cast)
    changed(database, cast, CounselingSession, **values)
    with pytest.raises(Changed):
        do(notes.close_note, about(), one, CAME, None, signed(about()))
    with database.read() as session:
        assert session.execute(select(SessionNote.id)).first() is None


@pytest.mark.parametrize("values", [{"version": 1}, {"cancelled_at": NOW}])
def test_a_note_is_not_amended_over_a_session_that_changed(database, cast, about, do, values):
    add_session(database, cast.anna, NOW - DAY, True)
    one = one_of(database, cast)
    do(notes.close_note, about(), one, CAME, None, signed(about()))
    with database.read() as session:
        (former,) = session.execute(select(SessionNote.public_id)).scalars()
    changed(database, cast, CounselingSession, **values)
    with pytest.raises(Changed):
        do(notes.amend_note, about(), one, former, CAME, "Why.", signed(about()))
    with database.read() as session:
        assert len(session.execute(select(SessionNote.id)).all()) == 1


@pytest.mark.parametrize("way", ["the mark", "the note"])
def test_the_week_of_a_session_is_that_of_the_first_dose_as_it_is_now(
    database, cast, about, do, way
):
    add_session(database, cast.anna, NOW, week=1)
    changed(database, cast, Participant, first_dose_on=(NOW - 21 * DAY).date())
    one = one_of(database, cast)
    if way == "the mark":
        do(service.record_attendance, about(), one, True)
    else:
        do(notes.close_note, about(), one, CAME, None, signed(about()))
    assert one_of(database, cast).week == 4


def test_a_form_is_known_again_by_whoever_sent_it(database, cast, about, do):
    add_session(database, cast.anna, NOW - DAY)
    one = one_of(database, cast)
    do(notes.save_note, about(), one, CAME, None, "token-1")
    for staff, known in ((cast.petrova, True), (cast.sokolov, False)):
        with database.write() as session:
            assert notes.sent_before(session, about(staff), one, "token-1") is known
            audit.record(session, SYSTEM, "test.asked", Subject("session", one.id), now=NOW)
