"""Putting mail into the outbox."""

import pytest

from app.outbox.service import BadHeader, enqueue, retry_refused, usable_address
from tests.outbox.rows import message


def test_the_same_key_is_one_message(put, database):
    first = put("one")
    assert put("one") == first
    assert put("two") != first


def test_the_message_id_is_that_of_the_site_and_stays_the_same(put, database):
    found = message(database, put("one"))
    assert found.header_id.endswith("@daybook.test>")
    assert found.header_id.startswith("<")
    assert len(found.header_id) == 47


@pytest.mark.parametrize(
    ("recipient", "subject"),
    [
        ("orlova@clinic.test\r\nBcc: evil@evil.test", "Alert"),
        ("orlova@clinic.test, evil@evil.test", "Alert"),
        ("Orlova <orlova@clinic.test>", "Alert"),
        ("orlova", "Alert"),
        ("", "Alert"),
        ("a" * 250 + "@clinic.test", "Alert"),
        ("orlova@clinic.test", "Alert\nBcc: evil@evil.test"),
        ("orlova@clinic.test", "Alert\r"),
        ("orlova@clinic.test", "Alert\x00"),
        ("orlova@clinic.test", "Alert\u2028x"),
        ("orlova@clinic.test", "  "),
    ],
)
@pytest.mark.req("W12")
def test_what_would_write_headers_of_its_own_is_refused(database, clock, recipient, subject):
    with database.write() as session, pytest.raises(BadHeader):
        enqueue(session, "one", "test", recipient, subject, "Text.", "", clock())


def test_an_ordinary_address_is_usable():
    assert usable_address("maria.orlova+alerts@clinic-1.test")


@pytest.mark.req("L1")
def test_nothing_is_sent_for_a_transaction_that_did_not_commit(database, clock):
    with database.open(write=True) as session:
        number = enqueue(session, "one", "test", "o@clinic.test", "Alert", "Text.", "", clock())
        session.rollback()
    assert message(database, number) is None


def test_refused_mail_can_be_sent_again(put, database, clock):
    number = put("one")
    with database.write() as session:
        found = session.get(type(message(database, number)), number)
        found.status = "failed"
    with database.write() as session:
        assert retry_refused(session, clock.forward(hours=1)) == 1
    assert message(database, number).status == "waiting"
    assert message(database, number).due_at == clock()
