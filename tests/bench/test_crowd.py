"""A crowd written in bulk is the rows that the product's own services make of the same people."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Select, select

from app import audit
from app.db import Database
from app.demo.person import Person
from app.demo.persona import Habits, OpioidUse, Persona, Reaction, Span, draw
from app.demo.simulator import simulate
from app.demo.site import Team, open_site
from app.demo.write import write_people
from app.models.base import metadata
from bench.crowd.bulk import fill_bulk, write_in_bulk
from tests.demo.reading import SHEETS, TOLD, rows_of, table

NOW = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
START = datetime(2026, 11, 23, tzinfo=UTC).date()
# Names that are drawn anew each time.
DRAWN = {"id", "public_id", "token", "reference", "header_id", "dedup_key", "text", "html"}
SEALED = {"name_sealed", "phone_sealed", "note_sealed"}
OWN_WORDS = {"note", "session_note_text", "worksheet_comment"}
POINTERS = {"participant_id", "checkin_id", "flag_id", "message_id", "counselor_id", "note_id"}
# What is pointed at is told by its moment.
MOMENTS = {
    "session_id": ("counseling_session", "at"),
    "assignment_id": ("assignment", "assigned_at"),
    "worksheet_id": ("worksheet", "started_at"),
    "copy_id": ("worksheet_copy", "made_at"),
}
# Tables without a participant: through which pointer they lead to one.
THROUGH = {
    "checkin_page": ("checkin", "checkin_id"),
    "checkin_judgement": ("checkin", "checkin_id"),
    "flag_evidence": ("flag", "flag_id"),
    "notice": ("flag", "flag_id"),
    "session_note_text": ("session_note", "note_id"),
    "worksheet_draft": ("worksheet", "worksheet_id"),
    "worksheet_comment": ("worksheet", "worksheet_id"),
}
# Written by nobody in either way, but by the cohort's own.
NOT_TOLD = {"submission", "screen", "hold", "invitation", "device", "preference", "marker_day"}
NOT_TOLD |= {"message_exposure", "study_end", "consent"}
NOT_TOLD |= {"task", "adverse_event", "record_lock", "mailbox_entry", "specimen_missing"}


def own(name: str, who: int) -> Select[Any]:
    """A participant's rows of one table."""
    wanted = select(table(name))
    if "participant_id" in table(name).c:
        return wanted.where(table(name).c.participant_id == who)
    parent, pointer = THROUGH[name]
    mine = select(table(parent).c.id).where(table(parent).c.participant_id == who)
    return wanted.where(table(name).c[pointer].in_(mine))


def told_by(database: Database, name: str, who: int) -> list[dict[str, Any]]:
    """A participant's rows without the names that are drawn, in an order that means something."""
    with database.read() as session:
        found = [dict(row) for row in session.execute(own(name, who)).mappings()]
        moments = {
            pointer: dict(map(tuple, session.execute(select(table(of).c.id, table(of).c[column]))))
            for pointer, (of, column) in MOMENTS.items()
            if pointer in table(name).c
        }
    for row in found:
        row["replaces"] = row.pop("replaces_id", None) is not None
        for pointer, by_id in moments.items():
            row[pointer] = by_id[row[pointer]] if row[pointer] else None
        for column in (*DRAWN, *SEALED, *POINTERS, "keys", "facts"):
            row.pop(column, None) if not (name in OWN_WORDS and column == "text") else None
    return sorted(found, key=repr)


def person_of(team: Team, persona: Persona, weeks: int, code: str) -> Person:
    first = START - timedelta(days=weeks * 7 - 3)
    simulated = simulate(persona, first, weeks, NOW)
    return Person(code, "A Name", "+7 900 000-00-00", team.counselors[0], simulated)


def lively() -> Persona:
    """A persona to whom everything happens within three weeks."""
    drawn = draw(3, 11)
    return replace(
        drawn,
        reaction=Reaction(1, 0, 3, 3, 0.85, "flu", 6.0),
        opioid_uses=(OpioidUse(9, 2, "one"),),
        other_uses=(("cannabis", 0.2),),
        silences=(Span(11, 14),),
        leaves=(16, "treatment", "moving away"),
        habits=replace(drawn.habits, leaves_open=0.2, corrects=0.5, answers=0.95, fills_in=0.5),
    )


def quiet() -> Persona:
    """One who comes to nearly all sessions and tells the diary next to nothing."""
    drawn = draw(4, 12)
    return replace(
        drawn,
        reaction=None,
        opioid_uses=(),
        silences=(Span(30, 40),),
        leaves=None,
        habits=Habits(answers=0.05, fills_in=0.0, urges=0.05, comes=0.9, corrects=0.0),
    )


def both_ways(database: Database, persona: Persona, weeks: int) -> Iterator[int]:
    """Ids of one person written through the services and of the same written in bulk."""
    with database.write() as session:
        team = open_site(session, NOW - timedelta(days=weeks * 7 + 30))
    with database.write() as session:
        yield write_people(session, team, [person_of(team, persona, weeks, "ONE")], NOW)[0].id
    with database.write() as session:
        yield write_in_bulk(session, team, person_of(team, persona, weeks, "TWO"), NOW)


def test_bulk_writing_makes_the_rows_of_the_services(database: Database) -> None:
    served, bulk = both_ways(database, lively(), 3)
    for name in TOLD:
        one, other = told_by(database, name, served), told_by(database, name, bulk)
        assert one or name in SHEETS, name
        assert one == other, name
    assert [row.status for row in rows_of(database, "participant")] == ["withdrawn"] * 2
    dose_days = [r for r in told_by(database, "drink_day", served) if r["superseded_at"]]
    assert dose_days, "the persona was to correct a day"
    assert any(not r["complete"] for r in told_by(database, "checkin_judgement", served))


def test_homework_in_bulk_is_that_of_the_services_in_every_state(database: Database) -> None:
    served, bulk = both_ways(database, quiet(), 20)
    found = {}
    for name in SHEETS:
        found[name], other = told_by(database, name, served), told_by(database, name, bulk)
        assert found[name], name
        assert found[name] == other, name
    asked, sheets = found["assignment"], found["worksheet"]
    copies = found["worksheet_copy"]
    assert {one["withdrawn_at"] is None for one in asked} == {True, False}
    assert {one["finished_at"] is None for one in sheets} == {True, False}
    assert {one["assignment_id"] is None for one in sheets} == {True, False}
    for column in ("shared_at", "seen_at", "seen_by"):
        assert {one[column] is None for one in copies} == {True, False}, column


def test_a_crowd_is_one_site_with_a_caseload_each_and_flags_on_request(database: Database) -> None:
    for flags in (False, True):
        fill_bulk(database, 4, 3, 5, NOW, flags=flags)
        assert bool(rows_of(database, "flag")) == flags
    people = rows_of(database, "participant")
    assert Counter(row.site_id for row in people) == {1: 4, 2: 4}
    assert len({row.counselor_id for row in people}) == 4
    assert {row.status for row in rows_of(database, "message")} == {"sent"}
    with database.engine.connect() as connection:
        assert audit.verify(connection)[1] == []


def test_every_table_of_a_participant_is_compared(database: Database) -> None:
    pointing = {name for name, one in metadata.tables.items() if "participant_id" in one.c}
    through = {
        name
        for name, one in metadata.tables.items()
        if {"checkin_id", "worksheet_id", "note_id"} & set(one.c.keys())
    }
    assert pointing | through <= {*TOLD, *NOT_TOLD}
