"""Who may export what: the page, the worker, the file for a day, and whom it leaves out."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app import audit
from app.audit import SYSTEM, Subject
from app.diary.service import About as Told
from app.diary.service import record_dose
from app.exports import kept
from app.exports.kinds import KINDS
from app.exports.making import MAKING
from app.models.audit import AUDIT_ENTRY
from app.models.exports import EXPORT
from app.models.trial import ConsentWithdrawal, StudyEnd
from app.outbox.errands import do
from tests.cast import NOW, staff_session
from tests.exports.readback import rows, timelines, unzipped

ASKED = {"form": "csv", "language": "en", "idem": "once"}


@pytest.fixture
def ivanova(browser, database, cast, clock):
    return browser.signed_in(staff_session(database, cast.ivanova, clock()))


def told(database, who, at=NOW):
    about = Told(who, "Europe/Moscow", at.date(), SYSTEM, at)
    with database.write() as session:
        record_dose(session, about, taken=True)


def newest(database):
    with database.read() as session:
        return session.execute(select(EXPORT).order_by(EXPORT.c.id.desc())).first()


def entries(database, action):
    with database.read() as session:
        asked = select(AUDIT_ENTRY).where(AUDIT_ENTRY.c.action == action)
        return session.execute(asked.order_by(AUDIT_ENTRY.c.seq)).all()


def made(database, browser, **more):
    """What was asked for on the page, made by the worker and taken."""
    assert browser.post("/exports", data={**ASKED, **more}).status_code == 303
    assert do(MAKING, database, NOW)
    row = newest(database)
    assert row.status == "ready", row.fault
    return row, browser.get(f"/exports/{row.public_id}/file")


def withdraws(database, who, at, *, undone=False):
    with database.write() as session:
        taken_back = ConsentWithdrawal(participant_id=who, at=at, received_at=NOW, scope="all")
        session.add(taken_back)
        session.flush()
        session.add(
            StudyEnd(
                participant_id=who,
                kind="withdrew",
                scope="all",
                on_day=at.date(),
                received_at=NOW,
                withdrawal_id=taken_back.id,
                undone_at=NOW if undone else None,
            )
        )
        audit.record(session, SYSTEM, "test.end", Subject("participant", who), now=NOW)


def test_an_export_is_asked_for_made_taken_and_on_record(database, cast, ivanova):
    told(database, cast.anna)
    row, answer = made(database, ivanova)
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/zip"
    assert int(answer.headers["content-length"]) == len(answer.content) == row.size
    assert [one["participant"] for one in rows(unzipped(answer.content), "doses")] == ["DB-001"]
    by = {one: entries(database, f"export.{one}") for one in ("ask", "make", "take")}
    assert [len(found) for found in by.values()] == [1, 1, 1]
    assert by["make"][0].changes["sha256"] == [None, row.sha256] == by["take"][0].changes["sha256"]
    assert by["take"][0].actor == f"staff:{cast.ivanova}"
    sealed = kept.path_of(database, row.public_id)
    assert b"DB-001" not in sealed.read_bytes() and sealed.stat().st_mode & 0o777 == 0o600
    page = ivanova.get("/exports")
    assert "Download" in page.text and row.sha256 in page.text


def test_only_the_own_site_is_in_it(database, cast, ivanova):
    for who in (cast.anna, cast.vera):
        told(database, who)
    for form in KINDS:
        _, answer = made(database, ivanova, form=form)
        assert "Tomsk" not in "".join(unzipped(answer.content).values())
    _, answer = made(database, ivanova)
    files = unzipped(answer.content)
    assert [row["participant"] for row in rows(files, "participants")] == ["DB-001", "DB-002"]
    assert len(rows(files, "doses")) == 1


def test_nothing_that_came_after_consent_was_taken_back_is_in_it(database, cast, ivanova):
    left, day = NOW - timedelta(days=3), timedelta(days=1)
    for days in (5, 4, 2, 1):
        told(database, cast.anna, NOW - days * day)
        told(database, cast.boris, NOW - days * day)
    withdraws(database, cast.anna, left)
    withdraws(database, cast.boris, left, undone=True)
    _, answer = made(database, ivanova)
    files = unzipped(answer.content)
    by = {code: len(one.known_at(NOW).doses) for code, one in timelines(files).items()}
    # Who left is told as having left; what was undone is told as undone, and cuts nothing off.
    assert by == {"DB-001": 2, "DB-002": 4}
    assert [row["kind"] for row in rows(files, "endings")] == ["withdrew"]
    counts = {row["id"]: row["counts"] for row in rows(files, "withdrawals")}
    assert list(counts.values()) == ["1", "0", "0"]


def test_a_file_is_gone_after_a_day(database, cast, ivanova):
    row, _ = made(database, ivanova)
    later = NOW + timedelta(days=1, minutes=1)
    do(MAKING, database, later)
    assert newest(database).status == "over"
    assert not kept.path_of(database, row.public_id).exists()
    assert ivanova.get(f"/exports/{row.public_id}/file").status_code == 303
    assert len(entries(database, "export.drop")) == 1 and len(entries(database, "export.take")) == 1


def test_a_file_that_is_not_there_is_said_so(database, cast, ivanova):
    row, _ = made(database, ivanova)
    kept.drop(database, row.public_id)
    answer = ivanova.get(f"/exports/{row.public_id}/file")
    assert answer.status_code == 303 and len(entries(database, "export.take")) == 1
    assert "not kept any more" in ivanova.get("/exports").text


def test_two_at_once_are_one_and_a_worker_that_died_is_followed_by_another(database, cast, ivanova):
    for _ in range(2):
        assert ivanova.post("/exports", data=ASKED).status_code == 303
    with database.read() as session:
        assert len(session.execute(select(EXPORT)).all()) == 1
    with database.write() as session:
        lease = {"status": "making", "lease_until": NOW + timedelta(minutes=1)}
        session.execute(update(EXPORT).values(**lease))
    assert not do(MAKING, database, NOW)
    assert do(MAKING, database, NOW + timedelta(minutes=2))
    assert newest(database).status == "ready"


def test_what_fails_is_said_with_a_cure_and_leaves_no_file(database, cast, ivanova, monkeypatch):
    def broken(*_):
        yield b"a part"
        raise ValueError("DB-001 said something")

    monkeypatch.setitem(KINDS, "csv", KINDS["timeline"].__class__("a", "b", "zip", "z", broken))
    assert ivanova.post("/exports", data=ASKED).status_code == 303
    assert do(MAKING, database, NOW)
    page = ivanova.get("/exports")
    assert "It could not be made" in page.text and "said something" not in page.text
    assert list(database.settings.export_dir.iterdir()) == []
    assert len(entries(database, "export.fail")) == 1


def test_others_have_no_way_in(database, cast, ivanova, petrova):
    row, _ = made(database, ivanova)
    assert petrova.get("/exports").status_code == 403
    assert petrova.get(f"/exports/{row.public_id}/file").status_code == 403
    assert ivanova.get("/exports/aaaaaaaaaaaaaaaa/file").status_code == 404


def test_a_file_of_another_site_is_not_there(database, cast, ivanova):
    row, _ = made(database, ivanova)
    with database.write() as session:
        session.execute(update(EXPORT).values(site_id=cast.other_site))
    assert row.sha256 not in ivanova.get("/exports").text
    assert ivanova.get(f"/exports/{row.public_id}/file").status_code == 404


def test_a_bad_form_keeps_what_was_chosen(database, cast, ivanova):
    answer = ivanova.post("/exports", data={**ASKED, "form": "papyrus"})
    assert answer.status_code == 422 and newest(database) is None
