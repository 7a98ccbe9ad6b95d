"""The count of open flags around every staff page: of the own people, found by them alone."""

import pytest
from sqlalchemy import event

from app.models.people import Staff
from app.staff.queries import staff_frame
from app.visit.identity import StaffMe
from tests.cast import NOW
from tests.flags.record import second_day_cluster

OF_A_SITE = "ix_flag_site_id_status_due_at"


@pytest.fixture
def alerted(database, cast):
    """ANNA, BORIS and VERA each have an open flag."""
    for who in (cast.anna, cast.boris, cast.vera):
        second_day_cluster(database, who, NOW)


def frame(database, staff_id):
    with database.read() as session:
        one = session.get(Staff, staff_id)
        me = StaffMe(
            staff_id, one.site_id, "Site", "Europe/Moscow", one.name, one.role, "en", 0, "test"
        )
        return staff_frame(session, me, NOW)


@pytest.mark.parametrize(
    ("name", "count"),
    [("petrova", 1), ("sokolov", 1), ("orlova", 2), ("ivanova", 2), ("volkova", 1), ("admin", 0)],
)
def test_everybody_sees_how_many_are_open_among_their_own(alerted, database, cast, name, count):
    assert frame(database, getattr(cast, name)).open_flags == count


@pytest.mark.parametrize(("name", "through_site"), [("petrova", False), ("orlova", True)])
def test_a_counselors_are_not_looked_for_among_all_of_the_site(
    alerted, database, cast, name, through_site
):
    if not database.uses_sqlite:
        pytest.skip("PostgreSQL reads small tables whole, whatever indexes there are")
    asked = []

    def note(_c, _cursor, statement, parameters, *_):
        if "heartbeat" in statement:
            asked.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    frame(database, getattr(cast, name))
    event.remove(database.engine, "before_cursor_execute", note)
    ((statement, parameters),) = asked
    with database.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        lines = [row[-1] for row in plan]
    assert any(OF_A_SITE in line for line in lines) == through_site
