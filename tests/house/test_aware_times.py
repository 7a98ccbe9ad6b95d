"""Moments are aware and in UTC; one file asks what time it is."""

import ast
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import DateTime, insert, select
from sqlalchemy.exc import StatementError
from sqlmodel.sql.sqltypes import UTCDateTime

from app import audit
from app.audit import SYSTEM, Subject
from app.models.base import metadata
from tests.cast import NOW
from tests.house.source import calls, dotted, modules

NOTES = metadata.tables["note"]
# Whoever may ask the clock: its own file, and the edges that hand the moment on.
CLOCK = {"app.clock"}
EDGES = ("app.main", "app.start", "app.commands", "app.jobs", "app.outbox.worker")
# It says how far it is while it goes on, for longer than a moment.
EDGES += ("app.exports.making",)
NAIVE = {"utcnow", "utcfromtimestamp", "today"}


def test_every_moment_of_every_table_is_a_utc_column():
    moments = [
        column
        for table in metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, (DateTime, UTCDateTime))
        or getattr(column.type, "impl", None).__class__ is DateTime
    ]
    assert len(moments) >= 40
    assert [str(column) for column in moments if not isinstance(column.type, UTCDateTime)] == []


def test_a_column_named_like_a_moment_is_one():
    for table in metadata.tables.values():
        for column in table.columns:
            if column.name == "at" or column.name.endswith("_at"):
                assert isinstance(column.type, UTCDateTime), str(column)


@pytest.mark.parametrize("name", sorted(modules()))
def test_only_the_clock_asks_what_time_it_is(name):
    asked = []
    for call in calls(modules()[name].tree):
        before, _, last = dotted(call.func).rpartition(".")
        of_dates = before.rpartition(".")[2] in ("datetime", "date", "dt")
        if last in NAIVE and (of_dates or last != "today"):
            asked.append(f"line {call.lineno}: {dotted(call.func)}")
        if last == "now" and of_dates and name not in CLOCK:
            asked.append(f"line {call.lineno}: {dotted(call.func)}")
        if dotted(call.func) in ("time.time", "time.localtime", "time.gmtime"):
            asked.append(f"line {call.lineno}: {dotted(call.func)}")
    assert asked == []


@pytest.mark.parametrize("name", sorted(modules()))
def test_a_moment_is_made_with_its_zone(name):
    made = []
    for call in calls(modules()[name].tree):
        last = dotted(call.func).rpartition(".")[2]
        zoned = any(keyword.arg in ("tzinfo", "tz") for keyword in call.keywords)
        if last == "datetime" and len(call.args) < 8 and not zoned:
            made.append(f"line {call.lineno}")
        if last == "fromtimestamp" and len(call.args) < 2 and not zoned:
            made.append(f"line {call.lineno}")
        if last == "combine" and len(call.args) < 3 and not zoned:
            made.append(f"line {call.lineno}")
        if last == "strptime":
            made.append(f"line {call.lineno}: use fromisoformat and check the offset")
    assert made == []


def test_the_clock_is_asked_at_the_edges_alone():
    """Everybody else is given ``now``, so that a test can stop it."""
    for name, module in modules().items():
        names = {n.id for n in ast.walk(module.tree) if isinstance(n, ast.Name)}
        if "utc_now" in names and name not in CLOCK:
            assert name in EDGES or name.endswith("commands"), name


def stored(database: Any, cast: Any, moment: datetime) -> datetime:
    with database.write() as session:
        row = {"participant_id": cast.anna, "at": moment, "text": ""}
        key = session.execute(insert(NOTES), row).inserted_primary_key[0]
        audit.record(session, SYSTEM, "test", Subject("note", key), now=NOW)
    with database.read() as session:
        return session.execute(select(NOTES.c.at).where(NOTES.c.id == key)).scalar_one()


def test_a_moment_without_a_zone_is_refused_by_the_table(database, cast):
    with pytest.raises(StatementError):
        stored(database, cast, datetime(2026, 11, 23, 6, 0))  # noqa: DTZ001


def test_a_moment_of_any_zone_comes_back_in_utc(database, cast):
    tomsk = datetime(2026, 11, 23, 13, 0, 0, 123456, tzinfo=timezone(timedelta(hours=7)))
    found = stored(database, cast, tomsk)
    assert found == tomsk
    assert found.utcoffset() == timedelta(0)
    assert found.replace(tzinfo=UTC).microsecond == 123456


# What somebody told, or when one thing followed another: no sign of life, no limit and no lock.
TELLS = (
    "app.rules.",
    "app.timeline.",
    "app.brief.",
    "app.demo.",
    "app.clock",
    "app.diary.",
    "app.mailbox.",
)


# A deadline lies ahead, and what a phone says of its clock is kept as it was said.
AHEAD = ("due_at", "client_at")


def is_now(node: ast.AST) -> bool:
    name = dotted(node.func) if isinstance(node, ast.Call) else dotted(node)
    return name.rpartition(".")[2] in ("now", "clock", "utc_now")


def is_moment(node: ast.AST) -> bool:
    """Something that was stored, by how moments are called; a span has a name in capitals."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return str(node.slice.value).endswith("at")
    last = dotted(node).rpartition(".")[2]
    if last in AHEAD:
        return False
    return last.endswith("_at") or last in (
        "at",
        "seen",
        "sent",
        "looked",
        "walked",
        "last",
        "start",
    )


def test_how_long_ago_something_was_stored_is_asked_of_the_clock():
    """``clock.age`` knows what a moment that lies ahead is: a fault, and no sign of life."""
    asked = [
        f"{name}: line {node.lineno}"
        for name, module in modules().items()
        for node in ast.walk(module.tree)
        if not name.startswith(TELLS) and isinstance(node, ast.BinOp)
        if isinstance(node.op, ast.Sub) and is_age(node.left, node.right)
    ]
    assert asked == []


def is_age(left: ast.AST, right: ast.AST) -> bool:
    return (is_now(left) and is_moment(right)) or (is_now(right) and is_moment(left))
