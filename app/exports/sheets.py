"""The one model of all exports: sheets of typed columns, each read as it is written.

Rows carry the participant's code and nothing that names a person: no contact, no name, no free
text. What was superseded, taken back or entered wrongly is not in them; the audit trail and the
timelines have it. Every sheet is one statement, read a few rows at a time, ordered by participant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from app.clock import local_day
from app.i18n import N_
from app.models.adverse import ADVERSE_EVENT, ADVERSE_VERSION
from app.models.checkin import CHECKIN, CHECKIN_JUDGEMENT, SCREEN
from app.models.counseling import COUNSELING_SESSION
from app.models.diary import DOSE, DRINK_DAY, SUBSTANCE_DAY
from app.models.flags import FLAG
from app.models.people import PARTICIPANT, SITE, dated_zone
from app.models.trial import SPECIMEN_HANDLING, SPECIMEN_VOID, STUDY_END, URINALYSIS

AT_ONCE = 500
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """``kind``: a type of Table Schema: string, date, datetime, integer, number, boolean."""

    name: str
    kind: str
    title: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """``rows`` makes none, one or many of a row of the statement; ``key`` tells rows apart."""

    name: str
    title: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    statement: Any
    rows: Callable[[Any], Iterable[Row]] = lambda row: (tuple(row),)

    def read(self, session: Session, site: int) -> Iterator[Row]:
        found = session.execute(self.statement.execution_options(yield_per=AT_ONCE), {"site": site})
        for row in found:
            yield from self.rows(row)


_SITE: Any = bindparam("site")
_CODE = PARTICIPANT.c.code.label("participant")
WHO = Column("participant", "string", N_("Code of the participant"))
RECEIVED = Column("received_at", "datetime", N_("Received by the server"))
PROVENANCE = Column("provenance", "string", N_("How it was told"))


def _of_people(table: Any, *columns: Any) -> Any:
    return (
        select(_CODE, *columns)
        .join(PARTICIPANT, PARTICIPANT.c.id == table.c.participant_id)
        .where(PARTICIPANT.c.site_id == _SITE)
    )


def _standing(table: Any, *columns: Any) -> Any:
    """Entries about a day that count."""
    return (
        _of_people(table, table.c.id, table.c.day, *columns)
        .where(table.c.superseded_at.is_(None), table.c.void.is_(False))
        .order_by(PARTICIPANT.c.id, table.c.day, table.c.id)
    )


def _person(row: Any) -> Iterator[Row]:
    yield (*row[:2], row.sex, str(row.timezone), local_day(row.enrolled_at, row.timezone), *row[5:])


PARTICIPANTS = Sheet(
    "participants",
    N_("Participants"),
    (
        WHO,
        Column("site", "string", N_("Site")),
        Column("sex", "string", N_("Sex on record")),
        Column("timezone", "string", N_("Time zone")),
        Column("enrolled_on", "date", N_("Enrolled")),
        Column("first_dose_on", "date", N_("Planned first dose")),
        Column("status", "string", N_("Whether they still take part")),
    ),
    ("participant",),
    select(
        _CODE,
        SITE.c.name,
        PARTICIPANT.c.sex,
        dated_zone(PARTICIPANT),
        PARTICIPANT.c.enrolled_at,
        PARTICIPANT.c.first_dose_on,
        PARTICIPANT.c.status,
    )
    .join(SITE, SITE.c.id == PARTICIPANT.c.site_id)
    .where(PARTICIPANT.c.site_id == _SITE)
    .order_by(PARTICIPANT.c.id),
    _person,
)

ENDS = Sheet(
    "ends",
    N_("How somebody’s part ended"),
    (
        WHO,
        Column("entry", "integer", N_("Number of the entry")),
        Column("kind", "string", N_("How the part ended")),
        Column("scope", "string", N_("What ended: the treatment, or all")),
        Column("ended_on", "date", N_("Day of the end")),
        RECEIVED,
    ),
    ("entry",),
    _of_people(
        STUDY_END,
        STUDY_END.c.id,
        STUDY_END.c.kind,
        STUDY_END.c.scope,
        STUDY_END.c.on_day,
        STUDY_END.c.received_at,
    )
    .where(STUDY_END.c.undone_at.is_(None))
    .order_by(PARTICIPANT.c.id, STUDY_END.c.id),
)

DAY = Column("day", "date", N_("Day that it is about"))
ENTRY = Column("entry", "integer", N_("Number of the entry"))

DOSES = Sheet(
    "doses",
    N_("Tablets"),
    (
        WHO,
        ENTRY,
        DAY,
        Column("taken", "boolean", N_("Taken")),
        Column("at", "datetime", N_("Time of the tablet, where it was told")),
        Column("mg", "number", N_("Dose, where it was not the usual one"), "mg"),
        Column("reason", "string", N_("Why it was not taken")),
        Column("hold", "boolean", N_("Not taken on advice")),
        RECEIVED,
        PROVENANCE,
    ),
    ("entry",),
    _standing(
        DOSE,
        DOSE.c.taken,
        DOSE.c.at,
        DOSE.c.mg,
        DOSE.c.reason,
        DOSE.c.hold,
        DOSE.c.received_at,
        DOSE.c.provenance,
    ),
)

DRINKING_DAYS = Sheet(
    "drinking_days",
    N_("Days told about alcohol"),
    (
        WHO,
        ENTRY,
        DAY,
        Column("grams", "number", N_("Alcohol of this entry; entries of a day add up"), "g"),
        Column("best_guess", "boolean", N_("The participant called it a guess")),
        Column("last_drink_at", "datetime", N_("Last drink, where it was told")),
        RECEIVED,
        PROVENANCE,
    ),
    ("entry",),
    _standing(
        DRINK_DAY,
        DRINK_DAY.c.grams,
        DRINK_DAY.c.best_guess,
        DRINK_DAY.c.last_drink_at,
        DRINK_DAY.c.received_at,
        DRINK_DAY.c.provenance,
    ),
)


def _drinks(row: Any) -> Iterator[Row]:
    for n, one in enumerate(row[3], 1):
        yield (
            *row[:3],
            n,
            *(one.get(name) for name in ("beverage", "ml", "abv", "count", "grams")),
        )


DRINKS = Sheet(
    "drinks",
    N_("Drinks"),
    (
        WHO,
        ENTRY,
        DAY,
        Column("n", "integer", N_("Which of the entry")),
        Column("beverage", "string", N_("Kind of drink")),
        Column("ml", "number", N_("Size"), "ml"),
        Column("abv", "number", N_("Strength"), "%"),
        Column("count", "number", N_("How many")),
        Column("grams", "number", N_("Alcohol of all of them"), "g"),
    ),
    ("entry", "n"),
    _standing(DRINK_DAY, DRINK_DAY.c["items"]),
    _drinks,
)

SUBSTANCE_DAYS = Sheet(
    "substance_days",
    N_("Days told about other substances"),
    (WHO, ENTRY, DAY, Column("uses", "integer", N_("How many uses")), RECEIVED, PROVENANCE),
    ("entry",),
    _standing(
        SUBSTANCE_DAY,
        SUBSTANCE_DAY.c["items"],
        SUBSTANCE_DAY.c.received_at,
        SUBSTANCE_DAY.c.provenance,
    ),
    lambda row: ((*row[:3], len(row[3]), *row[4:]),),
)


def _uses(row: Any) -> Iterator[Row]:
    for n, one in enumerate(row[3], 1):
        yield (*row[:3], n, one["substance"], one.get("at"), one.get("route"))


SUBSTANCES = Sheet(
    "substances",
    N_("Uses of other substances"),
    (
        WHO,
        ENTRY,
        DAY,
        Column("n", "integer", N_("Which of the entry")),
        Column("substance", "string", N_("Substance")),
        Column("at", "datetime", N_("Time, where it was told")),
        Column("route", "string", N_("How it was taken")),
    ),
    ("entry", "n"),
    _standing(SUBSTANCE_DAY, SUBSTANCE_DAY.c["items"]),
    _uses,
)


def _answers(row: Any) -> Iterator[Row]:
    for item in sorted(row.ratings):
        yield (*row[:6], item, row.ratings[item])
    for sign in sorted(row.signs):
        yield (*row[:6], sign, 1)


_LAST: Any = CHECKIN_JUDGEMENT.alias("last")
ANSWERS = Sheet(
    "answers",
    N_("Answers of check-ins"),
    (
        WHO,
        Column("checkin", "integer", N_("Number of the check-in")),
        Column("at", "datetime", N_("Begun")),
        Column("instrument", "string", N_("Questions")),
        Column("version", "integer", N_("Version of the questions")),
        PROVENANCE,
        Column("item", "string", N_("Item or sign")),
        Column("value", "number", N_("Answer; 1 for a sign")),
    ),
    ("checkin", "item"),
    _of_people(
        CHECKIN,
        CHECKIN.c.id,
        CHECKIN.c.started_at,
        CHECKIN.c.instrument,
        CHECKIN.c.version,
        CHECKIN.c.provenance,
        CHECKIN_JUDGEMENT.c.ratings,
        CHECKIN_JUDGEMENT.c.signs,
    )
    .join(CHECKIN_JUDGEMENT, CHECKIN_JUDGEMENT.c.checkin_id == CHECKIN.c.id)
    .where(
        CHECKIN_JUDGEMENT.c.n
        == select(func.max(_LAST.c.n)).where(_LAST.c.checkin_id == CHECKIN.c.id).scalar_subquery()
    )
    .order_by(PARTICIPANT.c.id, CHECKIN.c.started_at, CHECKIN.c.id),
    _answers,
)


def _screens(row: Any) -> Iterator[Row]:
    for item in sorted(row.ratings):
        yield (*row[:5], item, row.ratings[item])


SCREENS = Sheet(
    "screens",
    N_("Answers of screens"),
    (
        WHO,
        Column("screen", "integer", N_("Number of the screen")),
        Column("at", "datetime", N_("Told")),
        Column("instrument", "string", N_("Questions")),
        Column("version", "integer", N_("Version of the questions")),
        Column("item", "string", N_("Item or sign")),
        Column("value", "number", N_("Answer")),
    ),
    ("screen", "item"),
    _of_people(
        SCREEN,
        SCREEN.c.id,
        SCREEN.c.at,
        SCREEN.c.instrument,
        SCREEN.c.version,
        SCREEN.c.ratings,
    ).order_by(PARTICIPANT.c.id, SCREEN.c.at, SCREEN.c.id),
    _screens,
)


def _results(row: Any) -> Iterator[Row]:
    day = local_day(row.at, row.timezone)
    for substance, result in sorted(row.results.items()):
        yield (row[0], row[1], row.at, day, *row[4:7], substance, result, row.received_at)


SPECIMENS = Sheet(
    "specimens",
    N_("Urine results"),
    (
        WHO,
        Column("specimen", "integer", N_("Number of the specimen")),
        Column("given_at", "datetime", N_("Given")),
        Column("given_on", "date", N_("Day on which it was given")),
        Column("read_at", "datetime", N_("Read")),
        Column("celsius", "number", N_("Temperature"), "°C"),
        Column("unusable", "string", N_("Why it says nothing")),
        Column("substance", "string", N_("Substance")),
        Column("result", "string", N_("Result")),
        RECEIVED,
    ),
    ("specimen", "substance"),
    _of_people(
        URINALYSIS,
        URINALYSIS.c.id,
        URINALYSIS.c.at,
        dated_zone(PARTICIPANT),
        SPECIMEN_HANDLING.c.read_at,
        SPECIMEN_HANDLING.c.celsius,
        SPECIMEN_HANDLING.c.unusable,
        URINALYSIS.c.results,
        URINALYSIS.c.received_at,
    )
    .outerjoin(SPECIMEN_HANDLING, SPECIMEN_HANDLING.c.urinalysis_id == URINALYSIS.c.id)
    .outerjoin(SPECIMEN_VOID, SPECIMEN_VOID.c.urinalysis_id == URINALYSIS.c.id)
    .where(SPECIMEN_VOID.c.id.is_(None))
    .order_by(PARTICIPANT.c.id, URINALYSIS.c.at, URINALYSIS.c.id),
    _results,
)

SESSIONS = Sheet(
    "sessions",
    N_("Sessions"),
    (
        WHO,
        Column("session", "integer", N_("Number of the session")),
        Column("at", "datetime", N_("Planned for")),
        Column("week", "integer", N_("Study week")),
        Column("place", "string", N_("Place")),
        Column("attended", "boolean", N_("Came; empty where nobody has said")),
        Column("cancelled_at", "datetime", N_("Cancelled")),
    ),
    ("session",),
    _of_people(
        COUNSELING_SESSION,
        COUNSELING_SESSION.c.id,
        COUNSELING_SESSION.c.at,
        COUNSELING_SESSION.c.week,
        COUNSELING_SESSION.c.place,
        COUNSELING_SESSION.c.attended,
        COUNSELING_SESSION.c.cancelled_at,
    ).order_by(PARTICIPANT.c.id, COUNSELING_SESSION.c.at, COUNSELING_SESSION.c.id),
)

_NEWEST: Any = ADVERSE_VERSION.alias("newest")
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
)


def _event(row: Any) -> Iterator[Row]:
    told = row._mapping
    serious = "; ".join(told["serious"] or ())
    yield (*row[:4], *(serious if name == "serious" else told[name] for name in _JUDGED))


ADVERSE_EVENTS = Sheet(
    "adverse_events",
    N_("Adverse events"),
    (
        WHO,
        Column("number", "integer", N_("Which of the participant")),
        Column("made_at", "datetime", N_("Put on the list")),
        Column("version", "integer", N_("Newest version")),
        Column("verdict", "string", N_("Whether it is one")),
        Column("began_on", "date", N_("Began")),
        Column("ended_on", "date", N_("Ended")),
        Column("grade", "integer", N_("Grade")),
        Column("scale", "string", N_("Scale of the grade")),
        Column("serious", "string", N_("Criteria of seriousness")),
        Column("causality", "string", N_("Causality")),
        Column("expected", "string", N_("Expectedness")),
        Column("dechallenge", "string", N_("After stopping")),
        Column("rechallenge", "string", N_("After beginning again")),
        Column("action", "string", N_("What was done with the tablets")),
        Column("outcome", "string", N_("Outcome")),
        Column("aware_at", "datetime", N_("The site learned of it")),
    ),
    ("participant", "number"),
    _of_people(
        ADVERSE_EVENT,
        ADVERSE_EVENT.c.number,
        ADVERSE_EVENT.c.made_at,
        ADVERSE_VERSION.c.n,
        *(ADVERSE_VERSION.c[name] for name in _JUDGED),
    )
    .join(ADVERSE_VERSION, ADVERSE_VERSION.c.event_id == ADVERSE_EVENT.c.id)
    .where(
        ADVERSE_VERSION.c.n
        == select(func.max(_NEWEST.c.n))
        .where(_NEWEST.c.event_id == ADVERSE_EVENT.c.id)
        .scalar_subquery()
    )
    .order_by(PARTICIPANT.c.id, ADVERSE_EVENT.c.number),
    _event,
)

ALERTS = Sheet(
    "alerts",
    N_("Alerts"),
    (
        WHO,
        Column("reference", "string", N_("Reference")),
        Column("family", "string", N_("Family of rules")),
        Column("rule", "string", N_("Rule")),
        Column("severity", "string", N_("How soon")),
        Column("status", "string", N_("Status")),
        Column("raised_at", "datetime", N_("Raised")),
        Column("acknowledged_at", "datetime", N_("Acknowledged")),
        Column("resolved_at", "datetime", N_("Resolved")),
        Column("outcome", "string", N_("What came of it")),
        Column("protocol_version", "string", N_("Version of the protocol")),
    ),
    ("reference",),
    _of_people(
        FLAG,
        FLAG.c.reference,
        FLAG.c.family,
        FLAG.c.rule,
        FLAG.c.severity,
        FLAG.c.status,
        FLAG.c.raised_at,
        FLAG.c.acknowledged_at,
        FLAG.c.resolved_at,
        FLAG.c.outcome,
        FLAG.c.protocol_version,
    ).order_by(PARTICIPANT.c.id, FLAG.c.id),
)

SHEETS = (
    PARTICIPANTS,
    ENDS,
    DOSES,
    DRINKING_DAYS,
    DRINKS,
    SUBSTANCE_DAYS,
    SUBSTANCES,
    ANSWERS,
    SCREENS,
    SPECIMENS,
    SESSIONS,
    ADVERSE_EVENTS,
    ALERTS,
)
