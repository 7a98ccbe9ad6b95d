"""What is signed: by whom it is known to be, bound to its version, and found out when altered."""

import sys

import pyotp
import pytest
from sqlalchemy import delete, insert, text, update
from sqlalchemy.exc import DBAPIError

from app import __main__ as door
from app import audit
from app import commands as house_commands
from app.audit import SYSTEM, Subject
from app.models.counseling import SESSION_NOTE, SESSION_NOTE_TEXT
from app.models.people import STAFF
from app.models.signing import SIGNATURE
from app.models.trial import PROTOCOL_VERSION, ProtocolVersion
from app.outbox.walk import look
from app.signin import factors
from app.signing.queries import faults, verify
from tests.browser import hidden, words
from tests.cast import NOW, PASSWORD, staff_session
from tests.flags.record import rows
from tests.house.test_audit_trail import without_triggers

VERSION = {"version": "2", "approved_by": "Dr Anna Serova", "reason": "Read with the team."}


@pytest.fixture
def ivanova(browser, database, cast, clock):
    return browser.signed_in(staff_session(database, cast.ivanova, clock()))


def altered(database):
    with database.engine.connect() as connection:
        return faults(connection)


@pytest.mark.req("R9")
@pytest.mark.parametrize("present", ["", "another password than mine"])
def test_nothing_is_signed_without_the_password_of_whoever_sits_there(
    desk, ivanova, database, present
):
    """And what was typed stands on the page again, but for what was to prove it."""
    answer = desk.send("close", present=present)
    assert answer.status_code == 422 and 'id="e-present"' in answer.text
    assert "quetzal: spoke about her brother" in answer.text and PASSWORD not in answer.text
    assert desk.rows == []
    assert desk.send("save", present=present).status_code == 303, "a draft is not signed"
    answer = ivanova.post("/thresholds", {**VERSION, "present": present})
    assert answer.status_code == 422 and 'id="e-present"' in answer.text
    assert "Read with the team." in answer.text and rows(database, ProtocolVersion) == []
    assert desk.signatures == []
    assert desk.send("close").status_code == 303
    amended = desk.amend(present=present)
    assert amended.status_code == 422 and 'id="e-present"' in amended.text
    assert len(desk.signatures) == 1


def test_who_has_no_password_is_told_where_to_choose_one(desk, database, cast):
    with database.write() as session:
        session.execute(update(STAFF).values(password_hash=None))
        audit.record(session, SYSTEM, "test.write", Subject("site", cast.site), now=NOW)
    answer = desk.send("close")
    assert answer.status_code == 422 and "You have no password yet." in answer.text


@pytest.mark.req("R9")
def test_a_signature_has_name_time_meaning_and_version_and_is_told_in_the_trail(
    desk, ivanova, database
):
    desk.send("close")
    assert ivanova.post("/thresholds", {**VERSION, "present": PASSWORD}).status_code == 303
    note, version = desk.signatures
    (stored,) = rows(database, ProtocolVersion)
    assert (note.kind, note.record_id, note.version) == ("session_note", desk.rows[0].id, "1")
    assert (version.kind, version.record_id, version.version) == (
        "protocol_version",
        stored.id,
        "2",
    )
    assert (version.name, version.at) == ("Dr Elena Ivanova", NOW)
    assert len({note.digest, version.digest}) == 2
    told = desk.office.audited("record.sign")
    assert [one.changes["digest"] for one in told] == [[None, note.digest], [None, version.digest]]
    with database.read() as session:
        assert verify(session, "session_note", note.record_id)
        assert verify(session, "protocol_version", stored.id)
    page = words(ivanova.get("/thresholds"))
    assert "Signed by Dr Elena Ivanova" in page and "Changed since" not in page
    assert altered(database) == []


@pytest.mark.req("R10")
def test_what_changes_afterwards_supersedes_the_signature_for_all_to_see(
    desk, ivanova, database, clock
):
    desk.send("close")
    ivanova.post("/thresholds", {**VERSION, "present": PASSWORD})
    assert "Changed since" not in desk.get().text
    clock.forward(minutes=5)
    assert desk.amend().status_code == 303
    other = {**VERSION, "version": "3", "approved_by": "Dr B", "present": PASSWORD}
    assert ivanova.post("/thresholds", other).status_code == 303
    note, version, amended, later = desk.signatures
    assert (amended.supersedes_id, amended.version) == (note.id, "2")
    assert later.supersedes_id == version.id
    assert desk.get().text.count("Changed since: an amendment was signed") == 1
    assert words(ivanova.get("/thresholds")).count("Changed since: another version") == 1
    assert altered(database) == []


ALTERED = [
    update(SESSION_NOTE).values(attendance="attended"),
    update(SESSION_NOTE_TEXT).values(text="other words"),
    delete(SESSION_NOTE_TEXT),
    update(PROTOCOL_VERSION).values(reason="other"),
    update(PROTOCOL_VERSION).values(text="version = '2'"),
    delete(SIGNATURE).where(SIGNATURE.c.kind == "protocol_version"),
    update(SIGNATURE).values(name="Somebody Else"),
    update(SIGNATURE).values(digest="0" * 64),
    update(SIGNATURE).values(at=NOW.replace(year=2020)),
    update(SIGNATURE).values(meaning="amended"),
]


@pytest.mark.req("R9")
@pytest.mark.parametrize("how", range(len(ALTERED)))
def test_what_was_altered_past_the_program_is_found_in_record_and_signature(
    desk, ivanova, database, how, backend
):
    desk.send("close")
    ivanova.post("/thresholds", {**VERSION, "present": PASSWORD})
    with without_triggers(database) as connection:
        if backend == "postgresql":
            for table in ("signature", "session_note", "session_note_text"):
                connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        assert faults(connection) == []
        connection.execute(ALTERED[how])
        assert faults(connection) != []


def test_a_forged_signature_has_no_entry_and_a_walk_and_the_command_find_it(
    desk, database, cast, monkeypatch, capsys
):
    desk.send("close")
    (signed,) = desk.signatures
    forged = {**signed._mapping, "id": signed.id + 1, "supersedes_id": signed.id}
    forged["staff_id"] = cast.ivanova
    with database.writing.begin() as connection:
        connection.execute(insert(SIGNATURE), forged)
    (fault,) = altered(database)
    assert "no entry in the audit trail" in fault
    assert look(database, NOW) == [fault]
    monkeypatch.setattr(house_commands, "Settings", lambda: database.settings)
    monkeypatch.setattr(sys, "argv", ["daybook", "audit", "verify"])
    with pytest.raises(SystemExit) as stopped:
        door.main()
    assert stopped.value.code == 1 and fault in capsys.readouterr().out


def test_a_record_that_was_altered_says_so_beside_its_signature(desk, database, backend):
    desk.send("close")
    with database.writing.begin() as connection:
        if backend == "sqlite":
            connection.execute(text("DROP TRIGGER session_note_text_no_update"))
        else:
            connection.execute(text("ALTER TABLE session_note_text DISABLE TRIGGER USER"))
        connection.execute(update(SESSION_NOTE_TEXT).values(text="other words"))
    assert "This is not what was signed" in desk.get().text


ONCE = {
    "sqlite": [
        "INSERT OR REPLACE INTO signature SELECT * FROM signature",
        "REPLACE INTO signature SELECT * FROM signature",
        "UPDATE OR REPLACE signature SET id = id + 1",
    ],
    "postgresql": ["TRUNCATE signature", "TRUNCATE signature CASCADE"],
}


@pytest.mark.req("R9")
def test_the_database_takes_back_and_changes_no_signature(desk, database, backend):
    desk.send("close")
    for statement in (
        "UPDATE signature SET name = 'x'",
        "DELETE FROM signature",
        *ONCE[backend],
    ):
        with (
            pytest.raises(DBAPIError, match="never changed"),
            database.writing.begin() as connection,
        ):
            connection.execute(text(statement))


def test_the_app_is_asked_for_its_code_as_well(desk, database, cast):
    """Who has a second factor signs with both."""
    assert 'name="code"' not in desk.get().text
    secret = factors.new_secret()
    with database.write() as session:
        app = factors.Scanned(secret, 0)
        factors.add_app(session, SYSTEM, cast.petrova, "Phone", app, NOW)
    page = desk.get()
    assert 'name="code"' in page.text
    assert hidden(page, "seen") == ""
    assert 'id="e-code"' in desk.send("close").text and desk.rows == []
    code = pyotp.TOTP(secret).at(NOW)
    assert desk.send("close", code=code).status_code == 303
    assert 'id="e-code"' in desk.amend(code=code).text, "each code signs once"
