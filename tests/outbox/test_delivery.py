"""One round of the worker against mail servers of every temper."""

import asyncio
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from sqlalchemy import update

from app.models.outbox import Message
from app.outbox.queue import HORIZON, LONGEST_WAIT, wait_after
from app.outbox.service import enqueue
from app.outbox.smtp import on_loopback, server_of
from app.outbox.worker import Pace
from tests.outbox.rows import attempts, message
from tests.rounds import send_due
from tests.smtp import bad_server, drip, hang_up


def run(worker):
    return asyncio.run(send_due(worker))


def test_an_accepted_mail_is_sent_once(put, worker_to, box, database):
    number = put("one")
    worker = worker_to(box.url)
    assert run(worker) == 1
    assert run(worker) == 0
    [(recipient, mail)] = box.mails
    found = message(database, number)
    assert recipient == "orlova@clinic.test"
    assert mail["Message-ID"] == found.header_id
    assert mail["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert found.status == "sent"
    assert [row.outcome for row in attempts(database, number)] == ["sent"]


def test_russian_text_travels_as_seven_bits(database, clock, worker_to, box):
    with database.write() as session:
        enqueue(session, "ru", "test", "o@clinic.test", "Сигнал", "Откройте.\n", "", clock())
    run(worker_to(box.url))
    [(_, mail)] = box.mails
    assert mail["Subject"] == "Сигнал"
    assert mail.get_content().splitlines() == ["Откройте."]


@pytest.mark.parametrize("answer", ["451 come back later", "421 closing"])
def test_a_server_that_asks_to_wait_is_asked_again(put, worker_to, box, database, clock, answer):
    number = put("one")
    worker = worker_to(box.url)
    box.answer = lambda _recipient: answer
    run(worker)
    waiting = message(database, number)
    assert waiting.status == "waiting"
    assert 30 <= (waiting.due_at - clock()).total_seconds() <= 36
    clock.forward(seconds=29)
    assert run(worker) == 0
    box.answer = lambda _recipient: "250 kept"
    clock.forward(seconds=8)
    assert run(worker) == 1
    assert message(database, number).status == "sent"
    assert [row.outcome for row in attempts(database, number)] == ["later", "sent"]


@pytest.mark.parametrize("where", ["answer", "accept"])
@pytest.mark.req("L3")
def test_a_refusal_for_good_is_not_repeated_and_passed_on_at_once(
    put, worker_to, box, database, where
):
    number, passed_on = put("one"), []
    setattr(box, where, lambda _recipient: "550 nobody of that name")
    worker = worker_to(box.url, on_refused=lambda _session, id_, _now: passed_on.append(id_))
    run(worker)
    assert message(database, number).status == "failed"
    assert passed_on == [number]
    assert run(worker) == 0
    [attempt] = attempts(database, number)
    assert (attempt.outcome, attempt.detail) == ("refused", "550 nobody of that name")


@pytest.mark.req("W9")
def test_the_words_of_a_mail_server_are_on_record_and_in_no_log(
    put, worker_to, box, database, caplog
):
    number = put("one")
    box.answer = lambda _recipient: "550 Maria has left"
    run(worker_to(box.url))
    assert "Maria" in attempts(database, number)[0].detail
    assert f"message {number}: refused (550)" in caplog.text and "Maria" not in caplog.text


@pytest.mark.req("L3")
def test_one_refused_recipient_takes_nobody_else_along(put, worker_to, box):
    put("one", "gone@clinic.test")
    put("two", "here@clinic.test")
    box.accept = lambda address: "550 no" if address.startswith("gone") else "250 yes"
    run(worker_to(box.url))
    assert box.recipients() == ["here@clinic.test"]


@pytest.mark.parametrize("temper", [hang_up, drip])
def test_a_server_that_drops_or_drips_costs_one_deadline_and_no_mail(
    put, worker_to, database, temper
):
    number = put("one")
    with bad_server(temper) as url:
        run(worker_to(url))
    assert message(database, number).status == "waiting"
    assert message(database, number).lease_owner is None


def test_a_dripping_server_is_left_at_the_deadline(put, worker_to, database):
    number = put("one")
    with bad_server(drip) as url:
        run(worker_to(url))
    [attempt] = attempts(database, number)
    assert attempt.detail == "no answer within 2 s"


def test_a_closed_port_is_tried_again(put, worker_to, database):
    number = put("one")
    run(worker_to("smtp://127.0.0.1:9"))
    assert message(database, number).status == "waiting"


def test_without_a_mail_server_mail_becomes_a_file(put, worker_to, database):
    number = put("one")
    worker = worker_to("")
    run(worker)
    [path] = worker.database.settings.mail_dir.iterdir()
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert path.suffix == ".eml"
    assert mail["Message-ID"] == message(database, number).header_id
    assert message(database, number).status == "sent"


def test_only_the_owner_of_the_lease_records_an_outcome(put, worker_to, box, database, clock):
    number = put("one")
    worker = worker_to(box.url)

    def lose_the_lease(_recipient):
        table = Message.__table__  # type: ignore[attr-defined]
        with database.write() as session:
            session.execute(update(table).values(lease_owner="somebody else"))
        return "250 kept"

    box.answer = lose_the_lease
    run(worker)
    assert message(database, number).status == "waiting"
    assert message(database, number).lease_owner == "somebody else"


def test_a_leased_message_is_free_again_when_the_lease_ends(put, worker_to, box, database, clock):
    number = put("one")
    with database.write() as session:
        found = session.get(Message, number)
        found.lease_owner, found.lease_until = "dead", clock() + timedelta(seconds=60)
    worker = worker_to(box.url)
    clock.forward(seconds=59)
    assert run(worker) == 0
    clock.forward(seconds=1)
    assert run(worker) == 1


def test_a_clock_that_was_set_back_holds_up_no_alert(put, worker_to, box, database, clock):
    number = put("one")
    with database.write() as session:
        found = session.get(Message, number)
        found.lease_owner, found.lease_until = "dead", clock() + timedelta(hours=2)
        found.due_at = clock() + timedelta(hours=2)
    assert run(worker_to(box.url)) == 1


def test_pauses_double_from_half_a_minute_to_a_quarter_of_an_hour():
    seconds = [wait_after(n).total_seconds() for n in range(1, 9)]
    for found, base in zip(seconds, [30, 60, 120, 240, 480, 900, 900, 900], strict=True):
        assert base <= found <= base * 1.2
    assert wait_after(1000) <= LONGEST_WAIT * 1.2 < HORIZON


def test_a_deadline_beyond_the_lease_is_refused():
    with pytest.raises(ValueError, match="lease"):
        Pace(deadline=60, lease=60)


def test_plain_text_stays_on_this_machine(tmp_path):
    assert on_loopback("127.0.0.1")
    assert on_loopback("::1")
    assert on_loopback("localhost")
    assert not on_loopback("mail.clinic.test")
    server = server_of("smtps://user%40x:p%3Aw@mail.clinic.test", tmp_path, "d@clinic.test")
    assert (server.tls, server.port, server.username, server.password) == (
        True,
        465,
        "user@x",
        "p:w",
    )
