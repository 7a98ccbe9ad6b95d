"""Nothing can be stored: an alert can be read, what was typed comes back, and it ends by itself."""

import resource
from contextlib import contextmanager

import pytest
from sqlalchemy import event, text

from app.db import DISK_FULL, READ_ONLY
from tests.house.crawl import OWN
from tests.house.phone import DAY

TYPED = "what somebody typed " * 90


@contextmanager
def read_only(database):
    """PostgreSQL takes no writes, as after a failover; SQLite refuses each as of a file."""
    if database.uses_sqlite:
        with told(database, "PRAGMA query_only = ON", "PRAGMA query_only = OFF"):
            yield
        return
    name = database.engine.url.database
    for state in ("on", "off"):
        with database.writing.connect().execution_options(isolation_level="AUTOCOMMIT") as one:
            one.execute(text("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE"))
            one.execute(
                text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = {state}')
            )
        if state == "on":
            database.writing.dispose()  # a server that is not ours any more ends its connections
            yield


@contextmanager
def full(_database):
    """No file grows any more, whoever writes it: a disk could not be fuller."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def told(database, statement, otherwise):
    def tell(connection, *_):
        connection.execute(statement)

    event.listen(database.engine, "checkout", tell)
    yield
    event.remove(database.engine, "checkout", tell)

    def tell_once(connection, *_):
        connection.execute(otherwise)

    event.listen(database.engine, "checkout", tell_once)


@pytest.mark.parametrize("how", [READ_ONLY, DISK_FULL])
def test_nothing_can_be_stored_and_an_alert_is_read(
    people, sown, database, clock, how, backend, caplog
):
    if how == DISK_FULL and backend == "postgresql":
        pytest.skip("PostgreSQL has no measure for it; what it would say is read alike")
    petrova, anna = people["counselor"], people["participant"]
    flag = f"/flags/{OWN}"
    with (read_only if how == READ_ONLY else full)(database):
        note = {"version": "1", "note": TYPED, "idem": "a1"}
        wrong = petrova.post(f"{flag}/acknowledge", note)
        assert wrong.status_code == 503 and TYPED.strip() in wrong.text
        assert int(wrong.headers["retry-after"]) > 0
        own = anna.post(f"/calendar/{DAY}/marker", {"text": TYPED[:79], "idem": "m1"})
        assert own.status_code == 503 and TYPED[:79] in own.text
        assert how in petrova.get("/healthz").text.splitlines()
        assert petrova.get("/healthz").status_code == 503
        for _ in range(4):
            clock.forward(minutes=2)
            assert anna.get("/today").status_code == 200
        for _ in range(4):
            clock.forward(minutes=20)
            assert petrova.get("/flags").status_code == petrova.get(flag).status_code == 200
        assert "is on no record" in caplog.text
    for _ in range(3):
        told = petrova.get("/healthz").text.splitlines()
    assert DISK_FULL not in told and READ_ONLY not in told
    assert petrova.get(flag).status_code == 200
    with database.read() as session:
        read = "SELECT count(*) FROM audit_entry WHERE action = 'flag.read'"
        assert session.execute(text(read)).scalar() == 1
