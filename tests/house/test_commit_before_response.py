"""What did not commit is never thanked for: the page says so and keeps what was typed."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from fastapi import APIRouter
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError
from sqlmodel import Session
from starlette.responses import Response

from app import audit
from app.audit import Subject
from app.db import Database
from app.models.diary import NOTE, Note
from app.visit.gate import for_participants
from app.visit.visits import ParticipantVisit
from app.web.pages import see_other
from tests.browser import Browser, hidden

TOKEN = "c" * 32
FORM = {"words": "slept <badly>", "more": ["a", "b"], "idem": TOKEN}


@for_participants
def write_note(visit: ParticipantVisit) -> Response:
    session, me, now = visit.session, visit.me, visit.now
    note = Note(participant_id=me.id, at=now, text=visit.form.one("words"))
    session.add(note)
    session.flush()
    audit.record(session, me.actor, "note.add", Subject("note", note.id or 0), now=now)
    return see_other("/held", note="saved")


@for_participants
def forget_the_audit(visit: ParticipantVisit) -> Response:
    words = visit.form.one("words")
    visit.session.add(Note(participant_id=visit.me.id, at=visit.now, text=words))
    return see_other("/held", note="saved")


@pytest.fixture
def writer(planted, anna):
    router = APIRouter()
    router.add_api_route("/write", write_note, methods=["POST"])
    router.add_api_route("/forget", forget_the_audit, methods=["POST"])
    with planted(router) as browser:
        yield browser.signed_in(anna.cookies["__Host-sid"])


def written(database) -> list[str]:
    with database.read() as session:
        return list(session.execute(select(NOTE.c.text)).scalars())


def keeps_the_form(answer) -> None:
    assert "<h1>Not saved</h1>" in answer.text
    assert 'name="words" value="slept &lt;badly&gt;"' in answer.text
    assert re.findall(r'name="more" value="(.)"', answer.text) == ["a", "b"]
    assert hidden(answer, "idem") == TOKEN
    assert 'href="tel:112"' in answer.text
    assert "set-cookie" not in answer.headers


@pytest.mark.req("R14")
def test_a_write_that_commits_is_there_when_the_answer_comes(writer, database):
    assert writer.post("/write", FORM).status_code == 303
    assert written(database) == ["slept <badly>"]


@contextmanager
def commits_through(database: Database, commit: Callable[[Any], None]) -> Iterator[None]:
    """``commit`` in the place of the driver's own, for one broken moment."""
    dialect: Any = database.writing.dialect
    dialect.do_commit = commit
    yield
    del dialect.do_commit


@contextmanager
def full_disk(database: Database) -> Iterator[None]:
    driver: Any = database.engine.dialect.dbapi

    def refuse(_connection: Any) -> None:
        raise driver.OperationalError("database or disk is full")

    with commits_through(database, refuse):
        yield


def test_a_database_that_does_not_answer_at_the_commit_is_a_503_with_the_form(writer, database):
    with full_disk(database):
        answer = writer.post("/write", FORM)
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    keeps_the_form(answer)
    assert written(database) == []
    assert writer.post("/write", FORM).status_code == 303, "the next one goes through"
    assert written(database) == ["slept <badly>"]


REFUSE_LATE = (
    "CREATE FUNCTION refuse_late() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'too late'; END $$",
    "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON note DEFERRABLE INITIALLY DEFERRED "
    "FOR EACH ROW EXECUTE FUNCTION refuse_late()",
)


@contextmanager
def late_refusal(database: Database) -> Iterator[None]:
    """A constraint of the database itself that speaks only at the commit."""
    if not database.uses_sqlite:
        with database.engine.begin() as connection:
            for statement in REFUSE_LATE:
                connection.exec_driver_sql(statement)
        yield
        return

    def orphan_and_commit(connection: Any) -> None:
        connection.execute("PRAGMA defer_foreign_keys = ON")
        connection.execute("UPDATE note SET participant_id = 999")
        connection.commit()

    with commits_through(database, orphan_and_commit):
        yield


def test_a_constraint_that_speaks_only_at_the_commit_is_no_success(writer, database):
    with late_refusal(database):
        answer = writer.post("/write", FORM)
    assert answer.status_code in (500, 503)
    keeps_the_form(answer)
    assert written(database) == []


@pytest.mark.req("R1")
def test_a_write_without_its_audit_entry_is_refused_and_says_so(writer, database):
    answer = writer.post("/forget", FORM)
    assert answer.status_code == 500
    keeps_the_form(answer)
    assert written(database) == []


def test_a_failure_to_note_last_seen_keeps_no_page_from_a_reader_and_stores_no_half(
    writer, database, clock
):
    """With a write it is one transaction; after a page that was only read it has its own."""
    clock.forward(seconds=60)

    def refuse(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("UPDATE auth_session SET last_seen_at"):
            raise OperationalError(statement, {}, Exception("database is locked"))

    event.listen(database.writing, "before_cursor_execute", refuse)
    page, answer = writer.get("/today"), writer.post("/write", FORM)
    event.remove(database.writing, "before_cursor_execute", refuse)
    assert page.status_code == 200
    assert answer.status_code == 503 and written(database) == []
    keeps_the_form(answer)
    assert writer.post("/write", FORM).status_code == 303


def test_a_locked_database_is_a_503_within_six_seconds_and_then_recovers(writer, database, backend):
    if backend != "sqlite":
        pytest.skip("PostgreSQL queues its writers row by row")
    holder = database.open(write=True)
    holder.connection()
    started = time.monotonic()
    answer = writer.post("/write", FORM)
    assert time.monotonic() - started < 6
    assert answer.status_code == 503
    keeps_the_form(answer)
    holder.close()
    assert writer.post("/write", FORM).status_code == 303


def test_a_secret_is_not_written_into_the_page_that_was_not_saved(browser: Browser, database):
    with full_disk(database):
        answer = browser.post("/sign-in", {"email": "a@clinic.test", "password": "a secret word"})
    assert answer.status_code == 503
    assert "a secret word" not in answer.text


def test_concurrent_writes_follow_one_another(writer, database, backend):
    """On SQLite one writer at a time; on both, nobody is turned away and none is lost."""
    inside, most = 0, 0
    lock = threading.Lock()

    def enter(session: Any, *_: Any) -> None:
        nonlocal inside, most
        if not session.info.get("entries"):
            return
        with lock:
            inside += 1
            most = max(most, inside)
        time.sleep(0.02)
        with lock:
            inside -= 1

    event.listen(Session, "before_commit", enter)
    senders = [
        threading.Thread(
            target=lambda n=n: answers.append(writer.post("/write", {"words": f"{n}"}))
        )
        for n in range(8)
    ]
    answers: list[Any] = []
    for each in senders:
        each.start()
    for each in senders:
        each.join()
    event.remove(Session, "before_commit", enter)
    assert sorted(answer.status_code for answer in answers) == [303] * 8
    assert sorted(written(database)) == sorted(str(n) for n in range(8))
    if backend == "sqlite":
        assert most == 1
    with database.engine.connect() as connection:
        assert audit.verify(connection)[1] == []
