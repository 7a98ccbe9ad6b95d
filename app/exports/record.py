"""What a site's record says, kind by kind, a few people at a time: the one read of all exports.

No name, no number, no note and no other free text of a participant is read here: what is not read
cannot be in a file. What arrived after somebody took back their consent to all of the study is not
read either; that they did, is.

Everything is as of one moment. Entries are added and never changed, so that what arrived by then
is the same however long the reading takes, and whenever it is done again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, literal, select
from sqlmodel import Session

from app.db import Database
from app.exports.model import Adverse, Ending, Person
from app.models.adverse import ADVERSE_EVENT, ADVERSE_VERSION
from app.models.checkin import CHECKIN, CHECKIN_JUDGEMENT, SCREEN
from app.models.counseling import COUNSELING_SESSION
from app.models.diary import DOSE, DRINK_DAY, SUBSTANCE_DAY
from app.models.flags import FLAG
from app.models.people import HOLD, PARTICIPANT, dated_zone
from app.models.trial import (
    CONSENT_WITHDRAWAL,
    SPECIMEN_HANDLING,
    SPECIMEN_MISSING,
    STUDY_END,
    URINALYSIS,
)
from app.protocol.in_force import newest_protocol
from app.timeline import rows
from app.timeline.due import first_taken_day, specimens_due
from app.timeline.events import Void
from app.timeline.holds import Hold
from app.timeline.tables import CHECKIN_COLUMNS, URINE_COLUMNS, day_columns

# Read in one look at the database, so that none is held open for long.
AT_ONCE = 50

_WHOM: Any = bindparam("whom", expanding=True)
_BY: Any = bindparam("by")
_OWN: Any = bindparam("site")
# Consent to all of the study, taken back, and not by mistake.
_TAKEN_BACK = (
    select(func.min(CONSENT_WITHDRAWAL.c.at))
    .outerjoin(STUDY_END, STUDY_END.c.withdrawal_id == CONSENT_WITHDRAWAL.c.id)
    .where(
        CONSENT_WITHDRAWAL.c.participant_id == PARTICIPANT.c.id,
        CONSENT_WITHDRAWAL.c.scope == "all",
        CONSENT_WITHDRAWAL.c.received_at <= _BY,
        STUDY_END.c.undone_at.is_(None),
    )
    .correlate(PARTICIPANT)
    .scalar_subquery()
)
_ENROLLED = (PARTICIPANT.c.site_id == _OWN, PARTICIPANT.c.enrolled_at <= _BY)
_COUNT = select(func.count()).select_from(PARTICIPANT).where(*_ENROLLED)
_PEOPLE = (
    select(
        PARTICIPANT.c.id,
        PARTICIPANT.c.code,
        dated_zone(PARTICIPANT),
        PARTICIPANT.c.sex,
        PARTICIPANT.c.first_dose_on,
        PARTICIPANT.c.enrolled_at,
        _TAKEN_BACK.label("taken_back"),
    )
    .where(*_ENROLLED, PARTICIPANT.c.id > bindparam("after"))
    .order_by(PARTICIPANT.c.id)
    .limit(AT_ONCE)
)


def _of(table: Any, received: Any, *columns: Any, by: Any = None) -> Any:
    """Rows of some people that were received by a moment, each person's together."""
    order = table.c.day if "day" in table.c else received
    return (
        select(table.c.participant_id, *columns)
        .where(table.c.participant_id.in_(_WHOM), received <= _BY)
        .order_by(table.c.participant_id, order, table.c.id)
    )


_DAYS: Mapping[str, tuple[Any, Any]] = {
    "doses": (DOSE, rows.dose),
    "drinks": (DRINK_DAY, rows.drink_day),
    "substances": (SUBSTANCE_DAY, rows.substance_day),
}
_DAY_ROWS = {
    kind: _of(table, table.c.received_at, *day_columns(table)) for kind, (table, _) in _DAYS.items()
}
_CHECKINS = (
    select(CHECKIN.c.participant_id, *CHECKIN_COLUMNS)
    .join(CHECKIN_JUDGEMENT, CHECKIN_JUDGEMENT.c.checkin_id == CHECKIN.c.id)
    .where(CHECKIN.c.participant_id.in_(_WHOM), CHECKIN_JUDGEMENT.c.at <= _BY)
    .order_by(CHECKIN.c.participant_id, CHECKIN_JUDGEMENT.c.id)
)
_SCREENS = _of(
    SCREEN,
    SCREEN.c.received_at,
    SCREEN.c.id,
    SCREEN.c.at,
    SCREEN.c.received_at,
    SCREEN.c.instrument,
    SCREEN.c.ratings,
)
_SPECIMENS = _of(URINALYSIS, URINALYSIS.c.received_at, URINALYSIS.c.id, *URINE_COLUMNS)
_HANDLING = _of(
    URINALYSIS,
    URINALYSIS.c.received_at,
    URINALYSIS.c.received_at,
    URINALYSIS.c.id,
    SPECIMEN_HANDLING.c.read_at,
    SPECIMEN_HANDLING.c.celsius,
    SPECIMEN_HANDLING.c.unusable,
).join(SPECIMEN_HANDLING, SPECIMEN_HANDLING.c.urinalysis_id == URINALYSIS.c.id)
_MISSING = _of(
    SPECIMEN_MISSING,
    SPECIMEN_MISSING.c.recorded_at,
    SPECIMEN_MISSING.c.week,
    SPECIMEN_MISSING.c.reason,
)
_GUESSES = _of(DRINK_DAY, DRINK_DAY.c.received_at, DRINK_DAY.c.received_at, DRINK_DAY.c.id).where(
    DRINK_DAY.c.best_guess
)
_ASKED = _of(
    CHECKIN,
    CHECKIN.c.started_at,
    CHECKIN.c.started_at,
    CHECKIN.c.id,
    CHECKIN.c.instrument,
    CHECKIN.c.version,
    CHECKIN.c.language,
    CHECKIN.c.finished_at,
)
_APPOINTMENTS = (
    select(
        COUNSELING_SESSION.c.participant_id,
        COUNSELING_SESSION.c.id,
        COUNSELING_SESSION.c.at,
        COUNSELING_SESSION.c.week,
        COUNSELING_SESSION.c.place,
        COUNSELING_SESSION.c.cancelled_at,
    )
    .where(COUNSELING_SESSION.c.participant_id.in_(_WHOM))
    .order_by(COUNSELING_SESSION.c.participant_id, COUNSELING_SESSION.c.at, COUNSELING_SESSION.c.id)
)
_ALERTS = _of(
    FLAG,
    FLAG.c.raised_at,
    FLAG.c.raised_at,
    FLAG.c.reference,
    FLAG.c.family,
    FLAG.c.rule,
    FLAG.c.severity,
    FLAG.c.acknowledged_at,
    FLAG.c.resolved_at,
    FLAG.c.outcome,
    FLAG.c.protocol_version,
)
_RECORDED = func.coalesce(
    COUNSELING_SESSION.c.recorded_at, COUNSELING_SESSION.c.at, type_=COUNSELING_SESSION.c.at.type
)
_SESSIONS = _of(
    COUNSELING_SESSION,
    _RECORDED,
    COUNSELING_SESSION.c.id,
    COUNSELING_SESSION.c.at,
    COUNSELING_SESSION.c.week,
    COUNSELING_SESSION.c.attended,
    COUNSELING_SESSION.c.recorded_at,
).where(COUNSELING_SESSION.c.attended.is_not(None))
_WITHDRAWALS = _of(
    CONSENT_WITHDRAWAL,
    CONSENT_WITHDRAWAL.c.received_at,
    CONSENT_WITHDRAWAL.c.id,
    CONSENT_WITHDRAWAL.c.at,
    CONSENT_WITHDRAWAL.c.received_at,
    CONSENT_WITHDRAWAL.c.scope,
    literal("").label("reason"),
    STUDY_END.c.undone_at,
).outerjoin(STUDY_END, STUDY_END.c.withdrawal_id == CONSENT_WITHDRAWAL.c.id)
_ENDINGS = _of(
    STUDY_END,
    STUDY_END.c.received_at,
    STUDY_END.c.id,
    STUDY_END.c.kind,
    STUDY_END.c.scope,
    STUDY_END.c.on_day,
    STUDY_END.c.received_at,
).where(STUDY_END.c.undone_at.is_(None))
_HOLDS = _of(
    HOLD, HOLD.c.set_at, HOLD.c.from_day, HOLD.c.until_day, HOLD.c.set_at, HOLD.c.lifted_at
)
_JUDGED = (
    "verdict",
    "began_on",
    "ended_on",
    "grade",
    "scale",
    "serious",
    "causality",
    "expected",
    "dechallenge",
    "rechallenge",
    "action",
    "outcome",
    "aware_at",
    "code",
    "dictionary",
)
_ADVERSE = (
    select(
        ADVERSE_EVENT.c.participant_id,
        ADVERSE_EVENT.c.number,
        ADVERSE_VERSION.c.n,
        ADVERSE_VERSION.c.at,
        ADVERSE_EVENT.c.item,
        *[ADVERSE_VERSION.c[name] for name in _JUDGED],
    )
    .join(ADVERSE_VERSION, ADVERSE_VERSION.c.event_id == ADVERSE_EVENT.c.id)
    .where(ADVERSE_EVENT.c.participant_id.in_(_WHOM), ADVERSE_VERSION.c.at <= _BY)
    .order_by(ADVERSE_EVENT.c.participant_id, ADVERSE_EVENT.c.number, ADVERSE_VERSION.c.n)
)


@dataclass(frozen=True, slots=True)
class Record:
    """Of one site, as of ``by``. ``seen`` is told of everybody whose rows of a kind were read."""

    database: Database
    site: int
    by: datetime
    seen: Callable[[int], object] = lambda people: None

    def count(self) -> int:
        """How many take part, or did."""
        with self.database.read() as session:
            found: int = session.execute(_COUNT, {"site": self.site, "by": self.by}).scalar_one()
        return found

    def groups(self, kind: str) -> Iterator[tuple[Person, Sequence[Any]]]:
        """Everybody with what the record says of one kind of thing."""
        for people in self._people():
            yield from self._read(kind, people)
            self.seen(len(people))

    def each(self, *kinds: str) -> Iterator[tuple[Person, Mapping[str, Sequence[Any]]]]:
        """Everybody with all of these kinds, for a form that tells one person after the other."""
        for people in self._people():
            found: dict[int, dict[str, Sequence[Any]]] = {one.id: {} for one in people}
            for kind in kinds:
                for person, things in self._read(kind, people):
                    found[person.id][kind] = things
            for person in people:
                yield person, found[person.id]
            self.seen(len(people))

    def _people(self) -> Iterator[list[Person]]:
        after = 0
        while True:
            with self.database.read() as session:
                values = {"site": self.site, "by": self.by, "after": after}
                found = [_person(row, self.by) for row in session.execute(_PEOPLE, values)]
            if found:
                yield found
            if len(found) < AT_ONCE:
                return
            after = found[-1].id

    def _read(self, kind: str, people: list[Person]) -> Iterator[tuple[Person, Sequence[Any]]]:
        if kind == "people":
            yield from ((one, ()) for one in people)
            return
        if kind == "due":
            yield from self._due(people)
            return
        # A transaction of its own, closed before anything is made of the rows.
        with self.database.read() as session:
            sitting = newest_protocol(session, self.site).sitting if kind == "checkins" else None
            told = _fetch(session, kind, [one.id for one in people], self.by)
        for person in people:
            yield person, _READERS[kind](person, told.get(person.id, []), sitting)

    def _due(self, people: list[Person]) -> Iterator[tuple[Person, Sequence[Any]]]:
        """What the protocol asked for is no entry of anybody: it is told of whoever left, too."""
        whom = [one.id for one in people]
        with self.database.read() as session:
            plan = newest_protocol(session, self.site)
            doses, missing, ends = (
                _fetch(session, kind, whom, self.by) for kind in ("doses", "missing", "endings")
            )
        for one in people:
            begun = first_taken_day(_READERS["doses"](one, doses.get(one.id, []), None))
            if begun is None:
                yield one, ()
                continue
            reasons = {row.week: row.reason for row in missing.get(one.id, [])}
            left = min((row.on_day for row in ends.get(one.id, [])), default=None)
            due = specimens_due(begun, one.timezone, plan, reasons, left)
            yield one, [each for each in due if each.received_at <= self.by]


def _fetch(session: Session, kind: str, whom: list[int], by: datetime) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in session.execute(_STATEMENTS[kind], {"whom": whom, "by": by}).all():
        found[row[0]].append(row)
    return found


def _person(row: Any, by: datetime) -> Person:
    until = by if row.taken_back is None else min(by, row.taken_back)
    return Person(
        row.id, row.code, row.timezone, row.sex, row.first_dose_on, row.enrolled_at, until
    )


_STATEMENTS = {
    **_DAY_ROWS,
    "checkins": _CHECKINS,
    "screens": _SCREENS,
    "specimens": _SPECIMENS,
    "handling": _HANDLING,
    "missing": _MISSING,
    "guesses": _GUESSES,
    "asked": _ASKED,
    "appointments": _APPOINTMENTS,
    "alerts": _ALERTS,
    "sessions": _SESSIONS,
    "withdrawals": _WITHDRAWALS,
    "endings": _ENDINGS,
    "holds": _HOLDS,
    "adverse": _ADVERSE,
}


def _by(person: Person, found: list[Any], received: int) -> list[Any]:
    """Those that arrived while there was consent; ``received``: the column that says when."""
    until = person.until
    return [row for row in found if row[received] <= until]


def _days(make: Callable[..., Any]) -> Callable[[Person, list[Any], Any], list[Any]]:
    return lambda person, found, _: [make(*row[1:]) for row in _by(person, found, 3)]


def _checkins(person: Person, found: list[Any], sitting: timedelta) -> list[Any]:
    return rows.checkins([row[1:] for row in _by(person, found, 4)], sitting)


def _specimens(person: Person, found: list[Any], _: Any) -> list[Any]:
    told = rows.urines(_by(person, found, 3))
    return [one for one in told if not isinstance(one, Void) or one.received_at <= person.until]


def _alerts(person: Person, found: list[Any], _: Any) -> list[Any]:
    """What staff did by then, and what came of it if that was known."""
    until = person.until
    return [
        (
            *row[1:6],
            *[at if at and at <= until else None for at in row[6:8]],
            row.outcome if row.resolved_at and row.resolved_at <= until else None,
            row.protocol_version,
        )
        for row in _by(person, found, 1)
    ]


def _sessions(person: Person, found: list[Any], _: Any) -> list[Any]:
    told = [rows.session(row) for row in found]
    return [one for one in told if one.received_at <= person.until]


def _endings(_: Person, found: list[Any], __: Any) -> list[Ending]:
    """Also those that were put down later: who left has left."""
    return [Ending(*row[1:]) for row in found]


def _holds(person: Person, found: list[Any], _: Any) -> list[Hold]:
    """A hold was lifted only if that was known by then."""
    told = [Hold(*row[1:]) for row in _by(person, found, 3)]
    until = person.until
    return [
        replace(one, lifted_at=None) if one.lifted_at and one.lifted_at > until else one
        for one in told
    ]


def _adverse(person: Person, found: list[Any], _: Any) -> list[Adverse]:
    last = {row.number: row for row in _by(person, found, 3)}
    return [
        Adverse(row.number, row.n, row.at, row.item, {name: row[5 + n] for n, name in _ENUM})
        for row in last.values()
    ]


_ENUM = tuple(enumerate(_JUDGED))
_READERS: Mapping[str, Callable[[Person, list[Any], Any], list[Any]]] = {
    **{kind: _days(make) for kind, (_, make) in _DAYS.items()},
    "checkins": _checkins,
    "screens": lambda person, found, _: [rows.screen(row) for row in _by(person, found, 3)],
    "specimens": _specimens,
    "handling": lambda person, found, _: [row[2:] for row in _by(person, found, 1)],
    "guesses": lambda person, found, _: [row[2:] for row in _by(person, found, 1)],
    "asked": lambda person, found, _: [row[1:] for row in _by(person, found, 1)],
    "appointments": lambda _, found, __: [row[1:] for row in found],
    "alerts": _alerts,
    "sessions": _sessions,
    # What ends somebody's part is told whenever it was put down.
    "withdrawals": lambda _, found, __: list(rows.consents(found)),
    "endings": _endings,
    "holds": _holds,
    "adverse": _adverse,
}
